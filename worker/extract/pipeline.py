"""Extract the article of a page, its title, text, authors and dates, from the page's bytes; pure, without any I/O."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice

from lxml import etree

from worker import __version__
from worker.errors import ItemFailed
from worker.extract import page_type
from worker.extract.dates.parse import Moment
from worker.extract.fields import authors, bylines, metadata, title
from worker.extract.fields.dates import Publication, publication_of
from worker.extract.fields.language import language_of
from worker.extract.fields.metadata import Metadata
from worker.extract.length import TRUNCATED, bounded, shortened
from worker.extract.lines import boilerplate_filter
from worker.extract.page import embedded_state, encoding, markup
from worker.extract.page.characters import clean_line, clean_lines, clean_text
from worker.extract.page.elements import Element
from worker.extract.page.reservations import reserving_metas
from worker.extract.select import plain_text
from worker.extract.select.html_text import MainText, Model, main_text
from worker.extract.words.sentences import is_prose
from worker.messages import Article, Extractor, Page
from worker.reasons import Reason
from worker.reservations import reservations

MULTI_PAGE = "multi_page"
"""The warning of an article whose text goes on on other pages."""
FIRST = 2  # paragraphs: a page that shows as few may leave the rest to its scripts
NOSCRIPT_LEAST = 3  # sentences of an article for browsers without scripts, at least: what asks for scripts has one or two
EXTRACTOR = Extractor("pressmark", __version__)


@dataclass(frozen=True)
class Extraction:
    """The article of a page, and the page's reservations against machines."""

    article: Article
    reservations: tuple[str, ...]
    """Those of the header and those of the page's head: `x-robots-tag: noai`, `robots: noindex`."""


def extract(page: Page) -> Article:
    """The article of a fetched page.

    Raises ItemFailed(NOT_HTML | DECODE | PARSE_LIMIT | NO_TEXT | NOT_ARTICLE). Pure: the same page, the same article.
    """
    return extract_page(page).article


def extract_page(page: Page) -> Extraction:
    """The article of a fetched page and the page's reservations, from one parse. Raises as `extract` does."""
    text, warnings = encoding.decode(page.body, page.content_type)
    kind = encoding.media_type(page.content_type)
    article, metas = _extract(text, page.final_url or page.url, kind, [*page.warnings, *warnings], _day(page.fetched_at))
    return Extraction(article, tuple(clean_lines(reservations(metas, known=page.opt_outs))))


def extract_text(source: str | bytes, url: str | None = None, content_type: str | None = None, today: date | None = None) -> Article:
    """The article of HTML or plain text. `today` is the current day by default; later dates are not plausible.

    In decoded text (str) charset declarations are ignored. Raises as `extract` does.
    """
    if isinstance(source, bytes):
        text, warnings = encoding.decode(source, content_type)
    else:
        text, warnings = encoding.clean(source), []
    return _extract(text, url, encoding.media_type(content_type), warnings, today or datetime.now(UTC).date())[0]


def _day(fetched_at: str) -> date:
    """The day of the fetch; where it is unknown, no date is in the future."""
    try:
        return date.fromisoformat(fetched_at[:10])
    except ValueError:
        return date.max


def _extract(text: str, url: str | None, kind: str | None, warnings: list[str], today: date) -> tuple[Article, list[tuple[str, str]]]:
    """The article, and the meta elements that reserve a use of the page; a plain text has none."""
    if not text.strip():
        raise ItemFailed(Reason.NO_TEXT, "expected text, got an empty page")
    is_flat = not plain_text.is_document(text) if kind == "text/plain" else kind is None and not plain_text.looks_like_markup(text)
    if is_flat:
        return bounded(_from_plain(plain_text.article_from_text(text, today, url), url, warnings)), []
    tree = markup.parse(text)
    article = _from_tree(tree, url, today, None)
    metas = [] if tree.root is None else [*reserving_metas(tree.root)]
    return bounded(replace(article, warnings=list(dict.fromkeys([*warnings, *article.warnings])))), metas


def _from_plain(flat: plain_text.PlainArticle, url: str | None, warnings: list[str]) -> Article:
    """The article of a flat text, which states nothing of itself."""
    text = clean_text(flat.text)
    if not text:
        raise ItemFailed(Reason.NO_TEXT, "expected an article, got lines of boilerplate only")
    found = Metadata(title=flat.title, authors=flat.authors)
    page_type.require_article(text, found.title, url, found.structured, None)
    publication = Publication(flat.published, "dateline" if flat.published else None)
    return _article(found, MainText(text), publication, url, warnings)


def extract_html(text: str, url: str | None, today: date, model: Model | None = None) -> Article:
    """The article of a page's markup, by the shipped model or another one. Raises as `extract` does."""
    return _from_tree(markup.parse(text), url, today, model)


def _from_tree(tree: markup.Tree, url: str | None, today: date, model: Model | None) -> Article:
    if tree.root is None:
        raise ItemFailed(Reason.NO_TEXT, "expected a page with text, got markup without any")
    found = metadata.metadata_of(tree.root, url, today)
    content = _shortened(_main_text(tree.root, found, model))
    found, content = _with_heading(found, content, tree.root)
    near = content.near.near_title(found.title)
    if not found.authors:
        shown = bylines.authors_near_text(near, content.text, found.site_names)
        names = shown or authors.authors_of_blog(tree.root, found.structured, near, content.text, found.site_names)
        found = replace(found, authors=names)
    content = replace(content, text=bylines.without_bylines(content.text, found.authors))
    page_type.require_article(content.text, found.title, url, found.structured, tree.root)
    publication = publication_of(found.structured, near, tree.root, url, today)
    more = [MULTI_PAGE] if metadata.has_more_pages(found.structured, url, tree.root) else []
    return _article(found, content, publication, url, [*tree.warnings, *content.warnings, *more])


def _shortened(content: MainText) -> MainText:
    """Cut before anything searches it: what follows costs CPU by the length of the text."""
    text = shortened(content.text)
    return content if text == content.text else replace(content, text=text, warnings=[*content.warnings, TRUNCATED])


def _main_text(root: Element, found: Metadata, model: Model | None) -> MainText:
    """The main text; for a page without a sentence, or with the first of a longer text, that which its scripts would display."""
    content = main_text(root, found, model)
    prose = list(islice(filter(is_prose, content.text.split("\n")), FIRST + 1))  # whether there are more, and not how many
    hidden = embedded_state.embedded_article(root, *prose[:1]) if len(prose) <= FIRST else None
    inner = markup.parse(hidden).root if hidden else None
    if inner is None:
        return content if prose else _without_scripts(root, found, model) or content
    whole = main_text(inner, found, model)
    return whole if len(whole.text) > len(content.text) or not prose else content


def _without_scripts(root: Element, found: Metadata, model: Model | None) -> MainText | None:
    """The text that browsers without scripts show; None where that is no article."""
    page = etree.tostring(root, encoding="unicode", method="html") if next(root.iter("noscript"), None) is not None else ""
    inner = markup.parse(page.replace("<noscript", "<div").replace("</noscript", "</div")).root if page else None
    content = main_text(inner, found, model) if inner is not None else None
    return content if content and sum(map(is_prose, content.text.split("\n"))) >= NOSCRIPT_LEAST else None


def _with_heading(found: Metadata, content: MainText, root: Element) -> tuple[Metadata, MainText]:
    """Both with the heading near the text as title, where the stated title is not the article's."""
    headline = title.choose(found.title, found.structured, content.near, content.text, root=root, site_names=found.site_names)
    if headline is None:
        return found, content
    text = "\n\n".join(boilerplate_filter.without_title(content.text.split("\n\n"), headline))
    return replace(found, title=headline), replace(content, text=text)


def _day_of(moment: Moment | None) -> str | None:
    """The day that the page states, in its own zone."""
    return moment.day.isoformat() if moment else None


def _article(found: Metadata, content: MainText, publication: Publication, url: str | None, warnings: list[str]) -> Article:
    text = clean_text(content.text)
    if not text:
        raise ItemFailed(Reason.NO_TEXT, "expected an article, got a page of invisible characters")
    return Article(
        url=url,
        canonical_url=found.canonical_url,
        title=clean_line(found.title),
        text=text,
        authors=clean_lines(found.authors),
        published_at=str(publication.moment) if publication.moment else None,
        published_on=_day_of(publication.moment),
        published_source=publication.source,
        modified_at=str(found.modified) if found.modified else None,
        language=language_of(text, found.structured.lang),
        site_name=clean_line(found.site_name),
        description=clean_line(found.description),
        image=found.image,
        extractor=EXTRACTOR,
        warnings=list(dict.fromkeys(warnings)),
    )
