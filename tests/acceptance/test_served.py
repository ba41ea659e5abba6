"""The sample press site has gone through `up`: every command tells the same truth, in the contract's shapes."""

import csv
import io
import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.conftest import Home, Served, until

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
QUEUES = ["fetch", "fetch.urgent", "label", "label.bulk", "results"]
STATES = ("stored", "duplicate", "refused", "dead", "waiting", "running")
ARTICLE = {
    *("url", "canonical_url", "title", "text", "authors", "published_at", "published_source", "modified_at", "language"),
    *("site_name", "description", "image", "extractor", "warnings"),
}
LABELS = {"topics", "primary_topic", "source_type", "evidence", "language_supported", "unknown_words", "model"}
ENDING = {
    *("v", "item_id", "job_ids", "outcome", "reason", "final_url", "http", "content_sha256", "duplicate_of", "cluster_id"),
    *("kind", "fetched_at", "stored_at", "attempts"),
}


def test_waiting_ended_with_something_dead(served: Served) -> None:
    assert served.enqueued.code == 1
    assert "dead list" in served.enqueued.err


def test_queues_have_the_contracts_shape(served: Served) -> None:
    document = served.home.call("queues", "--json").lines[0]
    assert set(document) == {"queues", "ledger", "balanced", "dead", "workers", "model", "at", "due", "paused"}
    assert [queue["name"] for queue in document["queues"]] == QUEUES
    for queue in document["queues"]:
        assert set(queue) == {"name", "waiting", "running", "oldest_waiting_s", "in_per_min", "out_per_min", "paused"}
    assert set(document["ledger"]) == {"accepted", *STATES}
    assert document["balanced"] is True
    assert document["ledger"]["accepted"] == sum(document["ledger"][state] for state in STATES)
    assert document["ledger"]["accepted"] >= len(served.enqueued.lines), "other tests may have added some"
    assert all(set(group) == {"reason", "count", "newest"} and TIME.fullmatch(group["newest"]) for group in document["dead"])
    for worker in document["workers"]:
        assert set(worker) == {"name", "queues", "alive", "last_seen", "running"}
        assert TIME.fullmatch(worker["last_seen"])
    assert document["model"]["id"]
    assert document["due"] == {"now": 0, "later": 0, "next_at": None}
    assert document["paused"] == {"stages": [], "hosts": []}
    assert TIME.fullmatch(document["at"])


def test_status_says_that_all_is_well(served: Served) -> None:
    done = served.home.call("status", "--check")
    assert (done.code, "balanced" in done.out) == (0, True)
    assert served.home.call("status", "--json").lines[0]["problems"] == []


def test_workers_are_alive(served: Served) -> None:
    rows = served.home.call("workers", "--json").lines
    assert {name for row in rows if row["alive"] for name in row["queues"]} >= {"fetch", "fetch.urgent", "label"}


@pytest.mark.parametrize("stage", ["fetch", "label"])
def test_a_probe_tells_whether_a_worker_lives_here(served: Served, stage: str) -> None:
    assert served.home.call("workers", "--alive", stage, "--json").code == 0
    assert served.home.call("workers", "--alive", stage, PRESSMARK_NAMESPACE="other").code == 1


def test_each_stored_page_is_exported_as_a_result(served: Served) -> None:
    rows = served.home.call("export", "--format", "jsonl").lines
    assert len(rows) == served.home.call("queues", "--json").lines[0]["ledger"]["stored"]
    for row in rows:
        assert set(row) >= ARTICLE | LABELS | ENDING
        assert (row["v"], row["outcome"], row["reason"]) == (1, "stored", None)
        assert [topic["label"] for topic in row["topics"]] == ["border_dispute", "trade", "demining", "culture"]
        assert set(row["http"]) == {"status", "etag", "last_modified", "ms", "bytes"}
        assert re.fullmatch(r"[0-9a-f]{64}", row["content_sha256"])
        assert TIME.fullmatch(row["fetched_at"])
        assert TIME.fullmatch(row["stored_at"])
        for quote in row["evidence"]:
            assert row[quote["field"]][quote["start"] : quote["end"]] == quote["text"]


def test_every_item_that_ended_is_exported_on_demand(served: Served) -> None:
    rows = served.home.call("export", "--outcome", "all", "--json").lines
    ledger = served.home.call("queues", "--json").lines[0]["ledger"]
    for outcome in ("stored", "duplicate", "refused", "dead"):
        assert sum(row["outcome"] == outcome for row in rows) == ledger[outcome]
    for row in rows:
        assert set(row) >= ARTICLE | LABELS | ENDING
        assert (row["reason"] is None) == (row["outcome"] == "stored" or (row["duplicate_of"] is not None and row["reason"] is None))


def test_csv_has_a_line_for_each_article_and_no_formula(served: Served) -> None:
    done = served.home.call("export", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert len(rows) == served.home.call("queues", "--json").lines[0]["ledger"]["stored"]
    assert all(not value.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for value in row.values())


def test_the_table_is_for_people(served: Served) -> None:
    assert "source type" in served.home.call("export").out


def test_an_export_goes_on_after_the_last_item_that_was_written(served: Served) -> None:
    whole = served.home.call("export", "--format", "jsonl").lines
    half = whole[len(whole) // 2]["item_id"]
    assert served.home.call("export", "--format", "jsonl", "--after", str(half)).lines == whole[len(whole) // 2 + 1 :]
    assert served.home.call("export", "--format", "jsonl", "--after", "999999").out == ""


def test_csv_for_excel_begins_with_a_byte_order_mark(served: Served) -> None:
    done = served.home.call("export", "--format", "csv", "--bom")
    assert done.out.startswith("\ufeffitem_id,")
    assert served.home.call("export", "--bom").code == 2


def test_parquet_has_the_same_articles_with_lists_and_days(served: Served, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="an extra that nothing else needs")
    with (tmp_path / "articles.parquet").open("wb") as file:
        subprocess.run(served.home.command("export", "--format", "parquet"), env=served.home.environment, stdout=file, check=True)
    rows = parquet.read_table(tmp_path / "articles.parquet").to_pylist()
    lines = served.home.call("export", "--format", "jsonl").lines
    assert [row["item_id"] for row in rows] == [line["item_id"] for line in lines]
    assert [row["authors"] for row in rows] == [line["authors"] for line in lines]
    assert [row["published_on"] and row["published_on"].isoformat() for row in rows] == [line["published_on"] for line in lines]
    assert all(row["stored_at"].tzinfo for row in rows)


def test_trace_tells_hop_by_hop(served: Served) -> None:
    url = next(line["url"] for line in served.home.call("export", "--json").lines)
    way = served.home.call("trace", url, "--json").lines[0]
    assert (way["state"], way["jobs"]) == ("stored", ["sample"])
    assert {"fetch", "store"} & {event["stage"] for event in way["events"]}
    assert all(TIME.fullmatch(event["at"]) for event in way["events"])


def test_trace_of_a_stranger_is_empty_and_no_error(served: Served) -> None:
    done = served.home.call("trace", "http://nobody.example/", "--json")
    assert done.code == 0
    assert done.lines[0]["events"] == []


def test_the_job_is_finished(served: Served) -> None:
    job = served.home.call("jobs", "show", "sample", "--json").lines[0]
    assert (job["waiting"], job["running"]) == (0, 0)
    assert job in served.home.call("jobs", "--json").lines
    assert job["accepted"] == sum(job[state] for state in STATES)


def test_dead_letters_are_grouped_shown_and_previewed(served: Served) -> None:
    groups = served.home.call("dead", "list", "--json").lines
    assert sum(group["count"] for group in groups) == served.home.call("queues", "--json").lines[0]["ledger"]["dead"]
    one = served.home.call("dead", "show", "--reason", "http-404", "--json").lines
    assert {row["reason"] for row in one} == {"http-404"}
    assert len(served.home.call("dead", "show", "--limit", "1", "--json").lines) == 1
    assert len(served.home.call("dead", "requeue", "--dry-run", "--json").lines) == sum(group["count"] for group in groups)
    assert served.home.call("dead", "list", "--host", "nobody.example", "--json").out == ""
    since = served.home.call("dead", "list", "--since", "2000-01-01", "--json").lines
    assert sorted(since, key=str) == sorted(groups, key=str)


def test_changing_many_without_a_yes_is_refused(served: Served) -> None:
    done = served.home.call("dead", "drop")
    assert done.code == 2
    assert "--yes" in done.err
    assert len(done.told) == 1


def test_requeued_letters_come_back_dead_for_the_same_reason(served: Served) -> None:
    before = served.home.call("dead", "show", "--reason", "http-404", "--json").lines
    done = served.home.call("dead", "requeue", "--reason", "http-404", "--yes", "--json")
    assert done.lines == [{"requeued": len(before)}]
    until(lambda: len(served.home.call("dead", "show", "--reason", "http-404", "--json").lines) == len(before))
    assert served.home.call("queues", "--json").lines[0]["balanced"] is True


def test_a_paused_stage_holds_what_comes_and_loses_nothing(served: Served) -> None:
    # Given
    assert served.home.call("pause", "fetch", "--json").lines == [{"stages": ["fetch"], "hosts": []}]
    url = next(line["url"] for line in served.home.call("export", "--json").lines)
    # When
    served.home.call("enqueue", url, "--force", "--job", "again")
    queues = {queue["name"]: queue for queue in served.home.call("queues", "--json").lines[0]["queues"]}
    # Then
    assert queues["fetch"]["paused"]
    assert served.home.call("status", "--check").code == 0
    assert served.home.call("resume", "all", "--json").lines == [{"stages": [], "hosts": []}]
    assert served.home.call("enqueue", url, "--job", "again", "--wait").code == 0


@pytest.mark.parametrize("arguments", [["pause"], ["pause", "fetch", "--host", "x.example"], ["pause", "sleep"], ["forget"]])
def test_pause_and_forget_need_one_thing(served: Served, arguments: list[str]) -> None:
    done = served.home.call(*arguments)
    assert (done.code, len(done.told)) == (2, 1)


def test_a_paused_host_is_named(served: Served) -> None:
    assert served.home.call("pause", "--host", "wire.example", "--json").lines[0]["hosts"] != []
    assert served.home.call("resume", "--host", "wire.example", "--json").lines[0]["hosts"] == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_what_is_told_to_stop_stops_and_keeps_its_state(home: Home, number: int, code: int) -> None:
    with home.up() as process:
        home.call("pause", "fetch")
        home.call("enqueue", "http://pub.example/a")
        process.send_signal(number)
        assert process.wait(60) == code
    ledger = home.call("queues", "--json").lines[0]
    assert (ledger["ledger"]["waiting"], ledger["balanced"], ledger["queues"][0]["paused"]) == (1, True, True)


def test_a_second_up_on_the_folder_names_the_holder(served: Served) -> None:
    done = served.home.run("up")
    assert done.code == 2
    assert str(served.process.pid) in done.err


def test_what_is_forgotten_is_gone_and_the_books_still_balance(served: Served) -> None:
    url = served.home.call("export", "--json").lines[-1]["url"]
    assert served.home.call("forget", url, "--json").lines == [{"forgotten": 1}]
    assert url not in served.home.call("export", "--outcome", "all", "--json").out
    assert served.home.call("enqueue", "--force", url, "--json").lines[0]["state"] == "known"
    assert served.home.call("trace", url, "--json").lines[0]["reason"] == "forgotten"
    assert served.home.call("queues", "--json").lines[0]["balanced"] is True


def test_a_backup_is_made_while_everything_runs_and_restores_elsewhere(served: Served, tmp_path: Path) -> None:
    # Given an installation at work
    more = served.home.start("enqueue", *(f"{served.url('press.example', '/none/')}{number}" for number in range(50)))
    # When it is backed up meanwhile, and restored into a folder of its own
    made = served.home.run("backup", str(tmp_path / "b.zip"), "--json")
    assert more.wait(60) == 0
    there = Home(tmp_path / "there", served.home.more)
    there.folder.mkdir()
    restored = there.run("restore", str(tmp_path / "b.zip"), "--json")
    # Then the copy balances, and holds what was stored
    assert (made.code, restored.code) == (0, 0)
    assert made.lines[0]["rows"] == restored.lines[0]["rows"]
    assert there.call("queues", "--json").lines[0]["balanced"] is True
    stored = {line["item_id"]: line["content_sha256"] for line in there.call("export", "--format", "jsonl").lines}
    here = {line["item_id"]: line["content_sha256"] for line in served.home.call("export", "--format", "jsonl").lines}
    assert stored.items() <= here.items()
    assert len(stored) == made.lines[0]["rows"]["articles"]
    # And neither the file nor the installation is ever overwritten
    assert served.home.call("backup", str(tmp_path / "b.zip")).code == 2
    again = there.call("restore", str(tmp_path / "b.zip"))
    assert (again.code, len(again.told)) == (2, 1)
    (tmp_path / "c.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:-500])
    (tmp_path / "broken").mkdir()
    broken = Home(tmp_path / "broken").call("restore", str(tmp_path / "c.zip"))
    assert (broken.code, len(broken.told)) == (2, 1)
    assert "expected a whole backup" in broken.err


def test_doctor_finds_nothing_wrong(served: Served) -> None:
    done = served.home.call("doctor", "--json")
    assert [check for check in done.lines[0]["checks"] if check["state"] == "wrong"] == []
    assert done.code == 0


@pytest.mark.parametrize("command", [["export", "--json"], ["queues", "--watch", "--json"], ["config"], ["jobs", "list"]])
def test_a_closed_pipe_is_no_error(served: Served, command: list[str]) -> None:
    line = " ".join(f"'{part}'" for part in map(str, served.home.command(*command)))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {line} | head -c 1 >/dev/null"],
        env=served.home.environment,
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_watching_ends_with_ctrl_c(served: Served) -> None:
    process = served.home.start("queues", "--watch", "--json", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, b"")


def test_one_page_is_tried_without_the_service(served: Served) -> None:
    url = served.home.call("export", "--json").lines[0]["url"]
    result = served.home.call("try", url)
    kept = next(row for row in served.home.call("export", "--json").lines if row["url"] == url)
    for name in ("title", "text", "published_at", "topics", "source_type", "content_sha256"):
        assert result.lines[0][name] == kept[name]
    assert result.lines[0]["item_id"] is None
    assert set(result.lines[0]) == set(kept), "the same object everywhere"


@pytest.mark.parametrize("process", ["worker", "dispatcher", "keeper"])
def test_a_single_process_without_redis_says_so(home: Home, process: str) -> None:
    done = home.run(process)
    assert (done.code, len(done.told)) == (3, 1)
    assert "`pressmark" in done.err
