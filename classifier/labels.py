"""The label set: the topics and source types that an article can have, in the contract's order."""

from __future__ import annotations

from enum import StrEnum


class Topic(StrEnum):
    """What an article reports on; any subset, possibly none."""

    BORDER_DISPUTE = "border_dispute"
    TRADE = "trade"
    DEMINING = "demining"
    CULTURE = "culture"


class SourceType(StrEnum):
    """Who speaks in an article; exactly one."""

    OFFICIAL = "official"
    PROMOTIONAL = "promotional"
    INDEPENDENT = "independent"


class Decision(StrEnum):
    """What a probability means for a topic."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


TOPICS = tuple(Topic)
SOURCE_TYPES = tuple(SourceType)
