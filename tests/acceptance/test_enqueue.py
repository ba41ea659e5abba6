"""`enqueue`: every line gets its verdict, nothing that was accepted is lost, and Redis may be away."""

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.conftest import Home, until

STATES = ("waiting", "running", "stored", "duplicate", "refused", "dead")


def waiting(home: Home) -> int:
    """What the ledger holds, all of it waiting."""
    done = home.call("queues", "--json")
    assert done.code == 0, done.err
    ledger = done.lines[0]["ledger"]
    assert ledger["accepted"] == sum(ledger[state] for state in STATES)
    return int(ledger["waiting"])


def test_each_argument_gets_its_verdict(home: Home) -> None:
    # When
    done = home.call("enqueue", "http://pub.example/a", "http://PUB.example:80/a?utm_source=x#top", "file:///etc/passwd", "--json")
    # Then
    assert done.lines == [
        {"url": "http://pub.example/a", "item_id": 1, "state": "accepted", "reason": None},
        {"url": "http://pub.example/a", "item_id": 1, "state": "known", "reason": "known"},
        {"url": "file:///etc/passwd", "item_id": None, "state": "refused", "reason": "scheme"},
    ]
    assert done.code == 1
    assert any("argument 3" in line for line in done.told)
    assert waiting(home) == 1


def test_only_known_urls_are_no_error(home: Home) -> None:
    home.call("enqueue", "http://pub.example/a")
    assert home.call("enqueue", "http://pub.example/a").code == 0


def test_nothing_but_refusals_is_a_wrong_call_and_leaves_nothing_behind(home: Home) -> None:
    done = home.call("enqueue", "pub.example/a")
    assert done.code == 2
    assert not (home.folder / "data" / "pressmark.sqlite").exists() or waiting(home) == 0


def test_an_empty_list_is_done(home: Home) -> None:
    (home.folder / "list").write_text("# x\n\n", encoding="utf-8")
    done = home.call("enqueue", "-f", "list")
    assert (done.code, done.out) == (0, "")
    assert "0 URLs" in done.err


def test_no_url_at_all_is_a_wrong_call(home: Home) -> None:
    done = home.call("enqueue")
    assert done.code == 2
    assert len(done.told) == 1


def test_a_list_by_pipe_is_read_to_its_last_line(home: Home) -> None:
    done = home.call("enqueue", "-f", "-", "--json", stdin=b"\xef\xbb\xbfhttp://pub.example/1\r\n# c\r\n\r\nnope\r\nhttp://pub.example/2")
    assert [line["state"] for line in done.lines] == ["accepted", "refused", "accepted"]
    assert done.code == 1
    assert any("standard input:4" in line for line in done.told)


def test_a_list_that_is_no_utf_8_is_refused_whole(home: Home) -> None:
    (home.folder / "list").write_bytes(b"http://pub.example/1\nhttp://pub.example/\xa1\xd2\n")
    done = home.call("enqueue", "-f", "list")
    assert (done.code, done.out) == (2, "")
    assert done.told == ["pressmark: list:2: expected UTF-8 text, got the byte 0xa1"]


def test_the_same_url_ten_thousand_times_is_one_item(home: Home) -> None:
    done = home.run("enqueue", "-f", "-", "--json", stdin=b"http://pub.example/u\n" * 10_000)
    states = [line["state"] for line in done.lines]
    assert (states.count("accepted"), states.count("known")) == (1, 9_999)
    assert waiting(home) == 1


def test_feeds_and_sitemaps_are_items_of_their_own_and_counted_as_articles_are(home: Home) -> None:
    done = home.call("enqueue", "--feed", "http://pub.example/feed", "--sitemap", "http://pub.example/map.xml", "--json")
    assert [line["state"] for line in done.lines] == ["accepted", "accepted"]
    assert done.code == 0
    assert waiting(home) == 2
    assert home.call("trace", "http://pub.example/feed", "--json").lines[0]["kind"] == "feed"


def test_a_dry_run_writes_nothing(home: Home) -> None:
    assert home.call("enqueue", "--dry-run", "http://pub.example/a").code == 0
    assert not (home.folder / "data").exists()
    home.call("enqueue", "http://pub.example/a")
    done = home.call("enqueue", "--dry-run", "http://pub.example/a", "http://pub.example/b", "nope", "--json")
    assert [(line["state"], line["item_id"]) for line in done.lines] == [("known", 1), ("accepted", None), ("refused", None)]
    assert waiting(home) == 1
    assert len(home.call("jobs", "list", "--json").lines) == 1


def test_a_job_gathers_new_and_known_items_and_counts_the_refused(home: Home) -> None:
    home.call("enqueue", "http://pub.example/a", "--job", "monday")
    home.call("enqueue", "http://pub.example/a", "http://pub.example/b", "nope", "--job", "tuesday", "--lane", "urgent")
    job = home.call("jobs", "show", "tuesday", "--json").lines[0]
    assert (job["accepted"], job["waiting"], job["known"], job["refused_at_door"]) == (2, 2, 1, 1)
    assert [row["name"] for row in home.call("jobs", "list", "--json").lines] == ["tuesday", "monday"]


def test_a_stopped_job_gives_up_what_waits_in_no_other(home: Home) -> None:
    home.call("enqueue", "http://pub.example/a", "http://pub.example/b", "--job", "monday")
    home.call("enqueue", "http://pub.example/b", "--job", "tuesday")
    assert home.call("jobs", "stop", "monday", "--json").lines == [{"job": "monday", "dropped": 1}]
    job = home.call("jobs", "show", "monday", "--json").lines[0]
    assert (job["dead"], job["waiting"], job["stopped_at"] is not None) == (1, 1, True)
    dead = home.call("dead", "show", "--json").lines
    assert [(row["url"], row["reason"]) for row in dead] == [("http://pub.example/a", "dropped-by-user")]
    assert home.call("jobs", "show", "wednesday").code == 2


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "unix:///nowhere/redis.sock"])
def test_it_works_while_redis_is_away(home: Home, url: str) -> None:
    done = home.call("enqueue", "http://pub.example/a", "--json", PRESSMARK_REDIS_URL=url)
    assert (done.code, done.lines[0]["state"]) == (0, "accepted")


def test_a_database_that_is_away_is_one_line(home: Home) -> None:
    done = home.call("enqueue", "http://pub.example/a", PRESSMARK_DATABASE_URL="postgresql+psycopg://x:hunter2@127.0.0.1:1/none")
    assert done.code == 3
    assert len(done.told) == 1
    assert "hunter2" not in done.err


def test_a_data_folder_that_cannot_be_written_is_one_line(home: Home) -> None:
    (home.folder / "file").write_text("", encoding="utf-8")
    done = home.call("enqueue", "http://pub.example/a", PRESSMARK_DATA_DIR=str(home.folder / "file" / "data"))
    assert done.code == 3
    assert len(done.told) == 1


def test_a_full_disk_is_one_line_and_nothing_is_half_written(home: Home) -> None:
    # Given
    home.call("enqueue", "http://pub.example/a")
    size = sum(path.stat().st_size for path in (home.folder / "data").iterdir())
    limit = f'ulimit -f {size // 1024 + 64}; exec "$@"'
    urls = b"".join(b"http://pub.example/%0200d\n" % number for number in range(20_000))
    # When
    done = subprocess.run(
        ["bash", "-c", limit, "bash", *home.command("enqueue", "-f", "-")],
        input=urls,
        env=home.environment,
        cwd=home.folder,
        capture_output=True,
        check=False,
    )
    # Then
    assert done.returncode == 3, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    accepted = sum(json.loads(line)["state"] == "accepted" for line in done.stdout.splitlines())
    assert waiting(home) == 1 + accepted


def test_ctrl_c_keeps_what_was_accepted_and_says_how_much(home: Home) -> None:
    # Given: a list that does not end
    reader, writer = os.pipe()
    process = home.start("enqueue", "-f", "-", stdin=reader, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.write(writer, b"".join(b"http://pub.example/%d\n" % number for number in range(2500)))
    # When
    until(lambda: waiting(home) >= 1000)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    os.close(writer)
    # Then
    assert process.returncode == 130
    accepted = len(out.splitlines())
    assert f"{accepted} accepted" in err.decode()
    assert waiting(home) >= accepted


def test_a_closed_pipe_is_no_error_and_what_was_accepted_stays(home: Home) -> None:
    command = " ".join(f"'{part}'" for part in map(str, home.command("enqueue", "-f", "list")))
    (home.folder / "list").write_text("".join(f"http://pub.example/{number}\n" for number in range(3000)), encoding="utf-8")
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -1"], env=home.environment, cwd=home.folder, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert waiting(home) >= 1


def test_arguments_of_broken_bytes_never_reach_the_ledger(home: Home) -> None:
    done = home.run("enqueue", b"http://pub.example/\xff", "http://pub.example/\x1b]0;x\x07", "http://pub.example/\nX")
    assert done.code == 2
    assert [line["reason"] for line in done.lines] == ["bad-url"] * 3
    assert "\x1b" not in done.err
    assert [f"argument {number}" in line for number, line in enumerate(done.told[:3], 1)] == [True] * 3


def test_on_a_terminal_it_speaks_to_people(home: Home) -> None:
    main, other = pty.openpty()
    process = home.start("enqueue", "http://pub.example/a", stdout=other, stderr=subprocess.DEVNULL)
    process.wait(60)
    os.close(other)
    assert b"accepted" in os.read(main, 1000)
    os.close(main)


def test_bad_second_list_stops_the_call_before_anything_is_accepted(home: Home) -> None:
    (home.folder / "good").write_text("http://pub.example/a\n", encoding="utf-8")
    done = home.call("enqueue", "-f", "good", "-f", "missing")
    assert (done.code, done.out) == (2, "")
    assert done.told == ["pressmark: missing: expected a readable file: No such file or directory"]


def test_every_refusal_of_the_private_address_catalogue_names_its_line(home: Home, shared: Path) -> None:
    cases = json.loads((shared / "cases" / "ssrf_urls.json").read_text(encoding="utf-8"))["cases"]
    urls = [case["url"] for case in cases if case["layer"] in {"parse", "address"} and case["url"].strip() == case["url"]]
    done = home.call("enqueue", "-f", "-", "--json", "--dry-run", stdin="\n".join(urls).encode())
    refused = {number for number, line in enumerate(done.lines, 1) if line["state"] == "refused"}
    assert refused == {int(line.split(":")[2]) for line in done.told if "standard input:" in line}
    assert len(refused) > 40
