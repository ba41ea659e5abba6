"""Write the kept pages of Results as WARC 1.1 (ISO 28500:2017), a gzip member a record, where the extra that does it is installed."""

from __future__ import annotations

import importlib
import importlib.util
import io
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice

from worker import __version__
from worker.archive.page_archive import PageArchive
from worker.bootstrap import Services
from worker.messages import Page
from worker.operations.sharing.result_rows import json_text
from worker.results import Result
from worker.storage.archive.kept_articles import KeptArticles

MISSING = "WARC needs the extra `warc`, which is not installed here: `pip install 'pressmark[warc]'`"
AT_ONCE = 200
"""Results whose pages are looked up at once."""
ABOUT = {
    "software": f"pressmark/{__version__}",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Pages of press articles. Of the headers of an answer, content-type, etag and last-modified are kept; bodies are without"
    " their content coding, as their content-length says. Each metadata record has the article and its labels as JSON.",
}


@dataclass
class Counts:
    """How many articles were written, and of how many there is no page to write."""

    written: int = 0
    without_page: int = 0
    lost: int = 0
    """Their page is damaged, or its file is gone."""


def installed() -> bool:
    """Whether it can be written here."""
    return importlib.util.find_spec("warcio") is not None


def pieces(services: Services, results: Iterable[Result], counts: Counts) -> Iterator[bytes]:
    """The file, record by record: a warcinfo, then for each page a response and a metadata record that refers to it. Raises Unavailable."""
    records, archive, kept = _Records(), PageArchive(services.settings), KeptArticles(services.engine)
    yield records.about()
    rows = iter(results)
    while group := list(islice(rows, AT_ONCE)):
        digests = kept.digests([result.stored_id for result in group])
        for result in group:
            sha256 = digests.get(result.stored_id)
            page = archive.whole(sha256) if sha256 else None
            counts.without_page += sha256 is None
            counts.lost += sha256 is not None and page is None
            if sha256 is not None and page is not None:
                counts.written += 1
                yield records.response(page, sha256)
                yield records.metadata(page, sha256, result)


class _Records:
    """Makes records with warcio; the same page has the same record each time."""

    def __init__(self) -> None:
        self._sink = io.BytesIO()
        self._headers = importlib.import_module("warcio.statusandheaders").StatusAndHeaders  # an extra, which may be missing
        self._writer = importlib.import_module("warcio.warcwriter").WARCWriter(self._sink, gzip=True, warc_version="WARC/1.1")

    def about(self) -> bytes:
        """The warcinfo record."""
        return self._written(self._writer.create_warcinfo_record(None, ABOUT))

    def response(self, page: Page, sha256: str) -> bytes:
        """The part of the answer that is kept."""
        known = {"Content-Type": page.content_type, "ETag": page.etag, "Last-Modified": page.last_modified}
        headers = [(name, _line(value)) for name, value in known.items() if value]
        headers.append(("Content-Length", str(len(page.body))))
        status = self._headers(f"{page.status} {_phrase(page.status)}".rstrip(), headers, protocol="HTTP/1.1")
        return self._record(page, "response", {"WARC-Record-ID": _id(sha256, "response")}, page.body, http_headers=status)

    def metadata(self, page: Page, sha256: str, result: Result) -> bytes:
        """The Result of the page."""
        named = {"WARC-Record-ID": _id(sha256, "metadata"), "WARC-Refers-To": _id(sha256, "response")}
        return self._record(page, "metadata", named, json_text(result).encode(), warc_content_type="application/json")

    def _record(self, page: Page, kind: str, named: dict[str, str], body: bytes, **more: object) -> bytes:
        headers = {**named, "WARC-Date": page.fetched_at}
        stream = io.BytesIO(body)
        return self._written(
            self._writer.create_warc_record(
                _line(page.final_url), kind, payload=stream, length=len(body), warc_headers_dict=headers, **more
            )
        )

    def _written(self, record: object) -> bytes:
        self._writer.write_record(record)
        data = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return data


def _id(sha256: str, kind: str) -> str:
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind}:{sha256}').urn}>"


def _line(value: str) -> str:
    """A header's value, without line breaks: with one, a server could begin another header or a record."""
    return "".join(character if character.isprintable() else " " for character in value)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
