"""Write a job's report as one HTML page that needs nothing else: no script, no picture, no address of another server."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from worker.operations.job_report import JobReport
from worker.operations.reason_words import words
from worker.operations.sharing.plain_text import plain
from worker.operations.times import local_time

UNKNOWN = "not known"


def report_page(report: JobReport, zone: str) -> str:
    """The page, times in `zone`."""
    return plain(_template().render(report=report, job=report.job, zone=zone))


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=FileSystemLoader(Path(__file__).parent))
    environment.filters |= {"words": words, "local": local_time, "label": _label}
    return environment.get_template("page.html")


def _label(key: str) -> str:
    return key.replace("_", " ") or UNKNOWN
