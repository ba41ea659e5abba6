from __future__ import annotations

import pytest

from classifier.features.clause_role import NAMES, ClauseRoles
from classifier.lexicon.lexicon import read_book, read_fields
from classifier.text.document import parse_text


@pytest.fixture(scope="module")
def standing() -> ClauseRoles:
    return ClauseRoles(read_book(), read_fields())


def kinds(standing: ClauseRoles, text: str) -> set[str]:
    (sentence,) = parse_text("", text).sentences
    return {NAMES[column] for _, column in standing.judge(sentence, read_book().find(sentence.words))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The minister said that exports to China rose by 12 per cent, while tourism fell.", {"trade.free"}),
        ("They agreed to strengthen cooperation in politics, defence, demining and trade.", {"demining.listed", "trade.listed"}),
        ("They discussed trade and investment, climate, energy, health, and education.", {"trade.listed"}),
        ("In the cultural and educational spheres, France reaffirmed its support.", {"culture.paired"}),
        ("The visit strengthened relations, particularly aiming to expand trade and economic cooperation.", {"trade.hung"}),
        ("The company runs many projects, including a small museum.", {"culture.added"}),
        ("The minister spoke in Geneva, warning that landmines killed forty farmers.", {"demining.free"}),
        ("Demining goes on.", {"demining.free"}),
    ],
)
def test_a_word_in_a_list_or_a_participle_is_told_from_one_that_carries_a_clause(
    standing: ClauseRoles, text: str, expected: set[str]
) -> None:
    assert kinds(standing, text) == expected


def test_every_topical_cue_is_judged_once_and_no_other(standing: ClauseRoles) -> None:
    # Given a sentence with topical cues and with those of a source
    (sentence,) = parse_text("", "The ministry said that exports rose.").sentences
    found = read_book().find(sentence.words)

    # When they are judged
    judged = standing.judge(sentence, found)

    # Then only the topical one has a standing
    groups = [read_book().groups[found[row][0]] for row, _ in judged]
    assert groups == ["trade.strong"]


def test_the_fields_own_topic_makes_no_list_of_it(standing: ClauseRoles) -> None:
    assert kinds(standing, "Trade, investment, finance and commerce are discussed.") == {"trade.free"}


def test_a_line_that_is_no_sentence_is_told_from_the_headline(standing: ClauseRoles) -> None:
    # Given a page whose furniture was left under the article
    parsed = parse_text("", "Exports rise again\n\nExports rose by a tenth, the ministry said.\n\nTariff wars: what we follow")

    # When the cues of each line are judged
    told = [{NAMES[column] for _, column in standing.judge(s, read_book().find(s.words))} for s in parsed.sentences]

    # Then only the last line is loose
    assert told == [{"trade.free"}, {"trade.free"}, {"trade.loose"}]


def test_places_of_conflicts_in_one_list_are_items(standing: ClauseRoles) -> None:
    listed = "They exchanged views on Myanmar, the South China Sea, the Korean Peninsula and the war in Ukraine."
    assert kinds(standing, listed) == {"border_dispute.listed"}
    assert kinds(standing, "Four coast guard ships entered the South China Sea.") == {"border_dispute.free"}
