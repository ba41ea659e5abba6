"""Exports of messengers: the longest message is read, with the day of its head."""

from __future__ import annotations

import pytest

from worker.extract.lines.messages import longest_message

TEXT = "The ferry at Neak Loeung stops at dusk from Monday on, the harbour master said."


@pytest.mark.parametrize(
    "head",
    ["Quay News | Tonle, [20.11.2026 11:36]\n", "[20/11/2026, 11:36:02] Quay News: ", "20/11/2026, 11:36 - Quay News: "],
)
def test_the_longest_message_is_read_without_its_head(head):
    message = longest_message(f"Quay News\n48 212 subscribers\n{head}*Ferry stops*\n\n{TEXT}\n{head}[Photo]\n{head}Thanks")
    assert message is not None
    assert (str(message.sent), message.lines) == ("2026-11-20", ["Ferry stops", TEXT])


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"{TEXT}\n[20/11/2026, 11:36] Quay News: Thanks",
        "See [1] and [20 November 2026]: both say so.",
        "20 November 2026 - The ferry stops: at dusk.",
        "",
    ],
    ids=["text", "quoted below a text", "references", "dateline", "nothing"],
)
def test_what_is_no_export_is_read_as_text(text):
    assert longest_message(text) is None
