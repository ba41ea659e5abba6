"""Labelled articles exchanged: JSON lines, CSV, doccano and Label Studio, read by what stands in the file."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

TOPICS = ("border_dispute", "trade", "demining", "culture")
SOURCE_TYPES = ("official", "promotional", "independent")
PRIMARY = "primary:"
"""Before the primary topic among the labels of doccano, which has one list for all."""
NONE = "none"
"""The choice of other tools for no topic, or no primary one."""
Record = dict[str, Any]
Found = Iterator[tuple[str, Record | str]]
"""Pairs of place and seed, or of place and what is wrong with what stands there."""


def read_labelled(text: str, name: str) -> Found:
    """Seeds, as far as the file tells them; what is missing is left for the check of the seed."""
    begin = text.lstrip()[:1]
    if begin == "[":
        yield from _label_studio(text, name)
    elif begin == "{":
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip():
                yield f"{name}:{number}", _of_line(line)
    elif begin:
        yield from _csv(text, name)


def _of_line(line: str) -> Record | str:
    record = _json(line)
    if not isinstance(record, dict):
        return record if isinstance(record, str) else f"expected a JSON object, came {type(record).__name__}"
    labels = record.get("label", record.get("labels"))
    return _of_labels(record, labels) if isinstance(labels, list) and "topics" not in record else _complete(record)


def _json(text: str) -> Any:
    """What the text tells, or in a line why it tells nothing."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = f"line {error.lineno}, " if error.lineno > 1 else ""
        return f"expected JSON, {error.msg} at {line}column {error.colno}"
    except RecursionError:
        return "expected JSON, came brackets without end"


def _of_labels(record: Mapping[str, Any], labels: list[Any]) -> Record:
    """doccano's classification: {"id","text","label":[…]}; a span [start, end, label] tells its label."""
    names = [str(label[2]) if isinstance(label, list) and len(label) == 3 else str(label) for label in labels]
    primary = [name.removeprefix(PRIMARY) for name in names if name.startswith(PRIMARY)]
    source = [name for name in names if name in SOURCE_TYPES]
    topics = [name for name in names if name not in SOURCE_TYPES and not name.startswith(PRIMARY)]
    told = {"title": record.get("title", ""), "text": record.get("text", record.get("data", ""))}
    return _complete(told | _labels([*topics, *primary], primary, source))


def _labels(topics: list[str], primary: list[str], source: list[str]) -> Record:
    """Names that no guide knows stay among the topics, for the check to find; of two source types there is none."""
    first = next((name for name in primary if name != NONE), None)
    return {
        "topics": sorted({name for name in topics if name != NONE}),
        "primary": first,
        "source_type": source[0] if len(source) == 1 else None,
    }


def _csv(text: str, name: str) -> Found:
    reader = csv.DictReader(io.StringIO(text))
    columns = reader.fieldnames or []
    if not {"text", "topics", "source_type"} <= set(columns):
        yield f"{name}:1", f"expected JSON, or a CSV with the columns text, topics, source_type; came {', '.join(columns)[:100]!r}"
        return
    line = reader.line_num
    try:
        for row in reader:
            yield f"{name}:{line + 1}", _of_row(row)
            line = reader.line_num
    except csv.Error as error:
        yield f"{name}:{line + 1}", f"expected CSV: {error}"


def _of_row(row: Mapping[str, Any]) -> Record:
    record: Record = {key: _unguarded(value) for key, value in row.items() if key and value not in (None, "")}
    record["topics"] = str(record.get("topics", "")).replace(",", " ").replace(";", " ").split()
    return _complete(record)


def _unguarded(value: str) -> str:
    """Without the apostrophe that an export sets before what a spreadsheet would run."""
    return value[1:] if value[:1] == "'" and value[1:2] in tuple("=+-@\t\r") else value


def _label_studio(text: str, name: str) -> Found:
    tasks = _json(text)
    if isinstance(tasks, str):
        yield name, tasks
        return
    for number, task in enumerate(tasks, start=1):
        yield f"{name}: task {number}", _of_task(task) if isinstance(task, dict) else f"expected a task, came {type(task).__name__}"


def _of_task(task: Mapping[str, Any]) -> Record:
    """A task with `choices`, the newest annotation counting; in the short form (JSON-MIN) the choices stand beside the text."""
    data = task["data"] if isinstance(task.get("data"), dict) else task
    chosen = {name: _choices(data.get(name)) for name in ("topics", "primary", "source_type")}
    for result in _newest(task.get("annotations")):
        if isinstance(result, dict) and result.get("from_name") in chosen:
            chosen[result["from_name"]] += _choices(result.get("value"))
    told = {"title": data.get("title") or "", "text": data.get("text", "")} | _labels(*chosen.values())
    return _complete(told | {key: data[key] for key in ("url", "site_name", "language") if data.get(key)})


def _newest(annotations: Any) -> list[Any]:
    """The results of the last annotation that its author did not take back."""
    found = annotations if isinstance(annotations, list) else []
    kept = [
        one["result"] for one in found if isinstance(one, dict) and not one.get("was_cancelled") and isinstance(one.get("result"), list)
    ]
    return kept[-1] if kept else []


def _choices(value: Any) -> list[str]:
    """{"choices": […]}, a list of names, or one name."""
    names = value.get("choices") if isinstance(value, dict) else value
    return [str(name) for name in names] if isinstance(names, list) else [names] if isinstance(names, str) else []


def _complete(record: Mapping[str, Any]) -> Record:
    """What a seed must have and another tool does not give: an id, a language, an origin, a title.

    The id is of the words: numbers of other tools begin anew in each project.
    """
    told: Record = {"title": "", "language": "en", "primary": None, "origin": "imported", **record}
    words = f"{told['title']}\n{told.get('text') or told.get('paragraphs')}"
    told["id"] = f"import-{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:12]}"
    return told


def for_doccano(record: Mapping[str, Any]) -> Record:
    """{"id","text","label":[topics…, primary:TOPIC, source type]}."""
    primary = [PRIMARY + record["primary"]] if record["primary"] else []
    return {
        "id": record["id"],
        "title": record["title"],
        "text": record["text"],
        "label": [*record["topics"], *primary, record["source_type"]],
    }


def for_label_studio(record: Mapping[str, Any]) -> Record:
    """A task with one annotation of choices."""
    chosen = {"topics": record["topics"], "primary": [record["primary"] or NONE], "source_type": [record["source_type"]]}
    result = [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(choices)}} for name, choices in chosen.items()
    ]
    data = {key: record[key] for key in ("title", "text", "url", "site_name", "language") if record.get(key)}
    return {"id": record["id"], "data": data, "annotations": [{"result": result}]}
