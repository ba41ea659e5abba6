"""Turn the tags, classes and ids of elements into hints about their text (menu, comments, byline), as bits of one integer."""

from __future__ import annotations

import re
from functools import lru_cache

from worker.extract.words.languages import branches

TAGS = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "table", "ul", "ol", "blockquote", "section", "figcaption",
    "button", "dl", "details", "dialog", "h1", "a", "pre", "label",
)  # fmt: skip
"""Elements that hint at the purpose of the text inside them; each has a bit."""

NAME_PARTS: tuple[tuple[str, ...], ...] = (
    ("articlebody", "article-body", "article_body", "articletext", "article-text", "article__body", "article-content", "articlecontent",
     "article__content", "entry-content", "post-content", "postcontent", "post-body", "story-body", "storybody", "story-content",
     "storytext", "body-copy", "bodytext", "td-post-content", "paragraph", "richtext", "rich-text", "wysiwyg", "prose", "field-item"),
    ("article", "story", "news-detail", "blogpost", "hentry"),
    ("content", "body", "text", "main", "copy"),
    ("post", "entry", "blog"),
    ("comment", "disqus", "discuss", "repl", "respond", "kommentar", "forum"),
    ("relat", "recommend", "readmore", "read-more", "read_more", "more-", "also", "mehr", "similar", "suggest", "next-",
     "outbrain", "taboola",
     "zergnet", "further"),
    ("share", "sharing", "social", "addthis", "sns", "follow", "facebook", "twitter"),
    ("nav", "menu", "breadcrumb", "crumb", "pagination", "pager", "skip"),
    ("promo", "sponsor", "banner", "advert", "-ad", "ad-", "ads", "adslot", "werbung", "affiliate", "shop", "product", "cta",
     "offer", "deal"),
    ("newsletter", "subscri", "signup", "sign-up", "email", "mailing", "optin", "mc_embed", "mailchimp"),
    ("footer", "foot", "copyright", "colophon", "legal", "disclaimer"),
    ("header", "masthead", "topbar", "logo", "branding", "hero"),
    ("sidebar", "side-", "widget", "rail", "secondary", "aside", "complementary"),
    ("author", "byline", "bio", "autor", "writer", "contributor", "profile", "avatar", "staff"),
    ("caption", "credit", "wp-caption", "copyright-", "bildunterschrift", "legend", "photographer", "imagecredit"),
    ("tag", "categor", "topic", "keyword", "label", "section-"),
    ("modal", "popup", "overlay", "dialog", "toast", "lightbox"),
    ("cookie", "consent", "gdpr", "privacy", "onetrust", "didomi", "usercentrics"),
    ("paywall", "premium", "piano", "regwall", "register", "login", "subscriber", "metered", "locked"),
    ("teaser", "card", "tile", "item-list", "list-item", "listing", "grid", "carousel", "slider", "swiper", "feed", "stream", "latest",
     "trending", "popular", "most-", "mostread", "top-", "headlines", "ticker", "marquee"),
    ("summary", "lead", "lede", "standfirst", "deck", "excerpt", "intro", "subtitle", "subhead", "dek", "abstract", "teasertext", "chapo",
     "vorspann", "kicker", "description"),
    ("title", "headline", "heading", "hed"),
    ("date", "time", "publish", "updated", "meta", "info", "timestamp", "dateline"),
    ("gallery", "slideshow", "image", "photo", "img", "picture", "media", "video", "player", "audio", "embed", "figure", "podcast"),
    ("toc", "table-of-contents", "contents-", "jump"),
    ("quote", "pullquote", "pull-quote", "blockquote", "callout", "highlight", "zitat"),
    ("infobox", "factbox", "fact-box", "box", "panel", "inset", "info-box", "sidebar-", "well", "notice", "note"),
    ("faq", "accordion", "question", "answer", "collaps"),
    ("tooltip", "popover", "sr-only", "screen-reader", "visually-hidden", "visuallyhidden", "screenreader", "hidden", "print-only"),
    ("list", "links", "link-"),
    ("button", "btn", "action", "tool", "print", "control"),
    ("live", "liveblog", "timeline", "update-"),
    ("correction", "editor-note", "footnote", "reference", "source", "contact", "about-", "address", "boiler"),
)  # fmt: skip
"""Parts of class and id names, in English and related languages; each group stands for one purpose and has a bit."""

MAX_NAME = 100  # characters of a name that are read; longer ones are data
HIDDEN = 1 << (len(TAGS) + len(NAME_PARTS))
"""The bit of an element that is not shown: `hidden`, `aria-hidden`, `display: none`."""
BITS = len(TAGS) + len(NAME_PARTS) + 1

TAG_BITS = {tag: 1 << at for at, tag in enumerate(TAGS)}
_PART_BITS = {part: 1 << (len(TAGS) + group) for group, parts in enumerate(NAME_PARTS) for part in parts}
_ALL_BITS = {part: sum({bit for start, bit in _PART_BITS.items() if part.startswith(start)}) for part in _PART_BITS}
"""The bit of a part, and those of the parts with which it begins."""
_INITIALS = re.escape("".join(sorted({part[0] for part in _PART_BITS})))
_LONGEST_PART = re.compile(f"[{_INITIALS}](?<=(?=({branches(_PART_BITS)})).)")
"""Finds the longest part at every position of a name. It begins with one letter, since the positions of other letters are left out
much faster than by a look ahead."""


class ClassHints(dict[str, int]):
    """The bits of a page's attribute values, each computed once: pages repeat most of them many times."""

    def __missing__(self, names: str) -> int:
        bits = self[names] = name_hints(names)
        return bits


def name_hints(names: str) -> int:
    """The bits of class, id and role names, separated by blanks."""
    bits = 0
    for name in names.split():
        bits |= _hints_of(name[:MAX_NAME])
    return bits


@lru_cache(maxsize=50_000)  # sites share many names, and the pages of a site nearly all
def _hints_of(name: str) -> int:
    bits = 0
    for part in _LONGEST_PART.findall(name.lower()):
        bits |= _ALL_BITS[part]
    return bits
