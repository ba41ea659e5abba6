"""Jobs: who added to each, and the report on one, which leads on to its articles and hosts."""

from __future__ import annotations

from urllib.parse import urlsplit

import lxml.html
import pytest
from fastapi import FastAPI

from tests.unit.dashboard.asgi import ask
from tests.unit.dashboard.filled import fill
from worker.bootstrap.dashboard import DashboardServices
from worker.operations import articles, audit, job_report
from worker.storage.search import SearchFilter

NAME = "morning <b>list</b>"


@pytest.fixture
def items(services: DashboardServices) -> list[int]:
    return fill(services)


def parsed(app: FastAPI, path: str) -> lxml.html.HtmlElement:
    answer = ask(app, "GET", path)
    assert answer.status == 200, (path, answer.status)
    return lxml.html.fromstring(answer.body.decode())


def test_the_list_and_the_job_say_who_added_to_it(app: FastAPI, services: DashboardServices, items: list[int]) -> None:
    for who, what, job in (
        *(("ben", "enqueue", NAME), ("ann", "enqueue", NAME), ("ben", "enqueue", NAME)),
        *(("eve", "enqueue", "another"), ("dan", "job stop", NAME), ("cat", "enqueue", NAME)),
    ):
        audit.record(services, who, what, count=1, which={"job": job})
    [cell] = parsed(app, "/jobs").xpath("//td[@data-h='Added by']")
    assert cell.text_content() == "ben, ann and 1 other"
    assert "added by ben, ann and 1 other" in parsed(app, "/jobs/1").text_content()
    assert "added by ben, ann, cat" in parsed(app, "/jobs/1/report").text_content()


def test_a_job_that_nobody_of_the_log_added_to_names_nobody(app: FastAPI, items: list[int]) -> None:
    [cell] = parsed(app, "/jobs").xpath("//td[@data-h='Added by']")
    assert cell.text_content() == ""
    assert "added by" not in parsed(app, "/jobs/1/report").text_content()


def test_the_report_has_the_figures_of_the_command_and_its_links_lead_to_as_many_articles(
    app: FastAPI, services: DashboardServices, items: list[int]
) -> None:
    found = job_report.report(services, "1")
    page = parsed(app, "/jobs/1/report")
    assert page.findtext(".//title", "").startswith(f"Report on {NAME}")
    rows = page.xpath("//table[@class='shares']/tbody/tr")
    shown = [int(cell.text_content().replace(",", "")) for row in rows for cell in row.findall("td")]
    assert shown == [number for _, values in found.sections for value in values[:12] for number in (value.count, value.distinct)]
    followed = 0
    for row in rows:
        for link in row.findall(".//a"):
            target = link.get("href") or ""
            listed = parsed(app, target)
            told = listed.xpath("string(//div[@class='head']/p)")
            assert told.split()[0] == row.findall("td")[0].text_content(), (target, told)
            followed += 1
    assert followed >= 5
    assert [urlsplit(link.get("href")).path for link in page.xpath("//h2[.='Hosts that refused or failed']/following::tbody[1]//a")]


def test_articles_of_a_job_are_a_search(app: FastAPI, services: DashboardServices, items: list[int]) -> None:
    assert articles.total(services, SearchFilter(job=1)) == len(items)
    head = parsed(app, "/articles?job=1").xpath("string(//div[@class='head']/p)")
    assert "in job 1" in head
    assert "No article matches in job 2" in parsed(app, "/articles?job=2").text_content()
    for wrong in ("x", "1.5", "-1", "9" * 30, "²"):
        assert ask(app, "GET", f"/articles?job={wrong}".encode().decode("latin-1")).status == 400, wrong


def test_the_file_is_the_page_that_the_command_writes(app: FastAPI, items: list[int]) -> None:
    answer = ask(app, "GET", "/jobs/1/report.html")
    assert answer.headers["content-disposition"] == 'attachment; filename="job-1.html"'
    assert lxml.html.fromstring(answer.body.decode()).xpath("//script | //link | //a") == []


@pytest.mark.parametrize("path", ["/jobs/nope/report", "/jobs/99/report", "/jobs/nope/report.html"])
def test_a_report_on_no_job_is_not_found(app: FastAPI, path: str) -> None:
    assert ask(app, "GET", path).status == 404
