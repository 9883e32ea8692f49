"""What a report says of a run beyond what is kept one by one: which figures run over which futures."""

from __future__ import annotations

import numpy as np
import pytest
from datasets import keep_few, synthetic

from tcosim.analysis.saving import savings
from tcosim.analysis.summarize import summarize
from tcosim.report.content.run import run_report
from tcosim.report.words.outer import outer_savings
from tcosim.results.sketch import RELATIVE_ERROR


def reported(dataset):
    summary = summarize(dataset)
    return summary, run_report(summary, "api", savings(dataset, summary["headline"]["option"]))


def test_only_a_long_run_tells_its_futures_apart(monkeypatch):
    _, short = reported(synthetic(4000))
    assert not any("counts" in note for note in short.notes)
    keep_few(monkeypatch, 1600)
    _, long = reported(synthetic(4000))
    (note,) = (note for note in long.notes if "counts" in note)
    assert "over all 4,000 futures" in note
    assert "at most 0.05 % of the figure" in note
    assert note.endswith("over the first 1,600.")


def test_the_same_figure_has_one_error(monkeypatch):
    keep_few(monkeypatch, 1600)
    dataset = synthetic(16_000)
    summary, _ = reported(dataset)
    name = summary["headline"]["option"]
    ends = outer_savings(savings(dataset, name), summary)
    risk = next(one["risk"] for one in summary["options"] if one["name"] == name)
    assert ends["p5"].usd == risk["saving_usd"]["p5"]
    se = (ends["p5"].high - ends["p5"].low) / 2 / 2.131
    assert se == pytest.approx(risk["var95_loss_se_usd"], rel=1e-3)
    assert np.isfinite(se) and se > RELATIVE_ERROR * abs(ends["p5"].usd) / np.sqrt(3)
