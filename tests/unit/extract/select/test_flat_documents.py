"""Letters, mails, posts and wire copy as flat text: title, date and people by their kind; headings and closing notes stay."""

from __future__ import annotations

from datetime import date

import pytest

from worker.extract.pipeline import extract_text

TEXT = """The two ministers agreed to open the crossing at Thma Da to lorries with sealed loads from the first of December on.

Farmers on both sides will be able to send cassava and maize without changing trucks, which took up to nine hours this year.
"""


def article(text):
    return extract_text(text, content_type="text/plain", today=date(2026, 11, 24))


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("KINGDOM OF CAMBODIA\n\nEMBASSY OF CAMBODIA\n9 Quay Street, Port Salis\n\nNote No. 4/2026\n\nNOTE VERBALE", "NOTE VERBALE"),
        ("EMBAJADA DE CAMBOYA\nCalle del Puerto 9, Salis\n\nNOTA VERBAL", "NOTA VERBAL"),
        ("MINISTRY OF TRADE\n\nAIDE-MÉMOIRE\n\nOpening of the crossing at Thma Da", "Opening of the crossing at Thma Da"),
        (
            "SUMMIT OF THE RIVER STATES - THMA DA 2026\nHost Secretariat - Press Cell\n\nTRANSCRIPT\n\n"
            "Press conference of the two ministers\n\nThma Da, 3 November 2026",
            "Press conference of the two ministers",
        ),
        (
            "General Assembly            Distr.: General\nEighty-first session\nAgenda item 34\nPrevention of armed conflict\n\n"
            "Letter dated 3 November 2026 on the crossing at Thma Da",
            "Letter dated 3 November 2026 on the crossing at Thma Da",
        ),
        (
            "MINISTRY OF TRADE\nPRESS RELEASE\n\nMINISTERS AGREE TO OPEN THE CROSSING\nAT THMA DA",
            "MINISTERS AGREE TO OPEN THE CROSSING AT THMA DA",
        ),
        ("🔴 Ministers agree to open Thma Da\n\n#ThmaDa #trade", "Ministers agree to open Thma Da"),
    ],
)
def test_the_title_stands_below_letterheads_and_labels(head, title):
    assert article(f"{head}\n\n{TEXT}").title == title


def test_a_title_as_long_as_a_paragraph_is_no_text():
    title = "Identical letters from the Permanent Representative of Cambodia addressed to the Secretary-General and to the President " * 2
    found = article(f"United Nations      A/81/9\nSecurity Council\nOriginal: English\n\n{title.strip()}\n\n{TEXT}")
    assert found.title == title.strip()
    assert found.text.startswith("The two ministers")


def test_a_date_beside_a_letterhead_dates_the_document():
    head = "United Nations        A/81/9\n\nGeneral Assembly        3 November 2026\nOriginal: English\n\nEighty-first session"
    assert article(f"{head}\nItem 5 of the agenda\nBorders\n\nOpening of the crossing at Thma Da\n\n{TEXT}").published_on == "2026-11-03"


def test_a_mail_gives_its_subject_day_and_sender_and_keeps_its_salutation():
    header = (
        "From: dara at quay.example (Chan Dara)\nDate: Tue, 3 Nov 2026 09:21:44 +0700\nSubject: [Quay] Re: Thma Da opens\n\nDear list,\n\n"
    )
    found = article(f"{header}{TEXT}\nDara\n\nOn Mon, 2 Nov 2026, Sina wrote:\n> When?\n\n-- \nChan Dara\n")
    assert (found.title, found.authors, found.published_at) == ("Thma Da opens", ["Chan Dara"], "2026-11-03T02:21:44Z")
    assert found.text.startswith("Dear list,")
    assert "wrote" not in found.text


@pytest.mark.parametrize("sender", ["Press Office <p@quay.example>", "Quay Weekly Letter <w@quay.example>", "<no-reply@quay.example>"])
def test_a_desk_or_a_letter_that_sends_a_mail_is_no_author(sender):
    header = f"From: {sender}\nSent: 3 November 2026\nSubject: Thma Da opens\n\n"
    assert article(f"{header}{TEXT}\nUnsubscribe\nQuay Weekly, 4 Quay Lane").authors == []


def test_a_channel_is_no_author_and_its_other_posts_are_left_out():
    head = "Quay News\n1.2K subscribers\n📌 Pinned message: rules\n\nQuay News, [20.11.2026 11:36]\n🔴 Thma Da opens to lorries"
    found = article(f"{head}\n\n{TEXT}\n👁 8K\n\nQuay News, [20.11.2026 12:10]\nThe weather of today is fine, the office said at noon.\n")
    assert (found.title, found.authors, found.published_at) == ("Thma Da opens to lorries", [], "2026-11-20")
    assert found.text == TEXT.strip()


@pytest.mark.parametrize("heading", ["NEXT MEETING", "AUSBLICK", "PROCHAINE ÉTAPE"])
def test_headings_in_capitals_and_a_short_closing_note_stay(heading):
    text = f"Crossing at Thma Da Opens\n\nBACKGROUND\n\n{TEXT}\n{heading}\n\nThe commission meets again in March.\n"
    assert article(text).text.split("\n\n")[-2:] == [heading, "The commission meets again in March."]
    assert article(text).text.startswith("BACKGROUND")


def test_words_to_editors_in_wire_copy_are_left_out():
    head = "BC-THMA-DA\nURGENT\n\nCrossing at Thma Da opens to lorries\nEds: Updates with quotes.\nBy Sina Keo"
    found = article(f"{head}\n\n{TEXT}\n(MORE)\n(END)")
    assert (found.title, found.authors, found.text) == ("Crossing at Thma Da opens to lorries", ["Sina Keo"], TEXT.strip())


def test_a_reporters_question_is_no_byline():
    question = "新华社记者：我们注意到两个口岸恢复货运。中方对此有何评论？"
    answer = "周明远：中方对此表示欢迎。两国都是中国的友好邻邦。"
    assert article(f"外交部发言人主持例行记者会\n\n{question}\n\n{answer}\n").authors == []


def test_short_turns_of_speakers_stay():
    turns = "问：受影响的村民将得到什么帮助？\n\n答：省政府已登记64户家庭，并提供了大米、饮用水和临时住所。"
    opening = "问：外交部对边境地区增设铁丝网有何回应？\n\n答：外交部已于11月13日提出书面抗议。这一行为不符合停火协议的精神。"
    assert article(f"柬埔寨外交部发言人就边境地区铁丝网问题答记者问\n\n{opening}\n\n{turns}\n").text.endswith(turns)


def test_two_names_on_a_line_beside_the_date_are_two_authors():
    text = f"What a quiet week means\nThomas Aldergrove and Pich Sreymom\n3 November 2026\n\n{TEXT}"
    assert article(text).authors == ["Thomas Aldergrove", "Pich Sreymom"]


def test_a_place_beside_a_documents_date_is_no_author():
    head = "MINISTRY OF TRADE\nOffice of the Spokesperson\n\nTRANSCRIPT\n\nPress Availability After the Border Commission"
    assert article(f"{head}\nBattambang Provincial Hall\n3 November 2026\n\n{TEXT}").authors == []


def test_a_date_behind_a_name_is_that_of_another_story():
    assert article(f"Crossing at Thma Da Opens\n\n{TEXT}\nRelated\n\ndi Teresa Fallavollita 2 November 2026\n").published_on is None
