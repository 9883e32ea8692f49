"""The Dataset of a run as data: every coordinate and variable with its dimensions, type, units and meaning.

Declarations only: imports neither numpy nor xarray and computes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 1
"""Version of the Dataset, the summary and the run folder; a newer one is refused on reading."""

KEPT_FUTURES = 1_000_000
"""At most this many futures (the first) are kept one by one; sums run over all of them, and above it a sketch
(`tcosim.results.sketch`) counts the NPV, nominal cost and saving of all of them by bins."""

COST_FUTURES = 65_536
"""Quantiles of the monthly cost come from at most this many futures (the first)."""

WEEK_FUTURES = 256
"""The load by hour of the week comes from at most this many futures (the first): one block.

They know it to half a percentage point, and twice as many take twice the time and are hardly closer."""

SCRAMBLES = 16
"""Independent scrambles of the Sobol sequence; future ``s`` belongs to scramble ``s % 16``."""

CURVE_FUTURES = 4096
"""A run also simulates its scenario at other volumes, by at most so many futures: a second and a half."""

DEFAULT_VOLUMES, MOST_VOLUMES = 25, 200
"""Of a curve over volumes. Months of all fleets at all volumes are in memory at once: 0.6 GB for two threads."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles kept of the monthly cost and of the monthly tokens."""

KINDS = ("api", "managed", "rented", "owned")
SELF_HOSTED = ("rented", "owned")

COMPONENTS = (
    "api_tokens",
    "api_fees",
    "api_engineers",
    "migrations",
    "managed_markup",
    "gpus",
    "hosting",
    "engineers",
    "launch",
    "refresh",
    "incidents",
    "platform",
    "lost_work",
)
"""What the present value of an option is made of; the components sum to the mean NPV."""

Gaps = Literal["never", "without fleet"]


@dataclass(frozen=True)
class Field:
    """One coordinate or variable of the Dataset.

    Parameters
    ----------
    name : str
    dims : tuple of str
    dtype : str
        ``"str"``, or a numpy type code such as ``"f8"``.
    units : str
        ``"1"`` for counts and shares.
    long_name : str
    gaps : {"never", "without fleet"}
        Where a value may be NaN.
    """

    name: str
    dims: tuple[str, ...]
    dtype: str
    units: str
    long_name: str
    gaps: Gaps = "never"


COORDINATES = (
    Field("option", ("option",), "str", "1", "way to serve the traffic"),
    Field("kind", ("option",), "str", "1", "kind of the option: api, managed, rented or owned"),
    Field("eligible", ("option",), "i1", "1", "1 if no gate shuts the option out, else 0"),
    Field("gate", ("gate",), "str", "1", "gate in force: a field of [constraints]"),
    Field(
        "gate_reason", ("gate", "option"), "str", "1", "why the gate shuts the option out; empty if it passes"
    ),
    Field("month", ("month",), "i4", "month", "month since the start"),
    Field("quantile", ("quantile",), "f8", "1", "probability of the quantile over futures"),
    Field("future", ("future",), "i8", "1", "index of the simulated future"),
    Field("name", ("name",), "str", "1", "uncertain input"),
    Field("topic", ("name",), "str", "1", "what the input is about: traffic, people, gpu price, ..."),
    Field("tied", ("name",), "i4", "1", "number of the group of correlated inputs it belongs to; -1 alone"),
    Field("part", ("part",), "str", "1", "component of the present value"),
    Field(
        "hour_of_week",
        ("hour_of_week",),
        "i4",
        "hour",
        "hour of the week from Monday 00:00, local time of the traffic",
    ),
    Field("scramble", ("scramble",), "i4", "1", "independent scramble of the Sobol sequence"),
    Field(
        "sketch_key",
        ("bin",),
        "i4",
        "1",
        "number of a bin of the sketches, in the order of its values: negative below 0, 0 for zero; none where all"
        " futures are kept",
    ),
)

VARIABLES = (
    Field(
        "gate_unstated",
        ("gate", "option"),
        "i1",
        "1",
        "1 if the option passes the gate because the scenario does not say what the gate asks for",
    ),
    Field("npv", ("future", "option"), "f8", "USD", "net present value of all costs over the horizon"),
    Field("total", ("future", "option"), "f4", "USD", "nominal cost over the horizon"),
    Field(
        "utilization",
        ("future", "option"),
        "f4",
        "1",
        "share of the paid capacity that served tokens",
        "without fleet",
    ),
    Field("input", ("future", "name"), "f4", "unit of the input", "drawn value of the uncertain input"),
    Field(
        "cost",
        ("month", "option", "quantile"),
        "f8",
        "USD",
        "nominal cost of the month, quantiles over the first futures",
    ),
    Field(
        "cumulated",
        ("month", "option", "quantile"),
        "f8",
        "USD",
        "present value of all costs up to the end of the month, quantiles over the first futures",
    ),
    Field("tokens", ("month", "quantile"), "f8", "token", "tokens of the month, quantiles over futures"),
    Field(
        "component",
        ("option", "part"),
        "f8",
        "USD",
        "mean present value of each component over all futures",
    ),
    Field("mean_total", ("option",), "f8", "USD", "mean nominal cost over the horizon, all futures"),
    Field(
        "mean_idle", ("option",), "f8", "USD", "mean nominal cost of paid but idle GPU capacity, all futures"
    ),
    Field("mean_tokens", (), "f8", "token", "mean tokens over the horizon, all futures"),
    Field(
        "mean_hours_over_capacity",
        ("option",),
        "f8",
        "hour",
        "mean hours over the horizon in which demand passed capacity, all futures",
        "without fleet",
    ),
    Field(
        "mean_replicas", ("option",), "f8", "1", "mean replicas while launched, all futures", "without fleet"
    ),
    Field(
        "mean_utilization",
        ("option",),
        "f8",
        "1",
        "served over paid capacity, weighted by paid hours, all futures",
        "without fleet",
    ),
    Field(
        "load",
        ("option", "hour_of_week"),
        "f8",
        "1",
        "share of the paid capacity in use by hour of the week, mean over the first futures",
        "without fleet",
    ),
    Field("scramble_futures", ("scramble",), "i8", "1", "futures of the scramble"),
    Field("scramble_npv_sum", ("scramble", "option"), "f8", "USD", "sum of the NPV over the scramble"),
    Field(
        "scramble_beats",
        ("scramble", "option"),
        "i8",
        "1",
        "futures of the scramble in which the option costs less than the baseline",
    ),
    Field(
        "scramble_cheapest",
        ("scramble", "option"),
        "i8",
        "1",
        "futures of the scramble in which the option is the cheapest eligible one (ties: the first option)",
    ),
    Field(
        "scramble_paid_back",
        ("scramble", "option", "month"),
        "i8",
        "1",
        "futures of the scramble in which, from the end of the month on, the option has cost less than the baseline",
    ),
    Field("npv_count", ("bin", "option"), "i8", "1", "futures whose NPV lies in the bin, all futures"),
    Field(
        "total_count",
        ("bin", "option"),
        "i8",
        "1",
        "futures whose nominal cost over the horizon lies in the bin, all futures",
    ),
    Field(
        "saving_count",
        ("bin", "option"),
        "i8",
        "1",
        "futures whose saving, NPV of the baseline less NPV of the option, lies in the bin, all futures",
    ),
)

SKETCHES = ("sketch_key", "npv_count", "total_count", "saving_count")
"""The quantile sketches of a run with more than `KEPT_FUTURES`; without bins up to it."""

ATTRIBUTES: dict[str, type] = {
    "schema_version": int,
    "tcosim_version": str,
    "seed": int,
    "samples": int,
    "months": int,
    "volume_tokens_per_month": float,
    "baseline": str,
    "scenario_name": str,
    "scenario_sha256": str,
    "library_sha256": str,
    "sketch_relative_error": float,
}
"""Global attributes, in the order in which they are written."""
