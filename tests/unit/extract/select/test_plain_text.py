from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_text

EXPECTED = {
    "000": (
        "Cambodian Diplomat Leads Talks in Türkiye to Strengthen Bilateral Relations",
        "2024-03-22",
        "Phnom Penh, March 22",
        "economic cooperation.",
    ),
    "001": ("High-Level Meeting between Cambodian and Chinese Leaders", None, "Hainan, Mar. 28 –", "prosperity and progress."),
    "002": (
        "Cambodia and France Reinforce Bilateral Ties Amidst Global Cooperation",
        None,
        "In a significant",
        "global stakeholders alike.",
    ),
    "003": (
        "Outcomes of the First Bilateral Consultations between the Kingdom of Cambodia and the Kingdom of Belgium",
        "2024-02-07",
        "The First Session",
        "Phnom Penh, 14 February 2024",
    ),
    "004": (None, None, "In a reaffirmation", "Israel-Hamas conflict."),
}
BOILERPLATE = (
    "Landmine",
    "Related",
    "Home »",
    "0 comment",
    "newsletter",
    "Copyright",
    "Unlock",
    "Flash",
    "Tel:",
    "LEAVE A",
    "Top 5",
    "2026",
    "NATION",
    "PRESS RELEASE",
)


@pytest.mark.parametrize("number", sorted(EXPECTED))
def test_the_five_documents_are_extracted_without_boilerplate(shared, number):
    # Given one of the documents that the project started from
    path = next((shared / "seeds").glob(f"{number}_*.txt"))
    title, day, first, last = EXPECTED[number]
    # When it is read as plain text
    article = extract_text(path.read_bytes(), content_type="text/plain; charset=utf-8")
    # Then title and date are right or null, the text is whole, and no boilerplate is left
    assert (article.title, article.published_at) == (title, day)
    assert article.text.startswith(first)
    assert article.text.endswith(last)
    assert [word for word in BOILERPLATE if word in article.text.replace("Francophonie in 2026", "")] == []


def test_a_masthead_date_is_never_the_articles():
    article = extract_text(
        "Monday, 5 January 2026\n\nCity Opens a Bridge Over the River\n\n"
        "The city opened a bridge over the river after three years of work, officials said in a statement.\n",
        content_type="text/plain",
    )
    assert article.title == "City Opens a Bridge Over the River"
    assert article.published_at is None


def test_a_lead_below_the_title_stays():
    article = extract_text(
        "Bridge Opens Over the River After Three Years\nOfficials praise the workers who finished early\n\n"
        "The bridge over the river opened on Monday after three years, and officials praise the workers for it.\n\n"
        "Leave a Reply\nName*\n",
        content_type="text/plain",
    )
    assert article.title == "Bridge Opens Over the River After Three Years"
    assert article.text.startswith("Officials praise")
    assert "Leave" not in article.text


STORY = [
    "The bridge over the river opened on Monday after three years of work by two hundred men from both banks.",
    "Its builders said that the river had been patient, and that the next bridge would take less time than this.",
    "The old ferry will be kept for visitors, and its captain has been made the keeper of the new bridge.",
]


def read(*lines: str):
    return extract_text("\n".join(lines), content_type="text/plain")


def test_the_headline_of_a_markdown_text_is_its_marked_heading():
    article = read("[News](https://d.example)", "# Bridge Opens", "*10 May 2024*", "![B](https://d.example/b.jpg)", "*The bridge.*", *STORY)
    assert (article.title, article.published_at) == ("Bridge Opens", "2024-05-10")
    assert article.text == "\n\n".join(STORY)


def test_a_line_with_an_arrow_points_to_another_article():
    article = read("Bridge Opens Over the River", *STORY[:2], ">> Ferry gets a new bell", STORY[2])
    assert article.text == "\n\n".join(STORY)


def test_a_headline_in_capitals_is_joined_with_its_first_part_above():
    article = read("JOINT STATEMENT", "ON THE OPENING OF THE BRIDGE", "", *STORY)
    assert article.title == "JOINT STATEMENT ON THE OPENING OF THE BRIDGE"


def test_replies_to_a_post_are_not_its_text():
    article = read(
        *("River Works Department's Post", "River Works Department", "[NOTICE] Bridge opens on Monday", *STORY),
        *("All reactions:", "118", "Like", "Comment", "Share", "Dara Sok", "And who will pay the captain of the ferry now, I ask you?"),
        *("River Works Department", "Dear customer, we shall."),
    )
    assert article.title == "Bridge opens on Monday"
    assert article.text == "\n\n".join(STORY)


def test_a_sentence_after_an_appeal_in_the_middle_belongs_to_the_article():
    article = read(
        "Bridge Opens Over the River", *STORY[:2], "Please support us: subscribe to our newsletter.", STORY[2], "Related stories"
    )
    assert article.text == "\n\n".join(STORY)


def test_a_short_text_keeps_its_only_sentence():
    assert read(STORY[0]).text == STORY[0]


FERRY = (
    "The ferry to the island sails again from Monday, after nine weeks in which its engine lay in a shed in Kampot.\n\n"
    "Its captain, Mao Sarin, said that he had used the time to paint the hull, and to learn the names of his passengers.\n\n"
    "Tickets cost what they cost before, he added, but chickens now travel for half the fare if they sit on a lap."
)


def test_the_subject_of_a_mail_is_the_headline_without_its_labels():
    head = "From: Press Office\nSent: Wednesday, June 5, 2024 9:10 AM\nSubject: FW: Press release: Ferry sails again\n\n"
    article = extract_text(head + FERRY, content_type="text/plain")
    assert (article.title, article.published_at, article.text) == ("Ferry sails again", "2024-06-05", FERRY)


@pytest.mark.parametrize(
    "label", ["Objet : TR : Communiqué de presse – ", "Betreff: AW: Pressemitteilung: ", "件名：プレスリリース：", "Chủ đề: "]
)
def test_the_labels_of_a_mails_subject_are_known_in_the_languages_of_the_region(label):
    article = extract_text(f"{label}Ferry sails again\n\n{FERRY}", content_type="text/plain")
    assert (article.title, article.text) == ("Ferry sails again", FERRY)


def test_a_date_above_and_below_a_text_with_page_numbers_is_the_texts():
    article = extract_text(
        f"Ferry sails again\n\nPhnom Penh, 5 June 2024\n\n{FERRY}\n\nPhnom Penh, 5 June 2024\nPage 1 of 1", content_type="text/plain"
    )
    assert (article.title, article.published_at) == ("Ferry sails again", "2024-06-05")


def test_a_date_above_the_title_is_the_posts_unless_it_is_todays():
    post = f"Kampot News\n5 June 2024\nFerry sails again\n\n{FERRY}"
    assert extract_text(post, content_type="text/plain").published_at == "2024-06-05"
    assert extract_text(post, content_type="text/plain", today=date(2024, 6, 5)).published_at is None


@pytest.mark.parametrize(
    "lines",
    [
        ["Three mangoes and a spreadsheet", "Dara Tep", "·", "Follow", "4 min read", "·", "Apr 18, 2021", "{text}"],
        ["Three mangoes and a spreadsheet", "{text}", "By Dara Tep"],
        [
            "Three mangoes and a spreadsheet",
            "{text}",
            "Dara Tep",
            "To help us, send a letter to our office in the capital, which answers within a week.",
        ],
    ],
)
def test_a_flat_text_names_its_author_where_a_page_does(lines: list[str]) -> None:
    text = "My mother sells mangoes from a plastic table in front of our house, and for eleven days in April I kept her books."
    more = "I did it to prove something, and I believed that every business could be saved by a table with enough columns."
    article = extract_text("\n\n".join(lines).format(text=f"{text}\n\n{more}"), content_type="text/plain")
    assert article.authors == ["Dara Tep"]


@pytest.mark.parametrize("label", ["Läs också", "Zum Weiterlesen", "Czytaj też", "Simak juga video"])
def test_a_label_of_other_pages_points_to_another_article(label: str) -> None:
    sentences = [
        "The ferry to the island sails again from Monday, after nine weeks in which its engine lay in a shed in the harbour.",
        "Its captain said that he had used the time to paint the hull, and to learn the names of all his passengers.",
        "Tickets cost what they cost before, he added, but chickens now travel for half the fare if they sit quietly.",
    ]
    lines = ["Ferry sails again", sentences[0], f"{label}: Who eats the cheese in the harbour", *sentences[1:]]
    assert extract_text("\n\n".join(lines).encode(), None, today=date(2026, 1, 1)).text == "\n\n".join(sentences)
