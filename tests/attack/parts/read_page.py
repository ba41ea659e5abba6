"""Read one page in this process, and print what that cost: `python -m tests.attack.parts.read_page KIND FILE`.

One JSON document: `cpu` in seconds and `mb`, both without the start of the program, and `reason` where there is no article.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path

from tests.attack.parts.commands import peak_memory
from worker.errors import ItemFailed
from worker.messages import Page
from worker.sandbox.pool import SAMPLE, read


def spent() -> float:
    """Seconds of CPU until now."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(kind: str, file: str) -> None:
    """Reads it."""
    with suppress(ItemFailed):
        read("article", SAMPLE)  # loads models and compiles patterns, as a parse child has done before its first page
    url = "http://press.test/2026/03/22/trade"
    page = Page(url=url, final_url=url, status=200, body=Path(file).read_bytes(), content_type=None)
    before, reason = spent(), None
    try:
        read(kind, page)
    except ItemFailed as failed:
        reason = failed.reason.word
    peak = peak_memory(os.getpid())  # ru_maxrss would count the parent, too, from before the exec
    sys.stdout.write(json.dumps({"cpu": round(spent() - before, 2), "mb": round(peak), "reason": reason}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
