from __future__ import annotations

import json
from pathlib import Path

from tests.lab.table import ROOT


def test_the_table_in_docs_names_every_case_of_both_catalogues(shared: Path) -> None:
    # Given both catalogues and the table
    table = (ROOT / "docs" / "lab.md").read_text()
    for name in ("hostile_server_cases.json", "ssrf_urls.json"):
        # When each case is looked for
        missing = [case["id"] for case in json.loads((shared / "cases" / name).read_text())["cases"] if f"| {case['id']} |" not in table]
        # Then it is there
        assert missing == []
