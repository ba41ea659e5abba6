"""Tables of what is stored: articles, their labels and the evidence for them."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Double, Index, Integer, SmallInteger, Table, Text

from worker.storage.tables.schema import Id, metadata

articles = Table(
    "articles",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("final_url", Text, nullable=False),
    Column("canonical_url", Text),
    Column("title", Text),
    Column("text", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("published_at", Text, index=True),
    Column("published_on", Text),
    Column("published_source", Text),
    Column("modified_at", Text),
    Column("language", Text),
    Column("site_name", Text),
    Column("description", Text),
    Column("image", Text),
    Column("extractor", JSON, nullable=False),
    Column("warnings", JSON, nullable=False),
    Column("opt_outs", JSON, nullable=False),
    Column("http", JSON, nullable=False),
    Column("content_sha256", Text, nullable=False, index=True),
    Column("simhash", Text, nullable=False),
    Column("band_0", Integer, nullable=False, index=True),
    Column("band_1", Integer, nullable=False, index=True),
    Column("band_2", Integer, nullable=False, index=True),
    Column("band_3", Integer, nullable=False, index=True),
    Column("cluster_id", BigInteger, nullable=False, index=True),
    Column("fetched_at", Text, nullable=False),
    Column("stored_at", Double, nullable=False, index=True),
)
"""The text of each stored page and all that its extraction found; `band_0` to `band_3` are quarters of the simhash.

`published_on` is NULL in rows that a version before revision 0007 wrote: their day is the one in `published_at`.
"""

labels = Table(
    "labels",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("model_id", Text, nullable=False),
    Column("model_sha256", Text, nullable=False),
    Column("primary_topic", Text, index=True),
    Column("source_type", JSON, nullable=False),
    Column("language_supported", Boolean, nullable=False),
    Column("unknown_words", Double),
    Column("label_ms", Integer, nullable=False),
    Column("labelled_by", Text, index=True),
    Column("labelled_at", Double),
    Column("model_primary_topic", Text),
    Column("model_source_type", JSON(none_as_null=True)),
)
"""The model that labelled an article, and the labels that are one value each.

`labelled_by` is the person whose labels stand there (NULL: the model's do); what the model said is kept in `model_*`.
"""

topics = Table(
    "topics",
    metadata,
    Column("item_id", BigInteger, primary_key=True),
    Column("label", Text, primary_key=True),
    Column("place", SmallInteger, nullable=False),
    Column("probability", Double, nullable=False),
    Column("threshold", Double, nullable=False),
    Column("decision", Text, nullable=False),
    Column("model_decision", Text),
)
"""Every topic of the model that labelled an article; `place` is their order in the labels.

`decision` is the person's where one labelled the article; the model's is `model_decision` then, else NULL.
"""
Index("ix_topics_decision", topics.c.label, topics.c.decision)

evidence = Table(
    "evidence",
    metadata,
    Column("item_id", BigInteger, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("terms", JSON, nullable=False),
)
"""Sentences that speak for a label; `start` and `end` are offsets in the text or the title."""

facets = Table(
    "facets",
    metadata,
    Column("item_id", Id, primary_key=True, autoincrement=False),
    Column("day", Text, nullable=False),
    Column("published_at", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("source_type", Text, nullable=False),
    Column("topics", Text, nullable=False),
    Column("cluster_id", BigInteger, nullable=False, index=True),
)
"""What articles are filtered, ordered and counted by, a short row for each article beside its long one; what is unknown is empty, so
that it comes last in the same order on both databases.

`day` is the paper's own (`published_on`). `topics` holds the topics that are not `no`, as in `|trade|culture?|`: a question mark for
`unsure`.
"""
NEWEST = ("day", "published_at", "item_id")
Index("ix_facets_newest", *(facets.c[name] for name in (*NEWEST, "language", "source_type", "topics", "outlet", "host", "cluster_id")))
"""Holds whole rows in the order of a search, so that a filter that few articles meet reads one index and nothing else."""
Index("ix_facets_outlet", *(facets.c[name] for name in ("outlet", *NEWEST)))
for _name in ("day", "language", "source_type", "topics"):
    Index(f"ix_facets_{_name}", facets.c[_name])
"""Each is all that a count by its column reads."""

word_index = Table(
    "word_index",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("missing_to", BigInteger),
)
"""One row: no article up to `missing_to` is in SQLite's index of words yet (0: all are; NULL: this SQLite can have none)."""
