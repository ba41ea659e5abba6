from __future__ import annotations

import copy
import json

from benchmarks.extraction import gate


def test_extraction_reaches_its_floors_on_the_fixed_sample(shared):
    # Given the floors for a fixed sample of pages
    floors = json.loads(gate.FLOORS.read_text(encoding="utf-8"))
    # When the sample is extracted
    reached = gate.measure(shared / "pages")
    # Then no figure is below its floor
    assert gate.failures(reached, floors) == []


def test_a_worse_figure_and_a_changed_sample_are_failures():
    floors = json.loads(gate.FLOORS.read_text(encoding="utf-8"))
    worse, other = copy.deepcopy(floors), {**floors, "digest": "0" * 64}
    worse["zyte"]["F1"] -= 0.01
    assert gate.failures(worse, floors) == [f"zyte: F1 {worse['zyte']['F1']} is below its floor {floors['zyte']['F1']}"]
    assert gate.failures(other, floors) != []
