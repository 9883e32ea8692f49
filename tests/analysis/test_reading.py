"""What a curve says between its volumes: monotone, through the simulated points, by the readings of the crossings."""

from __future__ import annotations

import numpy as np
import pytest
from curves import synthetic_curve as synthetic
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tcosim.analysis.curve import summarize_curve
from tcosim.analysis.reading import points_between


def test_simulated_volumes_stay_as_they_are():
    volumes = summarize_curve(synthetic(256))["volumes"]
    points = points_between(volumes, 5)
    assert len(points) == 5 * (len(volumes) - 1) + 1
    for point, volume in zip(points[::5], volumes, strict=True):
        assert point == {**volume, "is_simulated": True}
    assert sum(point["is_simulated"] for point in points) == len(volumes)
    tokens = [point["tokens_per_month"] for point in points]
    assert tokens == sorted(set(tokens))


def test_between_two_volumes():
    volumes = summarize_curve(synthetic(4096))["volumes"]
    before, middle, after = points_between(volumes[10:12], 2)
    assert middle["tokens_per_month"] == pytest.approx(
        np.sqrt(before["tokens_per_month"] * after["tokens_per_month"])
    )
    for one, half, other in zip(before["options"], middle["options"], after["options"], strict=True):
        share = (middle["tokens_per_month"] - before["tokens_per_month"]) / (
            after["tokens_per_month"] - before["tokens_per_month"]
        )
        assert half["mean_npv_usd"] == pytest.approx(
            one["mean_npv_usd"] + share * (other["mean_npv_usd"] - one["mean_npv_usd"])
        )
        if one["probability_beats_baseline"] is None:
            assert half["probability_beats_baseline"] is None
            continue
        ends = one["probability_beats_baseline"], other["probability_beats_baseline"]
        if min(ends) > 1e-4 and max(ends) < 1 - 1e-4:
            known = stats.norm.cdf(np.mean(stats.norm.ppf(ends)))
            assert half["probability_beats_baseline"] == pytest.approx(known)
        low, high = half["probability_beats_baseline_ci95"]
        assert low <= half["probability_beats_baseline"] <= high


@settings(max_examples=30, deadline=None)
@given(steps=st.integers(1, 7), seed=st.integers(0, 50))
def test_readings_lie_between_their_neighbours(steps, seed):
    volumes = summarize_curve(synthetic(64, seed=seed))["volumes"]
    points = points_between(volumes, steps)
    for start in range(0, len(points) - 1, steps):
        ends = points[start], points[start + steps]
        for point in points[start : start + steps + 1]:
            for index, option in enumerate(point["options"]):
                for key in ("probability_beats_baseline", "mean_npv_usd"):
                    if option[key] is None:
                        continue
                    low, high = sorted(end["options"][index][key] for end in ends)
                    assert low - 1e-9 * abs(low) <= option[key] <= high + 1e-9 * abs(high)


def test_one_volume_alone():
    volumes = summarize_curve(synthetic(64))["volumes"][:1]
    assert len(points_between(volumes, 5)) == 1
