"""Hours that can fall silent need swings: the rule between two fields of the traffic."""

from __future__ import annotations

import pytest

from tcosim.errors import InputError
from tcosim.scenario.load import load

REFUSED = [
    ("0", "0.3", "0", "raise it"),
    ("0.019", "{dist='uniform',low=0,high=0.1}", "0.019", "raise it"),
    ("{dist='lognormal',p5=0.1,p95=0.5}", "0.3", "values down to 0", "add low_limit = 0.02"),
    ("{use='traffic.burst_sigma_platform'}", "1e-9", "values down to 0.01", "add low_limit = 0.02"),
]


@pytest.mark.parametrize(("sigma", "share", "value", "way_out"), REFUSED)
def test_without_swings_no_hour_can_fall_silent(sigma: str, share: str, value: str, way_out: str) -> None:
    with pytest.raises(InputError) as refused:
        load(overrides=[f"traffic.burst_sigma={sigma}", f"traffic.silent_share={share}"])
    (problem,) = refused.value.problems
    assert problem.field == "traffic.burst_sigma"
    assert "at least 0.02 where hours can be silent" in problem.rule
    assert problem.value == value
    assert problem.way_out.startswith(way_out) and "set traffic.silent_share to 0" in problem.way_out


@pytest.mark.parametrize(
    ("sigma", "share"),
    [
        ("0", "0"),
        ("0.02", "0.95"),
        ("{dist='lognormal',p5=0.1,p95=0.5,low_limit=0.02}", "{dist='uniform',low=0,high=0.95}"),
        ("{use='traffic.burst_sigma'}", "0.4"),
        ("{use='traffic.burst_sigma_tenant'}", "0.4"),
    ],
)
def test_otherwise_they_go_together(sigma: str, share: str) -> None:
    found = load(overrides=[f"traffic.burst_sigma={sigma}", f"traffic.silent_share={share}"])
    assert found.traffic.silent_share.is_point == (not share.startswith("{"))


@pytest.mark.parametrize("share", ["-0.1", "0.96", "43", "{dist='beta',mean=0.4,sd=0.1}"])
def test_a_share_outside_its_bounds_is_refused(share: str) -> None:
    with pytest.raises(InputError, match=r"between 0 and 0\.95"):
        load(overrides=[f"traffic.silent_share={share}"])
