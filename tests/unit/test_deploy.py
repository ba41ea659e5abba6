"""systemd units, Kubernetes manifests and the workflow: every command, setting and file in them is the program's."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
import yaml

from tests.unit.test_compose import parse
from worker.cli.main import program
from worker.config import PREFIX, load, setting_fields

ROOT = Path(__file__).resolve().parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))
SCHEMA = json.loads(Path(__file__).with_name("kubernetes_schema.json").read_text(encoding="utf-8"))
MANIFESTS = list(yaml.safe_load_all((ROOT / "deploy/kubernetes/pressmark.yaml").read_text(encoding="utf-8")))
PODS = [manifest for manifest in MANIFESTS if manifest["kind"] in ("Deployment", "Job")]
DIRECTIVES = set(Path(__file__).with_name("systemd_directives.txt").read_text(encoding="utf-8").split())
KNOWN = {PREFIX + field.name.upper() for field in setting_fields()}


def unit(path: Path) -> dict[str, dict[str, list[str]]]:
    """A unit's sections: values by directive, of which there may be several."""
    sections: dict[str, dict[str, list[str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := re.fullmatch(r"\[(\w+)\]", line):
            current = sections.setdefault(match[1], {})
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            current.setdefault(name, []).append(value)
    return sections


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_each_unit_runs_a_command_of_the_program_with_settings_that_exist(path: Path) -> None:
    service = unit(path)["Service"]
    [start] = service["ExecStart"]
    binary, *command = start.split()
    assert Path(binary).name == "pressmark"
    parse(command)
    set_here = {name for line in service.get("Environment", []) for name in re.findall(r"(\w+)=", line)}
    assert set_here <= KNOWN
    assert {name for section in unit(path).values() for name in section} <= DIRECTIVES


@pytest.mark.parametrize("path", [*UNITS, ROOT / "deploy/systemd/pressmark.target"], ids=lambda path: path.name)
def test_each_unit_names_units_that_are_there(path: Path) -> None:
    known = {file.name for file in (ROOT / "deploy" / "systemd").iterdir()}
    named = re.findall(r"pressmark[\w-]*(?:@\w*)?\.(?:service|target)", path.read_text(encoding="utf-8"))
    assert {re.sub(r"@\w+", "@", name) for name in named} <= known


@pytest.mark.parametrize("path", [*UNITS, ROOT / "deploy/systemd/pressmark.target"], ids=lambda path: path.name)
def test_systemd_itself_accepts_each_unit(path: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd here")
    for file in (ROOT / "deploy" / "systemd").iterdir():
        text = file.read_text(encoding="utf-8").replace("/opt/pressmark/bin/pressmark", "/bin/true").replace("User=pressmark", "User=root")
        (tmp_path / file.name.replace("@.", "@1.")).write_text(text.replace("Group=pressmark", "Group=root"), encoding="utf-8")
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / path.name.replace("@.", "@1.")], capture_output=True, text=True, check=False
    )
    assert [line for line in checked.stderr.splitlines() if "pressmark" in line and "Unknown" in line] == []


def test_the_settings_of_the_units_are_well_formed() -> None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string("[x]\n" + (ROOT / "deploy/systemd/environment").read_text(encoding="utf-8"))
    assert load(dict(parser["x"])).notes == ()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: f"{manifest['kind']} {manifest['metadata']['name']}")
def test_each_manifest_follows_its_schema(manifest: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(manifest)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda m: m["spec"].update(replica=2), "replica"),
        (lambda m: m["spec"]["template"]["spec"]["containers"][0].update(comand=["x"]), "comand"),
        (lambda m: m["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"].update(memory="2 gigabytes"), "2 gigabytes"),
        (lambda m: m.update(apiVersion="apps/v2"), "apps/v2"),
    ],
)
def test_the_schema_sees_what_is_wrong(broken: Any, told: str) -> None:
    manifest = json.loads(json.dumps(next(one for one in MANIFESTS if one["metadata"]["name"] == "pressmark-fetch")))
    broken(manifest)
    with pytest.raises(jsonschema.ValidationError, match=told):
        jsonschema.Draft202012Validator(SCHEMA).validate(manifest)


@pytest.mark.parametrize("manifest", PODS, ids=lambda manifest: str(manifest["metadata"]["name"]))
def test_each_pod_runs_a_command_of_the_program_and_is_probed(manifest: dict[str, Any]) -> None:
    [container] = manifest["spec"]["template"]["spec"]["containers"]
    parse(container["args"])
    if manifest["kind"] == "Deployment":
        assert manifest["spec"]["selector"]["matchLabels"] == manifest["spec"]["template"]["metadata"]["labels"]
        probe = container["livenessProbe"]
        if "exec" in probe:
            assert probe["exec"]["command"][0] == "pressmark"
            parse(probe["exec"]["command"][1:])


def test_the_manifests_set_only_settings_that_exist() -> None:
    [settings] = [manifest["data"] for manifest in MANIFESTS if manifest["kind"] == "ConfigMap"]
    assert set(settings) <= KNOWN
    assert load(settings).notes == ()


def test_the_workflow_runs_what_ci_runs() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    runs = [step["run"] for job in workflow["jobs"].values() for step in job["steps"] if "run" in step]
    assert any(".ci/run" in run for run in runs)
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_every_process_of_the_program_has_a_unit_and_a_deployment() -> None:
    with click.Context(program) as context:
        processes = {name for name in program.list_commands(context) if name in ("dispatcher", "keeper", "dashboard")}
    processes |= {"fetch", "label"}
    assert {re.sub(r"^pressmark-|@?\.service$", "", path.name) for path in UNITS} >= processes
    assert {manifest["metadata"]["name"].removeprefix("pressmark-") for manifest in PODS if manifest["kind"] == "Deployment"} == processes
