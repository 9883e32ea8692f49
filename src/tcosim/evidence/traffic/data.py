"""A fit of traffic as plain data: what ``tcosim fit --json`` prints and every report of a fit is made from.

Knows fits and the fields of a scenario; fits nothing and knows no words.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tcosim._version import __version__
from tcosim.evidence.hourly import Floats, HourlyLog
from tcosim.evidence.traffic.fit import TrafficFit
from tcosim.evidence.traffic.goodness import WITHIN, WITHIN_CORRELATION, Compared, HeldOut
from tcosim.evidence.traffic.quantity import Quantity
from tcosim.scenario.fields import FieldSpec, Kind, field_specs
from tcosim.scenario.models import Traffic, Volume
from tcosim.units import HOURS_PER_WEEK

SCHEMA_VERSION = 1
NOTHING_NEW = 0.2
"""An interval that has narrowed by less than this share tells nothing that was not believed before: of simulated logs,
where it does, widths scatter by about half of that."""
COVERED = (0.8, 0.97)
"""A band of 90 % should hold a share of the unseen hours between these."""
FIRST_DATED = 1973
"""Logs from years before are none: their dates stand in for a weekday, all that was stated of their start."""
_DIGITS = 6

Told = Literal["by the log", "narrower", "nothing new"]


def told(quantity: Quantity) -> Told:
    """How much a log tells of a quantity: all of it, some of it, or nothing that was not believed before."""
    if quantity.learned is None:
        return "by the log"
    return "narrower" if quantity.learned >= NOTHING_NEW else "nothing new"


def uncertain_fields() -> dict[str, FieldSpec]:
    """Fields of [volume] and [traffic] that may be uncertain, by their path."""
    return {
        f"{table}.{name}": spec
        for table, declared in (("volume", Volume), ("traffic", Traffic))
        for name, spec in field_specs(declared).items()
        if spec.kind is Kind.UNCERTAIN
    }


def fit_data(fit: TrafficFit, seed: int) -> dict[str, Any]:
    """Everything that a report of a fit needs.

    Parameters
    ----------
    fit : TrafficFit
    seed : int
        That it was made with.

    Returns
    -------
    dict
        Of plain values; traffic is in tokens or requests an hour (`log.measure`), intervals are of 90 %.
    """
    fields = uncertain_fields()
    known = {one.field for one in fit.quantities}
    return {
        "schema_version": SCHEMA_VERSION,
        "tcosim_version": __version__,
        "seed": seed,
        "log": _log(fit.log),
        "findings": [
            {"severity": one.severity, "what": one.what, "count": one.count} for one in fit.findings
        ],
        "tokens_per_month": fit.tokens_per_month,
        "traffic_per_month": fit.traffic_per_month,
        "profile": {"name": fit.shape_name, "values": _listed(fit.shape), "observed": _observed_week(fit)},
        "quantities": [_quantity(one, fields[one.field].unit) for one in fit.quantities],
        "untold": [field for field in fields if field not in known],
        "correlations": [
            {"inputs": list(pair), "rank_correlation": value} for pair, value in fit.correlations.items()
        ],
        "burst": {"silent_chance": fit.silent_chance, "is_cut_off": fit.is_cut_off},
        "compared": [_compared(one) for one in fit.compared],
        "hourly": [
            dict(zip(("share", "observed", "p5", "p50", "p95"), row, strict=True))
            for row in zip(
                *(
                    _listed(column)
                    for column in (
                        fit.hourly.share, fit.hourly.observed, fit.hourly.low, fit.hourly.median, fit.hourly.high,
                    )
                ),
                strict=True,
            )
        ],
        "held_out": None if fit.held_out is None else _held_out(fit.held_out, fit.log),
        "misfit": fit.misfit,
        "simulated_logs": fit.logs,
    }  # fmt: skip


def beginning_of(log: HourlyLog, hour: int) -> datetime:
    """When an hour of a log begins, on the clock of its zone; the number of its hours gives the log's end."""
    return (log.start.astimezone(UTC) + timedelta(hours=hour)).astimezone(log.start.tzinfo)


def is_dated(log: HourlyLog) -> bool:
    """Whether the dates of a log are its own."""
    return log.start.year >= FIRST_DATED


def _log(log: HourlyLog) -> dict[str, Any]:
    hours = len(log.hour_of_week)
    return {
        "sources": list(log.sources),
        "format": log.format,
        "rows": log.rows,
        "zone": log.zone,
        "from": beginning_of(log, 0).isoformat(),
        "to": beginning_of(log, hours).isoformat(),
        "is_dated": is_dated(log),
        "hours": hours,
        "collected_hours": int(log.collected.sum()),
        "weeks": hours / HOURS_PER_WEEK,
        "measure": log.measure,
        **{
            name: _sum(getattr(log, name))
            for name in ("requests", "tokens", "input_tokens", "cached_tokens", "output_tokens")
        },
    }


def _sum(values: Floats | None) -> float | None:
    return None if values is None else float(np.nansum(values))


def _observed_week(fit: TrafficFit) -> list[float | None]:
    """Mean traffic of each hour of the week over the mean of all; None where none was collected."""
    collected = fit.log.collected
    week, traffic = fit.log.hour_of_week[collected], fit.log.traffic[collected]
    counts = np.bincount(week, minlength=HOURS_PER_WEEK)
    sums = np.bincount(week, traffic / traffic.mean(), minlength=HOURS_PER_WEEK)
    return _listed(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan))


def _quantity(quantity: Quantity, unit: str) -> dict[str, Any]:
    return {
        "field": quantity.field,
        "unit": unit,
        **quantity.percentiles,
        "minimum": quantity.minimum,
        "maximum": quantity.maximum,
        "is_point": quantity.is_point,
        "learned": quantity.learned,
        "told": told(quantity),
    }


def _compared(one: Compared) -> dict[str, Any]:
    return {
        "name": one.name,
        "observed": one.observed,
        "p5": one.low,
        "p50": one.median,
        "p95": one.high,
        "asked_share": WITHIN.get(one.name),
        "asked_difference": WITHIN_CORRELATION.get(one.name),
        "near": one.near,
    }


def _held_out(held: HeldOut, log: HourlyLog) -> dict[str, Any]:
    return {
        "fitted_hours": held.fitted_hours,
        "hours": held.hours,
        "coverage": held.coverage,
        "asked": list(COVERED),
        "within_asked": COVERED[0] <= held.coverage <= COVERED[1],
        "expected_p5": held.expected_low,
        "expected_p95": held.expected_high,
        "from": beginning_of(log, held.first).isoformat(),
        "first_hour_of_week": int(log.hour_of_week[held.first]),
        "observed": _listed(held.observed),
        "p5": _listed(held.low),
        "p50": _listed(held.median),
        "p95": _listed(held.high),
    }


def _listed(values: NDArray[Any]) -> list[float | None]:
    """Numbers with the digits that anyone can use; None for NaN."""
    return [
        None if not np.isfinite(value) else float(f"{value:.{_DIGITS}g}")
        for value in np.asarray(values, dtype=np.float64).tolist()
    ]
