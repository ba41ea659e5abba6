"""Writes docs/lab.md from the reports of the last run of the lab: every case, what it may end as, and what it ended as.

python -m tests.lab.table
"""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "build" / "lab"
ELSEWHERE = {
    "t16": ("a worker told to stop in the middle of a page", "`tests/integration/test_kills.py`"),
    "q13": ("a worker killed before its page is stored", "`tests/integration/test_kills.py`"),
    "b11": ("many pages of one host, several workers, one pace", "`tests/integration/test_politeness.py`"),
}
"""Cases about stopping, killing and sharing, and the tests that play them."""
HEAD = """# The lab: every case and how it ended

Written by `make lab`; not by hand. The lab is a network namespace in which every address on earth is this machine
(`unshare -n -m`, `ip route add local 0.0.0.0/0 dev lo`), with a scripted DNS and scripted servers, TLS included. The worker is
the real one: fetcher, guard and, for pages, the parse pool. What was called is read off the wire by a sniffer that sees
every connection that is begun, whether anybody listens or not. Cases whose name begins with `own` are ours; the others are
the catalogue's. A case may be played in several variants; each is played alone and beside eight honest fetches.

"""


def main() -> None:
    """Reads both reports and writes the page."""
    hostile = json.loads((REPORTS / "tests.lab.run.json").read_text())
    urls = json.loads((REPORTS / "tests.lab.ssrf.json").read_text())
    (ROOT / "docs" / "lab.md").write_text(HEAD + _summary(hostile, urls) + _servers(hostile["findings"]) + _urls(urls["findings"]))


def _summary(hostile: dict, urls: dict) -> str:
    found, pages = hostile["findings"], urls["findings"]
    cases = len({finding["case"] for finding in found})
    neighbours = f"{sum(finding['honest_ok'] for finding in found)} of {sum(finding['beside'] for finding in found)}"
    strangers = len(hostile["strangers"] + urls["strangers"])
    honest = sum(page["expected"] == "allow" for page in pages)
    growth, wall = max(finding["growth_mib"] for finding in found), max(finding["wall"] for finding in found)
    lines = [
        f"- Hostile servers: {cases} cases, {len(found)} plays, {sum(finding['right'] for finding in found)} right.",
        f"- Longest: {wall:.1f} s (bound 31). Largest growth of the worker: {growth:.1f} MiB (bound 64).",
        f"- The next job after it was done within {_after(found, reading=False):.1f} s (bound 2); where pages are read as well, "
        f"and a child may have to be started for it, within {_after(found, reading=True):.1f} s on a busy machine.",
        f"- Honest fetches beside them that came whole: {neighbours}.",
        f"- URLs: {len(pages)}, {sum(page['right'] for page in pages)} right; {honest} of them are honest.",
        f"- Connections to addresses that are not public: {strangers}. Secrets sent: {urls['secrets']}.",
    ]
    return "\n".join(lines) + "\n\n"


def _after(findings: list[dict], *, reading: bool) -> float:
    """The longest time until the next, honest job was done."""
    return max(finding["next_s"] for finding in findings if (finding["group"] in {"content", "parser"}) is reading)


def _servers(findings: list[dict]) -> str:
    rows = [
        "## Hostile servers",
        "",
        "| case | what | may end as | ended as | s | MiB | right |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    plays = defaultdict(list)
    for finding in findings:
        plays[finding["case"]].append(finding)
    rows += [_server(case, plays[case]) for case in sorted(plays, key=lambda name: (name.startswith("own"), name))]
    rows += [f"| {case} | {what} | | tested by {test} | | | |" for case, (what, test) in ELSEWHERE.items()]
    return "\n".join(rows) + "\n\n"


def _server(case: str, plays: list[dict]) -> str:
    may = _joined(play["expected"].replace("|", " or ") for play in plays)
    ended = _joined("stored" if play["outcome"]["type"] == "extracted" else play["outcome"].get("reason") or "poison" for play in plays)
    wall, growth = max(play["wall"] for play in plays), max(play["growth_mib"] for play in plays)
    right = sum(play["right"] for play in plays)
    return f"| {case} | {plays[0]['what'].replace('|', '/')} | {may} | {ended} | {wall:.1f} | {growth:.1f} | {right} of {len(plays)} |"


def _joined(words) -> str:
    return ", ".join(dict.fromkeys(words))


def _urls(findings: list[dict]) -> str:
    rows = ["## URLs", "", "| case | URL | must be | ended as | right |", "| --- | --- | --- | --- | --- |"]
    for finding in findings:
        ended = "fetched" if finding["outcome"]["type"] == "extracted" else finding["outcome"].get("reason")
        shown = ascii(finding["url"])[1:-1].replace("|", "\\|").replace("`", "'")
        shown = shown if len(shown) <= 90 else shown[:87] + "..."
        rows.append(f"| {finding['id']} | `{shown or ' '}` | {finding['expected']} | {ended} | {'yes' if finding['right'] else 'NO'} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    main()
