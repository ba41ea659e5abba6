"""A job's report: every figure is what one finds by looking at each item, and the page is one that can be handed on."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest

from classifier.labels import TopicLabel
from tests.integration.parts.samples import LABELS, digest, extracted
from tests.integration.parts.steps import keep
from tests.integration.window.conftest import Desk
from worker.cli import main as program
from worker.errors import NotFound
from worker.messages import Labelled
from worker.operations import audit, job_report
from worker.operations.sharing.job_page import report_page
from worker.results import Result

EVIL = "<script>alert(1)</script>\x1b[31m\x00\ufffe"


@pytest.fixture
def told(desk: Desk) -> list[Result]:
    """A job with four articles, two of them near copies, a dead page and a refused one; and another job."""
    desk.accept(range(6))
    desk.accept(range(90, 92), "other.test:443", job="another")
    while requests := desk.leased():
        for request in requests:
            number = int(request.url.rsplit("/", 1)[1])
            if number in (4, 5):
                desk.fail(request, ("http-404", "opted-out")[number - 4])
                continue
            page = extracted(request, f"Story {number}.", digest("wire" if number < 2 else str(number))[:16])
            article = replace(page.article, site_name="The <b>Courier</b>" if number < 3 else None, language=None if number == 3 else "km")
            marks = [TopicLabel("trade", 0.9, 0.4, "yes" if number < 2 else "unsure"), TopicLabel("culture", 0.1, 0.4, "no")]
            keep(desk.ledger, Labelled(replace(page, article=article), replace(LABELS, topics=marks), label_ms=1))
        desk.clock.at += 3
    return [one for one in desk.services.articles.results() if 1 in one.job_ids]


def test_a_report_counts_outcomes_labels_outlets_and_where_it_failed(desk: Desk, told: list[Result]) -> None:
    found = job_report.report(desk.services, "job")
    assert len(told) == found.articles == found.job.stored == 4
    assert found.distinct == len({one.cluster_id for one in told}) == 3
    assert {(one.state, one.reason): one.count for one in found.outcomes} == {
        ("stored", None): 4,
        ("dead", "http-404"): 1,
        ("refused", "opted-out"): 1,
    }
    assert {one.key: (one.count, one.distinct) for one in found.topics} == {"trade": (2, 1), "none": (2, 2), "unsure": (2, 2)}
    assert {one.key: one.count for one in found.outlets} == Counter(one.outlet for one in told)
    assert {one.key: (one.count, one.distinct) for one in found.languages} == {"km": (3, 2), "": (1, 1)}
    assert [(one.key, one.count) for one in found.days] == [("2026-11-24", 4)]
    assert [(one.host, one.state, one.reason, one.count) for one in found.failing_hosts] == [
        ("press.test:443", "dead", "http-404", 1),
        ("press.test:443", "refused", "opted-out", 1),
    ]
    assert job_report.report(desk.services, "another").articles == 2
    json.dumps(found.to_dict())


def test_a_report_names_who_added_to_the_job(desk: Desk, told: list[Result]) -> None:
    assert job_report.report(desk.services, "job").added_by == ()
    for who, job in (("ben", "job"), ("ann", "job"), ("ben", "job"), ("eve", "another")):
        audit.record(desk.services, who, "enqueue", count=1, which={"job": job, "lane": "normal"})
    audit.record(desk.services, "dan", "enqueue", count=0)
    found = job_report.report(desk.services, "job")
    assert found.added_by == ("ben", "ann")
    assert "added by ben, ann" in lxml.html.fromstring(report_page(found, "UTC")).text_content()


def test_a_job_without_items_and_one_that_is_not_there(desk: Desk) -> None:
    desk.ledger.open_job("empty")
    found = job_report.report(desk.services, "empty")
    assert (found.articles, found.distinct, found.outcomes, found.outlets) == (0, 0, (), ())
    assert "The job has no items." in report_page(found, "UTC")
    with pytest.raises(NotFound):
        job_report.report(desk.services, "nowhere")


def test_the_page_needs_nothing_else_and_runs_nothing_that_a_site_wrote(desk: Desk, told: list[Result]) -> None:
    found = job_report.report(desk.services, "job")
    found = replace(found, job=replace(found.job, name=EVIL), outlets=(replace(found.outlets[0], key=EVIL), *found.outlets))
    page = report_page(found, "Asia/Phnom_Penh")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", page)
    tree = lxml.html.fromstring(page)
    assert tree.xpath("//script | //link | //img | //iframe | //b | //@href | //@src") == []
    assert [name for name in tree.xpath("//@*/..") if any(key.startswith("on") for key in name.attrib)] == []
    assert "<script>alert(1)</script>[31m" in tree.findtext(".//title")
    assert "The <b>Courier</b>" in [cell.text_content() for cell in tree.xpath("//th[@scope='row']")]
    assert "4 stored articles, 3 distinct ones" in tree.text_content()


def test_the_command_prints_tables_json_and_the_page(
    desk: Desk, told: list[Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRESSMARK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PRESSMARK_DATABASE_URL", desk.services.settings.database_url or "")
    page = tmp_path / "job.html"
    assert program.run(["jobs", "report", "job", "--json", "--html", str(page)]) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["articles"] == 4
    assert shown.err == f"{page} written\n"
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert program.run(["jobs", "report", "job"]) == 0
    shown = capsys.readouterr()
    assert "The <b>Courier</b>" in shown.out
    assert "4 stored articles, 3 distinct ones" in shown.err
    for arguments in (["nowhere"], ["job", "--html", str(tmp_path / "no" / "job.html")], ["job", "--html", str(tmp_path)]):
        assert program.run(["jobs", "report", *arguments]) == 2
        shown = capsys.readouterr()
        assert (shown.out, shown.err.count("\n")) == ("", 1)
