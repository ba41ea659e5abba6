"""Compare texts with words, and keep an index of the pieces of text in articles, so that a search need not read them all.

On SQLite it is a table of FTS5 with trigrams of any script, without the texts themselves, written in the transaction of the article. On
PostgreSQL it is an index of pg_trgm, which the server keeps. Both name candidates; `search` compares the texts themselves. Where a
database has neither, a search reads the texts. docs/decisions/search.md has the figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from string import ascii_lowercase

from sqlalchemy import (
    ARRAY,
    Boolean,
    ColumnElement,
    Connection,
    Engine,
    Text,
    cast,
    column,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from worker.storage.database import one_of, reading, writing
from worker.storage.tables import articles, facets, word_index

TRIGRAM = 3
MOST_TRIGRAMS = 24
"""Trigrams of one word that are looked up: more of them hardly narrow the candidates, and each list costs time."""
MOST_ENDINGS = 1500
"""Trigrams that may begin with a word of two letters; with more of them the texts are read instead."""
AT_ONCE = 100
"""Articles that are indexed in one transaction: a fifth of a second, after which other writers have their turn."""
LAST_CHARACTER = "\U0010ffff"
WRITTEN_TWICE = "([\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff])"
"""Letters of Chinese, Japanese and Korean are doubled in PostgreSQL's index, so that a word of two letters has trigrams, too."""
TRIGRAMS = "ix_articles_trigrams"
"""Holds the trigrams of each text as an array, so that the server need not compare the texts of what the index names, as it would with
the operators of pg_trgm: 0.15 ms for each candidate."""
WORK_MEM = "64MB"
"""Holds the places of a million candidates one by one; in 4 MB the server notes whole pages, and makes the trigrams of every text there."""
PAIRS = "ix_articles_words"
"""The index of versions before, whose candidates are compared."""
BUILDS = 0x57524453
"""The advisory lock of whoever builds PostgreSQL's index: "WRDS" in ASCII."""


def normalised(word: str) -> str:
    """As texts are compared: in NFC, which stored texts have, and in lower case."""
    return unicodedata.normalize("NFC", word).lower()


# Comparing texts


class _Holds(FunctionElement[bool]):
    """Of a title, a text and a word in lower case; each database compares in the way that costs it least.

    PostgreSQL needs 84 microseconds for a text of 3,000 characters with `lower` and LIKE, most of it for capitals of all scripts.
    """

    inherit_cache = True
    type = Boolean()
    folded = "lower({})"


class _HoldsAscii(_Holds):
    """The word has no letters with capitals but ASCII's; of others only the dotted capital I becomes one of them. 40 microseconds."""

    inherit_cache = True
    folded = """lower(replace({}, 'İ', 'i') COLLATE "C")"""


class _HoldsCaseless(_Holds):
    """The word has no letters with capitals at all. 24 microseconds."""

    inherit_cache = True
    folded = "{}"


@compiles(_Holds, "sqlite")
def _on_sqlite(element: _Holds, compiler: SQLCompiler, **_: object) -> str:
    return f"holds({compiler.process(element.clauses)})"


@compiles(_Holds, "postgresql")
def _on_postgres(element: _Holds, compiler: SQLCompiler, **_: object) -> str:
    title, words, word = (compiler.process(part) for part in element.clauses)
    return " OR ".join(f"strpos({element.folded.format(column)}, {word}) > 0" for column in (title, words)).join("()")


def holds(word: str) -> ColumnElement[bool]:
    """Title or text of an article holds the word, in any case."""
    folded = normalised(word)
    foreign = [letter for letter in folded if letter.upper() != letter and not letter.isascii()]
    way = _Holds if foreign else _HoldsAscii if folded.upper() != folded else _HoldsCaseless
    return way(articles.c.title, articles.c.text, literal(folded))


# SQLite

_INDEX = table("article_words", column("article_words"), column("rowid"), column("words"))
_TERMS = table("article_terms", column("term"))
_WORDS = func.lower(func.coalesce(articles.c.title, "") + "\n" + articles.c.text) + "\n\n"
"""What is indexed of an article. Two letters at the end begin a trigram, too."""


def add(connection: Connection, item_ids: Sequence[int]) -> None:
    """Indexes articles that were just written."""
    if reached := _reached(connection, item_ids):
        _index(connection, one_of(articles.c.item_id, reached))


def remove(connection: Connection, item_ids: Sequence[int]) -> None:
    """Takes articles out that are about to be deleted: the index finds its entries by the texts."""
    if reached := _reached(connection, item_ids):
        rows = select(literal("delete"), articles.c.item_id, _WORDS).where(one_of(articles.c.item_id, reached))
        connection.execute(insert(_INDEX).from_select(["article_words", "rowid", "words"], rows))


def _reached(connection: Connection, item_ids: Sequence[int]) -> list[int]:
    """Those of the articles that are not left to `index_some`."""
    missing_to = _missing_to(connection)
    return [item_id for item_id in item_ids if missing_to is not None and item_id > missing_to]


def _index(connection: Connection, where: ColumnElement[bool]) -> None:
    connection.execute(insert(_INDEX).from_select(["rowid", "words"], select(articles.c.item_id, _WORDS).where(where)))


def _missing_to(connection: Connection) -> int | None:
    """No article up to this one is in the index yet; None where SQLite has no index, or the database keeps its own."""
    if connection.dialect.name != "sqlite":
        return None
    return connection.execute(select(word_index.c.missing_to)).scalar_one_or_none()


def index_some(engine: Engine) -> bool:
    """Indexes some of the articles that were there before the index, the newest first; returns whether there are more."""
    if engine.dialect.name != "sqlite":
        return False
    with reading(engine) as connection:
        if not _missing_to(connection):
            return False
    with writing(engine) as connection:
        missing_to = _missing_to(connection) or 0
        ids = select(articles.c.item_id).where(articles.c.item_id <= missing_to).order_by(articles.c.item_id.desc()).limit(AT_ONCE)
        found = list(connection.execute(ids).scalars())
        if found:
            _index(connection, articles.c.item_id.between(found[-1], found[0]))
        left = found[-1] - 1 if len(found) == AT_ONCE else 0
        connection.execute(update(word_index).values(missing_to=left))
        return left > 0


def begin_anew(connection: Connection) -> None:
    """Leaves every article to `index_some`: after rows were written past the index, which holds none of them."""
    if _missing_to(connection) is not None:
        newest = select(func.coalesce(func.max(articles.c.item_id), 0)).scalar_subquery()
        connection.execute(update(word_index).values(missing_to=newest))


def missing(engine: Engine) -> int:
    """How many articles are not indexed yet."""
    with reading(engine) as connection:
        missing_to = _missing_to(connection)
        if not missing_to:
            return 0
        return connection.execute(select(func.count()).select_from(articles).where(articles.c.item_id <= missing_to)).scalar_one()


# PostgreSQL


def build(engine: Engine) -> str | None:
    """Makes PostgreSQL's index where it is not there, while others read and write; returns why there can be none."""
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.execute(text("SELECT current_setting('lc_ctype') IN ('C', 'POSIX')")).scalar_one():
            return "the database's lc_ctype is C, in which PostgreSQL knows no letters beyond ASCII"
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": BUILDS}).scalar_one():
            return None  # another process builds it
        try:
            return _build(connection)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": BUILDS})


def _build(connection: Connection) -> str | None:
    try:
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
    except DBAPIError as error:
        return f"the extension pg_trgm cannot be made: {' '.join(str(error.orig).split())[:200]}"
    if _valid(connection):
        return None
    connection.execute(text("SET statement_timeout = 0"))
    connection.execute(text("SET lock_timeout = 0"))
    connection.execute(text(f"DROP INDEX IF EXISTS {TRIGRAMS}"))  # left by a build that was stopped
    connection.execute(text(f'CREATE INDEX CONCURRENTLY {TRIGRAMS} ON articles USING gin (({_TRIGRAMS_SQL}) COLLATE "C")'))
    connection.execute(text(f"ALTER INDEX {TRIGRAMS} ALTER COLUMN 1 SET STATISTICS 0"))  # ANALYZE would make 30,000 lists of trigrams
    connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {PAIRS}"))
    return None


def _valid(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)"), {"name": TRIGRAMS}))


def _doubled(sql: str) -> str:
    return f"regexp_replace({sql}, '{WRITTEN_TWICE}', '\\1\\1', 'g')"


_TRIGRAMS_SQL = "show_trgm(" + _doubled("coalesce(title, '') || chr(10) || text") + ")"
_PAIRS_SQL = _doubled("lower(coalesce(title, '') || chr(10) || text)")


def _trigrams_of(connection: Connection, words: Iterable[str]) -> list[str]:
    """Trigrams that every text with these words has, MOST_TRIGRAMS of each at most.

    pg_trgm parts words at whatever is no letter, and each begins and ends with blanks. Which trigrams do so at the ends of what is looked
    for depends on the text around it: those are left out that are not the same between two blanks and between two letters.
    """
    alone, between = "SELECT unnest(show_trgm(:word))", "SELECT unnest(show_trgm(:between))"
    query = text(f"{alone} INTERSECT {between} LIMIT :most")
    found: set[str] = set()
    for word in words:
        doubled = re.sub(WRITTEN_TWICE, r"\1\1", word)
        other = next((letter for letter in ascii_lowercase if letter not in doubled), "")
        given = {"word": doubled, "between": f"{other}{doubled}{other}", "most": MOST_TRIGRAMS}
        found |= set(connection.execute(query, given).scalars()) if other else set()
    return sorted(found)


# Both


def candidates(connection: Connection, words: Iterable[str]) -> ColumnElement[bool] | None:
    """What rows of `facets` must meet to be of an article that may hold every word; None where the index narrows nothing."""
    folded = [normalised(word) for word in words]
    if connection.dialect.name == "postgresql":
        return _candidates_of_server(connection, folded)
    missing_to = _missing_to(connection)
    expression = None if missing_to is None else _expression(connection, folded)
    if expression is None:
        return None
    indexed = facets.c.item_id.in_(select(_INDEX.c.rowid).where(_INDEX.c.article_words.op("MATCH")(expression)))
    return or_(indexed, facets.c.item_id <= missing_to) if missing_to else indexed


def _candidates_of_server(connection: Connection, words: Sequence[str]) -> ColumnElement[bool] | None:
    if not _valid(connection):  # it is being built after an upgrade, and the one before may be there, or there can be none
        return facets.c.item_id.in_(select(articles.c.item_id).where(*(_pairs_contain(word) for word in words)))
    if not (wanted := _trigrams_of(connection, words)):
        return None
    connection.execute(text(f"SET LOCAL work_mem = '{WORK_MEM}'"))
    among = literal_column(f'({_TRIGRAMS_SQL} COLLATE "C")').op("@>")(cast(wanted, ARRAY(Text)))
    return facets.c.item_id.in_(select(articles.c.item_id).where(among))


def _pairs_contain(word: str) -> ColumnElement[bool]:
    doubled = re.sub(WRITTEN_TWICE, r"\1\1", word)
    return literal_column(_PAIRS_SQL).contains(doubled, autoescape=True)


def _expression(connection: Connection, words: Sequence[str]) -> str | None:
    """FTS5's expression of texts with all trigrams of all words; None where no word has one."""
    parts = [part for word in words if (part := _expression_of(connection, word))]
    return " AND ".join(parts) or None


def _expression_of(connection: Connection, word: str) -> str | None:
    if len(word) < TRIGRAM - 1:
        return None
    if len(word) == TRIGRAM - 1:
        ends = select(_TERMS.c.term).where(_TERMS.c.term.between(word, word + LAST_CHARACTER)).limit(MOST_ENDINGS + 1)
        found = connection.execute(ends).scalars().all()
        return None if len(found) > MOST_ENDINGS else f"({' OR '.join(map(_quoted, found)) or _quoted(word + LAST_CHARACTER)})"
    trigrams = list(dict.fromkeys(word[start : start + TRIGRAM] for start in range(len(word) - TRIGRAM + 1)))
    step = max(1, len(trigrams) // MOST_TRIGRAMS)
    return " AND ".join(map(_quoted, trigrams[::step][:MOST_TRIGRAMS]))


def _quoted(term: str) -> str:
    return '"' + term.replace('"', '""') + '"'
