"""What parse children inherit: the forkserver imports this module once, and it reads a page, before any child is forked.

Work at import is the point here and nowhere else. The libraries load models and compile patterns at their
first page: 0.7 s of CPU that every fresh child would spend anew, on the account of a page that did nothing wrong.
"""

from __future__ import annotations

import contextlib
import gc

from worker.extract.fields.language import language_of
from worker.sandbox.pool import SAMPLE, read

FRENCH = "Le ministre a rencontré l'ambassadeur pour discuter de la coopération entre les deux pays."

with contextlib.suppress(Exception):  # a child will find out by itself, and tell its parent
    read("article", SAMPLE)
    language_of(FRENCH)  # by the classifier of languages, which English pages do not ask
gc.freeze()
