"""Write stored articles as IPTC ninjs 2.1, the news agencies' JSON (https://iptc.org/standards/ninjs/)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from urllib.parse import urlsplit

from worker.operations.sharing.plain_text import moment, plain_value, web_address
from worker.results import Result

STANDARD = {"name": "ninjs", "version": "2.1", "schema": "http://www.iptc.org/std/ninjs/ninjs-schema_2.1.json"}
PLAIN = "text/plain"


def ninjs(result: Result) -> dict[str, object] | None:
    """The article as one ninjs object; None for a Result without an article. What is not known has no key."""
    if result.text is None:
        return None
    found = {name: value for name, value in _fields(result) if value not in (None, "", [])}
    return {name: plain_value(value) for name, value in found.items()}


def _fields(result: Result) -> Iterator[tuple[str, object]]:
    yield "uri", uuid.uuid5(uuid.NAMESPACE_URL, result.url or "").urn  # every installation gives the same for this address
    yield "standard", STANDARD
    yield "type", "text"
    yield "representationtype", "partial" if "truncated" in (result.warnings or ()) else "full"
    yield "pubstatus", "usable"
    yield "firstcreated", result.stored_at
    yield "versioncreated", result.labelled_at or result.stored_at
    yield "contentcreated", moment(result.published_at)
    yield "language", result.language
    yield "headlines", _told("main", result.title)
    yield "descriptions", _told("summary", result.description)
    yield "bodies", [_told("main", result.text)[0] | _lengths(result.text or "")]
    yield "by", ", ".join(result.authors or ())
    yield "people", [{"name": author, "rel": "author"} for author in result.authors or ()]
    yield "infosources", _infosources(result)
    yield "subjects", _subjects(result)
    yield "genres", _genres(result)
    yield "renditions", _renditions(result)
    yield "altids", _altids(result)


def _told(role: str, text: str | None) -> list[dict[str, object]]:
    return [{"role": role, "contenttype": PLAIN, "value": text}] if text is not None else []


def _lengths(text: str) -> dict[str, object]:
    """In code points; words are what blanks separate, so scripts without spaces have few."""
    return {"charcount": len(text), "wordcount": len(text.split())}


def _infosources(result: Result) -> list[dict[str, object]]:
    """The outlet."""
    parts = urlsplit(web_address(result.final_url or result.url) or "")
    uri = {"uri": f"{parts.scheme}://{parts.netloc}/"} if parts.netloc else {}
    return [{"name": result.outlet, **uri}] if result.outlet else []


def _subjects(result: Result) -> list[dict[str, object]]:
    """The topics that are decided yes, with the model's probability in per cent, and who decided."""
    by = {"creator": who} if (who := result.labelled_by or (result.model and result.model.id)) else {}
    return [
        {"name": topic.label.replace("_", " "), "rel": "about", "literal": topic.label, "confidence": round(topic.probability * 100), **by}
        for topic in result.topics or ()
        if topic.decision == "yes"
    ]


def _genres(result: Result) -> list[dict[str, object]]:
    """The source type, where it may be trusted."""
    kind = result.source_type
    return [{"name": kind.label, "literal": kind.label}] if kind and kind.label and kind.decision == "sure" else []


def _renditions(result: Result) -> list[dict[str, object]]:
    page, image = web_address(result.final_url or result.url), web_address(result.image)
    found: list[dict[str, object]] = [{"name": "page", "href": page, "contenttype": "text/html"}] if page else []
    return [*found, {"name": "image", "href": image}] if image else found


def _altids(result: Result) -> list[dict[str, object]]:
    ids = {"item_id": result.item_id, "content_sha256": result.content_sha256, "cluster_id": result.cluster_id}
    return [{"role": f"pressmark:{name}", "value": str(value)} for name, value in ids.items() if value is not None]
