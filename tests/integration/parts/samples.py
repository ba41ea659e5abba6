"""Small items, articles and outcomes for tests of the engine."""

from __future__ import annotations

import hashlib
from typing import Any

from classifier.labels import Labels
from worker.messages import Article, Extracted, Extractor, Failed, HostReport, Http, Labelled, URLRequest
from worker.storage.values import Delivered, Entry

LABELS = Labels.from_dict(
    {
        "topics": [
            {"label": label, "probability": 0.03, "threshold": 0.41, "decision": "no"}
            for label in ("border_dispute", "trade", "demining", "culture")
        ],
        "primary_topic": None,
        "source_type": {
            "label": "independent",
            "probabilities": {"official": 0.1, "promotional": 0.1, "independent": 0.8},
            "decision": "sure",
        },
        "evidence": [
            {"label": "trade", "field": "text", "text": "Rice was sold.", "start": 0, "end": 14, "terms": [{"term": "rice", "weight": 1.5}]}
        ],
        "language_supported": True,
        "unknown_words": 0.12,
        "model": {"id": "m-1", "sha256": "0" * 64},
    }
)


def digest(text: str) -> str:
    """SHA-256, as keys and contents have it."""
    return hashlib.sha256(text.encode()).hexdigest()


def entry(number: int, host: str = "press.test:443") -> Entry:
    """The n-th page of a host."""
    url = f"https://{host.removesuffix(':443')}/{number}"
    return Entry(url, digest(url), host)


def extracted(request: URLRequest, text: str | None = None, simhash: str | None = None, *, report: HostReport | None = None) -> Extracted:
    """An article for the request; each has a text of its own unless one is given."""
    text = text if text is not None else f"The text of {request.url}."
    article = Article(
        url=request.url,
        canonical_url=None,
        title=f"Title of {request.url}",
        text=text,
        authors=["A. Writer"],
        published_at="2026-11-24",
        published_on="2026-11-24",
        published_source="json-ld",
        modified_at=None,
        language="en",
        site_name=None,
        description=None,
        image=None,
        extractor=Extractor("test", "1"),
        warnings=[],
    )
    return Extracted(
        item_id=request.item_id,
        token=request.token,
        article=article,
        final_url=request.url,
        http=Http(200, '"e1"', "Tue, 24 Nov 2026 06:00:00 GMT", 12, 3000),
        content_sha256=digest(text),
        simhash=simhash or digest("simhash" + text)[:16],
        opt_outs=[],
        host=report,
        fetched_at="2026-11-24T06:00:00Z",
    )


def labelled(request: URLRequest, text: str | None = None, simhash: str | None = None, *, report: HostReport | None = None) -> Labelled:
    """The same with labels."""
    return Labelled(extracted(request, text, simhash, report=report), LABELS, label_ms=3)


def failed(
    request: URLRequest, reason: str, *, detail: str = "", retry_after: float | None = None, report: HostReport | None = None
) -> Failed:
    """A failure of the request."""
    return Failed(request.item_id, request.token, reason, detail, retry_after, host=report)


def delivered(*outcomes: Any) -> list[Delivered]:
    """As the keeper hands them over."""
    return [Delivered(f"{number}-0", outcome) for number, outcome in enumerate(outcomes, 1)]


def admit(url: str) -> Entry:
    """A door that lets every address in, by its own spelling."""
    return Entry(url, digest(url), url.split("/")[2] + ":443")
