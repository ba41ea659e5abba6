"""What travels: encoded, decoded, and parked when it is foreign."""

import json
import subprocess
import sys

import pytest

from tests.integration.parts.samples import LABELS
from worker.errors import BadMessage
from worker.messages import (
    Extracted,
    Failed,
    Http,
    Labelled,
    Outcome,
    Returned,
    Struck,
    Taken,
    Unchanged,
    decode,
    decode_outcome,
    encode,
)

MESSAGES = [
    Taken(leases=[(1, 2), (3, 4)], worker="fetch@here"),
    Returned(leases=[(1, 2)], after=2.5),
    Struck(item_id=1, token=2, detail="killed by signal 9"),
    Failed(item_id=1, token=2, reason="http-429", retry_after=30.0, http=Http(status=429, ms=12)),
    Unchanged(item_id=1, token=2, http=Http(status=304)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.type)
def test_a_message_comes_back_as_it_was_sent(message: Outcome) -> None:
    assert decode_outcome(encode(message)) == message


@pytest.mark.parametrize(
    ("change", "where"),
    [({"v": 2}, "v"), ({"type": "eaten"}, "type"), ({"item_id": "1"}, "item_id"), ({"extra": 1}, "extra"), ({"token": None}, "token")],
)
def test_a_foreign_message_is_not_guessed_at(change: dict[str, object], where: str) -> None:
    message = json.loads(encode(MESSAGES[2])) | change
    with pytest.raises(BadMessage, match=where):
        decode(Struck, json.dumps(message))


@pytest.mark.parametrize("data", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"type":"taken"}'])
def test_what_is_no_message_is_one_clear_error(data: bytes) -> None:
    with pytest.raises(BadMessage):
        decode_outcome(data)


def test_text_keeps_every_script() -> None:
    sent = Struck(item_id=1, token=1, detail="ភ្នំពេញ กรุงเทพฯ “quoted” \u2028")
    assert decode_outcome(encode(sent)).detail == sent.detail


def test_a_labelled_article_carries_the_article_whole() -> None:
    nothing = dict.fromkeys(("canonical_url", "modified_at", "language", "site_name", "description", "image"))
    told = {
        "url": "https://a.example/1",
        "title": "A",
        "text": "B",
        "authors": ["C"],
        "published_at": "2024-03-22",
        "published_source": "meta",
    }
    article = nothing | told | {"extractor": {"name": "x", "version": "1"}, "warnings": []}
    fetched = {"item_id": 1, "token": 1, "final_url": "https://a.example/1", "http": {"status": 200}, "opt_outs": []}
    body = fetched | {"article": article, "content_sha256": "0" * 64, "simhash": "0" * 16}
    extracted = decode(Extracted, json.dumps(body))
    labelled = Labelled(extracted=extracted, labels=LABELS)
    assert decode_outcome(encode(labelled)) == labelled


FIRST_USE = """
import sys, threading
sys.setswitchinterval(1e-6)
from worker.messages import Taken, URLRequest, decode, decode_outcome, encode
begin = threading.Barrier(24)
found = []
def use():
    begin.wait()
    found.append(decode(URLRequest, '{"item_id": 1, "token": 2, "url": "http://a.test/"}').item_id)
    found.append(len(decode_outcome(encode(Taken([(1, 2)], "w"))).leases))
threads = [threading.Thread(target=use) for _ in range(24)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(sum(found))
"""


def test_many_threads_may_decode_their_first_messages_at_once():
    # Given a fresh process each: a record is built once (half-built records were seen once in four runs)
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", FIRST_USE], capture_output=True, text=True, check=False, timeout=120)
        assert (done.stdout.strip(), done.stderr) == ("48", "")
