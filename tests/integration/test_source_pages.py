"""Sources in the dashboard, on real servers: from a front page's address to what is followed, by pages and by programs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.integration.parts.page_visitor import Shown, Visitor
from tests.integration.parts.samples import entry, failed, labelled
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.servers import RedisServer, until
from tests.integration.parts.steps import keep, leased
from worker.config import Settings
from worker.config.value_types import User, parse_allow_private
from worker.messages import Http, Listed
from worker.operations import source_list
from worker.operations.sources import Source
from worker.storage.ledger import Ledger
from worker.storage.source_list import HEALTHS

USERS = (User("ben", "editor", "token-of-ben"), User("vic", "viewer", "token-of-vic"))
FEED = "https://daily.test/feed.xml"
BOTH = pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite"), ("redis-server", "postgresql")], indirect=True)
ONE = pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite")], indirect=True)
BEN, VIC = {"Authorization": "Bearer token-of-ben"}, {"Authorization": "Bearer token-of-vic"}


PAGES = {
    "/": b"<html><head><link rel='alternate' type='application/rss+xml' href='/news.xml'>"
    b"<link rel='alternate' type='application/rss+xml' href='/sport.xml'></head><body>Front</body></html>",
    "/news.xml": b"<rss><channel><title>Saleng &lt;b&gt; Courier</title><language>en</language>"
    b"<item><link>/story/one</link></item></channel></rss>",
    "/sport.xml": b"<rss><channel><title>Saleng Sport</title><item><link>/story/two</link></item></channel></rss>",
}


class Paper:
    """A site on loopback whose front page names two feeds; it answers when it is let."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.free.set()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.free.wait(60)
                body = PAGES.get(self.path)
                self.send_response(200 if body else 404)
                self.send_header("Content-Type", "text/html" if self.path == "/" else "application/rss+xml")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.free.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def paper() -> Iterator[Paper]:
    made = Paper()
    yield made
    made.close()


@pytest.fixture
def dashboard(settings: Settings, redis_server: RedisServer, paper: Paper) -> Iterator[Dashboard]:
    allowed = parse_allow_private(f"127.0.0.1:{paper.port}")
    more = {"allow_private": allowed, "host_interval": 0.1, "dashboard_users": USERS}
    with served(replace(settings, redis_url=redis_server.url, **more)) as running:
        yield running


@pytest.fixture
def ben(dashboard: Dashboard) -> Visitor:
    """An editor."""
    made = Visitor(dashboard.url)
    assert made.sign_in("token-of-ben").status == 200
    return made


@pytest.fixture
def vic(dashboard: Dashboard) -> Visitor:
    """A viewer."""
    made = Visitor(dashboard.url)
    assert made.sign_in("token-of-vic").status == 200
    return made


def looked(visitor: Visitor, shown: Shown) -> Shown:
    """The page of a search once that is over, as the page's own refresh loads it."""
    found = [shown]

    def over() -> bool:
        if found[-1].page.xpath("//meta[@http-equiv='refresh'][@content='2']"):
            found.append(visitor.see(found[-1].address))
            return False
        return True

    until(over, 120, "the end of the search")
    return found[-1]


def followed(dashboard: Dashboard, url: str = FEED) -> int:
    """A source that is taken as it stands; its number."""
    answer = dashboard.post("sources", {"url": url, "kind": "feed", "title": f"Paper at {url}"}, **BEN)
    assert answer.status == 200, answer.body
    return int(answer.json["source"]["id"])


def polls_end(dashboard: Dashboard, reason: str | None = None) -> None:
    """Every poll that is due ends: fails for a reason, or brings a stored article and one that waits."""
    ledger = Ledger(dashboard.services.engine, dashboard.services.settings)
    lead = ledger.take_lead(ledger.leadership(), "test")
    assert lead is not None
    for request in leased(ledger, lead):
        if reason:
            keep(ledger, failed(request, reason, detail="<script>text/html</script>"))
            continue
        articles = [entry(number).url for number in (1, 2)]
        keep(ledger, Listed(request.item_id, request.token, articles, [], Http(200)))
        article = next(found for found in leased(ledger, lead) if found.kind == "article")
        keep(ledger, labelled(article))


def logged(dashboard: Dashboard) -> list[tuple[str, str, int | None]]:
    """Who did what to sources, and to how many; the newest first."""
    rows = dashboard.get("log", **BEN).json["entries"]
    return [(row["who"], row["what"], row["count"]) for row in rows if row["what"].startswith("sources")]


# Pages


@BOTH
def test_an_address_leads_to_what_was_found_and_from_there_to_what_is_followed(dashboard, ben, paper):
    # Given
    empty = ben.see("/sources")
    assert "You follow no paper yet" in empty.text
    assert "Give an address; Pressmark finds its feed." in empty.text
    # When
    found = looked(ben, ben.act("/sources", "/sources/find", url=f"{paper.origin}/"))
    # Then
    assert "2 feeds and sitemaps were found" in found.text
    assert "Saleng <b> Courier" in found.text
    assert [box.get("checked") is not None for box in found.page.xpath("//input[@type='checkbox']")] == [True, False]
    # When
    shown = ben.post("/sources/follow", {**found.form("/sources/follow"), "choice": "0"})
    # Then
    assert shown.flash == "Saleng <b> Courier is followed. The first articles come within minutes."
    listing = ben.see("/sources")
    assert "1 feed or sitemap is followed." in listing.text
    assert "Saleng Sport" not in listing.text
    # When the same is followed again
    again = ben.post("/sources/follow", {**found.form("/sources/follow"), "choice": ["0", "1"]})
    # Then the second alone is new
    assert again.flash.startswith("Saleng Sport is followed.")
    assert logged(dashboard) == [("ben", "sources add", 1), ("ben", "sources add", 0), ("ben", "sources add", 1)]


@ONE
def test_while_a_site_does_not_answer_the_pages_do_and_a_fourth_search_has_to_wait(dashboard, ben, paper):
    # Given
    paper.free.clear()
    searches = [ben.act("/sources", "/sources/find", url=f"{paper.origin}/?{number}") for number in range(3)]
    # Then
    for search in searches:
        assert "Looking for feeds" in search.text
        assert "2 min at most" in search.text
    assert ben.see("/hosts").status == 200
    fourth = ben.act("/sources", "/sources/find", url=f"{paper.origin}/?4")
    assert (fourth.status, "3 sites are being looked at already" in fourth.text) == (429, True)
    refused = dashboard.post("sources/discover", {"url": f"{paper.origin}/"}, **BEN)
    assert (refused.status, refused.reason, refused.headers["retry-after"]) == (429, "too-many", "10")
    # When
    paper.free.set()
    # Then
    assert [looked(ben, search).status for search in searches] == [200] * 3
    assert dashboard.post("sources/discover", {"url": f"{paper.origin}/"}, **BEN).status == 200


@ONE
def test_a_search_is_shown_to_whoever_began_it_and_to_nobody_else(dashboard, ben, vic, paper):
    search = ben.act("/sources", "/sources/find", url=f"{paper.origin}/nothing")
    assert "No feed was found" in looked(ben, search).text
    assert vic.see(search.address).status == 403
    assert ben.see("/sources/found?search=guess").flash == "This search is forgotten. Look again."


@BOTH
def test_a_broken_source_comes_first_says_what_it_is_and_its_place_is_taken_by_what_is_found(dashboard, ben, paper):
    # Given
    followed(dashboard, "https://first.test/feed")
    polls_end(dashboard)
    broken = followed(dashboard)
    polls_end(dashboard, "not-feed")
    # When
    listing = ben.see("/sources")
    # Then
    rows = [" ".join(row.text_content().split()) for row in listing.page.xpath("//tbody/tr")]
    assert FEED in rows[0]
    assert "Never read: it is a page, not a feed" in rows[0]
    assert "every 30 min" in rows[0]
    assert "it failed once (not-feed)" in rows[0]
    assert "Working" in rows[1]
    assert rows[1].endswith("2100%Ask now")  # two new articles, of which the one that ended is stored
    assert listing.page.xpath("string(//*[@id='count-sources'])") == "1 broken"
    [problem] = [one for one in dashboard.get("problems", **BEN).json if one["code"] == "source-failing"]
    assert (problem["level"], problem["count"], problem["act"]["href"]) == ("needs", 1, f"/sources/{broken}")
    assert "(not a feed)" in problem["what"]
    # When
    page = ben.see(f"/sources/{broken}")
    assert "Look for the feed that the page names" in page.text
    assert "<script>text/html</script>" in page.text
    found = looked(ben, ben.post("/sources/find", {**page.form("/sources/find"), "url": f"{paper.origin}/"}))
    done = ben.post("/sources/follow", {**found.form("/sources/follow"), "choice": "1"})
    # Then
    assert done.flash.startswith("Saleng Sport is followed, and the broken one no longer.")
    assert ben.see(f"/sources/{broken}").status == 404
    assert ben.see("/sources").page.xpath("string(//*[@id='count-sources'])") == ""


@BOTH
def test_every_act_on_a_source_is_told_undone_and_written_into_the_log(dashboard, ben):
    # Given
    source = followed(dashboard)
    path = f"/sources/{source}"
    polls_end(dashboard)
    # When, then
    paused = ben.act(path, f"{path}/pause")
    assert paused.flash == f"Paper at {FEED} is paused: it is not asked until you resume it."
    assert "Paused" in ben.see("/sources").text
    assert ben.post(f"{path}/resume", paused.form(f"{path}/resume")).flash == f"Paper at {FEED} goes on."
    assert "is asked now" in ben.act(path, f"{path}/poll").flash
    assert "Ask now" not in ben.see(path).text
    removed = ben.act(f"{path}/remove", f"{path}/remove")
    assert removed.flash == f"Paper at {FEED} is followed no longer. Its articles stay."
    assert "You follow no paper yet" in removed.text
    assert "is followed" in ben.post("/sources/follow", removed.form("/sources/follow")).flash
    acts = ["sources add", "sources remove", "sources poll", "sources resume", "sources pause", "sources add"]
    assert logged(dashboard) == [("ben", act, 1) for act in acts]


@ONE
def test_a_list_goes_in_and_out_and_its_refused_lines_are_shown(dashboard, ben):
    # When
    text = "url,title\nhttps://one.test/feed,One\nhttps://two.test/feed,=Two\nhttp://127.0.0.1:1/feed,Bad\n"
    done = ben.act("/sources/import", "/sources/import", list=text)
    # Then
    assert done.flash == "3 sources in the list: 2 added, 1 refused."
    assert "http://127.0.0.1:1/feed" in done.text
    for form, media in (("csv", "text/csv"), ("opml", "text/x-opml")):
        answer = dashboard.ask("GET", f"/export/sources?format={form}", **BEN)
        assert answer.headers["content-type"].startswith(media)
        assert answer.body == dashboard.get(f"sources/export?format={form}", **BEN).body
        again = dashboard.post("sources/import", {"content": answer.body.decode(), "name": f"feeds.{form}"}, **BEN)
        assert (again.json["added"], again.json["known"], again.json["refused"]) == (0, 2, 0)
    assert ben.see("/export/sources?format=xls").status == 400
    wrong = ben.act("/sources/import", "/sources/import", list="neither")
    assert (wrong.status, "expected OPML" in wrong.text) == (400, True)


@ONE
def test_a_viewer_reads_and_changes_nothing(dashboard, vic):
    # Given
    source = followed(dashboard)
    # When
    pages = [vic.see("/sources"), vic.see(f"/sources/{source}")]
    # Then
    for page in pages:
        assert page.status == 200
        assert "Editors can" in page.text
        assert [action for action in page.actions() if action.startswith("/sources")] == []
    assert dashboard.get("sources", **VIC).status == 200
    for act in ("pause", "resume", "poll"):
        assert dashboard.post(f"sources/{source}/{act}", **VIC).status == 403
    assert dashboard.delete(f"sources/{source}", **VIC).status == 403
    assert dashboard.post("sources", {"url": FEED, "kind": "feed"}, **VIC).status == 403
    assert dashboard.get(f"sources/{source}", **VIC).json["health"] == "new"


# Programs


@BOTH
def test_programs_follow_list_and_change_sources_with_the_objects_of_the_command(dashboard, paper):
    # When
    found = dashboard.post("sources/discover", {"url": f"{paper.origin}/"}, **BEN).json
    added = dashboard.post("sources", {"url": f"{paper.origin}/", "country": "KH"}, **BEN).json
    # Then
    assert [(one["url"], one["where"]) for one in found] == [(f"{paper.origin}/{name}.xml", "named") for name in ("news", "sport")]
    assert (added["state"], added["source"]["url"], added["source"]["country"]) == ("added", f"{paper.origin}/news.xml", "KH")
    assert [other["url"] for other in added["others"]] == [f"{paper.origin}/sport.xml"]
    # When
    one = added["source"]["id"]
    paused = dashboard.post(f"sources/{one}/pause", **BEN)
    # Then
    assert paused.json == {"count": 1}
    shown = dashboard.get(f"sources/{one}", **BEN).json
    assert shown == Source.of(dashboard.services.sources.some([one])[0]).to_dict()
    assert shown["health"] == "paused"
    assert dashboard.post(f"sources/{one}/resume", **BEN).json == {"count": 1}
    assert dashboard.post(f"sources/{one}/poll", **BEN).json == {"sent": 0, "under_way": 1}
    assert dashboard.delete(f"sources/{one}", **BEN).json == {"count": 1}
    for answer in (dashboard.get(f"sources/{one}", **BEN), dashboard.delete(f"sources/{one}", **BEN)):
        assert (answer.status, answer.reason) == (404, "not-found")


@ONE
def test_what_a_program_gets_wrong_is_refused_in_the_contract_s_form(dashboard, paper):
    for body in ({}, {"url": "http://10.0.0.1/feed", "kind": "feed"}, {"url": FEED, "kind": "page"}, {"url": FEED, "more": 1}):
        answer = dashboard.post("sources", body, **BEN)
        assert (answer.status, answer.reason) == (400, "bad-request"), body
    nothing = dashboard.post("sources", {"url": f"{paper.origin}/nothing"}, **BEN)
    assert (nothing.status, nothing.reason) == (400, "bad-request")
    assert dashboard.post("sources/import", {"content": "neither"}, **BEN).reason == "bad-request"
    for query in ("cursor=x", "health=ill", "limit=0", "more=1"):
        assert dashboard.get(f"sources?{query}", **BEN).reason == "bad-request", query
    assert dashboard.get("sources/x", **BEN).reason == "not-found"


@BOTH
def test_a_list_is_cut_into_pages_that_hold_every_source_once(dashboard):
    # Given
    ids = [followed(dashboard, f"https://h{number}.test/feed") for number in range(7)]
    polls_end(dashboard, "http-404")
    for number in ids[:2]:
        dashboard.post(f"sources/{number}/pause", **BEN)
    # When
    seen, path = [], "sources?limit=3"
    while path:
        answer = dashboard.get(path, **BEN)
        seen += [one["id"] for one in answer.json]
        link = answer.headers.get("link", "")
        path = link.partition(">")[0].partition("/api/v1/")[2]
    # Then
    assert seen == ids
    assert [one["id"] for one in dashboard.get("sources?health=paused", **BEN).json] == ids[:2]
    # And by health, the broken ones first
    first = source_list.listed(dashboard.services, 4, order="health")
    rest = source_list.listed(dashboard.services, 4, first.next, "health")
    assert [one.id for one in (*first.sources, *rest.sources)] == [*ids[2:], *ids[:2]]
    assert rest.next is None


@BOTH
def test_the_database_judges_the_health_of_a_source_as_the_operations_do(dashboard):
    # Given one of each health
    services = dashboard.services
    for reason in ("not-feed", None):
        followed(dashboard, f"https://{reason}.test/feed")
        polls_end(dashboard, reason)
    new, paused = followed(dashboard, "https://new.test/feed"), followed(dashboard, "https://paused.test/feed")
    dashboard.post(f"sources/{paused}/pause", **BEN)
    # When
    judged = {health: {one.id for one in source_list.listed(services, health=health).sources} for health in HEALTHS}
    # Then
    everyone = source_list.listed(services).sources
    assert judged == {health: {one.id for one in everyone if one.health == health} for health in HEALTHS}
    assert {one.health for one in everyone} >= {"failing", "well", "new", "paused"}
    assert judged["new"] == {new}
    assert services.sources.counts() == {health: len(ids) for health, ids in judged.items()}
    metrics = dashboard.ask("GET", "/metrics", **BEN).body.decode()
    assert 'pressmark_sources{health="paused"} 1.0' in metrics
