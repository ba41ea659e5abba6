"""The catalogue of bad inputs, entry by entry: what a user can get wrong costs one clear line and the right exit code.

Each case of the shared catalogue that a command of today can meet has its check here, or names the test that has it.
Where a case names an exit code of sysexits, the contract's takes its place: 64, 66, 77, 78 are 2 and 69, 74, 75 are 3.
"""

import gzip
import json
import os
import random
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.conftest import ROOT, Home, until

Check = Callable[[Home], None]
CHECKS: dict[str, Check] = {}
ENTRIES = {"cli", "config", "seed", "message"}

ELSEWHERE = {
    "cli-13": "test_a_closed_pipe_is_no_error",
    "cli-14": "test_ctrl_c_keeps_what_was_accepted_and_says_how_much",
    "cli-15": "test_the_same_url_ten_thousand_times_is_one_item",
    "cli-21": "test_a_full_disk_is_one_line_and_nothing_is_half_written",
    "cli-22": "test_a_second_up_on_the_folder_names_the_holder",
    "config-22": "test_a_clock_that_is_set_makes_nothing_early_and_nothing_wait_for_ever",
    "msg-02": "test_a_message_that_nobody_understands_is_parked_and_its_neighbours_are_kept",
    "msg-06": "test_the_same_outcome_twice_changes_nothing",
    "msg-07": "test_a_late_failure_is_ignored_and_a_late_success_is_stored",
    "msg-08": "test_a_page_that_kills_its_reader_is_dead_after_three_strikes",
    "msg-11": "test_both_forms_are_read_and_held_within_a_day",
    "seed-08": "test_a_million_lines_are_accepted_in_constant_memory",
    "seed-09": "test_a_line_of_a_gibibyte_is_refused_in_constant_memory",
    "seed-20": "test_lists_that_name_each_other_come_to_an_end",
    "seed-23": "test_every_refusal_of_the_private_address_catalogue_names_its_line",
}
"""Checked by the named test, which has what this file has not: a running service, a terminal, a filled disk, a set clock."""


def case(*names: str) -> Callable[[Check], Check]:
    """Registers a check for cases of the catalogue."""

    def register(check: Check) -> Check:
        CHECKS.update(dict.fromkeys(names, check))
        return check

    return register


def test_every_case_of_the_catalogue_has_its_check(shared: Path) -> None:
    cases = json.loads((shared / "cases" / "bad_inputs.json").read_text(encoding="utf-8"))["cases"]
    assert {one["id"] for one in cases if one["entry"] in ENTRIES} == set(CHECKS) | set(ELSEWHERE)


def test_the_other_checks_exist() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name in ELSEWHERE.values() if f"def {name}(" not in tests] == []


def refused(home: Home, *arguments: str, told: str = "", **more: str) -> None:
    """The call is wrong: exit 2, one line, nothing enqueued."""
    done = home.call(*arguments, **more)
    assert (done.code, len(done.told)) == (2, 1), done.err
    assert told in done.err
    assert not (home.folder / "data" / "pressmark.sqlite").exists()


@case("cli-01")
def no_arguments(home: Home) -> None:
    done = home.call()
    assert done.code == 2
    assert "Usage" in done.err


@case("cli-02")
def unknown_command(home: Home) -> None:
    refused(home, "enque", "http://pub.example/", told="enqueue")


@case("cli-03", "cli-04", "cli-06", "cli-07", "cli-08", "cli-19")
def urls_that_are_none(home: Home) -> None:
    broken = ("http://pub.example/\nX", "http://pub.example/\udcff", "http://pub.example/\x1b]0;x\x07")
    for url in ("pub.example/a", "file:///etc/passwd", "http://pub.example/" + "a" * 9000, *broken):
        refused(home, "enqueue", url, told="argument 1")


@case("cli-10")
def negative_limit(home: Home) -> None:
    refused(home, "dead", "list", "--limit", "-1", told="--limit")


@case("cli-11", "cli-12")
def redis_away_or_full(home: Home) -> None:
    """The contract: the ledger accepts, and Redis is not asked; what needs Redis ends with 3, soon, naming it."""
    away = {"PRESSMARK_REDIS_URL": "redis://:hunter2@127.0.0.1:1/0"}
    assert home.call("enqueue", "http://pub.example/a", **away).code == 0
    done = home.call("workers", **away)
    assert (done.code, len(done.told)) == (3, 1)
    assert "127.0.0.1:1" in done.err
    assert "hunter2" not in done.err


@case("cli-17")
def secrets_stay_secret(home: Home) -> None:
    secret = {"PRESSMARK_REDIS_URL": "redis://:hunter2@no-such-host.invalid:6379/0", "PRESSMARK_DASHBOARD_TOKEN": "hunter2"}
    told = [home.call(*command, **secret) for command in (["config"], ["config", "--json"], ["workers"], ["doctor"], ["status", "--json"])]
    told += [home.run(command, **secret) for command in ("worker", "dispatcher")]
    assert "hunter2" not in "".join(done.out + done.err for done in told)


@case("cli-18")
def dashes_in_front(home: Home) -> None:
    refused(home, "enqueue", "--help=http://x")
    refused(home, "enqueue", "--", "-x", told="argument 1")


def listed(home: Home, content: bytes, *options: str) -> tuple[int, list[str], list[str]]:
    """Enqueues a list: exit code, states, lines on standard error."""
    (home.folder / "list").write_bytes(content)
    done = home.call("enqueue", "-f", "list", "--json", *options)
    return done.code, [line["state"] for line in done.lines], done.told


@case("seed-02")
def only_comments(home: Home) -> None:
    code, states, told = listed(home, b"# x\n\n")
    assert (code, states) == (0, [])
    assert "0 URLs" in told[0]


@case("seed-04")
def utf_16(home: Home) -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        code, states, told = listed(home, "http://pub.example/\n".encode(encoding))
        assert (code, states, len(told)) == (2, [], 1)
        assert "UTF-8" in told[0]


@case("seed-07")
def no_newline_at_the_end(home: Home) -> None:
    assert listed(home, b"http://pub.example/")[:2] == (0, ["accepted"])


@case("seed-10")
def packed_and_printed(home: Home) -> None:
    for content in (gzip.compress(b"http://pub.example/\n"), b"PK\x03\x04\x14\x00\x08\xff", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"):
        code, states, told = listed(home, content)
        assert (code, states, len(told)) == (2, [], 1)
        assert "expected UTF-8 text" in told[0]


@case("seed-11")
def garbage(home: Home) -> None:
    code, states, told = listed(home, random.Random(7).randbytes(1 << 20))
    assert (code, states, len(told)) == (2, [], 1)
    code, states, told = listed(home, b"nonsense\n" * 5000)
    assert (code, set(states), len(states)) == (2, {"refused"}, 5000)
    assert len(told) == 201
    assert "4800 more" in told[-1]


@case("seed-12")
def a_table(home: Home) -> None:
    content = b"url,title\nhttp://pub.example/a,x\n"
    code, states, told = listed(home, content)
    assert (code, states, len(told)) == (2, [], 1)
    assert "--format csv" in told[0]
    assert listed(home, content, "--format", "csv")[:2] == (0, ["accepted"])


@case("seed-13", "seed-14", "seed-15", "seed-16")
def json_lines_of_the_wrong_kind(home: Home) -> None:
    rows = [b'{"url":5}', b'{"url":null}', b"[]", b"[" * 60_000, b'{"url":1e999}', b'{"url":NaN}', b'{"url":"http://a.example/","url":"b"}']
    code, states, told = listed(home, b"\n".join(rows), "--format", "jsonl")
    assert (code, states) == (2, ["refused"] * len(rows))
    assert [f"list:{number}:" in line for number, line in enumerate(told, 1)] == [True] * len(rows)
    assert listed(home, b"\n".join(rows))[0] == 2


@case("seed-17", "seed-18", "seed-19")
def languages_that_a_list_is_not_written_in(home: Home) -> None:
    yaml = b"a: &a ['http://pub.example/']\nb: &b [*a,*a,*a]\nc: !!python/object/apply:os.system ['touch canary']\n"
    xml = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>\n<urlset><url><loc>&e;</loc></url></urlset>\n'
    for content in (yaml, xml):
        code, states, _ = listed(home, content)
        assert (code, set(states)) == (2, {"refused"})
    assert not (home.folder / "canary").exists()


@case("seed-21")
def paths_that_are_no_lists(home: Home) -> None:
    (home.folder / "a").symlink_to("b")
    (home.folder / "b").symlink_to("a")
    os.mkfifo(home.folder / "fifo")
    for path in ("a", "fifo", "/dev/zero", ".", "missing"):
        refused(home, "enqueue", "-f", path, told=f"{path}: expected")


def wrong_file(home: Home, content: bytes, told: str) -> None:
    (home.folder / "p.toml").write_bytes(content)
    refused(home, "--config", "p.toml", "status", told=told)
    refused(home, "status", "--config", "p.toml", told=told)
    refused(home, "status", told=told, PRESSMARK_CONFIG="p.toml")


@case("config-01")
def missing_file(home: Home) -> None:
    refused(home, "--config", "missing.toml", "status", told="missing.toml")


@case("config-05")
def impossible_numbers(home: Home) -> None:
    for name in ("FETCH_SLOTS", "FETCH_THREADS", "LABEL_PROCESSES", "PARSE_PROCESSES"):
        for value in ("0", "10000", "-1", "many", "1e3"):
            refused(home, "status", told=f"PRESSMARK_{name}", **{f"PRESSMARK_{name}": value})


@case("config-07")
def a_guard_cannot_be_switched_off(home: Home) -> None:
    """Places are opened one by one, and said aloud at every start."""
    wrong_file(home, b"allow_private = true\n", "allow_private")
    refused(home, "status", told="ALLOW_PRIVATE", PRESSMARK_ALLOW_PRIVATE="*")
    process = subprocess.Popen(
        home.command("up"), env=home.environment | {"PRESSMARK_ALLOW_PRIVATE": "10.0.0.0/8"}, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stderr is not None
    assert b"10.0.0.0/8" in process.stderr.readline()
    until(lambda: home.call("workers").code == 0)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)


@case("config-09")
def networks_that_are_none(home: Home) -> None:
    for value in ("10.0.0.1/8", "10.0.0.0/33", "fe80::1%lo", "300.1.1.1/8"):
        refused(home, "status", told="ALLOW_PRIVATE", PRESSMARK_ALLOW_PRIVATE=value)


@case("config-11")
def places_that_are_none(home: Home) -> None:
    for name, value in (
        ("DATABASE_URL", "sqlit:///x"),
        ("DATABASE_URL", "postgresql+psycopg://h:port/x"),
        ("REDIS_URL", "amqp://h"),
        ("REDIS_URL", "redis://h:99999/0"),
    ):
        refused(home, "status", told=f"PRESSMARK_{name}", **{f"PRESSMARK_{name}": value})


@case("config-12")
def pickle_is_no_setting(home: Home) -> None:
    wrong_file(home, b"accept_content = ['pickle']\n", "accept_content")


@case("config-15")
def no_dashboard_stands_open(home: Home) -> None:
    """An address that others can reach needs a token."""
    wrong_file(home, b"dashboard_host = '0.0.0.0'\n", "dashboard_host")
    refused(
        home,
        "dashboard",
        told="PRESSMARK_DASHBOARD_TOKEN",
        PRESSMARK_DASHBOARD_ADDRESS="0.0.0.0:8787",
        PRESSMARK_REDIS_URL="redis://127.0.0.1:1/0",
    )
    refused(home, "up", told="PRESSMARK_DASHBOARD_TOKEN", PRESSMARK_DASHBOARD_ADDRESS="0.0.0.0:8787")
    for value in ("8787", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:99999", "a b:80", "http://127.0.0.1:8787"):
        refused(home, "dashboard", told="PRESSMARK_DASHBOARD_ADDRESS", PRESSMARK_DASHBOARD_ADDRESS=value)
    for value in ("ann", "ann:chief:secret", "ann:editor:", "ann:editor:x,ann:viewer:y", "ann:editor:x,ben:viewer:x"):
        refused(home, "dashboard", told="PRESSMARK_DASHBOARD_USERS", PRESSMARK_DASHBOARD_USERS=value)


@case("config-16")
def user_agents_that_are_none(home: Home) -> None:
    wrong_file(home, b'user_agent = ""\n', "user_agent")
    refused(home, "status", told="USER_AGENT", PRESSMARK_USER_AGENT="a\r\nX-Evil: 1")


@case("config-17")
def variables_of_broken_bytes_and_blanks(home: Home) -> None:
    refused(home, "status", told="PRESSMARK_NAMESPACE", PRESSMARK_NAMESPACE=" ")
    refused(home, "status", told="PRESSMARK_NAMESPACE", PRESSMARK_NAMESPACE="a\udcff")
    refused(home, "status", told="PRESSMARK_TRIES", PRESSMARK_TRIES="\udcff")
    assert home.call("config", PRESSMARK_TRIES="", PRESSMARK_CONTACT="").code == 0, "empty is unset, as compose files have it"


@case("config-19")
def files_that_are_no_toml(home: Home) -> None:
    wrong_file(home, b"tries = = 5\n", "line 1, column 9")
    wrong_file(home, b"tries = 5\ntries = 6\n", "line 2")
    wrong_file(home, b"tries: 5\n", "line 1")
    wrong_file(home, "tries = 5\n".encode("utf-16"), "UTF-8")


@case("config-20")
def settings_are_read_at_the_start_alone(home: Home) -> None:
    """No hot reload: a bad file stops the next start, and nothing that runs reads it."""
    wrong_file(home, b"host_interval = 'soon'\n", "host_interval")


@case("msg-04")
def results_of_celery_are_never_read(home: Home) -> None:
    from worker.celery_app import configuration
    from worker.config import Settings

    settings = configuration(Settings(redis_url="redis://127.0.0.1:1/0"))
    assert (settings["result_backend"], settings["accept_content"]) == (None, ["json"])


@case("msg-09")
def a_key_of_the_wrong_type(home: Home) -> None:
    from worker.bootstrap import Services
    from worker.config import Settings

    with home.up():
        with_redis = Services(Settings(data_dir=home.folder / "data"))
        with_redis.redis.set("pressmark:label.bulk", "x")
        done = home.call("queues", "--json")
        assert "Traceback" not in done.err
        assert with_redis.redis.get("pressmark:label.bulk") == b"x"
        with_redis.close()


@pytest.mark.parametrize(
    ("call", "code"),
    [
        ("status --json >&-", 0),
        ("status --json >/dev/full", 3),
        ("status 2>&-", 0),
        ("enqueue -f - <&-", 2),
        ("extract <&-", 2),
        ("config --json </dev/null | head -c 1", 0),
        ("enqueue http://pub.example/a >/dev/full", 3),
    ],
)
def test_streams_that_are_closed_or_full_cost_a_line_at_most(home: Home, call: str, code: int) -> None:
    command = " ".join(f"'{part}'" for part in map(str, home.command()))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} {call}"],
        env=home.environment,
        cwd=home.folder,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_it_costs_one_clear_line(name: str, home: Home) -> None:
    CHECKS[name](home)
