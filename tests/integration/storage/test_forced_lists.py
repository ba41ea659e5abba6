"""`--force` covers the pages of feeds and sitemaps, and two sitemaps that name each other come to an end."""

from __future__ import annotations

from dataclasses import replace

from tests.integration.parts.samples import digest, entry, labelled
from tests.integration.parts.steps import Clock, balanced, keep, leased
from worker.messages import Http, Listed
from worker.storage.values import Entry


def _sitemap(name: str) -> Entry:
    url = f"https://press.test/{name}.xml"
    return Entry(url, digest(url), "press.test:443", "sitemap")


def _read(request, *, urls=(), sitemaps=()) -> Listed:
    return Listed(request.item_id, request.token, list(urls), list(sitemaps), Http(200))


def _store(ledger, lead, *numbers: int) -> None:
    ledger.accept([entry(number) for number in numbers], ledger.open_job("before"))
    keep(ledger, *(labelled(request) for request in leased(ledger, lead)))


def test_known_pages_of_a_forced_sitemap_are_fetched_again_and_those_of_another_are_not(ledger, lead) -> None:
    _store(ledger, lead, 1, 2)
    for force, fetched in ((False, []), (True, [entry(1).url, entry(2).url])):
        job = ledger.open_job(f"job {force}")
        ledger.accept([_sitemap("map")], job, force=force)
        [request] = leased(ledger, lead)
        keep(ledger, _read(request, urls=[entry(1).url, entry(2).url]))
        requests = leased(ledger, lead)
        assert sorted(request.url for request in requests) == fetched
        keep(ledger, *(labelled(request) for request in requests))
    # The next reading of the sitemap, by whomever, is no forced one
    ledger.accept([_sitemap("map")], ledger.open_job("later"))
    [request] = leased(ledger, lead)
    keep(ledger, _read(request, urls=[entry(1).url]))
    assert leased(ledger, lead) == []
    assert balanced(ledger)


def test_sitemaps_that_name_each_other_come_to_an_end(ledger, lead) -> None:
    a, b = _sitemap("a"), _sitemap("b")
    for _ in range(2):
        ledger.accept([a], ledger.open_job("job"), force=True)
        read = []
        while requests := leased(ledger, lead):
            read += [request.url for request in requests]
            other = {a.url: b.url, b.url: a.url}
            keep(ledger, *(_read(request, sitemaps=[other[request.url]]) for request in requests))
            assert len(read) < 5
        assert read == [a.url, b.url, a.url]
    assert balanced(ledger)


def test_a_job_without_a_name_has_the_day_of_the_desk_and_a_number(ledger, engine, settings) -> None:
    clock = Clock()
    clock.at = 1_795_130_000.0  # 2026-11-19T23:13:20Z
    there = type(ledger)(engine, replace(settings, timezone="Asia/Phnom_Penh"), now=clock)
    here = type(ledger)(engine, settings, now=clock)
    there.open_job("2026-11-20-2")
    assert [there.open_job().name, there.open_job().name, here.open_job().name] == ["2026-11-20-1", "2026-11-20-3", "2026-11-19-1"]
