"""Hold the forms in which pages write dates: with the names of months in all languages, or in numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from worker.extract.words.languages import any_of, branches, months, words

MONTHS = months()
"""The number of every month's name."""
_SOLAR_MONTHS = months("solar_months")


def folded(month: str) -> str:
    """A month's name as all its spellings with other cases have it; the capital of the dotless i is that of the other i elsewhere."""
    return month.casefold().replace("\u0307", "").replace("\u0131", "i")


NUMBERS, SOLAR_NUMBERS = ({folded(name): number for name, number in names.items()} for names in (MONTHS, _SOLAR_MONTHS))
_NAMES = branches([*MONTHS, *_SOLAR_MONTHS])
_YEAR = r"(?P<year>(?:19|20|24|25|26|13(?=[6-9])|14(?=0))\d\d|(?<![^\W\d])['’][0-4]\d)"
"""Of our era, the Buddhist one or the solar one, or the last two digits after an apostrophe."""
_END = r"(?:(?!\d)|(?=\d{1,2}:\d\d)|(?=\d{1,2}\.\d{1,2}\.(?:19|20)\d\d))"
"""The end of a date: no digit follows, or a time of day or a second date that an element of its own parts only on the screen."""
_BEGIN = r"(?:(?<![^\W\d_])|(?-i:(?<=[a-z])(?=[A-Z])))"
"""The beginning of a name: no letter precedes, or a small one does before a capital, which an element of its own parts."""
_ERA = rf"(?:,?\s*|\s*{any_of('before_year')}\s*)"
_DAY_NUMBER = r"(?<!\d)(?P<day>\d{1,2})"
_DAY = rf"{_DAY_NUMBER}(?:st|nd|rd|th|er|\.)?"
_THAI = branches(word for word in MONTHS if "\u0e00" <= word[0] <= "\u0e7f")
_PARTS = {
    "year": _YEAR, "number": r"(?P<month>\d{1,2})", "month": f"(?P<month>{_NAMES})", "day": _DAY_NUMBER, "ordinal": _DAY,
    "months": _NAMES, "thai": f"(?P<month>{_THAI})", "era": _ERA, "of": any_of("before_month"), "begin": _BEGIN, "end": _END,
}  # fmt: skip
"""What stands in the form of a date."""


def form_pattern(template: str) -> re.Pattern[str]:
    """The pattern of a form of dates, such as a language's `written_date`."""
    return re.compile(re.sub("(?<!P)<([a-z]+)>", lambda match: _PARTS[match[1]], template), re.IGNORECASE)


@dataclass(frozen=True)
class Form:
    """A form of dates in prose."""

    template: str
    key: str = ""
    """What every such date has, in lower case."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled when a text may first match it: with the names of all months that takes 25 ms."""
        return form_pattern(self.template)


def _written(entry: str) -> Form:
    """The form of an entry of `written_date`."""
    key, _, template = entry.rpartition(" :: ")
    return Form(template, key)


PROSE = (
    *map(
        Form,
        (
            r"<ordinal>[\s\-/]*<of>?[\s\-/]*<month>\.?(?:\s?/\s?(?:<months>))?<era>[\s\-/]*<year><end>",
            r"<begin><month>\.?[\s\-/]+<ordinal>[,\-/]?\s*<year><end>",
            r"(?<![\d/.\-])<year>[/.\-]\s?<number>[/.\-]\s?(?P<day>\d{1,2})(?![\d/])",
            r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?=\s+\d\d:\d\d)",  # 20080109 15:24
        ),
    ),
    *sorted(map(_written, words("written_date")), key=lambda form: (-len(form.template), form.template)),
)
THAI_SHORT = form_pattern(r"<ordinal>\s*<thai>\s*(?P<short>[4-9]\d)(?!\d)")
"""Thai months with the last two digits of the Buddhist year: the third of June 68 is in 2025."""
NUMERIC = form_pattern(r"(?<![\d/.\-])(?P<a>\d{1,2})(?P<sep>[/.\-])\s?(?P<b>\d{1,2})(?P=sep)\s?<year>(?!/)<end>")
SHORT_YEAR = form_pattern(r"(?<![\d/.\-])(?P<a>\d{2})(?P<sep>[/.\-])(?P<b>\d{2})(?P=sep)(?P<short>[0-4]\d)(?![\d/.\-]|\s?%)")
"""Numbers with the last two digits of the year: 30.10.23."""
