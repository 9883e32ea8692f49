"""One value for one quantity: at the scenario's own volume the curve says what the run itself says.

From the content of ``summary.json``; computes no statistics. A curve is simulated by far fewer futures than a run.
"""

from __future__ import annotations

from typing import Any

from tcosim.analysis.reading import is_candidate
from tcosim.report.words import rounding


def curve_with_run(summary: dict[str, Any]) -> dict[str, Any] | None:
    """The curve of a run, with the run's own figures at its volume.

    Parameters
    ----------
    summary : dict
        The content of ``summary.json``.

    Returns
    -------
    dict or None
        As ``summary["curve"]``, which stays as it is; None where there is none. The options of the planned volume have
        the run's figures and ``price_place``, the decimal place of their prices in the table of options. Intervals that
        a run does not hold are those of the curve around the run's figure: wider than the run would have them.
    """
    curve: dict[str, Any] | None = summary["curve"]
    if curve is None:
        return None
    return {
        **curve,
        "volumes": [_point(point, summary) if point["is_planned"] else point for point in curve["volumes"]],
    }


def _point(point: dict[str, Any], summary: dict[str, Any]) -> dict[str, Any]:
    run = {option["name"]: option for option in summary["options"]}
    options = [_option(option, run[option["name"]], summary) for option in point["options"]]
    may = [option for option in options if option["eligible"]]
    hosted = [option for option in may if is_candidate(option)]
    # a fleet is the baseline only where nothing that is bought is eligible: it then stands for that
    bought = [option for option in may if not is_candidate(option)]
    return {
        **point,
        "options": options,
        "cheapest_expected": _cheapest(may),
        "cheapest_bought": _cheapest(bought),
        "best_self_hosted": _cheapest(hosted),
    }


def _option(option: dict[str, Any], run: dict[str, Any], summary: dict[str, Any]) -> dict[str, Any]:
    headline, mean = summary["headline"], run["npv_usd"]["mean"]
    same = (
        "probability_beats_baseline",
        "probability_beats_baseline_ci95",
        "probability_cheapest",
        "probability_cheapest_ci95",
        "usd_per_million_tokens",
        "utilization",
    )
    found = {
        **option,
        **{key: run[key] for key in same},
        "mean_npv_usd": mean,
        "mean_npv_ci95_usd": _moved(option["mean_npv_ci95_usd"], option["mean_npv_usd"], mean),
        "price_place": price_place(run, summary["samples"]),
    }
    if option["expected_saving_usd"] is None:
        return found
    if headline is not None and option["name"] == headline["option"]:
        saving, bounds = headline["expected_saving_usd"], headline["expected_saving_ci95_usd"]
    else:
        baseline = next(one for one in summary["options"] if one["name"] == summary["curve"]["baseline"])
        saving = baseline["npv_usd"]["mean"] - mean
        bounds = _moved(option["expected_saving_ci95_usd"], option["expected_saving_usd"], saving)
    return {**found, "expected_saving_usd": saving, "expected_saving_ci95_usd": bounds}


def _moved(bounds: list[float] | None, value: float, to: float) -> list[float] | None:
    return None if bounds is None else [end - value + to for end in bounds]


def _cheapest(options: list[dict[str, Any]]) -> str | None:
    return min(options, key=lambda one: one["mean_npv_usd"])["name"] if options else None


def price_place(option: dict[str, Any], samples: int) -> int | None:
    """Decimal place of an option's prices: as certain, relative to its size, as the present value."""
    npv = option["npv_usd"]
    if npv["mean"] == 0:
        return None
    scale = abs(option["usd_per_million_tokens"] / npv["mean"])
    return rounding.spread_place(npv["p5"] * scale, npv["p95"] * scale, samples)
