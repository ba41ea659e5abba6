"""Load what parse children inherit: the forkserver imports this module once, and it reads a page, before any child is forked.

Work at import is the purpose of this module and of no other. The libraries load models and compile patterns at their
first page: 0.7 s of CPU that every fresh child would spend again, counted against a page that did nothing wrong.
"""

from __future__ import annotations

import contextlib
import gc

from worker.extract.dates.parse import find_dates
from worker.extract.fields.language import language_of
from worker.sandbox.child import SAMPLE, read

FRENCH = "Le ministre a rencontré l'ambassadeur pour discuter de la coopération entre les deux pays."
DATES = "Published: Monday, 5 May 2024, 10:30 (updated May 6, 2024, 2024-05-07T10:30:00Z, 05/06/2024, 7th of May 2024)"

with contextlib.suppress(Exception):  # each child reads the sample itself, and its parent sees where that fails
    read("article", SAMPLE)
    find_dates(DATES)  # compiles the forms of dates that most pages have
    language_of(FRENCH)  # loads the language identifier, which English pages do not need
gc.freeze()
