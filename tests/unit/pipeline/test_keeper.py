"""Which item a message speaks of, as far as that can be told."""

from __future__ import annotations

import pytest

from worker.pipeline.keeper import item_in


@pytest.mark.parametrize(
    ("body", "item"),
    [
        (b'{"type": "failed", "item_id": 7, "v": 2}', 7),
        (b'{"type": "labelled", "extracted": {"item_id": 8}}', 8),
        (b'{"item_id": "7"}', None),
        (b'{"item_id": -7}', None),
        (b'{"item_id": 99999999999999999999}', None),
        (b'{"extracted": 3}', None),
        (b"[7]", None),
        (b"", None),
        (b"\xff\xfe", None),
        (b"[" * 100_000, None),
    ],
)
def test_a_broken_message_is_read_for_its_item_alone(body, item):
    assert item_in(body) == item
