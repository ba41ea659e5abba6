"""Read XML element by element: with libxml2 as far as it is well-formed, and mended where it is not."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from worker.intake.xml.elements import Element, Wanted
from worker.intake.xml.repair import RepairingReader
from worker.intake.xml.strict import NotWellFormed, StrictReader


class XmlStream:
    """Yields every entry that is whole, in document order, with its children.

    Iterating raises ItemFailed(PARSE_LIMIT) for a document type that declares entities, for an element of too many
    attributes and for too many elements.
    """

    def __init__(self, text: str, wanted: Wanted) -> None:
        self._given = text, wanted
        self._reader: StrictReader | RepairingReader = StrictReader(*self._given)

    @property
    def root(self) -> str:
        """Name of the root element in lower case, once it has been read; empty for what is no XML."""
        return self._reader.root

    @property
    def about(self) -> list[Element]:
        """What stands beside the entries: title, link and the like of the feed itself."""
        return self._reader.about

    @property
    def error(self) -> str | None:
        """Once all is read: where the document breaks off, None where it does not."""
        return self._reader.error

    def __iter__(self) -> Iterator[Element]:
        count = 0
        try:
            for element in self._reader:
                count += 1
                yield element
        except NotWellFormed:
            self._reader = RepairingReader(*self._given)
            yield from islice(self._reader, count, None)  # both read alike what came before the fault
