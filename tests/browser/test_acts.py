"""What people do in the browser: by keyboard alone, without script, two at once; and what stored scripts must not do."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Watched, World, watched
from tests.browser.payloads import HOST, PAYLOADS


def number_in(text: str | None) -> int:
    """The first number of a text."""
    found = re.search(r"\d[\d,]*", text or "")
    assert found is not None, text
    return int(found.group().replace(",", ""))


def press(page: Page, *keys: str) -> None:
    """Presses keys one after another, as a person does."""
    for key in keys:
        page.keyboard.press(key)


# Keys


def test_articles_are_reached_opened_and_left_by_keys_alone(seen: Watched) -> None:
    seen.open("/")
    press(seen.page, "g", "a")
    seen.page.wait_for_url("**/articles")
    press(seen.page, "j", "j")
    expect(seen.page.locator(":focus")).to_have_attribute("data-row", "")
    press(seen.page, "Enter")
    seen.page.wait_for_url(re.compile(r"/articles/\d+"))
    first = seen.page.url
    press(seen.page, "j")
    seen.page.wait_for_function("first => location.href !== first", arg=first)
    press(seen.page, "u")
    seen.page.wait_for_url(re.compile(r"/articles(\?.*)?$"))
    seen.expect_quiet()


def test_the_key_e_goes_from_one_piece_of_evidence_to_the_next(seen: Watched) -> None:
    seen.open("/articles?topic=trade")
    seen.page.locator("[data-row]").first.click()
    marks = seen.page.locator("h1 mark, .text mark")
    number = marks.count()
    assert number
    for step in range(number + 1):
        press(seen.page, "e")
        assert marks.evaluate_all("marks => marks.indexOf(document.activeElement)") == step % number
    seen.expect_quiet()


def test_keys_are_silent_in_a_field_and_when_they_are_switched_off(seen: Watched) -> None:
    seen.open("/keys")
    seen.page.locator("#keys-off").check()
    seen.open("/")
    press(seen.page, "g", "a")
    expect(seen.page.locator("h1")).not_to_have_text("Articles")
    seen.open("/keys")
    seen.page.locator("#keys-off").uncheck()
    seen.open("/")
    press(seen.page, "/")
    seen.page.keyboard.type("ga")
    expect(seen.page.locator("#q")).to_have_value("ga")
    seen.expect_quiet()


def test_a_keyboard_without_latin_letters_reviews_by_the_place_of_its_keys(seen: Watched) -> None:
    seen.open("/review")
    box = seen.page.locator("input[name=topics][value=trade]")
    assert not box.is_checked()
    seen.page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ធ', code: 'KeyT', bubbles: true}))")
    expect(box).to_be_checked()
    seen.expect_quiet()


def test_an_article_is_reviewed_and_the_answer_taken_back_by_keys_alone(seen: Watched) -> None:
    seen.open("/review")
    assert ">99%" not in seen.page.content(), "the model's answer must not be in sight before a person's"
    title = seen.page.locator("h2.title").inner_text()
    done = number_in(seen.page.locator(".head").inner_text())
    press(seen.page, "t", "2")
    expect(seen.page.locator("input[name=topics][value=trade]")).to_be_checked()
    press(seen.page, "i")
    expect(seen.page.locator(".head")).to_contain_text(f"{done + 1} of")
    press(seen.page, "u")
    expect(seen.page.locator(".head")).to_contain_text(f"{done} of")
    expect(seen.page.locator("h2.title")).to_have_text(title)
    seen.expect_quiet()


def test_urls_are_added_by_keyboard_and_each_line_has_its_verdict(seen: Watched) -> None:
    seen.open("/add")
    seen.page.locator("#urls").focus()
    seen.page.keyboard.type("ftp://press.example/x\nhttp://10.0.0.1/inside\nno address")
    seen.page.get_by_role("button", name="Only check").focus()
    press(seen.page, "Enter")
    table = seen.page.locator("table")
    for verdict in ("It needs http:// or https:// before it", "Leads into a private network: not allowed"):
        expect(table).to_contain_text(verdict)
    seen.expect_quiet()


def test_dead_letters_are_dropped_by_keyboard_after_a_preview_with_their_number(seen: Watched, world: World) -> None:
    seen.open("/dead?reason=http-404")
    dead = sum(group["count"] for group in world.home.call("dead", "list", "--reason", "http-404", "--json").lines)
    button = seen.page.get_by_role("link", name=re.compile("Drop")).first
    button.focus()
    press(seen.page, "Enter")
    dialog = seen.page.locator("dialog")
    dropped = number_in(dialog.locator("h1").inner_text())
    assert 1 <= dropped <= dead
    dialog.locator("#why").focus()
    seen.page.keyboard.type("gone for good")
    press(seen.page, "Enter")
    expect(seen.page.locator("[role=status].flash")).to_contain_text(f"Dropped {dropped}")
    seen.open("/log")
    expect(seen.page.locator("main")).to_contain_text("gone for good")
    seen.expect_quiet()


# Without script


def test_a_host_is_resumed_without_script(browser: Browser, world: World) -> None:
    with watched(browser, world.address, java_script_enabled=False) as seen:
        seen.open("/due")
        seen.page.get_by_role("button", name="Resume").click()
        expect(seen.page.locator(".flash")).to_contain_text("Resumed")
        assert world.home.call("queues", "--json").lines[0]["paused"]["hosts"] == []


def test_a_preview_whose_set_has_changed_is_refused_with_both_numbers(browser: Browser, world: World) -> None:
    press_site = f"http://press.example:{world.press_port}"
    world.home.run("enqueue", "--wait", *(f"{press_site}/lost-{number}" for number in range(3)))
    with watched(browser, world.address, java_script_enabled=False) as seen:
        seen.open("/dead?reason=http-404")
        seen.page.get_by_role("link", name=re.compile("Drop")).first.click()
        before = number_in(seen.page.locator("h1").inner_text())
        world.home.run("enqueue", "--wait", f"{press_site}/lost-later")
        seen.page.locator("#why").fill("too late")
        seen.page.get_by_role("button", name=re.compile("^Drop")).click()
        expect(seen.page.locator("main")).to_contain_text(f"It was {before}, now {before + 1}")
        of_host = ("--reason", "http-404", "--host", f"press.example:{world.press_port}")
        still = sum(group["count"] for group in world.home.call("dead", "list", *of_host, "--json").lines)
        assert still == before + 1


# Live


def test_a_page_shows_new_figures_without_being_loaded_again(seen: Watched, world: World) -> None:
    seen.open("/")
    seen.page.evaluate("window.mark = 'the same page'")
    world.home.run("enqueue", f"http://press.example:{world.press_port}/another-lost-page", "--wait")
    accepted = world.home.call("queues", "--json").lines[0]["ledger"]["accepted"]
    expect(seen.page.locator("main")).to_contain_text(f"{accepted:,} accepted")
    assert seen.page.evaluate("window.mark") == "the same page"
    seen.expect_quiet()


def test_new_articles_are_announced_and_the_list_stays_until_asked(seen: Watched, world: World) -> None:
    seen.open("/articles")
    rows, new = seen.page.locator("[data-row]"), seen.page.locator("#new-articles")
    shown = rows.count()
    expect(new).to_be_hidden()
    with closing(sqlite3.connect(world.home.folder / "data" / "pressmark.sqlite")) as connection, connection:  # as if it came just now
        connection.execute("UPDATE articles SET stored_at = stored_at + 1e6 WHERE item_id = (SELECT min(item_id) FROM articles)")
    try:
        expect(new).to_have_text("1 new. Show it")
        assert rows.count() == shown
        new.click()
        seen.page.wait_for_load_state()
        expect(seen.page.locator("h1")).to_have_text("Articles")
    finally:
        with closing(sqlite3.connect(world.home.folder / "data" / "pressmark.sqlite")) as connection, connection:
            connection.execute("UPDATE articles SET stored_at = stored_at - 1e6 WHERE item_id = (SELECT min(item_id) FROM articles)")
    seen.expect_quiet()


# Scripts in what pages said


@pytest.mark.parametrize("path", ["/articles?q=tariffs", f"/articles?outlet={HOST}", "/jobs", "/hosts", "/review", "/log"])
def test_lists_show_stored_scripts_as_text(seen: Watched, path: str) -> None:
    seen.open(path)
    seen.page.wait_for_timeout(200)
    seen.expect_quiet()


def test_articles_with_a_script_in_title_author_address_and_text_show_it_as_text(seen: Watched, world: World) -> None:
    stored = [line for line in world.home.call("export", "--format", "jsonl").lines if HOST in (line["url"] or "")]
    assert len(stored) >= len(PAYLOADS) - 2, "nearly every page with a payload is an article"
    for article in stored:
        seen.open(f"/articles/{article['item_id']}")
        assert (
            seen.page.evaluate("document.querySelectorAll('main script, main iframe, main object, main img, main [onerror]').length") == 0
        )
        assert seen.page.evaluate("[...document.querySelectorAll('main a[href]')].every(a => /^https?:/.test(a.protocol))")
    seen.page.wait_for_timeout(200)
    seen.expect_quiet()
