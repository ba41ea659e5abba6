"""Use the dashboard's pages as a browser without script does: cookies, forms with their hidden fields, redirects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import lxml.html
import requests

from tests.integration.parts.own_time import Stopwatch


@dataclass(frozen=True)
class Shown:
    """A page that was answered."""

    status: int
    address: str
    """Where the redirects ended, without the host."""
    page: lxml.html.HtmlElement
    seconds: float

    @property
    def text(self) -> str:
        """What the main part says."""
        [main] = self.page.findall(".//main")
        return " ".join(main.text_content().split())

    @property
    def flash(self) -> str:
        """What the act before it has done; empty where nothing is told."""
        found = self.page.xpath("//div[@role='status']/p[1]")
        return " ".join(found[0].text_content().split()) if found else ""

    def form(self, action: str) -> dict[str, str]:
        """The hidden fields of the form that posts there."""
        form = next(form for form in self.page.findall(".//form") if form.get("action") == action)
        return {found.get("name"): found.get("value") or "" for found in form.xpath(".//input[@type='hidden']")}

    def actions(self) -> list[str]:
        """Where its forms post."""
        return [form.get("action") for form in self.page.findall(".//form") if form.get("method") == "post"]


@dataclass
class Visitor:
    """One person with a browser of their own."""

    base: str
    session: requests.Session = field(default_factory=requests.Session)

    def see(self, path: str) -> Shown:
        """Opens a page."""
        return self._shown(lambda: self.session.get(self.base + path, timeout=30))

    def post(self, action: str, fields: Mapping[str, str | list[str]]) -> Shown:
        """Sends a form as the page's own browser does, and follows where it leads."""
        return self._shown(lambda: self.session.post(self.base + action, data=fields, headers={"Origin": self.base}, timeout=60))

    def act(self, page: str, action: str, **fields: str | list[str]) -> Shown:
        """Opens the page with a form and sends that with these fields filled in."""
        return self.post(action, {**self.see(page).form(action), **fields})

    def sign_in(self, token: str) -> Shown:
        """Shows a token."""
        return self.post("/sign-in", {"token": token, "next": "/"})

    def _shown(self, ask) -> Shown:
        watch = Stopwatch()
        answer = ask()
        return Shown(answer.status_code, answer.url.removeprefix(self.base), lxml.html.fromstring(answer.text), watch.seconds)
