"""Settings: from the environment, a file or the default, each refused in one line when it is wrong."""

from pathlib import Path

import pytest

from worker.config import Settings, load, setting_fields, to_environ
from worker.config.rules import ONE_MESSAGE
from worker.errors import UsageError
from worker.pipeline.fetch_worker import END_WITHIN


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pressmark.toml"
    file.write_text("host_interval = 5\ntries = 4\nallow_ports = [80, 8080]\n", encoding="utf-8")
    settings = load({"PRESSMARK_HOST_INTERVAL": "0.5", "PRESSMARK_CONFIG": str(file)})
    assert (settings.host_interval, settings.tries, settings.allow_ports) == (0.5, 4, {80, 8080})
    assert settings.sources["host_interval"] == "PRESSMARK_HOST_INTERVAL"
    assert settings.sources["tries"] == str(file)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("HOST_INTERVAL", "-1", "a number from 0"),
        ("HOST_INTERVAL", "nan", "a number from 0"),
        ("TRIES", "5.5", "a whole number"),
        ("ALLOW_PORTS", "80,99999", "from 1 to 65535"),
        ("ALLOW_PRIVATE", "two words", "host, address or network"),
        ("ALLOW_PRIVATE", "10.0.0.1/8", "host, address or network"),
        ("ALLOW_PRIVATE", "0.0.0.0/0", "no network wider"),
        ("ALLOW_PRIVATE", "press.example,128.0.0.0/1", "no network wider"),
        ("ALLOW_PRIVATE", "::/0", "no network wider"),
        ("ALLOW_PRIVATE", "[::ffff:0:0/96]:80", "no network wider"),
        ("RESOLVE", "name", "name=address"),
        ("RESOLVE", "name=other", "name=address"),
        ("REDIS_URL", "http://example.org", "redis:"),
        ("DATABASE_URL", "mysql://example.org", "sqlite:"),
        ("LOG_FORMAT", "xml", "text, json"),
        ("TIMEZONE", "Mars/Olympus", "the IANA name of a time zone"),
        ("TIMEZONE", "Asia", "the IANA name of a time zone"),
        ("TIMEZONE", "../../etc/passwd", "the IANA name of a time zone"),
        ("ARTICLES_DAYS", "0", "a number from 0.01"),
        ("REFUSE_OPT_OUTS", "maybe", "true or false"),
        ("USER_AGENT", "two\r\nlines", "without control characters"),
        ("USER_AGENT", " ", "a value, got blanks"),
        ("REDIS_URL", "redis://localhost:99999/0", "port is a number"),
        ("DATABASE_URL", "postgresql+psycopg://localhost:none/x", "port is a number"),
        ("REDIS_URL", "redis://[localhost]/0", "a well-formed host"),
    ],
)
def test_a_malformed_setting_says_what_was_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected) as caught:
        load({f"PRESSMARK_{name}": value})
    assert f"PRESSMARK_{name}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_setting_in_the_file_stops_and_in_the_environment_warns(tmp_path: Path) -> None:
    file = tmp_path / "pressmark.toml"
    file.write_text("hostinterval = 5\n", encoding="utf-8")
    with pytest.raises(UsageError, match="unknown setting 'hostinterval'"):
        load({}, file)
    assert load({"PRESSMARK_HOSTINTERVAL": "5"}).notes == ("PRESSMARK_HOSTINTERVAL is not a setting of Pressmark",)


@pytest.mark.parametrize("line", ["allow_private = true", "tries = false", 'user_agent = ""', "namespace = ' '"])
def test_a_value_of_the_wrong_kind_in_the_file_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "pressmark.toml"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="expected"):
        load({}, file)


@pytest.mark.parametrize("content", [b"tries = [", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "pressmark.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match="expected"):
        load({}, file)


@pytest.mark.parametrize("path", ["/dev/zero", "/"])
def test_what_is_no_file_is_not_read(path: str) -> None:
    with pytest.raises(UsageError, match="expected a file"):
        load({"PRESSMARK_CONFIG": path})
    with pytest.raises(UsageError, match="expected a file"):
        load({"PRESSMARK_REDIS_URL_FILE": path})


def test_a_secret_is_read_from_its_file_and_never_shown(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("redis://:hunter2@redis:6379/0\n", encoding="utf-8")
    settings = load({"PRESSMARK_REDIS_URL_FILE": str(file)})
    assert settings.redis_url == "redis://:hunter2@redis:6379/0"
    assert "hunter2" not in repr(settings)


def test_a_malformed_secret_is_not_echoed() -> None:
    with pytest.raises(UsageError) as caught:
        load({"PRESSMARK_REDIS_URL": "ftp://:hunter2@redis"})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("entry", ["127.0.0.1:8080", "[::1]:8080", "press.example:8080", "10.0.0.0/8:8080"])
def test_an_opened_place_may_name_its_port(entry: str) -> None:
    (place,) = load({"PRESSMARK_ALLOW_PRIVATE": entry}).allow_private
    assert place.port == 8080


def test_an_opened_ipv6_address_needs_no_brackets_without_a_port() -> None:
    (place,) = load({"PRESSMARK_ALLOW_PRIVATE": "fd00::/8"}).allow_private
    assert (str(place.network), place.port) == ("fd00::/8", None)


def test_a_name_may_have_several_addresses() -> None:
    assert load({"PRESSMARK_RESOLVE": "A.example=127.0.0.1, a.example=::1"}).resolve == {"a.example": ("127.0.0.1", "::1")}


def test_the_defaults_break_no_rule():
    assert load({}).notes == ()


@pytest.mark.parametrize(
    ("environ", "told"),
    [
        ({"LEASE": "5"}, "PRESSMARK_LEASE: expected at least 105, got 5"),
        ({"CONNECT_TIMEOUT": "40"}, "PRESSMARK_TOTAL_TIMEOUT: expected at least PRESSMARK_CONNECT_TIMEOUT (40), got 30"),
        ({"ROBOTS_TTL": "604800"}, "PRESSMARK_ROBOTS_TTL: expected at most 86400, got 604800"),
    ],
)
def test_a_setting_that_contradicts_another_is_warned_of_with_the_reason(environ, told):
    notes = load({f"PRESSMARK_{name}": value for name, value in environ.items()}).notes
    assert any(note.startswith(told + ": ") for note in notes)


def test_a_lease_lasts_as_long_as_a_worker_may_need_for_one_message():
    assert ONE_MESSAGE == END_WITHIN


@pytest.mark.parametrize("pair", [("WINDOW_MIN", "WINDOW_MAX"), ("BACKOFF", "BACKOFF_CAP")])
def test_two_settings_that_leave_no_meaning_are_refused(pair):
    with pytest.raises(UsageError, match=f"PRESSMARK_{pair[1]}: expected at least PRESSMARK_{pair[0]}"):
        load({f"PRESSMARK_{pair[0]}": "600", f"PRESSMARK_{pair[1]}": "10"})


@pytest.mark.parametrize(
    "text", ["lease = " + "9" * 5000, "lease = " + "[" * 100_000, "#" * (2 << 20)], ids=["long number", "deep", "too big"]
)
def test_a_file_that_is_no_reasonable_toml_is_refused_in_one_line(tmp_path, text):
    (tmp_path / "pressmark.toml").write_text(text)
    with pytest.raises(UsageError, match="expected"):
        load({}, tmp_path / "pressmark.toml")


def test_every_setting_tells_why_its_default_is_what_it_is() -> None:
    assert all(len(f.reason) > 10 for f in setting_fields())
    assert load({}) == Settings()


def test_a_child_process_reads_the_same_settings_again():
    # Given: every kind of value away from its default
    told = {
        "PRESSMARK_DATA_DIR": "/data/press mark",
        "PRESSMARK_REDIS_URL": "unix:///run/r.sock",
        "PRESSMARK_ALLOW_PRIVATE": "intra.example:8080,10.0.0.0/8,[fd00::/8]:443,::1",
        "PRESSMARK_ALLOW_PORTS": "80,8443",
        "PRESSMARK_RESOLVE": "a.example=127.0.0.1,b.example=::1,b.example=127.0.0.2",
        "PRESSMARK_HOST_INTERVAL": "0",
        "PRESSMARK_REFUSE_OPT_OUTS": "yes",
        "PRESSMARK_CONTACT": "press@example.org",
    }
    settings = load(told)
    # When
    again = load(to_environ(settings))
    # Then
    assert again == settings
