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
Record = dict[str, Any]


def read_labelled(text: str, name: str) -> Iterator[tuple[str, Record]]:
    """Pairs of place and seed, as far as the file tells; what is missing is left for the check of the seed."""
    if text.lstrip().startswith("["):
        yield from _label_studio(text, name)
    elif text.lstrip().startswith("{"):
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield f"{name}:{number}", _of_line(line)
    else:
        for number, row in enumerate(csv.DictReader(io.StringIO(text)), start=2):
            yield f"{name}:{number}", _of_row(row)


def _of_line(line: str) -> Record:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        return {"text": "", "error": str(error)}
    if not isinstance(record, dict):
        return {"text": ""}
    labels = record.get("label", record.get("labels"))
    return _of_labels(record, labels) if isinstance(labels, list) and "topics" not in record else _complete(record)


def _of_labels(record: Mapping[str, Any], labels: list[Any]) -> Record:
    """doccano's classification: {"id","text","label":[…]}; a span [start, end, label] tells its label."""
    names = [str(label[2]) if isinstance(label, list) and len(label) == 3 else str(label) for label in labels]
    source = [name for name in names if name in SOURCE_TYPES]
    primary = [name.removeprefix(PRIMARY) for name in names if name.startswith(PRIMARY)]
    return _complete(
        {
            "id": record.get("id"),
            "title": record.get("title", ""),
            "text": record.get("text", record.get("data", "")),
            "topics": sorted({name for name in names if name in TOPICS} | set(primary)),
            "primary": primary[0] if primary else None,
            "source_type": source[0] if len(source) == 1 else None,
        }
    )


def _of_row(row: Mapping[str, Any]) -> Record:
    record: Record = {key: value for key, value in row.items() if key and value not in (None, "")}
    record["topics"] = [name for name in str(record.get("topics", "")).replace(",", " ").split() if name]
    record["text"] = str(record.get("text", "")).removeprefix("'")
    return _complete(record)


def _label_studio(text: str, name: str) -> Iterator[tuple[str, Record]]:
    try:
        tasks = json.loads(text)
    except json.JSONDecodeError as error:
        yield name, {"text": "", "error": str(error)}
        return
    for number, task in enumerate(tasks, start=1):
        yield f"{name}: task {number}", _of_task(task) if isinstance(task, dict) else {"text": ""}


def _of_task(task: Mapping[str, Any]) -> Record:
    """A task with `choices`, the newest annotation counting: from_name topics, primary, source_type."""
    data = task.get("data") or {}
    chosen: dict[str, list[str]] = {}
    for result in ((task.get("annotations") or [{}])[-1]).get("result", []):
        chosen.setdefault(str(result.get("from_name")), []).extend(result.get("value", {}).get("choices", []))
    primary = [name for name in chosen.get("primary", []) if name in TOPICS]
    source = chosen.get("source_type", [])
    told = {
        "id": task.get("id"),
        "title": data.get("title", ""),
        "text": data.get("text", ""),
        "topics": sorted(name for name in chosen.get("topics", []) if name in TOPICS),
        "primary": primary[0] if primary else None,
        "source_type": source[0] if len(source) == 1 else None,
    }
    return _complete(told | {key: data[key] for key in ("url", "site_name", "language") if data.get(key)})


def _complete(record: Mapping[str, Any]) -> Record:
    """What a seed must have and another tool does not give: an id, a language, an origin, a title."""
    text = str(record.get("text") or "")
    digest = hashlib.sha256(text.encode()).hexdigest()[:12]
    told: Record = {"title": "", "language": "en", "primary": None, "origin": "imported", **record}
    told["id"] = f"import-{record.get('id') or digest}"
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
    chosen = {"topics": record["topics"], "primary": [record["primary"] or "none"], "source_type": [record["source_type"]]}
    result = [
        {"from_name": name, "to_name": "text", "type": "choices", "value": {"choices": list(choices)}} for name, choices in chosen.items()
    ]
    data = {key: record[key] for key in ("title", "text", "url", "site_name", "language") if record.get(key)}
    return {"id": record["id"], "data": data, "annotations": [{"result": result}]}
