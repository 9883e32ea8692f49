"""What happens from hour to hour: bursts, silent hours, spikes, failures, against formulas.

Knows the kernel of hours; every check names a slightly wrong model that it would notice.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from tcosim import kernels
from tcosim.kernels import layout
from tcosim.kernels.layout import HOURS_PER_MONTH, HOURS_PER_WEEK, H
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scene_runs import Floats, pack_policies

if TYPE_CHECKING:
    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
FUTURES = 8192
POLICY = {
    "api": 0, "gpus_per_replica": 1, "min_replicas": 0, "spare_replicas": 0, "resize_every_months": 0,
    "term_months": 0, "ownership": "on-demand", "autoscale": 0, "overflow_is_lost": 0, "waits": 0,
}  # fmt: skip
SIGMA, CAPACITY = 0.5, 1.5
SILENT_SIGMA, SILENT = 0.6, 0.3
CALL = "Black (1976) in units of the mean; docs/model.md, 6"


@dataclass(frozen=True)
class _Hours:
    """Tokens (n, m), and rows of the fleet's months (rows, n, m)."""

    tokens: Floats
    fleet: Floats


def _hours_of(
    seed: int, *, months: int = 1, capacity: float = 1.0, replicas: float = 1.0, shape: Floats | None = None,
    fleet: Mapping[str, float] | None = None, silent: float = 0.0, **world: float,
) -> _Hours:  # fmt: skip
    """Equal futures through the hour loop, with a demand of 1 token an hour in the mean."""
    n = FUTURES
    settings: dict[str, Any] = dict.fromkeys(layout.WORLD, 0.0)
    settings |= {"burst_hours": 5.0, "burst_days": 2.0, "spike_hours": 3.0, "burst_daily_share": 0.3} | world
    settings["silent_score"] = norm.ppf(silent)
    columns = np.repeat(np.array([settings[name] for name in layout.WORLD])[:, None], n, axis=1)
    fleets = np.zeros((len(layout.FLEET), 1, n))
    stated = {"share": 1.0, "token_ratio": 1.0, "headroom": 1.0, "repairs_per_hour": 0.1} | dict(fleet or {})
    for name, value in stated.items():
        fleets[layout.FLEET.index(name)] = value
    levels = np.full((n, months), float(HOURS_PER_MONTH))
    tokens, out = np.zeros((n, months)), np.zeros((1, len(layout.FLEET_MONTH), n, months))
    swings = np.zeros(HOURS_PER_WEEK, np.float32) if shape is None else (shape - 1).astype(np.float32)
    kernels.simulate_hours(
        np.uint64(seed), 0, columns, swings, fleets, pack_policies([POLICY]), np.ones(1), levels,
        np.full((1, n, months), replicas), np.full((1, n, months), capacity), tokens, out,
    )  # fmt: skip
    return _Hours(tokens, out[0])


def _an_hour(of_months: Floats) -> tuple[float, float]:
    """Mean an hour over independent futures, and its standard error."""
    per_future = of_months / HOURS_PER_MONTH
    return float(per_future.mean()), float(per_future.std(ddof=1)) / math.sqrt(per_future.size)


def _call(sigma: float, strike: float) -> float:
    """E[(D - K)+] for D lognormal of mean 1."""
    above = (math.log(1 / strike) + sigma**2 / 2) / sigma
    return float(norm.cdf(above) - strike * norm.cdf(above - sigma))


def _beyond(sigma: float, strike: float) -> float:
    """P(D > K) for D lognormal of mean 1."""
    return float(norm.sf((math.log(strike) + sigma**2 / 2) / sigma))


def _burst(setting: Setting) -> _Hours:
    return setting.once("burst", lambda: _hours_of(setting.seed, burst_sigma=SIGMA, capacity=CAPACITY))


@CHECKS.check("overflow", "What a burst brings beyond a fleet's capacity is the value of a call on it.", CALL)
def overflow(setting: Setting) -> Outcome:
    got, error = _an_hour(_burst(setting).fleet[H.overflow, :, 0])
    return outcomes.estimated(
        _call(SIGMA, CAPACITY), got, error, "tokens/hour", rival=_call(1.05 * SIGMA, CAPACITY),
        rival_is="bursts a twentieth larger",
    )  # fmt: skip


@CHECKS.check(
    "hours-over-capacity",
    "Hours in which demand exceeds capacity come as often as the law of the burst says.",
    "tail of a lognormal; docs/model.md, 6",
)
def hours_over_capacity(setting: Setting) -> Outcome:
    got, error = _an_hour(_burst(setting).fleet[H.hours_over_capacity, :, 0])
    return outcomes.estimated(
        _beyond(SIGMA, CAPACITY), got, error, "share of hours", rival=_beyond(1.05 * SIGMA, CAPACITY),
        rival_is="bursts a twentieth larger",
    )  # fmt: skip


def _floor_and_mean() -> tuple[float, float]:
    floor = math.exp(SILENT_SIGMA * norm.ppf(SILENT) - SILENT_SIGMA**2 / 2)
    return floor, _call(SILENT_SIGMA, floor)


@CHECKS.check(
    "overflow-with-silence",
    "Where hours fall silent, overflow is a call on a call.",
    CALL,
)
def overflow_with_silence(setting: Setting) -> Outcome:
    hours = _hours_of(setting.seed, burst_sigma=SILENT_SIGMA, silent=SILENT, capacity=CAPACITY)
    floor, mean = _floor_and_mean()
    got, error = _an_hour(hours.fleet[H.overflow, :, 0])
    return outcomes.estimated(
        _call(SILENT_SIGMA, floor + CAPACITY * mean) / mean, got, error, "tokens/hour",
        rival=_call(SILENT_SIGMA, CAPACITY), rival_is="a burst without silence",
    )  # fmt: skip


@CHECKS.check(
    "silent-hours",
    "Hours are silent as often as stated.",
    "probability below a floor; docs/model.md, 2.4",
)
def silent_hours(setting: Setting) -> Outcome:
    hours = _hours_of(setting.seed, burst_sigma=SILENT_SIGMA, silent=SILENT, capacity=1e-30)
    busy, error = _an_hour(hours.fleet[H.hours_over_capacity, :, 0])
    return outcomes.estimated(
        SILENT, 1 - busy, error, "share of hours", rival=SILENT + 0.01, rival_is="one hour in 100 more"
    )


@CHECKS.check(
    "expected-tokens",
    "Bursts, spikes and the weekly profile move tokens in time and add none.",
    "sum of expectations over the hours; docs/model.md, 2.6 and 6",
)
def expected_tokens(setting: Setting) -> Outcome:
    months, rate, size, following = 3, 0.01, 2.0, 0.7
    shape = np.random.default_rng(3).uniform(0, 2, HOURS_PER_WEEK)
    shape /= shape.mean()
    hours = _hours_of(
        setting.seed, months=months, shape=shape, profile_following=following, burst_sigma=0.4,
        spikes_per_hour=rate, spike_size=size,
    )  # fmt: skip
    at = np.arange(months * HOURS_PER_MONTH)
    profile = 1 - following + following * shape[at % HOURS_PER_WEEK]
    decay = math.exp(-1 / 3)
    level = 1 + rate * size / (1 - decay)
    spiked = 1 + rate * size / (1 - decay) * (1 - decay ** (at + 1))  # spikes build up from none
    last = slice((months - 1) * HOURS_PER_MONTH, None)
    expected = float((profile * spiked / level)[last].sum()) / HOURS_PER_MONTH
    got, error = _an_hour(hours.tokens[:, -1])
    return outcomes.estimated(
        expected, got, error, "tokens/hour", rival=expected * level, rival_is="spikes that add tokens"
    )


@CHECKS.check(
    "replica-down",
    "A replica is down for the share of the time that its failures and repairs imply.",
    "stationary law of two states; docs/model.md, 3.6 and 6",
)
def replica_down(setting: Setting) -> Outcome:
    failure, repair = 0.01, 0.1
    hours = _hours_of(
        setting.seed, months=4, capacity=2.0,
        fleet={"failures_per_replica_hour": failure, "repairs_per_hour": repair},
    )  # fmt: skip
    # demand is constant and one replica would do, so the hours over capacity tell when it is down
    got, error = _an_hour(hours.fleet[H.hours_over_capacity, :, 1:].mean(axis=1))
    slower = failure / (failure + repair / 1.1)
    return outcomes.estimated(
        failure / (failure + repair), got, error, "share of the time", rival=slower,
        rival_is="repairs that take a tenth longer",
    )  # fmt: skip


@CHECKS.check(
    "packs-down",
    "Of forty replicas that fail in packs, the same share is down as of one that fails by itself.",
    "stationary mean; docs/model.md, 3.7",
)
def packs_down(setting: Setting) -> Outcome:
    failure, repair, replicas = 0.05, 0.08, 40
    capacity = 0.9 / replicas
    hours = _hours_of(
        setting.seed, months=4, capacity=capacity, replicas=float(replicas),
        fleet={"failures_per_replica_hour": failure, "repairs_per_hour": repair},
    )  # fmt: skip
    # demand is constant and beyond what all of them can do, so what overflows tells how many are down
    over, error = _an_hour(hours.fleet[H.overflow, :, 1:].mean(axis=1))
    slower = failure / (failure + repair / 1.05)
    return outcomes.estimated(
        failure / (failure + repair), (over - 0.1) / 0.9, error / 0.9, "share of replicas", rival=slower,
        rival_is="repairs that take a twentieth longer",
    )  # fmt: skip
