"""A small library of distributions, and a scenario that needs nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcosim.scenario.fields import Use, field_specs
from tcosim.scenario.library import Library
from tcosim.scenario.models import OPTION_KINDS, Header, Route, Traffic, Volume

ABOUT = """\
unit = "{unit}"
support = [{low}, {high}]
meaning = "For tests."
source = ["made-up"]
checked = 2026-01-01
grade = "judgement"
caveat = "Not of this world."
"""

SCENARIO = """\
[scenario]
name = "small"

[volume]
tokens_per_month = 2e9
annual_growth = { dist = "normal", p5 = 0.1, p95 = 0.5, low_limit = -0.5 }

[traffic]

[[option]]
kind = "api"
name = "api"
usd_per_million_input = 3
usd_per_million_cached_input = 0.3
usd_per_million_output = { dist = "uniform", low = 10, high = 15 }

[[option]]
kind = "rented"
name = "rented-h100"
gpus_per_replica = 2
mixed_tokens_per_second = { dist = "lognormal", p5 = 4000, p95 = 8000 }
usd_per_gpu_hour = { dist = "pert", low = 1.5, mode = 2.5, high = 6 }

[[option]]
kind = "owned"
name = "owned"
gpus_per_replica = 8
prefill_tokens_per_second = 20_000
decode_tokens_per_second = 4_000
engineer_fte = { dist = "gamma", mean = 0.5, sd = 0.2 }
usd_per_gpu = { dist = "quantiles", p5 = 20e3, p50 = 25e3, p95 = 35e3 }

[[option]]
kind = "managed"
name = "managed"
"""


def entry(key: str, declared: str, *, unit: str = "share", low: float = 0, high: float = 1) -> str:
    """Write one entry of a library."""
    return f"[{key}]\n{declared}\n{ABOUT.format(unit=unit, low=low, high=high)}\n"


def default_keys() -> dict[str, tuple[float, float]]:
    """Return every key that some field takes by default, with the field's bounds."""
    found: dict[str, tuple[float, float]] = {}
    for model in (Header, Volume, Traffic, Route, *OPTION_KINDS.values()):
        for spec in field_specs(model).values():
            if isinstance(spec.default, Use):
                found[spec.default.key] = (spec.bounds.low, spec.bounds.high)
    return found


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """A library with one uniform distribution for every default, inside the field's bounds."""
    folder = tmp_path_factory.mktemp("library")
    topics: dict[str, str] = {}
    for key, (low, high) in default_keys().items():
        low, high = max(low, -0.5), min(high, 4.0)  # noqa: PLW2901
        first, last = low + 0.3 * (high - low), low + 0.6 * (high - low)
        text = entry(key, f'dist = "uniform"\nlow = {first!r}\nhigh = {last!r}', low=low, high=high)
        topics[key.split(".")[0]] = topics.get(key.split(".")[0], "") + text
    for name, level in (("office-hours", "1"), ("half", "0.5")):
        values = ", ".join([level, "2.0"] * 84)
        topics["traffic"] += (
            f"[shape.{name}]\nvalues = [{values}]\n{ABOUT.format(unit='ratio', low=0, high=9)}\n"
        )
    for topic, text in topics.items():
        (folder / f"{topic}.toml").write_text(text)
    (folder / "sources.toml").write_text('[made-up]\ntitle = "Nowhere"\n')
    (folder / "correlations.toml").write_text(
        '[[correlation]]\ninputs = ["people.launch_hours", "people.engineer_hours_per_month"]\n'
        'rank_correlation = 0.4\nsource = ["made-up"]\nchecked = 2026-01-01\ngrade = "judgement"\ncaveat = ""\n'
    )
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "support-assistant.toml").write_text(SCENARIO)
    return Library(folder)


@pytest.fixture
def scenario_file(tmp_path: Path) -> Path:
    """The small scenario as a file."""
    path = tmp_path / "mine.toml"
    path.write_text(SCENARIO)
    return path
