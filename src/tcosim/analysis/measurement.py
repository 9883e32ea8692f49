"""What it is worth to measure the traffic before deciding, and what it costs.

In every future of a run the log of T days is drawn that one would have seen in it; knowing that log is worth what the
choice gets better by. Knows the Dataset and its scenario; simulates nothing and knows no words.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from tcosim.analysis.choice import futures_for
from tcosim.analysis.drawn_log import SimulatedTraffic, shown
from tcosim.analysis.eligible import eligible_columns, eligible_names
from tcosim.analysis.headline import mean_npv
from tcosim.analysis.information import value_of_statistic
from tcosim.analysis.interval import student
from tcosim.analysis.jackknife import CERTAIN
from tcosim.analysis.saving import expected_saving
from tcosim.analysis.traffic_log import DAY
from tcosim.errors import InputError, Problem
from tcosim.results.schema import SCRAMBLES
from tcosim.sampling import families
from tcosim.scenario.library import default_library
from tcosim.scenario.models import Scenario
from tcosim.units import HOURS_PER_MONTH

DAYS = (30, 60, 90)
FEWEST_DAYS = 7
"""The shortest log that has all hours of a week."""
SETUP_HOURS, HOURS_PER_DAY = "measurement.setup_hours", "measurement.hours_per_day"


def measuring_traffic(
    dataset: xr.Dataset, scenario: Scenario, days: Sequence[int] = DAYS
) -> list[dict[str, Any]]:
    """Value measuring the traffic for some days before choosing an option, against what that costs.

    Parameters
    ----------
    dataset : xarray.Dataset
        A run.
    scenario : Scenario
        The one that was simulated.
    days : sequence of int
        Lengths of the log, each at least 7 [day].

    Returns
    -------
    list of dict
        One for each length: ``days``; ``usd`` and ``se``, expected value of the log and its standard error;
        ``cost_usd``, of which ``cost_setup_usd`` are engineers' hours and ``cost_waiting_usd`` the saving that is
        forgone while the baseline goes on, as of what is chosen knowing the log; ``net_usd`` and ``net_se``;
        ``worth``, true or false where the net value is more than `CERTAIN` errors from 0, else None; ``learns``, the
        fields that the log tells about, and ``learned_share``, how much of the variance of each (of its ranks) it
        explains; ``futures``, by which it is valued. With too few futures ``usd`` is 0 and ``se`` None.

    Raises
    ------
    InputError
        If a length is too short, or the scenario is not the one that was simulated.
    """
    if short := [length for length in days if length < FEWEST_DAYS]:
        raise InputError(
            Problem(
                "days", f"must be at least {FEWEST_DAYS}", short[0], "a week is the least that has every hour"
            )
        )
    costs = np.asarray(eligible_columns(dataset, dataset["npv"].values), dtype=np.float64)
    traffic = SimulatedTraffic(dataset, scenario)
    found: dict[int, dict[str, Any]] = {}
    least: tuple[float, float | None] = (0.0, None)
    for length in sorted(set(days)):
        columns, learned = shown(traffic, length, int(dataset.attrs["seed"]))
        value = value_of_statistic(costs, columns) if learned else (0.0, 0.0)
        # Who has the longer log has the shorter one too.
        least = least if least[0] > value[0] else value
        valued_by = futures_for(columns.shape[1], len(costs))
        found[length] = _row(dataset, scenario, traffic, length, least, learned) | {"futures": valued_by}
    return [found[length] for length in days]


def _row(
    dataset: xr.Dataset,
    scenario: Scenario,
    traffic: SimulatedTraffic,
    days: int,
    value: tuple[float, float | None],
    learned: dict[str, float],
) -> dict[str, Any]:
    usd, se = value
    se = None if se is None or not math.isfinite(se) else float(se)
    setup = _setup_usd(traffic, scenario, days)
    saving, saving_se = _best_saving(dataset)
    share = min(1.0, days * DAY / (int(dataset.attrs["months"]) * HOURS_PER_MONTH))
    waiting = share * (saving + usd)
    net = usd - setup - waiting
    net_se = None if se is None or saving_se is None else math.hypot((1 - share) * se, share * saving_se)
    return {
        "days": days,
        "usd": float(usd),
        "se": se,
        "cost_usd": setup + waiting,
        "cost_setup_usd": setup,
        "cost_waiting_usd": waiting,
        "net_usd": float(net),
        "net_se": net_se,
        "worth": None if net_se is None or abs(net) <= CERTAIN * net_se else net > 0,
        "learns": list(learned),
        "learned_share": learned,
    }


def _setup_usd(traffic: SimulatedTraffic, scenario: Scenario, days: int) -> float:
    """Expected cost of the hours that the log takes, at the baseline's hourly rate: who calls the API sets it up."""
    library = default_library()
    hours = families.mean(library.quantity(SETUP_HOURS).distribution)
    hours += days * families.mean(library.quantity(HOURS_PER_DAY).distribution)
    rate = traffic.of(scenario.option(scenario.baseline).engineer_usd_per_hour)
    return float(hours * rate.mean())


def _best_saving(dataset: xr.Dataset) -> tuple[float, float | None]:
    """Expected saving of the eligible option with the lowest mean cost, 0 for the baseline, and its standard error."""
    means = mean_npv(dataset)
    best = min(eligible_names(dataset), key=lambda name: means[name])
    if best == dataset.attrs["baseline"]:
        return 0.0, 0.0
    saving = expected_saving(dataset, best)
    if saving.method != "scrambles":
        return saving.value, None
    return saving.value, saving.half_width / student(SCRAMBLES - 1)
