"""Every row of docs/sources.md is backed: its fields, gates, scenarios, commands and claims exist and do something."""

import functools
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from tcosim.scenario.fields import Kind, field_specs
from tcosim.scenario.models import OPTION_KINDS, Header, Route, Traffic, Volume
from tcosim.scenario.models.constraints import Constraints
from tests.engine.test_every_field_counts import NOT_FOR_THIS_KIND, PATHS

ROOT = Path(__file__).parents[1]
DATA = ROOT / "distributions"
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
MODEL = (ROOT / "docs" / "model.md").read_text(encoding="utf-8")
KINDS = {"cost", "mode", "question", "rule", "example"}
TABLES = {"scenario": (Header,), "volume": (Volume,), "traffic": (Traffic,), "constraints": (Constraints,)}
OPTIONS = tuple(OPTION_KINDS.values())

# quantities that the sources do not name: they follow from evidence outside the articles, or are policy
NOT_NAMED = {
    "burst_daily_share", "discount_rate_per_year", "idle_watts_per_gpu", "silent_share",
}  # fmt: skip


class Row(NamedTuple):
    id: str
    source: str
    says: str
    kind: str
    carriers: tuple[str, ...]


def rows():
    source = ""
    for line in PAGE.splitlines():
        if heading := re.match(r"## `([\w-]+)`: ", line):
            source = heading[1]
        elif line.startswith("## "):
            source = ""
        elif source and re.match(r"\| [A-Z]\d+ ", line):
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            assert len(cells) == 4, line
            yield Row(
                cells[0].strip("| "), source, cells[1], cells[2], tuple(re.findall(r"`([^`]+)`", cells[3]))
            )


ROWS = tuple(rows())
BY_ID = {row.id: row for row in ROWS}
CARRIERS = sorted({carrier for row in ROWS for carrier in row.carriers})


def models_of(path):
    """The tables in which a path of the page stands, and its last part."""
    table, _, rest = path.partition(".")
    if table == "option":
        name = rest.removeprefix("*.")
        return ((Route,), name.removeprefix("route.*.")) if name.startswith("route.") else (OPTIONS, name)
    return TABLES.get(table, ()), rest


def specs_of(path):
    models, name = models_of(path)
    return [field_specs(model)[name] for model in models if name in field_specs(model)]


def is_field(carrier):
    return carrier.partition(".")[0] in {*TABLES, "option"}


@functools.cache
def claims():
    """Source of every recomputed claim, by its id."""
    file = tomllib.loads((DATA / "claims.toml").read_text(encoding="utf-8"))
    return {claim["id"]: claim["source"] for claim in file["claim"]}


def commands():
    from tcosim.cli.app import app

    return {command.name for command in app.registered_commands}


def exists(carrier):
    """Whether what carries a row is there."""
    if carrier.startswith("claim:"):
        return carrier.removeprefix("claim:") in claims()
    if carrier.startswith("scenario:"):
        return (DATA / "scenarios" / f"{carrier.removeprefix('scenario:')}.toml").is_file()
    if carrier.startswith("tcosim "):
        return carrier.removeprefix("tcosim ") in commands()
    if carrier.startswith("model.md "):
        return (
            re.search(rf"^### {re.escape(carrier.removeprefix('model.md '))} ", MODEL, re.MULTILINE)
            is not None
        )
    if choice := re.fullmatch(r'(\w+) = "([\w-]+)"', carrier):
        return any(
            choice[2] in field_specs(model)[choice[1]].choices
            for model in OPTIONS
            if choice[1] in field_specs(model)
        )
    return bool(specs_of(carrier))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_what_carries_a_row_exists(carrier):
    assert exists(carrier), [row.id for row in ROWS if carrier in row.carriers]


@pytest.mark.parametrize(
    "carrier",
    [
        "option.*.no_such_field", "option.*.route.*.retry_share", "constraints.no_gate", "scenario:nowhere",
        "claim:nothing", "tcosim nothing", "model.md 9.9", 'kind = "leased"', 'contract = "forever"',
        "traffic.markup_share",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_found_out(carrier):
    assert not exists(carrier)


@pytest.mark.parametrize(
    "path", [c for c in CARRIERS if is_field(c) and any(s.kind is Kind.UNCERTAIN for s in specs_of(c))]
)
def test_a_quantity_of_the_page_moves_a_cost(path):
    """Each uncertain field is among those that `test_every_field_counts` moves, where it applies."""
    if path == "option.*.engineer_fte":
        path = "option.*.engineer_hours_per_month"  # the same quantity in another unit
    pattern = re.compile(re.escape(path).replace(r"\*", r"[\w-]+"))
    assert any(pattern.fullmatch(moved) and moved not in NOT_FOR_THIS_KIND for moved in PATHS)


def test_every_article_has_its_table_and_every_row_its_kind():
    library = tomllib.loads((DATA / "sources.toml").read_text(encoding="utf-8"))
    assert {row.source for row in ROWS} == {key for key in library if key.startswith("article-")}
    assert len(BY_ID) == len(ROWS)
    for row in ROWS:
        assert row.kind in KINDS, row
        assert row.says and row.carriers, row
    for source in {row.source for row in ROWS}:
        numbers = [int(row.id[1:]) for row in ROWS if row.source == source]
        assert numbers == list(range(1, len(numbers) + 1))
        assert {row.kind for row in ROWS if row.source == source} >= {"cost", "question"}


def test_a_cost_line_is_carried_by_a_quantity_or_the_choice_of_a_contract():
    for row in ROWS:
        if row.kind == "cost":
            assert any(is_field(c) or " = " in c or c.startswith("model.md") for c in row.carriers), row


def test_a_question_is_carried_by_a_gate_a_volume_or_a_command():
    for row in ROWS:
        if row.kind == "question":
            assert any(c.startswith(("constraints.", "volume.", "tcosim ")) for c in row.carriers), row


def test_every_gate_every_kind_and_every_quantity_is_on_the_page():
    on_page = {models_of(carrier)[1] for carrier in CARRIERS if is_field(carrier)}
    assert set(field_specs(Constraints)) <= on_page
    assert {f'kind = "{kind}"' for kind in OPTION_KINDS} <= set(CARRIERS)
    quantities = {
        name
        for model in (Header, Volume, Traffic, Route, *OPTIONS)
        for name, spec in field_specs(model).items()
        if spec.kind is Kind.UNCERTAIN
    }
    assert quantities - on_page == NOT_NAMED


def test_every_claim_is_on_the_page_with_its_own_article():
    cited = {
        (c.removeprefix("claim:"), row.source) for row in ROWS for c in row.carriers if c.startswith("claim:")
    }
    assert cited == set(claims().items())


def test_every_scenario_that_ships_is_on_the_page():
    shipped = {path.stem for path in (DATA / "scenarios").glob("*.toml")} - {"support-assistant"}
    assert shipped <= {c.removeprefix("scenario:") for c in CARRIERS if c.startswith("scenario:")}


SUBJECTS = {
    "markup": "M3", "overhead": "M4", "private endpoints": "M4", "reserved": "F9", "spot": "F10", "egress": "F11",
    "rate limit upgrades": "T25", "retries": "T30", "development": "F6", "prompt growth": "T14", "cached": "T15",
    "batch": "T16", "routing": "M31", "gateway": "M30", "observability": "L16", "storage": "T4", "backup": "T10",
    "security review": "T9", "audit": "M26", "on-call": "T23", "recruiting": "G6", "signing": "G7",
    "GPU shortage": "T20", "fine-tuning": "G3", "redundancy": "G2", "out of the box": "G8", "optimization": "G9",
    "power and cooling": "M18", "depreciation": "M20", "overestimated volume": "G21", "measuring": "M33",
    "outages": "M23", "lock-in": "M28", "migration": "T26", "hybrid by task": "T36", "hybrid by sensitivity": "T37",
    "overflow": "T38",
}  # fmt: skip
CARRIED = {
    "markup": "markup_share", "overhead": "overhead_usd_per_month", "egress": "networking_usd_per_month",
    "rate limit upgrades": "rate_limit_usd_per_month", "retries": "retry_share", "development": "development_share",
    "prompt growth": "annual_growth", "batch": "batch_price_ratio", "outages": "outage_hours_per_year",
    "fine-tuning": "finetune_runs_per_year", "GPU shortage": "lead_months", "signing": "launch_usd",
    "measuring": "tcosim value", "overflow": 'overflow = "api"',
}  # fmt: skip


@pytest.mark.parametrize("subject", SUBJECTS)
def test_no_subject_is_left_out(subject):
    row = BY_ID[SUBJECTS[subject]]
    wanted = CARRIED.get(subject)
    assert row.carriers
    assert wanted is None or any(carrier.endswith(wanted) for carrier in row.carriers), row
