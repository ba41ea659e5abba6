"""Lines of boilerplate by kind; sentences about the same subjects are none."""

from importlib.resources import files

import pytest

from worker.extract.words.boilerplate import ALL_KINDS, MAX_LENGTH, TABLE, Kind, boilerplate_kind, compiled, is_wall, key_words_in, table


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Home » News » Politics", Kind.BREADCRUMBS),
        ("Most days: Sign up for our free newsletter and follow us", Kind.NEWSLETTER),
        ("Page 2 of 3", Kind.COPYRIGHT),
        ("The Phnom Penh Example © 2024", Kind.COPYRIGHT),
        ("For more information, please contact the press office", Kind.CONTACT),
        ("→ Rice prices rise again in the north as farmers wait for rain", Kind.RELATED),
        ("→ Bridge opens.", Kind.RELATED),
        ("annual-report-final.pdf (2 MB)", Kind.NOTICE),
        ("Rice fields near Takeo. Photo: Sok Dara", Kind.CREDIT),
        ("Copy link to this update", Kind.SHARE),
        ("Next slide", Kind.SHARE),
        ("Enlarge picture", Kind.SHARE),
        ("View gallery (12)", Kind.SHARE),
        ("(dpa)", Kind.BYLINE),
        ("This story may not be reprinted without the written permission of the publisher.", Kind.COPYRIGHT),
        ("The Herald is free to read. Please consider a gift, however small it is.", Kind.ADVERT),
        ("Press Enter or click to view image in full size", Kind.SHARE),
        ("Cliquez sur l’image pour l’agrandir", Kind.SHARE),
        ("Klik gambar untuk memperbesar", Kind.SHARE),
        ("ກົດທີ່ຮູບ ເພື່ອຂະຫຍາຍ", Kind.SHARE),
        ("Thank you! Your comment has been sent and will be read by a person before it is shown.", Kind.COMMENTS),
        ("You must be signed in to write. Please keep to the subject.", Kind.COMMENTS),
        ("(dpa/ana)", Kind.BYLINE),
        (
            "Sign up for our daily letter from the isle and you will be the first to know what the sea has left on the beach.",
            Kind.NEWSLETTER,
        ),
        ("Follow the Isle Reporter on our chat channel so that you never miss a story.", Kind.NEWSLETTER),
        ("Best viewed at 800 x 600 with Netscape", Kind.COPYRIGHT),
        ("end of list", Kind.RELATED),
        ("List 2 of 3", Kind.RELATED),
        ("While you are here: the Herald lives from those who read it, and the roof leaks.", Kind.ADVERT),
        ("Help us print the next Letter. Forty dollars pays for one page. We cannot take cards.", Kind.ADVERT),
        ("The dyke of her field, Malai, April 2004. (Click to enlarge)", Kind.CREDIT),
        ("| Rice prices rise again in the north | Ministers meet in Vientiane | Bridge opens after long delay |", Kind.TICKER),
    ],
)
def test_a_line_of_boilerplate_is_recognised_by_its_words(line: str, kind: Kind) -> None:
    assert boilerplate_kind(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "The ministry said that its newsletter would be printed every Monday in Phnom Penh.",
        "He called the bridge a gift, and his phone rang 12 times during the ceremony.",
        "Copyright was the subject of the third session, which ended on Friday.",
        "Dimensions: 16 x 9.6 x 13.3 inches | Loaf size: 1 to 2.5 pounds | Programmes: 14 for bread, two for jam",
        "He asked them to sign up for the lessons, and to follow the ferry on its way so that they would not miss the wedding.",
        "“To continue reading, subscribe”, said the slip of paper that fell out of the last volume in the library of Corrie.",
        "Your comment has been on my mind since Monday, she wrote to the captain, and I will answer it in spring.",
        "Help us, they called from the roof, and the boats of the village came before it was light.",
        "→ The bottom line: whoever grows rice in the north needs a pump before the dry season comes, and a well.",
    ],
)
def test_a_sentence_about_such_subjects_is_not_boilerplate(line: str) -> None:
    assert boilerplate_kind(line) is None


def test_a_consent_wall_of_any_length_is_a_wall_and_an_article_about_cookies_is_not() -> None:
    assert is_wall("We and our 842 partners store and access data on your device. " + "We process it for advertising. " * 10)
    assert not is_wall("The court ruled that cookies need consent. " * 10)


def test_a_pattern_that_may_begin_with_any_words_has_key_words() -> None:
    # Given the lines of the table whose pattern begins with anything at all
    lines = files("worker.extract.words").joinpath(TABLE).read_text(encoding="utf-8").splitlines()
    bare = [line for line in lines if line.startswith((".{", ".*", "(?:.{", "[^.]{", "(?:[^.]{"))]
    # Then none of them is tried on every line
    assert bare == []


def test_every_key_word_is_looked_for_in_all_lines_that_hold_it() -> None:
    # Given the key words of the table, and those that are looked for in a line
    given = {word for _, words, _ in table() for word in words}
    patterns = compiled(ALL_KINDS)
    # Then none is missing
    assert {*patterns.keyed, *(word for word, _, _ in patterns.keyed_other_scripts)} == given


def test_a_line_is_of_the_same_kind_with_the_key_words_of_its_text() -> None:
    # Given a text with lines that key words tell, and one that is none of them
    lines = ["Sign up for our newsletter", "Photo: Reuters", "Page last updated on 3 May 2024", "The ferry sails again from Monday."]
    # When the words are looked for in the whole text first
    words = key_words_in(lines)
    # Then each line is of the kind that it is by itself, for some of the words only
    assert [boilerplate_kind(line, words) for line in lines] == list(map(boilerplate_kind, lines))
    assert 0 < len(words) < len(compiled(ALL_KINDS).keyed)


@pytest.mark.timeout(60)  # a pattern that parts a long word in every way takes minutes for one line
@pytest.mark.parametrize(
    "part", ["a", "aa ", "a-", "\u3042", "1", "1 ", "a1", "A", "Aa ", "a | ", "(a) ", ". ", "\u0e01", "a:", "-", "\u1780"]
)
def test_no_line_of_one_sign_is_read_in_every_way(part: str) -> None:
    line = (part * MAX_LENGTH)[: MAX_LENGTH - 1] + "x"
    assert boilerplate_kind(line) in {None, *Kind}
