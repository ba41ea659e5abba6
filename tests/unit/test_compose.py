"""docker-compose.yml against a parser of the Compose specification, and each of its commands against the program.

The parser is `compose-spec`, which knows every key of the specification and refuses any other; no Docker engine is
asked. The Redis command is run for real in tests/integration/test_compose_redis.py.
"""

import itertools
import json
import shlex
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from compose_spec import PyCompose

from worker.cli.main import program
from worker.config import MIB, PREFIX, Settings, load, setting_fields

ROOT = Path(__file__).resolve().parents[2]
OURS = ("migrate", "dispatcher", "fetch", "label", "keeper", "dashboard", "cli")
WATCH = ("prometheus", "grafana", "flower")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The file with its anchors and merges resolved, as Compose reads it."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return read


def parse(command: list[str]) -> click.Context:
    """Parses a command line of the program down to the innermost command, and runs nothing."""
    context = click.Context(program, info_name="pressmark")
    name, found, rest = program.resolve_command(context, list(command))
    assert found is not None
    return found.make_context(name, rest, parent=context)


def test_the_file_follows_the_compose_specification(compose: dict[str, Any]) -> None:
    assert set(PyCompose.from_json(json.dumps(compose)).service_names()) == {"redis", "postgres", *OURS, *WATCH}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ({"comand": ["x"]}, "comand"),
        ({"restart": "sometimes"}, "sometimes"),
        ({"depends_on": {"redis": {"condition": "soon"}}}, "soon"),
        ({"stop_grace_period": "a while"}, "a while|duration"),
    ],
)
def test_the_parser_sees_what_is_wrong(compose: dict[str, Any], broken: dict[str, Any], told: str) -> None:
    services = {**compose["services"], "keeper": {**compose["services"]["keeper"], **broken}}
    with pytest.raises(ValueError, match=told):
        PyCompose.from_json(json.dumps({**compose, "services": services}))


@pytest.mark.parametrize("service", OURS)
def test_each_command_is_one_of_the_programs(compose: dict[str, Any], service: str) -> None:
    assert parse(compose["services"][service]["command"]).command.name == compose["services"][service]["command"][0]


@pytest.mark.parametrize("service", ["fetch", "label", "dispatcher", "keeper"])
def test_each_process_has_a_probe_that_is_a_command_too(compose: dict[str, Any], service: str) -> None:
    test = compose["services"][service]["healthcheck"]["test"]
    assert test[:2] == ["CMD", "pressmark"]
    assert parse(test[2:]).params["alive"] == service


def test_a_wrong_command_would_be_noticed() -> None:
    with pytest.raises(click.UsageError):
        parse(["worker", "nothing"])


@pytest.mark.parametrize("service", OURS)
def test_only_settings_that_exist_are_set(compose: dict[str, Any], service: str) -> None:
    known = {PREFIX + field.name.upper() for field in setting_fields()}
    secret = {PREFIX + field.name.upper() + "_FILE" for field in setting_fields() if field.secret}
    assert set(compose["services"][service]["environment"]) <= known | secret


def test_secrets_come_by_file_and_nowhere_else(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        named = {value for value in service.get("environment", {}).values() if isinstance(value, str) and value.startswith("/run/secrets/")}
        assert {Path(path).name for path in named} <= set(service["secrets"])
        assert set(service.get("secrets", ())) <= set(compose["secrets"])
    assert "password=" not in (ROOT / "docker-compose.yml").read_text(encoding="utf-8").lower()


def test_what_is_needed_is_waited_for_and_kept(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name in ("dispatcher", "fetch", "label", "keeper"):
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert "healthcheck" in services["redis"]
    assert "healthcheck" in services["postgres"]
    named = {volume.partition(":")[0] for service in services.values() for volume in service.get("volumes", ())}
    assert {name for name in named if not name.startswith(".")} == set(compose["volumes"])
    assert all((ROOT / name).exists() for name in named if name.startswith("."))


def test_models_and_seeds_outlive_the_container_that_made_them(compose: dict[str, Any]) -> None:
    for name in OURS:
        assert "data:/var/lib/pressmark/data" in compose["services"][name]["volumes"]
    assert "PRESSMARK_DATA_DIR=/var/lib/pressmark/data" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def _bytes(text: str) -> int:
    return int(text[:-1]) << {"m": 20, "g": 30}[text[-1]]


def test_memory_is_limited_and_the_defaults_fit(compose: dict[str, Any]) -> None:
    limits = {name: _bytes(service["mem_limit"]) for name, service in compose["services"].items()}
    settings = Settings()
    environment = compose["services"]["fetch"]["environment"]
    parsing = int(environment["PRESSMARK_PARSE_PROCESSES"]) * settings.parse_memory
    assert limits["fetch"] >= parsing + 512 * MIB
    assert limits["label"] >= settings.label_memory + 512 * MIB
    options = dict(itertools.pairwise(shlex.split(compose["services"]["redis"]["command"][-1])))
    most = int(options["--maxmemory"].removesuffix("mb")) * MIB
    assert settings.publish_max_bytes <= most // 2
    assert limits["redis"] >= 2 * most  # a rewrite of the log may copy it once


def test_logs_are_rotated_everywhere(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert service["logging"] == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}


def test_only_loopback_is_opened_and_the_dashboard_has_a_token(compose: dict[str, Any]) -> None:
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert set(ports) == {"dashboard", *WATCH}
    assert all(port.startswith("127.0.0.1:") for opened in ports.values() for port in opened)
    environment = compose["services"]["dashboard"]["environment"]
    settings = load({name: value for name, value in environment.items() if not name.endswith("_FILE") and "${" not in value})
    assert settings.dashboard_address.port == 8787
    assert environment["PRESSMARK_DASHBOARD_TOKEN_FILE"] == "/run/secrets/dashboard_token"


def test_what_watches_starts_only_when_it_is_asked_for(compose: dict[str, Any]) -> None:
    assert {name for name, service in compose["services"].items() if service.get("profiles") == ["watch"]} == set(WATCH)
    scrape = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text(encoding="utf-8"))["scrape_configs"][0]
    [target] = scrape["static_configs"][0]["targets"]
    assert target.split(":")[0] in compose["services"]["dashboard"]["environment"]["PRESSMARK_DASHBOARD_HOSTS"].split(",")
    assert Path(scrape["authorization"]["credentials_file"]).name in compose["services"]["prometheus"]["secrets"]
    uid = yaml.safe_load((ROOT / "deploy/compose/grafana-datasource.yml").read_text(encoding="utf-8"))["datasources"][0]["type"]
    assert uid == "prometheus"


@pytest.mark.parametrize("service", ["fetch", "label", "keeper", "dispatcher"])
def test_the_scalable_services_have_no_name_or_port_of_their_own(compose: dict[str, Any], service: str) -> None:
    assert not {"container_name", "ports"} & set(compose["services"][service])


def test_redis_keeps_what_it_has_and_refuses_when_full(compose: dict[str, Any]) -> None:
    command = shlex.split(compose["services"]["redis"]["command"][-1])
    options = dict(itertools.pairwise(command))
    assert (options["--appendonly"], options["--maxmemory-policy"]) == ("yes", "noeviction")
    assert "requirepass" in compose["services"]["redis"]["command"][-1]


def test_the_secrets_are_made_once_and_closed_to_others(compose: dict[str, Any], tmp_path: Path) -> None:
    script = tmp_path / "deploy" / "make-secrets"
    script.parent.mkdir()
    script.write_bytes((ROOT / "deploy" / "make-secrets").read_bytes())
    script.chmod(0o755)
    subprocess.run([script], check=True)
    assert {f"deploy/secrets/{path.name}" for path in (script.parent / "secrets").iterdir()} == {
        entry["file"] for entry in compose["secrets"].values()
    }
    assert (script.parent / "secrets").stat().st_mode & 0o077 == 0
    url = (script.parent / "secrets" / "redis_url").read_text(encoding="utf-8")
    assert (script.parent / "secrets" / "redis_password").read_text(encoding="utf-8") in url
    assert subprocess.run([script], check=False, capture_output=True).returncode == 2


def test_the_image_is_built_from_the_lock_and_runs_as_an_ordinary_user() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert any("--constraint constraints.txt" in line for line in lines)
    copied = [name for line in lines if line.startswith("COPY ") and "--from" not in line for name in line.split()[1:-1]]
    assert all((ROOT / name).exists() for name in copied)
    assert "USER pressmark" in lines
