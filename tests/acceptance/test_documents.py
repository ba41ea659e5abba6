"""The documents tell the truth: every command and setting stands in them, and what they show is what happens."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import pressmark
from tests.acceptance.conftest import ROOT, Home
from worker.cli.main import COMMANDS
from worker.config import setting_fields
from worker.demo.server import PressSite
from worker.operations.settings import markdown_table
from worker.reasons import Reason

README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")
PAGES = ("install", "consume", "scale", "upgrade", "back-up", "take-down", "troubleshoot")
CONSOLE = re.findall(r"```console\n(.*?)```", README, re.DOTALL)


def calls(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a console block, each with the lines that it is said to print."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(lines[0], lines[1:]) for lines in (part.strip().splitlines() for part in parts)]


def pattern(line: str) -> str:
    """A shown line: `…` stands for anything, blanks for any blanks."""
    return ".*?".join(r"\s+".join(map(re.escape, part.split())) for part in line.split("…"))


@pytest.mark.parametrize("block", CONSOLE, ids=lambda block: block.splitlines()[0][2:40])
def test_what_the_console_shows_is_what_happens(block: str, home: Home, tmp_path: Path) -> None:
    (tmp_path / "pressmark").write_text(f'#!/bin/sh\nexec {sys.executable} -m worker "$@"\n', encoding="utf-8")
    (tmp_path / "pressmark").chmod(0o755)
    path = f"{tmp_path}:{Path(sys.executable).parent}:/usr/bin:/bin"
    for command, shown in calls(block):
        done = subprocess.run(
            ["sh", "-c", command],
            env={**home.environment, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        got = done.stdout
        for line in filter(lambda line: line.strip() != "…", shown):
            assert re.search(pattern(line), got), f"{command}: expected {line!r}, got {got!r}"


def test_the_python_examples_of_the_readme_hold() -> None:
    parsed = doctest.DocTestParser().get_doctest(README, {"pressmark": pressmark}, "README", "README.md", 0)
    assert parsed.examples
    assert doctest.DocTestRunner().run(parsed).failed == 0


def test_the_four_lines_of_the_readme_print_an_article(tmp_path: Path, site: PressSite) -> None:
    # Given the lines as a script, without a guard for its main module, and the demonstration's site in place of example.org
    [script] = re.findall(r"```python\n(import pressmark\n.*?)```", README, re.DOTALL)
    assert sum(bool(line) for line in script.splitlines()) == 4
    url = f"http://press.example:{site.port}/2025/05/06/pepper-growers-find-a-door-in-brussels/"
    assert ("press.example", url.split(str(site.port))[1]) in site.pages
    (tmp_path / "four.py").write_text(script.replace("https://example.org/story", url), encoding="utf-8")
    there = {"PRESSMARK_RESOLVE": "press.example=127.0.0.1", "PRESSMARK_ALLOW_PRIVATE": f"127.0.0.1:{site.port}"}
    # When
    environment = Home(tmp_path, {**there, "PRESSMARK_HOST_INTERVAL": "0"}).environment
    done = subprocess.run([sys.executable, "four.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    # Then
    assert (done.returncode, done.stderr) == (0, "")
    title, day, topic, first = done.stdout.splitlines()[:4]
    assert (title, day[:10], topic) == ("Pepper growers find a door in Brussels", "2025-05-06", "trade")
    assert len(first) > 100


def test_what_is_said_to_be_held_by_a_test_is() -> None:
    said = set(re.findall(r"`(test_\w+)`", (ROOT / "docs/decisions/first-meeting.md").read_text(encoding="utf-8")))
    there = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))
    }
    assert said
    assert said <= there


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_documented(name: str) -> None:
    assert re.search(rf"`(pressmark )?{name}\b", README + (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))


def test_no_other_command_is_documented() -> None:
    named = set(re.findall(r"(?:`|\$ |bin/|run --rm cli |^)pressmark ([a-z]+)", README, re.MULTILINE))
    assert named <= set(COMMANDS)


def test_the_table_of_settings_is_the_programs_own() -> None:
    assert markdown_table() in README, "paste the output of `pressmark config --markdown` into README.md"


def test_secrets_by_file_are_documented() -> None:
    for field in setting_fields():
        assert (f"PRESSMARK_{field.name.upper()}_FILE" in README) == field.secret


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_and_named_files_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", text)
    assert [name for name in linked if not (ROOT / name).exists()] == []
    written = re.findall(r"`((?:worker|classifier|tests|deploy|docs)/[\w/.-]+)`", text)
    assert [name for name in written if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_each_page_of_the_manual_names_only_what_is_there(name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    linked = re.findall(r"\]\((?!http)([^)#]+)", text)
    assert [link for link in linked if not (ROOT / "docs" / link).exists()] == []
    assert f"docs/{name}.md" in README
    assert set(re.findall(r"pressmark (?!-)([a-z]+) ", text.replace("useradd", ""))) - {"migrate"} <= {*COMMANDS, "pressmark"} | {"import"}
    assert set(re.findall(r"PRESSMARK_[A-Z_]+", text)) <= {"PRESSMARK_" + field.name.upper() for field in setting_fields()}
    files = re.findall(r"`?(deploy/[\w./-]+[\w])", text)
    assert [file for file in files if not (ROOT / file).exists() and "secrets" not in file] == []


def test_the_code_map_names_every_room() -> None:
    rooms = {path.stem for path in (ROOT / "worker").iterdir() if not path.name.startswith("_") and path.name != "py.typed"}
    named = set(re.findall(r"`([a-z_]+)(?:\.py|/)`", ARCHITECTURE))
    assert rooms - named <= {"setting_types", "logs"}


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    texts = "\n".join((ROOT / document).read_text(encoding="utf-8") for document in DOCUMENTS)
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", texts, re.MULTILINE))
    assert named <= targets


def test_the_closed_list_of_reasons_is_the_contracts(shared: Path) -> None:
    contract = (shared / "contract.md").read_text(encoding="utf-8")
    section = contract.split("## Reasons", 1)[1].split("##", 1)[0]
    quoted = " ".join(re.findall(r"`([^`]*)`", section))
    listed = set(re.findall(r"[a-z][a-z0-9-]*", quoted))
    assert listed == {reason.word for reason in Reason}


def test_contract_commands_are_all_known_to_the_program(shared: Path) -> None:
    table = (shared / "contract.md").read_text(encoding="utf-8").split("## Commands", 1)[1].split("##", 1)[0]
    cells = [line.split("|")[1].replace("\\", "") for line in table.splitlines() if line.startswith("| `")]
    first = [part.split(" ")[0] for cell in cells for part in re.findall(r"`([^`]*)`", cell)]
    words = {word for part in first for word in part.split("|")}
    assert words - {"--version"} <= set(COMMANDS)
