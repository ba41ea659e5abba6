"""Read and write labelled articles as JSON lines, CSV, doccano and Label Studio; a file's format is recognised by its content."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from classifier.labels import SOURCE_TYPES
from worker.models.seeds import Seed

PRIMARY = "primary:"
"""Prefix of the primary topic among doccano's labels: it has one list for all."""
NONE = "none"
"""What people choose in other tools for no topic, or no primary one."""
Record = dict[str, object]
"""A seed as JSON, perhaps with keys of the tool that it is from; `seeds.parse` checks it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One labelled article of a file, or why there is none at this place."""

    where: str
    """File and line, or file and task."""
    record: Record | None
    fault: str = ""


def read_labelled(text: str, name: str) -> Iterator[Entry]:
    """The labelled articles of a file's text; `name` is for messages. What the file does not say is left for the check of the seed."""
    first = text.lstrip()[:1]
    if first == "[":
        yield from _label_studio(text, name)
    elif first == "{":
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield _of_line(line, f"{name}:{number}")
    elif first:
        yield from _csv(text, name)


def _of_line(line: str, where: str) -> Entry:
    value, fault = _json(line)
    if fault or not isinstance(value, dict):
        return Entry(where, None, fault or f"expected a JSON object, got {type(value).__name__}")
    labels = value.get("label", value.get("labels"))
    return Entry(where, _of_labels(value, labels) if isinstance(labels, list) and "topics" not in value else _complete(value))


def _json(text: str) -> tuple[Any, str]:
    """The value, or None and a line that says why there is none."""
    try:
        return json.loads(text), ""
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return None, f"expected JSON, {error.msg} at {line}column {error.colno}"
    except RecursionError:
        return None, "expected JSON, got brackets without end"
    except ValueError:
        return None, "expected JSON, got a number of thousands of digits"


def _of_labels(record: Mapping[str, object], labels: Iterable[object]) -> Record:
    """doccano's classification: {"id","text","label":[…]}; of a span [start, end, label] the label counts."""
    names = [str(label[2]) if isinstance(label, list) and len(label) == 3 else str(label) for label in labels]
    primary = [name.removeprefix(PRIMARY) for name in names if name.startswith(PRIMARY)]
    source = [name for name in names if name in SOURCE_TYPES]
    topics = [name for name in names if name not in SOURCE_TYPES and not name.startswith(PRIMARY)]
    article = {"title": record.get("title", ""), "text": record.get("text", record.get("data", ""))}
    return _complete(article | _labels([*topics, *primary], primary, source))


def _labels(topics: list[str], primary: list[str], source: list[str]) -> Record:
    """Names that the guide does not have stay among the topics, for the check to find; two source types count as none."""
    return {
        "topics": sorted({name for name in topics if name != NONE}),
        "primary": next((name for name in primary if name != NONE), None),
        "source_type": source[0] if len(source) == 1 else None,
    }


def _csv(text: str, name: str) -> Iterator[Entry]:
    reader = csv.DictReader(io.StringIO(text))
    columns = reader.fieldnames or []
    if not {"text", "topics", "source_type"} <= set(columns):
        expected = "expected JSON, or a CSV with the columns text, topics, source_type"
        yield Entry(f"{name}:1", None, f"{expected}; got {', '.join(columns)[:100]!r}")
        return
    line = reader.line_num
    try:
        for row in reader:
            yield Entry(f"{name}:{line + 1}", _of_row(row))
            line = reader.line_num
    except csv.Error as error:
        yield Entry(f"{name}:{line + 1}", None, f"expected CSV: {error}")


def _of_row(row: Mapping[str, str]) -> Record:
    record: Record = {key: _unguarded(value) for key, value in row.items() if key and value not in (None, "")}
    record["topics"] = str(record.get("topics", "")).replace(",", " ").replace(";", " ").split()
    return _complete(record)


def _unguarded(value: str) -> str:
    """Without the apostrophe that an export sets before what a spreadsheet would run."""
    return value[1:] if value[:1] == "'" and value[1:2] in tuple("=+-@\t\r") else value


def _label_studio(text: str, name: str) -> Iterator[Entry]:
    tasks, fault = _json(text)
    if fault:
        yield Entry(name, None, fault)
        return
    for number, task in enumerate(tasks, start=1):
        where = f"{name}: task {number}"
        yield Entry(where, _of_task(task)) if isinstance(task, dict) else Entry(where, None, f"expected a task, got {type(task).__name__}")


def _of_task(task: Mapping[str, object]) -> Record:
    """A task with `choices`, of which the newest annotation counts; in the short form (JSON-MIN) the choices are beside the text."""
    inner = task.get("data")
    data: Mapping[str, object] = inner if isinstance(inner, dict) else task
    chosen = {name: _choices(data.get(name)) for name in ("topics", "primary", "source_type")}
    for result in _newest(task.get("annotations")):
        if isinstance(result, dict) and result.get("from_name") in chosen:
            chosen[result["from_name"]] += _choices(result.get("value"))
    article = {"title": data.get("title") or "", "text": data.get("text", "")} | _labels(*chosen.values())
    return _complete(article | {key: data[key] for key in ("url", "site_name", "language") if data.get(key)})


def _newest(annotations: object) -> list[object]:
    """The results of the last annotation that its author did not cancel."""
    found = annotations if isinstance(annotations, list) else []
    valid = [
        one["result"] for one in found if isinstance(one, dict) and not one.get("was_cancelled") and isinstance(one.get("result"), list)
    ]
    return valid[-1] if valid else []


def _choices(value: object) -> list[str]:
    """{"choices": […]}, a list of names, or one name."""
    names = value.get("choices") if isinstance(value, dict) else value
    return [str(name) for name in names] if isinstance(names, list) else [names] if isinstance(names, str) else []


def _complete(record: Mapping[str, object]) -> Record:
    """Adds what a seed must have and another tool does not give: an id, a language, an origin, a title.

    The id is made of the words: numbers of other tools begin again in each project.
    """
    complete: Record = {"title": "", "language": "en", "primary": None, "origin": "imported", **record}
    words = f"{complete['title']}\n{complete.get('text') or complete.get('paragraphs')}"
    complete["id"] = f"import-{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return complete


def for_json_lines(seed: Seed) -> Record:
    """The contract's "Seeds", without labels of single paragraphs."""
    names = ("id", "title", "text", "primary", "source_type", "language", "origin", "url", "site_name")
    return {**{name: getattr(seed, name) for name in names}, "topics": sorted(seed.topics)}


def for_doccano(seed: Seed) -> Record:
    """{"id","text","label":[topics…, primary:TOPIC, source type]}."""
    primary = [PRIMARY + seed.primary] if seed.primary else []
    return {"id": seed.id, "title": seed.title, "text": seed.text, "label": [*sorted(seed.topics), *primary, seed.source_type]}


def for_label_studio(seed: Seed) -> Record:
    """A task with one annotation of choices."""
    chosen = {"topics": sorted(seed.topics), "primary": [seed.primary or NONE], "source_type": [seed.source_type]}
    result = [{"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": choices}} for name, choices in chosen.items()]
    data = {name: getattr(seed, name) for name in ("title", "text", "url", "site_name", "language") if getattr(seed, name)}
    return {"id": seed.id, "data": data, "annotations": [{"result": result}]}
