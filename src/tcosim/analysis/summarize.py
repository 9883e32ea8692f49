"""The figures of one run in one dictionary: the content of ``summary.json``.

Puts together what the other files of this room compute; computes nothing itself.
"""

from __future__ import annotations

from typing import Any

import xarray as xr

from tcosim.analysis.curve import summarize_curve
from tcosim.analysis.drivers import given_data_drivers
from tcosim.analysis.eligible import eligible
from tcosim.analysis.gates import gate_rows, without_gates
from tcosim.analysis.headline import headline_option, mean_npv
from tcosim.analysis.information import value_of_information
from tcosim.analysis.interval import interval_bounds
from tcosim.analysis.levels import given_data_tornado
from tcosim.analysis.payback import option_payback
from tcosim.analysis.probability import probability_beats_baseline, probability_cheapest
from tcosim.analysis.risk import cvar95_loss, loss_over, option_quantiles, option_regret, option_risk
from tcosim.analysis.saving import excess_over_best, expected_saving
from tcosim.analysis.service import option_service
from tcosim.analysis.unit_cost import option_usd_per_million_tokens
from tcosim.errors import InputError, Problem

RUN_KEYS = ("schema_version", "tcosim_version", "seed", "samples", "months", "volume_tokens_per_month")
INSIGHT_FUTURES = 2**16
"""A run shows drivers and what is worth knowing by so many futures, in two seconds; all of a million take eight."""
CUMULATED_QUANTILES = (0.05, 0.5, 0.95)
SAME_KEYS = ("scenario_sha256", "library_sha256", "seed", "months", "baseline")
SAME = "make it with tcosim.curve(scenario, seed=seed) from what the run was made from"
ORIGIN_KEYS = ("scenario_name", "scenario_sha256", "library_sha256")


def summarize(
    dataset: xr.Dataset, *, budget_usd: float | None = None, curve: xr.Dataset | None = None
) -> dict[str, Any]:
    """Summarize a run.

    Parameters
    ----------
    dataset : xarray.Dataset
        What `tcosim.simulate` returns, or `tcosim.open_run(path).load()`.
    budget_usd : float, optional
        With what probability does the loss against the baseline pass this sum (present value)?
    curve : xarray.Dataset, optional
        What `tcosim.curve` returns for the same scenario: from which volume on?

    Returns
    -------
    dict
        As the published schema says (`tcosim.results.summary.summary_schema`); plain numbers, strings and None.

    Raises
    ------
    InputError
        If the curve is of another scenario, library or seed.
    """
    if curve is not None:
        _check_same(dataset, curve)
    attributes = dataset.attrs
    return {
        **{key: _plain(attributes[key]) for key in RUN_KEYS},
        **{key: _plain(attributes[key]) for key in ORIGIN_KEYS},
        "headline": _headline(dataset),
        "gates": gate_rows(dataset),
        "without_gates": without_gates(dataset),
        "options": _options(dataset, budget_usd),
        **_insight(dataset),
        "curve": None if curve is None else summarize_curve(curve),
    }


def _check_same(dataset: xr.Dataset, curve: xr.Dataset) -> None:
    problems = [
        Problem(
            "curve",
            f"must have the run's {key}, {_plain(dataset.attrs[key])!r}",
            _plain(curve.attrs[key]),
            SAME,
        )
        for key in SAME_KEYS
        if curve.attrs[key] != dataset.attrs[key]
    ]
    if problems:
        raise InputError(problems)


def _headline(dataset: xr.Dataset) -> dict[str, Any] | None:
    option = headline_option(dataset)
    if option is None:
        return None
    probability = probability_beats_baseline(dataset)[option]
    saving = expected_saving(dataset, option)
    assert probability is not None  # the headline is never about the baseline
    return {
        "option": option,
        "baseline": str(dataset.attrs["baseline"]),
        "probability": probability.value,
        "ci95": interval_bounds(probability),
        "ci95_method": probability.method,
        "expected_saving_usd": saving.value,
        "expected_saving_ci95_usd": interval_bounds(saving),
        "cvar95_loss_usd": cvar95_loss(dataset, option),
    }


def _insight(dataset: xr.Dataset) -> dict[str, Any]:
    """What drives the headline's saving, and what is worth finding out: read off the futures of the run."""
    option = headline_option(dataset)
    rows = [] if option is None else given_data_drivers(dataset, option, most=INSIGHT_FUTURES)
    moved = [] if option is None else given_data_tornado(dataset, option, most=INSIGHT_FUTURES)
    return {
        "drivers": [{**row, "total_order": None} for row in rows],
        "tornado": moved,
        "value_of_information": value_of_information(dataset, most=INSIGHT_FUTURES),
    }


def _options(dataset: xr.Dataset, budget_usd: float | None) -> list[dict[str, Any]]:
    months = int(dataset.attrs["months"])
    beats, cheapest = probability_beats_baseline(dataset), probability_cheapest(dataset)
    means, npv, total = (
        mean_npv(dataset),
        option_quantiles(dataset, "npv"),
        option_quantiles(dataset, "total"),
    )
    risk, payback = option_risk(dataset), option_payback(dataset)
    per_million, service, regret = (
        option_usd_per_million_tokens(dataset),
        option_service(dataset),
        option_regret(dataset),
    )
    may_be_chosen = eligible(dataset)
    excess = excess_over_best(dataset)
    rows = []
    for index, (name, kind) in enumerate(
        zip(dataset["option"].values.astype(str), dataset["kind"].values.astype(str), strict=True)
    ):
        wins = beats[name]
        parts = zip(dataset["part"].values, dataset["component"].values[index], strict=True)
        rows.append(
            {
                "name": str(name),
                "kind": str(kind),
                "eligible": bool(may_be_chosen[index]),
                "npv_usd": {"mean": means[name], **npv[name]},
                "usd_per_month": {
                    "mean": float(dataset["mean_total"].values[index]) / months,
                    **{key: value / months for key, value in total[name].items()},
                },
                "probability_cheapest": cheapest[name].value if may_be_chosen[index] else None,
                "probability_cheapest_ci95": interval_bounds(cheapest[name])
                if may_be_chosen[index]
                else None,
                "probability_beats_baseline": None if wins is None else wins.value,
                "probability_beats_baseline_ci95": None if wins is None else interval_bounds(wins),
                "expected_regret_usd": regret[name],
                "excess_usd": excess[name].value if may_be_chosen[index] else None,
                "excess_ci95_usd": interval_bounds(excess[name]) if may_be_chosen[index] else None,
                "risk": risk[name],
                "payback": payback[name],
                **_budget(dataset, name, budget_usd),
                "cumulated_usd": _cumulated(dataset, index),
                "usd_per_million_tokens": per_million[name][0],
                "usd_per_million_tokens_usage_basis": per_million[name][1],
                "utilization": service[name].utilization,
                "hours_over_capacity": service[name].hours_over_capacity_per_month,
                "replicas": service[name].replicas,
                "components_usd": {str(part): float(value) for part, value in parts},
            }
        )
    return rows


def _budget(dataset: xr.Dataset, name: str, budget_usd: float | None) -> dict[str, Any]:
    if budget_usd is None:
        return {}
    if name == dataset.attrs["baseline"]:
        return {"loss_over_budget": None}
    passed = loss_over(dataset, name, budget_usd)
    return {
        "loss_over_budget": {
            "budget_usd": budget_usd,
            "probability": passed.value,
            "ci95": [passed.low, passed.high],
        }
    }


def _cumulated(dataset: xr.Dataset, index: int) -> dict[str, list[float]]:
    """Quantiles of the present value of all costs up to the end of each month."""
    cumulated = dataset["cumulated"].values[:, index]
    return {
        f"p{100 * probability:g}": [float(value) for value in cumulated[:, q]]
        for q, probability in enumerate(dataset["quantile"].values)
        if probability in CUMULATED_QUANTILES
    }


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
