"""A first day with Pressmark in the browser, as docs/first-day.md tells it."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Watched, World
from tests.browser.repaired_press import BUSY, LOST
from tests.browser.test_acts import number_in, press


def test_a_first_day_from_addresses_to_a_wait_that_is_lifted(seen: Watched, world: World) -> None:
    page = seen.page

    # 1: fifteen addresses and a line that is none are added
    seen.open("/")
    page.get_by_role("link", name="Add URLs").first.click()
    page.get_by_label("URLs", exact=True).fill("\n".join([*world.press.urls(), "no address"]))
    page.get_by_label("Job, optional").fill("first day")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".flash")).to_contain_text("15 accepted, 0 known, 1 refused")
    expect(page.locator("#job-progress")).to_contain_text("13 of 15 done: 8 stored, 5 dead, 2 waiting.")

    # 2: one article is read with the sentences that speak for its labels
    page.get_by_role("link", name="Read its articles").click()
    expect(page.locator("[data-row]")).to_have_count(8)
    page.locator("[data-row]").first.click()
    page.wait_for_url(re.compile(r"/articles/\d+"))
    expect(page.locator("mark").first).to_be_visible()
    expect(page.locator("#topics")).to_contain_text("main topic")

    # 3: five are reviewed, by keys
    press(page, "g", "r")
    page.wait_for_url("**/review")
    done = number_in(page.locator(".head").inner_text())
    for number in range(1, 6):
        press(page, "2", "i")
        expect(page.locator(".head")).to_contain_text(f"{done + number} of")

    # 4: the site has put its pages back, and the five dead letters are sent again
    world.press.repaired = True
    page.get_by_role("navigation").get_by_role("link", name="Dead letters").click()
    page.get_by_label("Host").fill(f" {LOST.capitalize()}:{world.press.server_port}")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("link", name="Page not found").click()
    page.get_by_role("link", name="Send again…").click()
    expect(page.locator("dialog h1")).to_contain_text("Send 5 dead pages")
    page.get_by_label("a minute").fill("600")
    page.get_by_role("button", name="Send again").click()
    expect(page.locator("#ends")).to_contain_text("5 stored. All have ended.")

    # 5: the wait that the other host asked for is lifted, and the page shows that its list is old
    page.get_by_role("navigation").get_by_role("link", name="Waiting").click()
    page.get_by_role("row", name=re.compile(f"asked us to wait.*{BUSY}")).get_by_role("link", name="Lift the wait…").click()
    page.get_by_role("button", name="Lift the wait").click()
    expect(page.locator(".flash")).to_contain_text("One page is tried first")
    page.get_by_role("navigation").get_by_role("link", name="Jobs").click()
    page.get_by_role("link", name="first day", exact=True).click()
    expect(page.locator("#job-progress")).to_contain_text("Done: 15 stored.")
    seen.expect_quiet()


def test_a_list_of_what_waits_says_when_it_is_old(seen: Watched, world: World) -> None:
    host = f"wire.example:{world.press_port}"
    world.home.run("pause", "--host", host)
    seen.open("/due")
    changed = seen.page.locator("#due-changed")
    expect(changed).to_be_hidden()
    world.home.run("enqueue", f"http://{host}/waits-too")
    expect(changed).to_have_text("It has changed since. Show it as it is now")
    changed.click()
    seen.page.wait_for_load_state()
    expect(seen.page.locator("main table").last).to_contain_text("/waits-too")
    world.home.run("resume", "--host", host)
    seen.expect_quiet()
