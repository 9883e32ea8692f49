"""A page as a run would give it, for the tests of all documents: texts of realistic length, made by hand."""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

from tcosim.report.content.insight import DriverRow, Drivers, Information
from tcosim.report.content.page import Assumption, Components, CurveContent, Page, Reading, Source
from tcosim.report.content.risk import CostSoFar, RiskRow, RiskTable
from tcosim.report.content.run import OptionRow, ProbabilityRow, RunReport, SavingHistogram
from tcosim.report.words.histogram import Bin

BASELINE, HEADLINE = "api", "owned-h100"

BY_VOLUME = [
    "Below 1.16 billion tokens a month (95 % interval 1.14 billion to 1.18 billion) choose api, above 23.3 billion"
    " (95 % interval 22.6 billion to 24 billion) self-host (owned-h100); between them it is a bet.",
    "A bet means a chance of 10 to 90 % that the self-hosted option with the lowest expected cost costs less than api"
    " over 36 months.",
    "An even chance is reached at 4.43 billion tokens a month (95 % interval 4.38 billion to 4.47 billion).",
]

OPTIONS = [
    # name, mean, P5, P50, P95, a month, paid, used, load, hours over, cheapest
    ("api", "816k", "220k", "570k", "2.20M", "17.8k", "4.06", "4.06", "-", "-", "62.9 %"),
    ("managed", "971k", "271k", "680k", "2.61M", "21.2k", "4.83", "4.83", "-", "-", "0 %"),
    ("rented-h100", "966k", "476k", "857k", "1.80M", "26.6k", "4.71", "3.16", "11 %", "4.6", "12.6 %"),
    ("owned-h100", "838k", "457k", "745k", "1.51M", "22.5k", "3.97", "3.37", "12 %", "6.7", "24.5 %"),
    ("hybrid-h100", "1.26M", "649k", "1.13M", "2.31M", "35.2k", "6.20", "4.71", "7 %", "2.4", "0 %"),
]

PROBABILITIES = [
    ("managed", 0.0, "0 %", "0 to 0.0004 %"),
    ("rented-h100", 0.293, "29.3 %", "29.1 to 29.4 %"),
    ("owned-h100", 0.352, "35.2 %", "35.1 to 35.3 %"),
    ("hybrid-h100", 0.125, "12.5 %", "12.4 to 12.5 %"),
]

RISKS = [
    RiskRow("api", "-", "-", "-", "-", "-", "243k", "-", ("-", "-", "-")),
    RiskRow("managed", "-452k", "-101k", "-24.7k", "452k", "795k", "399k", "-", ("0 %", "0 %", "0 %")),
    RiskRow("rented-h100", "-1.10M", "-248k", "1.11M", "1.10M", "1.57M", "393k", "-", ("9.3 %", "21.6 %", "29.3 %")),
    RiskRow("owned-h100", "-860k", "-155k", "1.23M", "860k", "1.26M", "265k", "-", ("1.3 %", "17.7 %", "35.2 %")),
    RiskRow("hybrid-h100", "-1.28M", "-453k", "398k", "1.28M", "1.73M", "690k", "-", ("1.1 %", "6.2 %", "12.5 %")),
]  # fmt: skip

READINGS = [
    Reading(1e9, "1 billion", "owned-h100", "7.9 %", "7.7 to 8.1 %", "very unlikely, about 1 in 10",
            "costs $421 k more on average", "api", True),
    Reading(2e9, "2 billion", "owned-h100", "22 %", "21 to 23 %", "unlikely, about 1 in 5",
            "costs $221 k more on average", "api", False),
    Reading(3e9, "3 billion", "owned-h100", "35.2 %", "35.1 to 35.3 %", "unlikely, about 1 in 3",
            "costs $21.8 k more on average", "api", True),
    Reading(1e10, "10 billion", "owned-h100", "75 %", "73 to 77 %", "likely, about 3 in 4",
            "saves $1.21 M on average", "owned-h100", True),
]  # fmt: skip

ASSUMPTIONS = [
    Assumption("traffic.annual_growth", "Yearly growth of the tokens of this workload.", "share/year", "-0.25", "0.3",
               "1.6", "judgement", "2026-11-21", "A single product may stall or be withdrawn.",
               [Source("Judgement of the maintainers, tcosim, 2026-11-21", "")], False, False, "$148 k ± $3 k"),
    Assumption("api.annual_decline", "Yearly decline of the price of a fixed quality; negative is a rise.",
               "share/year", "-0.35", "0.18", "0.6", "measured", "2026-11-21", "Eight tiers are a small sample.",
               [Source("genai-prices and its history, pydantic, 2026", "https://github.com/pydantic/genai-prices"),
                Source("LLM inference price trends, Epoch AI, 2025", "")], False, False, "$95 k ± $2 k"),
    Assumption("volume.forecast_ratio", "Actual over planned volume.", "ratio", "1", "1", "1", "stated", "",
               "The scenario says nothing of it: this is its default.", [], True, False, ""),
]  # fmt: skip

DRIVERS = [
    "traffic.annual_growth (Yearly growth of the tokens of this workload): at its 10th percentile, -0.116, the expected"
    " saving is -$380 k; at its 90th, 1.22, it is $560 k.",
    "api.annual_decline (Yearly decline of the price of a fixed quality, taken in steps when the buyer moves to a"
    " successor model; negative is a rise): at its 10th percentile, -0.204, the expected saving is $330 k; at its 90th,"
    " 0.501, it is -$330 k.",
    "traffic.input_share (Share of the tokens that is input, for a chat-like assistant with retrieval): at its 10th"
    " percentile, 0.697, the expected saving is $260 k; at its 90th, 0.949, it is -$250 k.",
]

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="{height}" viewBox="0 0 400 {height}">'
    '<rect width="400" height="{height}" fill="#eeeeee"/>'
    '<text x="10" y="30" font-family="sans-serif" font-size="12">{said}</text></svg>'
)


def picture(said: str, height: int = 300) -> str:
    """Return a picture with a text in it, as large as a chart."""
    return PICTURE.format(said=said, height=height)


def example_page(**changes: Any) -> Page:
    """Return a page; ``changes`` are fields of it, or of its run."""
    run_fields = {field.name for field in fields(RunReport)}
    run = replace(
        _run(), **{name: value for name, value in changes.items() if name in run_fields - {"drivers"}}
    )
    page = Page(
        run=run,
        verdict="unlikely, about 1 in 3",
        recommendation=(
            "Choose api: it costs least on average. It is a bet; the first thing to find out is traffic.annual_growth,"
            " worth up to $148 k."
        ),
        drivers=DRIVERS,
        labels={"api": "Frontier API", "owned-h100": "Owned H100s"},
        components=Components(
            ["api", "owned-h100"], [("API tokens", "748k", "114k"), ("engineers", "0", "269k"), ("GPUs", "0", "-97k")]
        ),
        correlations=["people.engineer_hours_per_month with models.refresh_hours: 0.5"],
        curve=CurveContent(BY_VOLUME, READINGS, 2, "At the scenario's own volume: all 1,000,000 futures."),
        rules=[
            ("api", "Pays by the token for one model, and moves to a successor every 4 to 23.9 months (P5 to P95)."),
            ("owned-h100", "Buys its GPUs and keeps them to the end, 2 to a replica. Serves all of the work."),
        ],
        assumptions=ASSUMPTIONS,
        judged="25 of the 49 uncertain inputs are judgement; of these, traffic.annual_growth is worth most to know.",
        leaves_out=[
            "Only costs count: privacy, control, speed and what better answers are worth have no price of their own.",
            "Taxes, depreciation, loans and exchange rates are left out: money counts when it is paid.",
        ],
        reproduction=[
            ("scenario", "support-assistant"),
            ("hash of the resolved scenario (SHA-256)", "71df6ee169996e6c" * 4),
            ("hash of the library (SHA-256)", "2b5cfa4975790a43" * 4),
            ("seed", "7"),
            ("futures", "1,000,000"),
            ("tcosim", "0.1.0"),
        ],
        commands=["b2sum --check checksums.b2", "tcosim run scenario.toml --samples 1000000 --seed 7 --out again"],
        run_hash="80bea72c6e58",
    )  # fmt: skip
    return replace(
        page,
        **{name: value for name, value in changes.items() if name not in run_fields or name == "drivers"},
    )


def without_self_hosting() -> Page:
    """Return the page of a scenario with an API alone."""
    said = (
        "At 3 billion tokens a month nothing can be said about self-hosting over 36 months: the scenario has no rented"
        " or owned option."
    )
    return replace(
        example_page(
            sentences=[said],
            probabilities=[],
            options=_run().options[:1],
            histogram=None,
            by_volume=[],
            risk=None,
            information=None,
        ),
        verdict="",
        curve=None,
        drivers=[],
        recommendation="Choose api: of the options here, none of them self-hosted, it costs least on average.",
    )


def with_options(names: list[str]) -> Page:
    """Return a page with options of these names, the first one the baseline, the last one in every sentence."""
    run = _run()
    options = [
        replace(run.options[index % len(run.options)], option=name) for index, name in enumerate(names)
    ]
    chances = [
        replace(run.probabilities[index % len(run.probabilities)], option=name)
        for index, name in enumerate(names[1:])
    ]
    page = example_page(options=options, probabilities=chances, baseline=names[0])
    return said_otherwise(page, {HEADLINE: names[-1]})


def said_otherwise(value: Any, words: dict[str, str]) -> Any:
    """Return the same content with words exchanged in all of its texts."""
    if isinstance(value, str):
        for old, new in words.items():
            value = value.replace(old, new)
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value,
            **{field.name: said_otherwise(getattr(value, field.name), words) for field in fields(value)},
        )
    if isinstance(value, (list, tuple)):
        return type(value)(said_otherwise(one, words) for one in value)
    return value


def _run() -> RunReport:
    return RunReport(
        title="support-assistant",
        setting="3 billion tokens a month, 36 months, 1,000,000 futures, seed 7",
        sentences=[
            "At 3 billion tokens a month, owned-h100 is unlikely to cost less than api over 36 months: about 1 in 3"
            " (35.2 %, 95 % interval 35.1 to 35.3 %).",
            "On average it costs $21.8 k more in present value (95 % interval $21.2 k to $22.3 k); in the worst 5 % of"
            " futures it costs $1.26 M more on average.",
            "As things stand, api costs least on average; to know the future first would save another $243.0 k.",
        ],
        baseline=BASELINE,
        probabilities=[ProbabilityRow(*row) for row in PROBABILITIES],
        options=[OptionRow(*row) for row in OPTIONS],
        histogram=SavingHistogram(
            HEADLINE,
            BASELINE,
            [
                Bin(-math.inf, -5e5, 0.171),
                Bin(-5e5, 0.0, 0.477),
                Bin(0.0, 5e5, 0.218),
                Bin(5e5, math.inf, 0.134),
            ],
            -1,
        ),
        by_volume=BY_VOLUME,
        risk=RiskTable(BASELINE, (12, 24, 36), "", RISKS),
        cost_so_far=CostSoFar(
            (12, 24, 36), [("api", "184k", "379k", "570k"), ("owned-h100", "402k", "604k", "746k")]
        ),
        drivers=Drivers(HEADLINE, BASELINE, [DriverRow("traffic.annual_growth", 0.293, "29.3 %")], "70.7 %"),
        information=Information(
            "Knowing everything before choosing would be worth $243.0 k on average; the best single thing to find out"
            " is traffic.annual_growth, worth up to $148 k.",
            [("traffic.annual_growth", "$148 k", "± $3 k")],
        ),
        notes=["Drivers, and what single inputs are worth, are read off the first 65,536 futures."],
    )
