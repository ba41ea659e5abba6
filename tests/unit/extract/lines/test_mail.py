"""Mails that were saved as text: the header is read, and quotations, signatures and covers are left out."""

from __future__ import annotations

import pytest

from worker.extract.lines.mail import mail_of

BODY = "The ferry at Neak Loeung stops at dusk from Monday on, the harbour master said.\n"


@pytest.mark.parametrize(
    ("header", "subject", "sender", "sent"),
    [
        (
            "From dara at quay.example  Tue Nov  3 09:21:44 2026\nFrom: dara at quay.example (Chan Dara)\n"
            "Date: Tue, 3 Nov 2026 09:21:44 +0700\nSubject: [Quay] What the ferry\n\tcosts now\nMessage-ID: <1@quay.example>",
            "[Quay] What the ferry costs now",
            "Chan Dara",
            "2026-11-03T02:21:44Z",
        ),
        ('De : "Keo, Sina" <s@quay.example>\nObjet : Le bac\nDate : 3 novembre 2026', "Le bac", "Sina Keo", "2026-11-03"),
        (
            "Von: Fährbüro <s@quay.example>\nGesendet: Dienstag, 3. November 2026 09:21\nBetreff: Die Fähre",
            "Die Fähre",
            "Fährbüro",
            "2026-11-03",
        ),
        ("发件人：港口 <s@quay.example>\n发送时间：2026年11月3日 9:21\n主题：渡轮", "渡轮", "港口", "2026-11-03"),
        ("**From:** Chan Dara\n\n**Sent:** 3 November 2026\n\n**Subject:** The ferry", "The ferry", "Chan Dara", "2026-11-03"),
        ("Subject: =?UTF-8?B?TGUgYmFjIMOgIE5lYWs=?=\nDate: Tue, 3 Nov 2026 09:21:44 GMT", "Le bac à Neak", None, "2026-11-03T09:21:44Z"),
    ],
)
def test_the_header_gives_subject_sender_and_day(header, subject, sender, sent):
    mail = mail_of(f"{header}\n\n{BODY}")
    assert mail is not None
    assert (mail.subject, mail.sender, str(mail.sent)) == (subject, sender, sent)
    assert mail.body.strip() == BODY.strip()


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"{BODY}\nFrom: Chan Dara\nSubject: The ferry\nDate: 3 November 2026\n",
        f"From Monday on the ferry stops at dusk.\n\n{BODY}",
        f"Subject: The ferry\n\n{BODY}",
        "",
    ],
    ids=["text", "quoted in a text", "sentence that begins with From", "subject alone", "nothing"],
)
def test_what_is_no_mail_is_read_as_text(text):
    assert mail_of(text) is None


@pytest.mark.parametrize(
    "end",
    [
        "-- \nChan Dara\nQuay Office",
        "On Mon, 2 Nov 2026, Sina wrote:\n> When does it stop?\n> Thanks",
        "Le 2 novembre 2026, Sina\n<s@quay.example> a écrit :\n\n> Quand ?",
        "_______________________________________________\nQuay mailing list\nQuay at lists.example",
        "-------------- next part --------------\nA non-text attachment was scrubbed...",
        "From: Sina\nSent: 2 November 2026\nTo: Chan Dara\nSubject: The ferry\n\nWhen does it stop?",
        "-----Original Message-----\nFrom: Sina\n\nWhen?",
    ],
)
def test_what_others_wrote_and_the_signature_are_left_out(end):
    mail = mail_of(f"From: Chan Dara <d@quay.example>\nSubject: The ferry\n\n{BODY}\nDara\n\n{end}\n")
    assert mail is not None
    assert mail.body.split() == f"{BODY} Dara".split()


def test_an_answer_below_the_quotation_stays():
    mail = mail_of(f"From: Chan Dara <d@quay.example>\nSubject: Re: The ferry\n\nOn 2 Nov 2026 Sina wrote:\n> When?\n\n{BODY}")
    assert mail is not None
    assert mail.body.strip() == BODY.strip()


@pytest.mark.parametrize(
    "forwarded",
    [
        f"---------- Forwarded message ----------\n\n{3 * BODY}",
        f"From: Quay Office <o@quay.example>\nSent: 1 November 2026\nTo: Chan Dara\nSubject: Ferry hours\n\n{3 * BODY}",
    ],
)
def test_of_a_mail_that_forwards_another_the_other_is_read(forwarded):
    mail = mail_of(f"From: Chan Dara <d@quay.example>\nSubject: FW: Ferry hours\n\nFor your paper.\n\n{forwarded}")
    assert mail is not None
    assert mail.body.split() == (3 * BODY).split()
    assert mail.sender != "Chan Dara"
