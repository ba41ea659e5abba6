"""Cues: what tags, classes and ids say about the text in them, as bits of one integer."""

from __future__ import annotations

import re
from functools import lru_cache

TAG_CUES = (
    "article", "main", "aside", "nav", "header", "footer", "figure", "form", "table", "ul", "ol", "blockquote", "section", "figcaption",
    "button", "dl", "details", "dialog", "h1", "a", "pre", "label",
)  # fmt: skip
"""Elements whose ancestors' presence says something; each has a bit."""

WORD_CUES: tuple[tuple[str, ...], ...] = (
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
"""Parts of class and id names that sites use for one purpose, in English and its neighbours; each group has a bit."""

LONGEST = 100  # characters of a name that are looked at; longer ones are data
HIDDEN = 1 << (len(TAG_CUES) + len(WORD_CUES))
"""The element is not shown: `hidden`, `aria-hidden`, `display: none`."""
BITS = len(TAG_CUES) + len(WORD_CUES) + 1

_TAG_BIT = {tag: 1 << at for at, tag in enumerate(TAG_CUES)}
_WORD_BITS = {word: 1 << (len(TAG_CUES) + group) for group, words in enumerate(WORD_CUES) for word in words}
_ALL_BITS = {word: sum({bit for start, bit in _WORD_BITS.items() if word.startswith(start)}) for word in _WORD_BITS}
"""A word's bit with those of the words that it begins with."""
_INITIALS = {word[0] for word in _WORD_BITS}
_WORDS = "|".join(
    initial + "(?:" + "|".join(sorted((word[1:] for word in _WORD_BITS if word[0] == initial), key=len, reverse=True)) + ")"
    for initial in sorted(_INITIALS)
)
_HELD = re.compile(f"(?=({_WORDS}))")
"""The longest word at every place of a name; by initials, so that a letter with which no word begins costs one question."""


def tag_cue(tag: str) -> int:
    """The bit of an element's name, 0 where it has none."""
    return _TAG_BIT.get(tag, 0)


class Lists(dict[str, int]):
    """The bits of a page's lists of names, each read once: sites say most of them many times."""

    def __missing__(self, names: str) -> int:
        bits = self[names] = word_cues(names)
        return bits


def word_cues(names: str) -> int:
    """The bits of class, id and role names, parted by blanks."""
    bits = 0
    for name in names.split():
        bits |= _name_cues(name[:LONGEST])
    return bits


@lru_cache(maxsize=50_000)  # sites share their names, and a site's pages nearly all of them
def _name_cues(name: str) -> int:
    bits = 0
    for word in _HELD.findall(name.lower()):
        bits |= _ALL_BITS[word]
    return bits
