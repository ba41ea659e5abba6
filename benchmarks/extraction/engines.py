"""Call the extractors that are compared, each as a function from a page's HTML and address to its main text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from importlib.util import find_spec

from worker.errors import ItemFailed
from worker.extract.pipeline import extract_html
from worker.extract.select.html_text import Model
from worker.messages import Article

Engine = Callable[[str, str], str]


def pressmark(model: Model | None, html: str, url: str) -> Article | None:
    """The article by our own extraction, metadata included; None where it refuses the page."""
    try:
        return extract_html(html, url or None, today=date.max, model=model)
    except ItemFailed:
        return None


def others() -> dict[str, Engine]:
    """The other extractors that are installed (`pip install -e '.[bench]'`), by name; trafilatura with its defaults first."""
    found: dict[str, Engine] = {
        "trafilatura": partial(_trafilatura, {}),
        "trafilatura fast": partial(_trafilatura, {"fast": True}),
        "trafilatura precision": partial(_trafilatura, {"favor_precision": True}),
        "BeautifulSoup text": _soup,
    }
    optional = {
        "readability": ("readability-lxml", _readability),
        "newspaper": ("newspaper4k", _newspaper),
        "resiliparse": ("resiliparse", _resiliparse),
    }
    return found | {label: engine for module, (label, engine) in optional.items() if find_spec(module)}


def _trafilatura(options: dict[str, bool], html: str, url: str) -> str:
    from trafilatura import extract

    return extract(html, url=url or None, include_comments=False, **options) or ""


def _soup(html: str, url: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "lxml").get_text("\n")


def _readability(html: str, url: str) -> str:
    from lxml import html as parser
    from readability import Document

    return parser.fromstring(Document(html).summary()).text_content() if html.strip() else ""


def _newspaper(html: str, url: str) -> str:
    from newspaper import Article as Paper

    paper = Paper(url or "http://page.invalid/", fetch_images=False)
    paper.download(input_html=html)
    paper.parse()
    return str(paper.text)


def _resiliparse(html: str, url: str) -> str:
    from resiliparse.extract.html2text import extract_plain_text

    return str(extract_plain_text(html, main_content=True))
