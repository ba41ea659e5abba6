"""Save pages with the model, the settings and the results that they gave, as one file; run such a file again and compare.

A run needs no network, no database and no data folder.
"""

from __future__ import annotations

import json
import platform
import tempfile
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import IO

from lxml import etree

from worker import __version__
from worker.archive.page_archive import PageArchive
from worker.archive.page_record import LONGEST_HEAD, page_of, record_of
from worker.bootstrap import Services
from worker.config import Settings
from worker.errors import ItemFailed, UsageError
from worker.messages import Extracted, Http, Labelled, Page
from worker.models.cache import read_files
from worker.models.labeller import Labeller
from worker.operations.archive import capsule_file, rereading
from worker.operations.archive.capsule_file import MANIFEST, RESULTS, Manifest
from worker.operations.archive.rereading import Progress
from worker.operations.archive.selection import Selection, chosen
from worker.operations.document import Document
from worker.operations.files import created
from worker.operations.sharing.result_rows import json_text
from worker.results import of_failure, of_page
from worker.sandbox.pool import ParsePool
from worker.storage.archive.kept_articles import KeptArticles

USED = ("refuse_opt_outs", "max_decoded_bytes", "parse_cpu", "parse_timeout", "parse_memory", "label_cpu", "label_memory")
"""Settings that can change the result of a page. A run takes the first group from the capsule. The others are limits: a run uses those of
its own machine, so that no capsule can ask for more."""
LONGEST_LINE = 64 << 20
"""Bytes of one result: a text of 10 MiB in which every character is escaped."""
MISSING = object()
AT_ONCE = 200
"""Items whose pages are looked up at once: short rows."""
SHORT = 1000
"""Characters shown of a result that is no object."""


@dataclass(frozen=True, slots=True)
class Saved(Document):
    """What is in a capsule that was saved."""

    file: str
    digest: str
    """SHA-256 of its manifest; capsules with the same content have the same one, wherever they were made."""
    model: str
    pages: int
    bytes: int
    selected: int
    """Articles that were asked for."""
    without_page: int
    """Those of which no page is kept."""
    lost: int
    """Those whose kept page is damaged, or whose file is gone."""


@dataclass(frozen=True, slots=True)
class Differs(Document):
    """One value that is not what the capsule says."""

    name: str
    saved: object
    now: object


@dataclass(frozen=True, slots=True)
class PageDiffers(Document):
    """A page whose result now differs from the saved one."""

    page: str
    """Its digest."""
    url: str
    fields: tuple[Differs, ...]
    """Fields of the Result that differ."""


@dataclass(frozen=True, slots=True)
class Ran(Document):
    """The outcome of a run."""

    file: str
    digest: str
    model: str
    pages: int
    same: int
    """Pages whose results are the same, byte for byte."""
    different: tuple[PageDiffers, ...]
    around: tuple[Differs, ...]
    """Versions and limits that differ; they may be the reason."""


def save(services: Services, target: Path, which: Selection, progress: Progress = lambda done: None) -> Saved:
    """Reads the kept pages of these articles again and writes them into a new file, with their results.

    The same pages, model, settings and versions give the same file. Raises UsageError where there is a file, or not one page, Unavailable.
    """
    ids, settings, model = list(chosen(services, which)), services.settings, services.labeller
    digests = _digests(services, ids)
    with created(target) as file, capsule_file.Writer(file) as writer:
        _add_model(writer, model)
        pages = list(_added(writer, PageArchive(settings), sorted(set(digests))))
        if not pages:
            raise UsageError(f"expected articles with kept pages (PRESSMARK_KEEP_PAGES), got {len(ids)} without any")
        with tempfile.TemporaryFile() as lines:
            for done, line in enumerate(_read(settings, model, pages), 1):
                lines.write(line)
                progress(done)
            lines.seek(0)
            writer.add(RESULTS, lines)
        manifest = Manifest(_versions(), _used(settings), {"id": model.model_id, "sha256": model.sha256}, pages, writer.members)
        digest = writer.end(manifest)
    lost = len(set(digests)) - len(pages)
    return Saved(str(target), digest, model.model_id, len(pages), target.stat().st_size, len(ids), len(ids) - len(digests), lost)


def _digests(services: Services, ids: Sequence[int]) -> list[str]:
    """Of the pages that are kept of these items."""
    kept = KeptArticles(services.engine)
    groups = (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
    return [sha256 for group in groups for sha256 in kept.digests(group).values()]


def _added(writer: capsule_file.Writer, archive: PageArchive, digests: Sequence[str]) -> Iterator[str]:
    """Adds the pages; those that are damaged or gone are left out."""
    for sha256 in digests:
        if (page := archive.whole(sha256)) is not None:
            writer.add(f"pages/{sha256}", [record_of(page)])
            yield sha256


def _read(settings: Settings, model: Labeller, digests: Sequence[str]) -> Iterator[bytes]:
    """The results of kept pages, as lines of JSON. Raises UsageError where one was taken out meanwhile."""
    archive = PageArchive(settings)

    def again(sha256: str) -> Page:
        page = archive.read(sha256)
        if page is None:
            raise UsageError(f"the kept page {sha256} was taken out meanwhile; try again")
        return page

    with closing(ParsePool(settings)) as pool:
        yield from (line for _, line in _Pages(settings, model).results(pool, map(again, digests)))


def run(settings: Settings, source: Path, progress: Progress = lambda done: None, results: IO[bytes] | None = None) -> Ran:
    """Extracts and labels every page of a capsule and compares; the results are written to `results`, as JSON lines.

    Raises UsageError for a file that is damaged, foreign or hostile, before anything of it is used.
    """
    longest = settings.max_decoded_bytes + LONGEST_HEAD
    with capsule_file.opened(source, longest) as capsule, tempfile.TemporaryDirectory() as folder:
        manifest = capsule.manifest
        for sha256 in manifest.pages:
            _page(capsule, sha256)
        model = _model(capsule, Path(folder), source)
        here = replace(settings, refuse_opt_outs=bool(manifest.settings.get("refuse_opt_outs")))
        different: list[PageDiffers] = []
        with closing(ParsePool(here)) as pool:
            pages = (_page(capsule, sha256) for sha256 in manifest.pages)
            found = _Pages(here, model).results(pool, pages)
            for done, (sha256, line, (page, now)) in enumerate(zip(manifest.pages, _lines(capsule), found, strict=True), 1):
                if line != now:
                    different.append(PageDiffers(sha256, page.url, _differing(line, now)))
                if results is not None:
                    results.write(now)
                progress(done)
        same = len(manifest.pages) - len(different)
        around = (*_around(manifest.versions, _versions()), *_around(manifest.settings, _used(here)))
        return Ran(str(source), capsule.digest, model.model_id, len(manifest.pages), same, tuple(different), around)


class _Pages:
    """Reads pages in groups of AT_ONCE; the groups are always the same, so that a model adds the same numbers in the same order."""

    def __init__(self, settings: Settings, model: Labeller) -> None:
        self._settings, self._model = settings, model

    def results(self, pool: ParsePool, pages: Iterator[Page]) -> Iterator[tuple[Page, bytes]]:
        """Each page with its Result as a line of JSON, in order."""
        with ThreadPoolExecutor(self._settings.parse_processes) as threads:
            while group := list(islice(pages, rereading.AT_ONCE)):
                read = list(threads.map(lambda page: self._extracted(pool, page), group))
                articles = [one for one in read if isinstance(one, Extracted)]
                labelled = iter(rereading.with_labels(articles, self._model, self._settings))
                for page, one in zip(group, read, strict=True):
                    yield page, _line(page, next(labelled) if isinstance(one, Extracted) else one)

    def _extracted(self, pool: ParsePool, page: Page) -> Extracted | ItemFailed:
        try:
            return rereading.extracted(pool, page, 0, refuse_opt_outs=self._settings.refuse_opt_outs)
        except ItemFailed as failed:
            return failed


def _line(page: Page, found: Labelled | ItemFailed) -> bytes:
    if isinstance(found, Labelled):
        result = of_page(found.extracted, found.labels)
    else:
        http = Http(page.status, page.etag, page.last_modified, page.ms, page.wire_bytes)
        result = of_failure(page.url, found, page.final_url, http)
    return json_text(result).encode() + b"\n"


def _add_model(writer: capsule_file.Writer, model: Labeller) -> None:
    manifest, parts = read_files(model.folder)
    writer.add(f"model/{MANIFEST}", [manifest.encode()])
    for name, data in sorted(parts.items()):
        writer.add(f"model/{name}.npy", [data])


def _page(capsule: capsule_file.Reader, sha256: str) -> Page:
    """Raises ValueError for what is no page."""
    try:
        return page_of(capsule.read(f"pages/{sha256}"))
    except UsageError as error:
        raise ValueError(f"pages/{sha256}: {error}") from error


def _model(capsule: capsule_file.Reader, folder: Path, source: Path) -> Labeller:
    """The model of a capsule, loaded from a folder of our own as any model is: arrays, never code. Raises UsageError."""
    for name in capsule.manifest.members:
        if name.startswith("model/"):
            (folder / name.removeprefix("model/")).write_bytes(capsule.read(name))
    try:
        model = Labeller(folder)
    except UsageError as error:
        raise UsageError(f"{source}: its model cannot be used: {str(error).replace(str(folder), 'model')}") from error
    if model.sha256 != capsule.manifest.model.get("sha256"):
        raise ValueError("its model is another one than its manifest says")
    return model


def _lines(capsule: capsule_file.Reader) -> Iterator[bytes]:
    """The saved results, one at a time."""
    held = b""
    for chunk in capsule.chunks(RESULTS):
        *whole, held = (held + chunk).split(b"\n")
        yield from (line + b"\n" for line in whole)
        if len(held) > LONGEST_LINE:
            raise ValueError("a result in it is too long")


def _differing(saved: bytes, now: bytes) -> tuple[Differs, ...]:
    """The fields of two results that differ."""
    after = json.loads(now)
    try:
        before = capsule_file.strict_json(saved)
    except ValueError:
        before = None
    if not isinstance(before, dict):
        return (_lines_differ("result", saved, now),)
    names = (*after, *(name for name in before if name not in after))
    differing = [name for name in names if before.get(name, MISSING) != after.get(name, MISSING)]
    found = tuple(Differs(name, _shown(before.get(name)), _shown(after.get(name))) for name in differing)
    return found or (_lines_differ("spelling", saved, now),)


def _lines_differ(name: str, saved: bytes, now: bytes) -> Differs:
    return Differs(name, saved[:SHORT].decode("utf-8", "replace"), now[:SHORT].decode("utf-8", "replace"))


def _shown(value: object) -> object:
    """A list or an object as its JSON: one from a stranger may be nested deeply."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def _versions() -> dict[str, str]:
    """Versions of everything that results may depend on besides the pages, the model and the settings."""
    return {
        "pressmark": __version__,
        "python": platform.python_version(),
        "unicode": unicodedata.unidata_version,
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
        "lxml": version("lxml"),
        "numpy": version("numpy"),
    }


def _used(settings: Settings) -> dict[str, float]:
    return {name: float(getattr(settings, name)) for name in USED}


def _around(saved: dict[str, str] | dict[str, float], now: dict[str, str] | dict[str, float]) -> Sequence[Differs]:
    return [Differs(name, saved.get(name), value) for name, value in now.items() if saved.get(name) != value]
