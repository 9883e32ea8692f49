"""Content for charts: a run of five options as it could be, and the same with names and sizes that few would choose."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from curves import GRID, PLANNED, synthetic_curve

from tcosim.analysis.curve import summarize_curve
from tcosim.results.schema import COMPONENTS, QUANTILES

KINDS = {"api": "api", "managed": "managed", "rented": "rented", "owned": "owned", "hybrid": "rented"}
EVEN = {"managed": 1e14, "rented": 1.2e10, "owned": 6e9, "hybrid": 6e10}
VOLUMES = tuple(sorted({*GRID, PLANNED}))
MONTHS = 36

HOSTILE = (
    "<script>alert(1)</script>\"'&amp; datum.x [0] \\ back{x}\n\tslash",
    "Собственные-серверы-H100-в-дата-центре-Франкфурт-на-Майне-2026",
    "خوادم مملوكة ذاتيا في مركز البيانات في الرياض مع وحدات معالجة الرسومات",
    "自有服务器机房八卡加速器长期租赁方案第二版本法兰克福数据中心备用节点冗余配置甲乙丙丁",
    "W" * 60,
    "rented-h100-frankfurt-with-reserved-capacity-and-overflow-api-2",
    "rented-h100-frankfurt-with-reserved-capacity-and-overflow-ap-03",
    "nul\x00 bell\x07 turned\u202e around \ufffe end",
)
"""Eight names of up to 60 characters: markup, expressions, four scripts, and what XML cannot hold."""
HOSTILE_BASELINE = "]]> the api of a vendor, {{ datum['name'] }} url(#x) javascript:x"


def run(samples: int = 4000, volumes: tuple[float, ...] = VOLUMES, seed: int = 3) -> dict[str, Any]:
    """Arguments of all charts: ``summary``, ``savings``, ``cost``, ``load``."""
    rng = np.random.default_rng(seed)
    savings = rng.normal(-2e4, 6e5, samples)
    curve = summarize_curve(synthetic_curve(samples, volumes, options=KINDS, even=EVEN))
    p5, p50, p95 = (float(np.quantile(savings, level)) for level in (0.05, 0.5, 0.95))
    share, error = float((savings > 0).mean()), float(savings.std()) / np.sqrt(samples)
    risk = {
        "saving_usd": {"mean": float(savings.mean()), "p5": p5, "p50": p50, "p95": p95},
        "var95_loss_usd": -p5,
        "var95_loss_se_usd": 2 * error if samples > 100 else None,
    }
    names = list(KINDS)
    parts = {
        name: dict(zip(COMPONENTS, rng.uniform(0, 3e5, len(COMPONENTS)).tolist(), strict=True))
        for name in names
    }
    summary = {
        "samples": samples,
        "months": MONTHS,
        "headline": {
            "option": "owned",
            "baseline": "api",
            "probability": share,
            "ci95": [max(0.0, share - 0.01), min(1.0, share + 0.01)],
            "expected_saving_usd": float(savings.mean()),
            "expected_saving_ci95_usd": [float(savings.mean()) + side * 2 * error for side in (-1, 1)],
        },
        "options": [
            {
                "name": name,
                "kind": kind,
                "risk": risk,
                **_figures(name, curve, share, sum(parts[name].values())),
                "components_usd": parts[name],
            }
            for name, kind in KINDS.items()
        ],
        "volume_tokens_per_month": PLANNED,
        "tornado": [tornado_row(f"topic.input_{number}", 4e5 / number) for number in range(1, 11)],
        "value_of_information": {
            "evpi_usd": 2e5,
            "evppi_usd": [
                {"input": f"topic.input_{number}", "usd": 1e5 / number, "se": 2e3} for number in range(1, 100)
            ],
        },
        "curve": curve,
    }
    spread = np.array([0.4, 0.7, 1.0, 1.5, 3.0])
    cost = {
        name: (1 + index) * 1e4 * np.outer(np.linspace(1, 2, MONTHS), spread)
        for index, name in enumerate(names)
    }
    cost["owned"][-1] -= 2e5  # hardware is sold
    hour = np.arange(168)
    load = np.where((hour % 24 > 8) & (hour % 24 < 18) & (hour < 120), 0.31, 0.08)
    load[24 + 11] = 0.42
    return {"summary": summary, "savings": savings, "cost": cost, "quantiles": QUANTILES, "load": load}


def _figures(name: str, curve: dict[str, Any], share: float, mean: float) -> dict[str, Any]:
    """What a run says of an option, a little beside what its curve says of the nearest volume."""
    point = min(curve["volumes"], key=lambda one: abs(one["tokens_per_month"] - PLANNED))
    option = next(one for one in point["options"] if one["name"] == name)
    chance, bounds = option["probability_beats_baseline"], option["probability_beats_baseline_ci95"]
    if name == "owned":
        chance, bounds = share, [max(0.0, share - 0.01), min(1.0, share + 0.01)]
    return {
        "npv_usd": {"mean": mean, "p5": 0.3 * mean, "p50": 0.9 * mean, "p95": 2.5 * mean},
        "probability_beats_baseline": chance,
        "probability_beats_baseline_ci95": bounds,
        "probability_cheapest": option["probability_cheapest"],
        "probability_cheapest_ci95": option["probability_cheapest_ci95"],
        "usd_per_million_tokens": 1.01 * option["usd_per_million_tokens"],
        "utilization": option["utilization"],
    }


def tornado_row(name: str, swing: float, se: float = 5e3) -> dict[str, Any]:
    return {
        "input": name, "p10": -0.116, "p90": 1.22,
        "saving_at_p10_usd": -2e4 - swing, "saving_at_p10_se_usd": se,
        "saving_at_p90_usd": -2e4 + swing, "saving_at_p90_se_usd": se,
        "swing_usd": 2 * swing, "se_usd": se, "moves_with": [],
    }  # fmt: skip


def hostile(samples: int = 640) -> dict[str, Any]:
    """The same with eight self-hosted options and an input each, all of them with names that break things."""
    found = run(samples)
    summary, cost = found["summary"], found["cost"]
    names = (HOSTILE_BASELINE, *HOSTILE)
    kinds = {HOSTILE_BASELINE: "api"} | dict.fromkeys(HOSTILE, "rented")
    even = {name: 2e9 * (index + 1) for index, name in enumerate(HOSTILE)}
    summary["curve"] = summarize_curve(synthetic_curve(samples, VOLUMES, options=kinds, even=even))
    model = summary["options"][3]
    summary["options"] = [copy.deepcopy(model) | {"name": name, "kind": kinds[name]} for name in names]
    summary["options"][2]["components_usd"]["gpus"] *= -1
    summary["headline"] |= {"option": HOSTILE[0], "baseline": HOSTILE_BASELINE}
    for rows in (summary["tornado"], summary["value_of_information"]["evppi_usd"]):
        for row, name in zip(rows, HOSTILE, strict=False):
            row["input"] = name
    found["cost"] = {name: cost["owned"] * (1 + index) for index, name in enumerate(names)}
    return found


def charts(found: dict[str, Any], look: Any) -> dict[str, Any]:
    """All charts of a page by a name of theirs; None where there is nothing to draw."""
    from tcosim.report.charts.chance import chance_chart
    from tcosim.report.charts.components import components_chart
    from tcosim.report.charts.cost import cost_charts
    from tcosim.report.charts.saving import saving_chart
    from tcosim.report.charts.tornado import tornado_chart
    from tcosim.report.charts.utilization import utilization_chart
    from tcosim.report.charts.week import week_chart
    from tcosim.report.charts.worth import worth_chart

    summary = found["summary"]
    headline = summary["headline"] or {"option": "", "baseline": "", "expected_saving_usd": 0.0}
    costs = cost_charts(found["cost"], found["quantiles"], summary, look)
    return {
        "chance": chance_chart(summary["curve"], look),
        "saving": saving_chart(found["savings"], summary, look),
        "tornado": tornado_chart(
            summary["tornado"],
            option=headline["option"],
            baseline=headline["baseline"],
            mean_usd=headline["expected_saving_usd"],
            look=look,
        ),
        "worth": worth_chart(summary, look),
        "components": components_chart(summary, look),
        "week": week_chart(found["load"], look, futures=256),
        "utilization": utilization_chart(summary["curve"], look),
        **{f"cost-{index}": chart for index, (_, chart) in enumerate(costs)},
    }
