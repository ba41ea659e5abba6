"""Article extracted: a page's bytes become its title, text, people and dates, without reading or writing anything else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from worker import __version__
from worker.errors import ItemFailed
from worker.extract import page_type
from worker.extract.fields import authors, metadata, title
from worker.extract.fields.language import language_of
from worker.extract.lines import boilerplate_filter
from worker.extract.page import embedded_state, encoding, markup
from worker.extract.page.elements import Element
from worker.extract.page.reservations import reserving_metas
from worker.extract.select import plain_text
from worker.extract.select.html_text import Content, Model, main_text
from worker.messages import Article, Extractor, Page
from worker.reasons import Reason
from worker.reservations import reservations

QUOTES = '"“”«»'
"""Ministries put the headings of their papers between them."""
EXTRACTOR = Extractor("pressmark", __version__)


@dataclass(frozen=True)
class Extraction:
    """What a page gives: its article, and what it reserves against machines."""

    article: Article
    reservations: tuple[str, ...]
    """Of the header and of the page's head: `x-robots-tag: noai`, `robots: noindex`."""


def extract(page: Page) -> Article:
    """The article of a fetched page.

    Raises ItemFailed(NOT_HTML | DECODE | PARSE_LIMIT | NO_TEXT | NOT_ARTICLE). Pure: the same page, the same article.
    """
    return extract_page(page).article


def extract_page(page: Page) -> Extraction:
    """The article of a fetched page and the page's reservations, from one parse. Raises as `extract` does."""
    text, warnings = encoding.decode(page.body, page.content_type)
    kind = encoding.media_type(page.content_type)
    article, metas = _read(text, page.final_url or page.url, kind, [*page.warnings, *warnings], _day(page.fetched_at))
    return Extraction(article, reservations(metas, known=page.opt_outs))


def extract_text(source: str | bytes, url: str | None = None, content_type: str | None = None, today: date | None = None) -> Article:
    """The article of HTML or plain text, read on the day `today` (the clock's by default), after which nothing can be published.

    In decoded text (str) charset declarations are ignored. Raises as `extract` does.
    """
    if isinstance(source, bytes):
        text, warnings = encoding.decode(source, content_type)
    else:
        text, warnings = encoding.clean(source), []
    return _read(text, url, encoding.media_type(content_type), warnings, today or datetime.now(UTC).date())[0]


def _day(fetched_at: str) -> date:
    """The day of the fetch; without one nothing is known to be in the future."""
    try:
        return date.fromisoformat(fetched_at[:10])
    except ValueError:
        return date.max


def _read(text: str, url: str | None, kind: str | None, warnings: list[str], today: date) -> tuple[Article, list[tuple[str, str]]]:
    """The article, and the meta elements that reserve a use of the page; a plain text has none."""
    if not text.strip():
        raise ItemFailed(Reason.NO_TEXT, "expected text, came an empty page")
    if kind == "text/plain" or (kind is None and not plain_text.looks_like_markup(text)):
        return _from_plain(plain_text.judge(text, today), url, warnings), []
    tree = markup.parse(text)
    article = _from_tree(tree, url, today, None)
    metas = [] if tree.root is None else [*reserving_metas(tree.root)]
    return replace(article, warnings=list(dict.fromkeys([*warnings, *article.warnings]))), metas


def _from_plain(read: plain_text.Plain, url: str | None, warnings: list[str]) -> Article:
    if not read.text:
        raise ItemFailed(Reason.NO_TEXT, "expected an article, came lines of furniture only")
    return Article(
        url=url,
        canonical_url=None,
        title=read.title,
        text=read.text,
        authors=read.authors,
        published_at=str(read.published) if read.published else None,
        published_source="dateline" if read.published else None,
        modified_at=None,
        language=language_of(read.text),
        site_name=None,
        description=None,
        image=None,
        extractor=EXTRACTOR,
        warnings=warnings,
    )


def read_html(text: str, url: str | None, today: date, model: Model | None = None) -> Article:
    """The article of a page's markup, by the shipped model or another one. Raises as `extract` does."""
    return _from_tree(markup.parse(text), url, today, model)


def _from_tree(tree: markup.Tree, url: str | None, today: date, model: Model | None) -> Article:
    if tree.root is None:
        raise ItemFailed(Reason.NO_TEXT, "expected a page with text, came markup without any")
    about = metadata.read(tree.root, url, today)
    content = _content(tree.root, about, model)
    heading = content.around.heading
    if heading and (
        title.is_weak(about.title, about.said, tree.root)
        or title.is_foreign(about.title or "", heading, content.text, about.said, tree.root)
    ):
        about = replace(about, title=heading.strip(QUOTES))
        content = replace(content, text="\n\n".join(boilerplate_filter.without_title(content.text.split("\n\n"), about.title)))
    around = content.around.at(about.title)
    if not about.authors:
        about = replace(about, authors=authors.signed(around, content.text, title.site_keys(about.said, url)))
    page_type.check(content.text, about.title, url, about.said, tree.root)
    found = metadata.published(about, around, tree.root, url, today)
    return _joined(about, content, found, url, [*tree.warnings, *content.warnings])


def _content(root: Element, about: metadata.About, model: Model | None) -> Content:
    """The main text; of a page without a sentence, that of the markup which its scripts would show."""
    content = main_text(root, about, model)
    hidden = None if any(map(boilerplate_filter.is_prose, content.text.split("\n"))) else embedded_state.article_in(root)
    inner = markup.parse(hidden).root if hidden else None
    return content if inner is None else main_text(inner, about, model)


def _joined(about: metadata.About, content: Content, found: metadata.Published, url: str | None, warnings: list[str]) -> Article:
    return Article(
        url=url,
        canonical_url=about.canonical_url,
        title=about.title,
        text=content.text,
        authors=about.authors,
        published_at=str(found.moment) if found.moment else None,
        published_source=found.source,
        modified_at=str(about.modified) if about.modified else None,
        language=language_of(content.text, about.said.lang),
        site_name=about.site_name,
        description=about.description,
        image=about.image,
        extractor=EXTRACTOR,
        warnings=list(dict.fromkeys(warnings)),
    )
