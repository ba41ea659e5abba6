from __future__ import annotations

import pytest

from classifier.features.clause_role import ClauseRoles
from classifier.lexicon.lexicon import read_feature_lexicon, read_subject_lexicon
from classifier.text.document import parse_text


@pytest.fixture(scope="module")
def clause_roles() -> ClauseRoles:
    return ClauseRoles(read_feature_lexicon(), read_subject_lexicon())


def roles(clause_roles: ClauseRoles, text: str) -> set[str]:
    (sentence,) = parse_text("", text).sentences
    return {name for _, name in clause_roles.classify(sentence, read_feature_lexicon().find(sentence.words))}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The minister said that exports to China rose by 12 per cent, while tourism fell.", {"trade.main_clause"}),
        ("They agreed to strengthen cooperation in politics, defence, demining and trade.", {"demining.list_item", "trade.list_item"}),
        ("They discussed trade and investment, climate, energy, health, and education.", {"trade.list_item"}),
        ("In the cultural and educational spheres, France reaffirmed its support.", {"culture.paired"}),
        ("The visit strengthened relations, particularly aiming to expand trade and economic cooperation.", {"trade.participle"}),
        ("The company runs many projects, including a small museum.", {"culture.after_including"}),
        ("The minister spoke in Geneva, warning that landmines killed forty farmers.", {"demining.main_clause"}),
        ("Demining goes on.", {"demining.main_clause"}),
    ],
)
def test_a_word_in_a_list_or_a_participle_has_another_role_than_one_in_a_main_clause(
    clause_roles: ClauseRoles, text: str, expected: set[str]
) -> None:
    assert roles(clause_roles, text) == expected


def test_each_match_of_a_topic_has_one_role_and_other_matches_have_none(clause_roles: ClauseRoles) -> None:
    # Given a sentence with matches of a topic and of a source
    (sentence,) = parse_text("", "The ministry said that exports rose.").sentences
    matches = read_feature_lexicon().find(sentence.words)

    # When they are classified
    classified = clause_roles.classify(sentence, matches)

    # Then only the topic's has a role
    groups = [read_feature_lexicon().groups[matches[row].group] for row, _ in classified]
    assert groups == ["trade.strong"]


def test_subjects_of_the_topic_itself_make_no_list(clause_roles: ClauseRoles) -> None:
    assert roles(clause_roles, "Trade, investment, finance and commerce are discussed.") == {"trade.main_clause"}


def test_a_line_that_is_no_sentence_is_a_fragment_and_the_headline_is_none(clause_roles: ClauseRoles) -> None:
    # Given an article with page boilerplate under it
    parsed = parse_text("", "Exports rise again\n\nExports rose by a tenth, the ministry said.\n\nTariff wars: what we follow")

    # When the matches in each line are classified
    lexicon = read_feature_lexicon()
    found = [{name for _, name in clause_roles.classify(s, lexicon.find(s.words))} for s in parsed.sentences]

    # Then only those of the last line are in a fragment
    assert found == [{"trade.main_clause"}, {"trade.main_clause"}, {"trade.fragment"}]


def test_conflicts_in_one_list_are_list_items(clause_roles: ClauseRoles) -> None:
    listed = "They exchanged views on Myanmar, the South China Sea, the Korean Peninsula and the war in Ukraine."
    assert roles(clause_roles, listed) == {"border_dispute.list_item"}
    assert roles(clause_roles, "Four coast guard ships entered the South China Sea.") == {"border_dispute.main_clause"}
