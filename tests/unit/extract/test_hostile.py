"""The parser group of the shared catalogue of hostile pages, and its like: each ends in time, in memory, and with a word."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

STORY = "".join(f"<p>The ministry said in paragraph {n} that the bridge would open in time for the river festival.</p>" for n in range(8))
ATTRIBUTES = " ".join(f"a{n}=1" for n in range(1_000_000))
MANY = "".join(f"<p {' '.join(f'a{k}=1' for k in range(300))}>x</p>" for _ in range(2000))
PAGES = {
    "nested formatting (p02)": "<b>" * 200_000 + STORY,
    "nested tables (p03)": "<table><tr><td>" * 50_000 + STORY,
    "a million attributes (p04)": f"<div {ATTRIBUTES}>{STORY}",
    "many tags with many attributes": MANY + STORY,
    "a million openings (p07)": "<" * 1_000_000 + STORY,
    "comments never closed (p08)": STORY + "<!--" * 250_000,
    "declarations never closed (p09)": STORY + "<![CDATA[" * 100_000 + "<!x" * 100_000,
    "a million entities (p10)": "<p>" + "&amp;" * 1_000_000 + "&a" * 1_000_000 + STORY,
    "external entities (p13)": '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + STORY + "<p>&x;</p>",
    "scripts, templates, drawings, choices (p14)": "<script></script><template><svg><select>" * 50_000 + STORY,
    "end tags without start (p16)": "</x>" * 500_000 + STORY,
    "20 MB on one line (p18)": "<p>" + "word " * 4_000_000,
    "five megabytes on one line": "<p>" + "word " * 1_000_000,
    "nested JSON-LD (p19)": f'<script type="application/ld+json">{"[" * 2_500_000}</script>' + STORY,
    "blanks, dates and addresses (p21)": "<p>" + "1/" * 500_000 + " " * 500_000 + "a@" * 200_000 + STORY,
    "bylines and bars (p21)": f"<p>by {'A ' * 200_000}</p><p>{'x | ' * 200_000}</p><p>{'Phnom Penh, ' * 50_000}</p>" + STORY,
    "300 nested blocks before the article (p24)": "<div>" * 300 + STORY,
    "1,900 nested blocks before the article": "<div>" * 1900 + STORY,
    "half a million distinct words (p23)": "".join(f"<p>{' '.join(f'w{n}x{k}' for k in range(100))}.</p>" for n in range(5_000)),
    "a hundred thousand words marked one by one": f"<div>{'<span>word</span> ' * 100_000}</div>",
    "sixty thousand links in one block": f"<div>{''.join(f'<a href=/{n}>link number {n}</a> ' for n in range(60_000))}</div>",
    "twenty thousand short blocks": "<div>a b</div>" * 20_000 + STORY,
}
WHOLE = [name for name in PAGES if any(mark in name for mark in ("p02", "p03", "p04", "p08", "p13", "p19", "p24", "1,900"))]
CHILD = """
import json, resource, sys
from worker.errors import ItemFailed
from worker.extract.pipeline import extract_text
extract_text("<p>" + "A page before it warms the process. " * 20, "https://warm.example/a/b")
body = sys.stdin.buffer.read()
pages = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
used = resource.getrusage(resource.RUSAGE_SELF)
resource.setrlimit(resource.RLIMIT_AS, (pages + 512 * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 6,) * 2)
try:
    article = extract_text(body, "https://hostile.example/news/a-bridge", "text/html; charset=utf-8")
    print(json.dumps({"text": article.text[-20000:], "warnings": article.warnings}))
except ItemFailed as failed:
    print(json.dumps({"reason": str(failed.reason)}))
"""


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_ends_within_its_budget_and_says_what_became_of_it(name):
    # Given a process that has read a page, with 5 s of CPU and 512 MB more
    done = subprocess.run([sys.executable, "-c", CHILD], input=PAGES[name].encode(), capture_output=True, timeout=120, check=False)
    # Then it lives, and gives an article or one of the reasons
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    said = json.loads(done.stdout)
    assert "text" in said or said["reason"] in ("parse-limit", "no-text", "not-article")
    # And what is said about a file on this machine is nothing
    assert "root:" not in said.get("text", "")
    # And a page whose article the parser can reach has it whole
    if name in WHOLE and "text" in said:
        assert "paragraph 7" in said["text"]
    if name in WHOLE and "text" not in said:
        assert said["reason"] == "parse-limit"
