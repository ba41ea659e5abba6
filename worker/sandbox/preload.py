"""Load what parse children inherit: the forkserver imports this module once, and it reads a page, before any child is forked.

Work at import is the purpose of this module and of no other. The libraries load models and compile patterns at their
first page: 0.7 s of CPU that every fresh child would spend again, counted against a page that did nothing wrong.
"""

from __future__ import annotations

import contextlib
import gc

from worker.extract.fields.language import language_of
from worker.sandbox.child import SAMPLE, read

FRENCH = "Le ministre a rencontré l'ambassadeur pour discuter de la coopération entre les deux pays."

with contextlib.suppress(Exception):  # each child reads the sample itself, and its parent sees where that fails
    read("article", SAMPLE)
    language_of(FRENCH)  # loads the language identifier, which English pages do not need
gc.freeze()
