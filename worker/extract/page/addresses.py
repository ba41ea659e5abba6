"""Read the addresses that a page states; one that is malformed is no address and costs nothing else."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit

from worker.extract.page.characters import clean_url


def parts_of(url: str | None) -> SplitResult:
    """The parts of an address; all of them empty for None and for one that is malformed, such as `http://[bad`."""
    try:
        return urlsplit(url or "")
    except ValueError:
        return urlsplit("")


def without_archive(url: str | None) -> str | None:
    """The address of the page of which an archive keeps a copy, out of `https://archive.example/web/2024/http://…`; others as they are."""
    _, scheme, rest = (url or "").rpartition("/http")
    return f"http{rest}" if scheme else url


def joined(base: str | None, link: str | None) -> str | None:
    """`link` as an absolute address on the web; None for none, for a malformed one and for another scheme."""
    if not link:
        return None
    try:
        full = urljoin(parts_of(base).geturl(), link)
        return clean_url(full) if urlsplit(full).scheme in ("http", "https") else None
    except ValueError:
        return None
