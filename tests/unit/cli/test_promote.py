from __future__ import annotations

import pytest

from classifier.training.gate import Verdict
from worker.cli.promote import tell_report
from worker.operations.promote import PromotionReport


@pytest.mark.parametrize(("rows", "compared"), [(0, False), (40, True)])
def test_figures_are_told_where_there_were_seeds_to_compare_on(capsys: pytest.CaptureFixture[str], rows: int, compared: bool) -> None:
    verdict = Verdict(False, rows, 0.9, 0.8, 0.02, 0.03, ("expected the topics of the active model, got others",))
    tell_report(PromotionReport("own", False, forced=False, verdict=verdict))
    told = capsys.readouterr().err
    assert "own is not promoted: expected the topics of the active model" in told
    assert ("seeds that both held out" in told) is compared
