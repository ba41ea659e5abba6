"""Find the authors of a page in its structured data, or in elements that are marked as bylines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice, pairwise

from lxml import etree

from worker.extract.dates.parse import without_dates
from worker.extract.fields.bylines import byline_of, full_names, is_dated, name_part
from worker.extract.fields.language import has_vietnamese
from worker.extract.fields.own_article import is_in_card, is_outside_article
from worker.extract.fields.person_names import (
    AGENCY,
    BY,
    LEADING_AND,
    MAX_AUTHORS,
    author_names,
    given_first,
    is_month,
    is_name,
    is_person,
    signed_name,
)
from worker.extract.fields.shown_bylines import labelled_lines, names_in_parts, shown_line
from worker.extract.fields.title import SEPARATOR
from worker.extract.lines.nearby_lines import NearbyLines
from worker.extract.page.characters import letters_of
from worker.extract.page.elements import Attribute, Element
from worker.extract.page.lenient_json import JsonValue
from worker.extract.page.structured_data import Node, StructuredData, strings_of
from worker.extract.words.languages import pattern
from worker.extract.words.sentences import is_prose

LEADING_ARTICLE = pattern(r"<leading_article>\b")
"""How the names of newspapers begin."""
INITIAL = 2  # characters of an initial and its full stop
LABEL_LENGTH = 5  # characters beside a name that fills its element: "By", a comma
CARDS = 3  # bylines of one person in a page's lists: two may be chance where several write
MAX_ELEMENTS = 500  # an article names its authors in the first of them
METAS = (
    "article:author", "byl", "parsely-author", "sailthru.author", "dcsext.author", "cxenseparse:author", "author", "article:author_name",
    "twitter:misc:written by", "authors", "byline", "og:author",
)  # fmt: skip
CATALOGUES = ("dc.creator", "dcterms.creator", "citation_author")
"""Meta elements that may give the surname first."""
QUOTATIONS = ("cite", "blockquote", "q", "figcaption")
"""Elements whose authors are those of what the article cites, or of its pictures."""
PARAGRAPHS, PIECES = ("p", "li", "dd"), 30  # and pieces of their text, in which an author is looked for
"""Elements that may hold a byline with its label and nothing else."""
AUTHOR_FOLDERS = frozenset({
    "author", "authors", "auteur", "auteurs", "autor", "autoren", "autores", "by", "editors", "writer", "writers", "reporter", "reporters",
    "journalist", "journalists", "contributor", "contributors",
})  # fmt: skip
"""Parts of an address before a name: what follows is an author's page."""
BYLINE_CLASS = re.compile(
    r"(?:(?<![a-z])(?:author|byline|writer|reporter|auteur|autor|firma)|[a-z](?:Author|Byline))s?(?![a-z])"
    r"(?!\S*(?:bio|desc|avatar|image|img|social|follow|link))"
)
"""Classes of bylines: `author`, `post-author`, `articleByline`, `auteur`; not those of a biography or a picture."""
IN_CLASSES = ("uthor", "yline", "writer", "reporter", "auteur", "autor", "firma")
"""Parts of classes, one of which all of these have."""
_CLASSES = etree.XPath("//@class", smart_strings=False)
_MICRODATA = etree.XPath("//@itemprop[. = 'author']")


def authors_of(root: Element, data: StructuredData, site_names: set[str]) -> list[str]:
    """The authors' names in the order of the page; empty where it names none.

    `site_names`: the letters of the site's own names, as `title.site_names_of` gives them.
    """
    site_names = (site_names | _last_part(data.title or "")) - _personal_site_names(data, site_names)
    foreign = bool(data.title) and not has_vietnamese(data.title or "")
    stated, source = next(
        ((names, source) for source in _stated(data) if (names := author_names(source, site_names, introduced=foreign))), ([], [])
    )
    login = _is_login(stated, source)
    certain = not login and any(is_name(name) or AGENCY.match(name) for name in stated)
    if certain and not _may_be_publisher(stated, data):
        return stated
    shown = (_names_beside_first(elements, site_names) for elements in _byline_elements(root))
    # a name that is shown is preferred to a login name, here or near the text, and to a publisher's
    return next((names for names in shown if names), [] if login else stated)


def _is_login(names: list[str], source: list[str]) -> bool:
    """Whether the only name stated is that of an account, in small letters and with one word or with marks that stand for blanks."""
    return len(names) == 1 and len(source) == 1 and " " not in source[0].strip() and source[0].isascii() and source[0].islower()


def authors_of_blog(root: Element, data: StructuredData, near: NearbyLines, text: str, site_names: set[str]) -> list[str]:
    """The author of a page that no other way names: the one behind a label in an element of its own, the one stated by a login name,
    the one stated although the site bears the same name, else the nickname in the article's link to its author."""
    owner = next((name for source in _stated(data) for name in source[:1] if is_person(name)), None)
    signed = owner and any(line.startswith(owner) and is_dated(line.removeprefix(owner)) for line in near.below_heading)
    labelled = (full_names([name_part(line)], site_names) for line in labelled_lines(root))
    if behind_label := next(filter(None, labelled), []):
        return behind_label
    logins = (stated for source in _stated(data) if _is_login(stated := author_names(source, site_names), source))
    if account := next(logins, []):
        return account
    if owner and (signed or _is_owner(owner, data, text)):
        return [owner]
    links = (link for link in root.iter("a") if "author" in (link.get("rel") or "") or _leads_to_author(link))
    shown = ((link, shown_line(link)) for link in islice(links, MAX_AUTHORS))
    names = (author_names([name], site_names) for link, name in shown if name.isalnum() and not is_outside_article(link))
    return next((found for found in names if found), []) or _only_name_in_cards(root, site_names)


def _only_name_in_cards(root: Element, site_names: set[str]) -> list[str]:
    """The one person whom a page names as author of all other articles in its lists: the blog is his."""
    links = (link for link in root.iter("a") if _leads_to_author(link) and is_in_card(link))
    names = [full_names([shown_line(link)], site_names) for link in islice(links, MAX_AUTHORS)]
    return names[0] if len(names) >= CARDS and all(name == names[0] for name in names) else []


def _is_owner(name: str, data: StructuredData, text: str) -> bool:
    """Whether the name of a site is that of the person who owns it: the words of outlets' names are words of their texts too, and
    an organisation's name is not typed as a person's."""
    capitals = any(len(word) > INITIAL and word.isupper() for word in name.split())
    if capitals or LEADING_ARTICLE.match(name) or author_names([name], set()) != [name]:
        return False
    types = [node.types for node in data.nodes if name in node.strings("name")[:1]]
    typed = any("Person" in of_node for of_node in types)
    return (typed or not any(map(_is_organisation, types))) and set(name.lower().split()).isdisjoint(re.findall(r"\w+", text))


def _may_be_publisher(names: list[str], data: StructuredData) -> bool:
    """Whether the only name stated is that of the page's `author` element, which the page also names as owner of its rights."""
    owner = data.meta("copyright", "dc.publisher", "publisher", "article:publisher", "dc.rights", "dcterms.publisher") or ""
    return len(names) == 1 and letters_of(names[0]) in letters_of(owner)


def _last_part(title: str) -> set[str]:
    """The letters of the last part of a page's title, which names the site, unless it is a person's name."""
    part = SEPARATOR.split(title)[-1]
    return {letters_of(part)} if part != title and not is_person(BY.sub("", part)) else set()


def _personal_site_names(data: StructuredData, site_names: set[str]) -> set[str]:
    """The site's names that are its only author's: typed as a person, with the form of a name, and not an organisation's."""
    named = [(letters_of(name), name, node.types) for node in data.nodes for name in node.strings("name")[:1]]
    organisations = {key for key, _, types in named if _is_organisation(types)}
    persons = {key for key, name, types in named if "Person" in types and is_person(name) and not LEADING_ARTICLE.match(name)}
    if not organisations and any("NewsArticle" in kind for node in data.articles[:1] for kind in node.types):
        return set()
    return {site for site in site_names if any(person in site for person in persons - organisations)}


def _stated(data: StructuredData) -> Iterator[list[str]]:
    """What the structured data gives as authors, the most reliable source first."""
    yield [name for node in data.articles[:1] for name in _json_ld_names(node.get("author") or node.get("creator"), data)]
    for name in METAS:
        yield data.metas.get(name, [])
    for name in CATALOGUES:
        yield given_first(data.metas.get(name, []))
    label, value = data.meta("twitter:label1"), data.meta("twitter:data1")
    yield [value] if value and label and "by" in label.lower() else []


def _json_ld_names(value: JsonValue, data: StructuredData) -> list[str]:
    """The names in a JSON-LD `author`: people, also by reference and in parts, and agencies; other organisations are not authors."""
    if isinstance(value, list):
        return [name for item in value[:MAX_AUTHORS] for name in _json_ld_names(item, data)]
    if isinstance(value, str) and value.startswith(("#", "_:", "http")):
        value = {"@id": value}
    if not isinstance(value, dict):
        return strings_of(value or [])
    author = Node(value)
    if "name" not in author and "@id" in author:
        author = next((node for node in data.nodes if node.get("@id") == author["@id"] and "name" in node), author)
    parts = [str(author.get(key)) for key in ("givenName", "familyName") if author.get(key)]
    names = author.strings("name") or ([" ".join(parts)] if parts else [])
    return [name for name in names if AGENCY.match(name)] if _is_organisation(author.types) else names


def _is_organisation(types: list[str]) -> bool:
    """Whether JSON-LD types name an organisation and not a person as well."""
    return "Person" not in types and any("Organization" in name for name in types)


def _byline_elements(root: Element) -> Iterator[list[Element]]:
    """Elements that are marked as bylines, in groups; a group is searched for only where those before gave no name."""
    links = [*root.iter("a")]
    yield [link for link in links if "author" in (link.get("rel") or "")]
    classed = _classed(root)
    yield [element for element in classed if _holds_name(element.get("class") or "")]
    yield [link for link in links if _leads_to_author(link)]
    yield [element for element in classed if BYLINE_CLASS.search(element.get("class") or "")]
    yield elements_of(_MICRODATA(root))


def _classed(root: Element) -> list[Element]:
    """The elements whose classes may mark an author; the XPath asks for what occurs on the page only, mostly one part or none."""
    whole = "\n".join(_CLASSES(root))
    found = " or ".join(f"contains(., '{part}')" for part in IN_CLASSES if part in whole)
    return elements_of(etree.XPath(f"//@class[{found}]")(root)) if found else []


def _leads_to_author(link: Element) -> bool:
    """Whether a link's address is that of an author's page."""
    parts = (link.get("href") or "").split("/")[1:]
    return not AUTHOR_FOLDERS.isdisjoint(parts) and any(folder in AUTHOR_FOLDERS and page for folder, page in pairwise(parts))


def _holds_name(classes: str) -> bool:
    """Whether classes mark an author's name."""
    parts = classes.lower().replace("_", "-")
    return "authorname" in parts.replace("-", "") or "fn" in parts.replace("-", " ").split()


def elements_of(attributes: list[Attribute]) -> list[Element]:
    """The elements of the first attributes that an XPath found; an XPath for the elements themselves takes quadratic time."""
    return [attribute.getparent() for attribute in attributes[:MAX_ELEMENTS]]


def _names_beside_first(elements: list[Element], site_names: set[str]) -> list[str]:
    """The names in the first element that shows a line, and in its siblings: the authors of this article, not of others.

    Where the first element names nobody, the author is the outlet.
    """
    own = (element for element in elements[: 4 * MAX_AUTHORS] if not is_outside_article(element) and not _is_in_text(element))
    usable = (element for element in own if _names_may_stand(shown_line(element)))
    first = next(usable, None)
    if first is None:
        return []
    others = list(usable)
    siblings = [first, *(element for element in others if element.getparent() is first.getparent())]
    named = any(_shown_names(element, site_names) for element in siblings)
    siblings += [element for element in others if named and element not in siblings and _is_alone_beside(element, first)]
    names = list(dict.fromkeys(name for element in siblings for name in _shown_names(element, site_names)))
    return _with_unmarked(names, first.getparent(), site_names)


def _is_alone_beside(element: Element, first: Element) -> bool:
    """Whether an element and the first one each fill an outer one of the same form, and these are siblings."""
    outer, other = element.getparent(), first.getparent()
    if outer is None or other is None or outer.getparent() is not other.getparent() or outer.get("class") != other.get("class"):
        return False
    return all(
        len(" ".join(one.text_content().split())) <= len(" ".join(inner.text_content().split())) + LABEL_LENGTH
        for one, inner in ((outer, element), (other, first))
    )


def _with_unmarked(names: list[str], outer: Element | None, site_names: set[str]) -> list[str]:
    """The names, with those that follow in the same line after "and" and have no element of their own."""
    line = " ".join(shown_line(outer).split()) if names and outer is not None else ""
    whole = full_names([name_part(line)], site_names)
    joined = line.partition(whole[-1])[0].split()[-1:] if whole else []
    months = any(is_month(word) for name in whole for word in name.split())
    more = len(whole) > len(names) and whole[: len(names)] == names and all(map(is_person, whole)) and not months
    return whole if more and LEADING_AND.match(f"{''.join(joined).lower()} ") else names


def _is_in_text(element: Element) -> bool:
    """Whether an element stands within a sentence of the text or a quotation: it names the author of what is cited."""
    outers = list(element.iterancestors())
    if any(outer.tag in QUOTATIONS for outer in outers):
        return True
    paragraph = next((outer for outer in outers if outer.tag in PARAGRAPHS), None)
    whole = " ".join("".join(islice(paragraph.itertext(), PIECES)).split()) if paragraph is not None else ""
    own = " ".join(element.text_content().split())
    before = whole.partition(own)[0] if own else ""
    return bool(before.strip()) and is_prose(whole) and byline_of(whole) is None and not is_dated(before)


def _names_may_stand(line: str) -> bool:
    """Whether a line is more than a date and a time of day with its zone."""
    return bool(line) and re.fullmatch(r"\W*[A-Z]{0,4}\W*", re.sub(r"\d", "", without_dates(line))) is None


def _shown_names(element: Element, site_names: set[str]) -> list[str]:
    """The names that an element shows: in parts that it marks, else in its links, else in the first line with a name, else across
    lines of one word each."""
    if whole := full_names(names_in_parts(element), site_names, introduced=True):
        return whole
    lines = shown_line(element).split("\n")
    if "authors" in (element.get("class") or "").split() and len(lines) > 1 and all(is_person(BY.sub("", line)) for line in lines):
        return full_names(lines, site_names)
    bare = BY.sub("", "\n".join(lines))
    by = bare != "\n".join(lines)
    linked = full_names([shown_line(link) for link in element.iter("a") if len(link) or link is not element], site_names, introduced=by)
    signed = author_names([name for line in lines if (name := signed_name(line))][:1], site_names)
    found = (names for line in bare.split("\n") if (names := full_names([name_part(line)], site_names, introduced=by)))
    parts = [" ".join(lines)] if all(" " not in line for line in lines) else []
    return linked or signed or next(found, []) or full_names(parts, site_names)
