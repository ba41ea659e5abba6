"""Every fenced block of the documents is held by a test: run where it can be, else checked word by word against the program.

`RUN` names the blocks that other tests run or compare. What asks for root, Docker, a cluster or other people's servers cannot be run
here: of those, each call of ours has to be one that the program takes, and each service, unit and deployment has to be there.
"""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import click
import pytest
import yaml

from classifier.label_set import FILE, read_label_set
from tests.acceptance.conftest import ROOT
from worker.cli.main import program
from worker.config import load
from worker.dashboard.api import SUBJECTS, events, health

DOCUMENTS = ("README.md", "CONTRIBUTING.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
RUN = {
    ("README.md", "console"): "test_documents.py::test_what_the_console_shows_is_what_happens",
    (
        "README.md",
        "python",
    ): "test_documents.py::test_the_python_examples_of_the_readme_hold and test_the_four_lines_of_the_readme_print_an_article",
    ("docs/consume.md", "python"): "test_tail.py and test_webhooks.py take them out of the page and run them",
    ("CONTRIBUTING.md", "python"): "single lines that show how docstrings and tests are written",
    ("docs/consume.md", ""): "test_tail.py gives a real Redis this rule",
}
OURS = re.compile(r"(?:^|[ /])pressmark\s+(?P<words>[a-z].+)|run --rm (?:-v \S+ )?cli\s+(?P<compose>.+)")
OTHERS = re.compile(
    r"make|git clone|docker compose|deploy/make-secrets|systemctl|kubectl|useradd|python3 -m venv|cp|pip install"
    r"|celery|celery-exporter|curl|export"
)
"""Programs that documents call beside ours."""


def blocks() -> Iterator[tuple[str, str, str]]:
    """Document, language and text of each."""
    for document in DOCUMENTS:
        for language, text in BLOCK.findall((ROOT / document).read_text(encoding="utf-8")):
            yield document, language, text


def calls(text: str) -> Iterator[str]:
    """The lines that are typed, without prompt and comment."""
    for line in text.splitlines():
        typed = re.sub(r"^\$ ", "", re.sub(r"(^|\s+)#.*", "", line.strip()))
        if typed:
            yield typed


SHELL = [
    pytest.param(document, typed, id=f"{document}: {typed[:60]}")
    for document, language, text in blocks()
    if language in ("sh", "console") and (document, language) not in RUN
    for typed in calls(text)
]


def parse(group: click.Group, words: list[str]) -> None:
    """A call of ours, down to its innermost command; runs nothing."""
    context = click.Context(group)
    name, found, rest = group.resolve_command(context, words)
    assert found is not None
    if isinstance(found, click.Group) and rest:
        parse(found, rest)
    else:
        found.make_context(name, list(rest), parent=context)


@pytest.mark.parametrize(("document", "typed"), SHELL)
def test_each_line_that_a_reader_types_can_be_typed(document: str, typed: str) -> None:
    if found := OURS.search(typed):
        words = re.split(r" \||>| &&", found["words"] or found["compose"])[0]
        if "pip install" not in typed and not typed.startswith(("cp ", "useradd", "systemctl", "git ", "kubectl")):
            parse(program, shlex.split(words))
            return
    assert OTHERS.match(typed.removeprefix(".venv/bin/")), f"{document}: {typed}"


def test_services_units_deployments_and_targets_that_are_typed_are_there() -> None:
    typed = "\n".join(line for document, language, text in blocks() if language == "sh" for line in calls(text))
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert set(re.findall(r"--scale (\w+)=", typed)) <= set(services)
    units = {path.name.partition(".")[0] for path in (ROOT / "deploy/systemd").iterdir()}
    assert set(re.findall(r"\b(pressmark(?:-\w+@)?)(?=\d*(?:\s|$))", "\n".join(re.findall(r"systemctl .*", typed)))) <= units
    manifests = yaml.safe_load_all((ROOT / "deploy/kubernetes/pressmark.yaml").read_text(encoding="utf-8"))
    deployments = {each["metadata"]["name"] for each in manifests if each["kind"] == "Deployment"}
    assert set(re.findall(r"kubectl scale deployment (\S+)", typed)) <= deployments
    assert all((ROOT / file).exists() for file in re.findall(r"\bdeploy/[\w./-]*\w", typed))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", typed, re.MULTILINE)) <= targets


@pytest.mark.parametrize(
    ("document", "text"), [(document, text) for document, language, text in blocks() if language == "sh" and "export PRESSMARK_" in text]
)
def test_settings_that_are_exported_together_are_accepted_together(document: str, text: str, tmp_path: Path) -> None:
    given = dict(re.findall(r"^export (PRESSMARK_\w+)=(?:\"|')?(.*?)(?:\"|')?(?:\s+#.*)?$", text, re.MULTILINE))
    given = {name: re.sub(r"\$\(openssl rand -\w+ \d+\)", lambda _: token_hex(24), value) for name, value in given.items()}
    assert load({"PRESSMARK_DATA_DIR": str(tmp_path), **given})


def test_receivers_of_webhooks_are_read_as_they_are_shown(tmp_path: Path) -> None:
    [text] = [text for document, language, text in blocks() if (document, language) == ("docs/consume.md", "json")]
    shown = json.loads(text.replace("…", "c2VjcmV0c2VjcmV0c2VjcmV0"))
    settings = load({"PRESSMARK_DATA_DIR": str(tmp_path), "PRESSMARK_WEBHOOK_RECEIVERS": json.dumps(shown)})
    assert [receiver.name for receiver in settings.receivers] == [one["name"] for one in shown]


@pytest.mark.parametrize("text", [text for _, language, text in blocks() if language == "toml"])
def test_topics_of_ones_own_are_read_as_they_are_shown(text: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert set(tomllib.loads(text)["topics"]) == set(read_label_set(tmp_path).topics)


def test_addresses_of_the_api_that_are_typed_are_there() -> None:
    typed = "\n".join(line for _, _, text in blocks() for line in calls(text) if line.startswith("curl"))
    paths = set(re.findall(r"127\.0\.0\.1:8787(/[\w/.]+)", typed))
    assert paths
    rows = [*health.ROUTES, events.ROUTE, *(row for subject in SUBJECTS for row in subject.rows)]
    assert paths <= {row.path.removesuffix("{ending}") for row in rows}


def test_no_block_is_of_a_kind_that_nothing_holds() -> None:
    held = {"sh", "console", "toml", "json"}
    assert [(document, language) for document, language, _ in blocks() if language not in held and (document, language) not in RUN] == []
