"""Dashboards, alert rules and their manual name metrics that exist, with labels that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.unit.operations.test_metrics import SNAPSHOT, shown

ROOT = Path(__file__).resolve().parents[2]
ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yml"
BOARD = ROOT / "deploy" / "grafana" / "pressmark.json"
MANUAL = ROOT / "docs" / "watch.md"
OF_THE_SERVER = {"up"}
"""A metric that Prometheus makes itself."""
SELECTOR = re.compile(r"\b(pressmark_\w+)(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


def families():
    return list(text_string_to_metric_families(shown(SNAPSHOT)))


def known() -> dict[str, dict[str, set[str]]]:
    """By the name of each sample, the values of each of its labels."""
    found: dict[str, dict[str, set[str]]] = {}
    for family in families():
        for sample in family.samples:
            labels = found.setdefault(sample.name, {})
            for name, value in sample.labels.items():
                labels.setdefault(name, set()).add(value)
    return found


def alerts() -> list[dict]:
    return [rule for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def panels() -> list[dict]:
    return json.loads(BOARD.read_text(encoding="utf-8"))["panels"]


def expressions() -> Iterator[tuple[str, str]]:
    """Where it stands, and the expression."""
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    for panel in panels():
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


EXPRESSIONS = list(expressions())


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_an_expression_names_metrics_that_exist_with_values_that_they_can_have(where, expression):
    metrics = known() | {"pressmark_redis_memory_max_bytes": {}}  # absent where Redis has no limit
    selected = SELECTOR.findall(expression)
    assert selected or OF_THE_SERVER & set(re.findall(r"\w+", expression)), where
    for name, matchers in selected:
        assert name in metrics, f"{where}: no metric {name}"
        for label, operator, value in MATCHER.findall(matchers):
            assert label in metrics[name], f"{where}: {name} has no label {label}"
            values = possible(name, label, metrics)
            wanted = [one for one in values if (re.fullmatch(value, one) if "~" in operator else one == value)]
            assert wanted, f"{where}: {name} never has {label}={value}"


def possible(name: str, label: str, metrics: dict[str, dict[str, set[str]]]) -> set[str]:
    """Values of a label; of queues, all there are, since the snapshot has two."""
    from worker.queues import QUEUES

    return set(QUEUES) if label == "queue" else metrics[name][label]


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_an_expression_groups_by_labels_that_exist_and_closes_what_it_opens(where, expression):
    metrics = known()
    labels = {label for of_one in metrics.values() for label in of_one} | {"le", "job"}
    for group in re.findall(r"\b(?:by|without|on|group_left)\s*\(([^)]*)\)", expression):
        assert {label.strip() for label in group.split(",") if label.strip()} <= labels, where
    assert all(expression.count(a) == expression.count(b) for a, b in ("()", "{}", "[]")), where
    assert expression.count('"') % 2 == 0


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS, ids=[where for where, _ in EXPRESSIONS])
def test_a_counter_is_never_shown_without_its_growth(where, expression):
    for family in families():
        if family.type == "counter":
            for sample_name in {sample.name for sample in family.samples}:
                bare = re.search(rf"\b{sample_name}\b(?:\{{[^}}]*\}})?(?!\s*(?:\{{[^}}]*\}})?\[)", expression)
                assert bare is None, f"{where}: {sample_name} outside rate or increase"


def test_every_alert_has_a_severity_a_sentence_and_a_remedy_in_the_manual():
    headings = {heading for line in MANUAL.read_text(encoding="utf-8").splitlines() if (heading := anchor(line))}
    for rule in alerts():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"]["summary"].endswith((".", "?"))
        page, _, place = rule["annotations"]["runbook"].partition("#")
        assert (ROOT / page) == MANUAL
        assert place in headings, place
        assert rule["alert"].lower() in place


def anchor(line: str) -> str | None:
    """The anchor that GitHub gives a heading."""
    if not line.startswith("#"):
        return None
    return re.sub(r"[^\w\- ]", "", line.lstrip("# ").lower()).replace(" ", "-")


def test_the_manual_lists_every_metric_and_no_other():
    table = [line for line in MANUAL.read_text(encoding="utf-8").splitlines() if line.startswith("| `pressmark_")]
    listed = {name for line in table for name in re.findall(r"`(pressmark_\w+)`", line.split("|")[1])}
    shown_names = {
        family.name + ("_total" if family.type == "counter" and not family.name.endswith("_total") else "") for family in families()
    }
    assert listed == shown_names | {"pressmark_redis_memory_max_bytes", "pressmark_drift_score_shift"}


def test_the_manual_names_the_labels_of_each_metric():
    metrics = known()
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        if line.startswith("| `pressmark_"):
            _, names, labels, *_ = line.split("|")
            for name in re.findall(r"`(pressmark_\w+)`", names):
                found = metrics.get(name) or metrics.get(f"{name}_bucket") or {}
                if found:
                    assert set(re.findall(r"`(\w+)`", labels)) == set(found) - {"le"}, name


def test_the_panels_of_the_dashboard_do_not_overlap():
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())
