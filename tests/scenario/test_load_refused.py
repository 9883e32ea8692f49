"""Scenarios that are refused: every problem at once, each with its field, rule, value, way out and place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcosim.errors import InputError, Problem
from tcosim.scenario.library import Library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import RentedOption
from tests.scenario.conftest import SCENARIO
from tests.scenario.test_load import CORRELATION, with_lines


def problems(text: str, library: Library, **kwargs: object) -> tuple[Problem, ...]:
    """Return what is wrong with a scenario."""
    with pytest.raises(InputError) as refused:
        load_text(text, origin="s.toml", library=library, **kwargs)  # type: ignore[arg-type]
    return refused.value.problems


def only(text: str, library: Library) -> Problem:
    """Return the one thing wrong with a scenario."""
    found = problems(text, library)
    assert len(found) == 1, found
    return found[0]


RENTED = 'name = "rented-h100"'

CASES: list[tuple[str, str, str, str, str]] = [
    # after, line, field, rule, way out
    (
        "[volume]",
        "anual_growth = 0.1",
        "volume.anual_growth",
        "no known field",
        "did you mean annual_growth?",
    ),
    (RENTED, "repair = 24", "option.rented-h100.repair", "no known field", "did you mean repair_hours?"),
    (RENTED, "pue = 1.4", "option.rented-h100.pue", "no known field", ""),
    (RENTED, "repair_hours = -3", "option.rented-h100.repair_hours", "between 2 and 8,760", ""),
    (RENTED, "setup_usd = -3", "option.rented-h100.setup_usd", "between 0 and 1e9", "cannot be negative"),
    (RENTED, "share = 60", "option.rented-h100.share", "above 0 and at most 1", "write 0.6 for 60 %"),
    (RENTED, "share = 0", "option.rented-h100.share", "above 0 and at most 1", ""),
    (RENTED, "share = 1.6", "option.rented-h100.share", "above 0 and at most 1", "1 is 100 %: lower it"),
    (RENTED, "headroom = nan", "option.rented-h100.headroom", "finite", ""),
    (RENTED, "headroom = inf", "option.rented-h100.headroom", "finite", ""),
    (RENTED, f"headroom = 1{'0' * 400}", "option.rented-h100.headroom", "finite", ""),
    (RENTED, "headroom = true", "option.rented-h100.headroom", "must be a number", ""),
    (
        RENTED,
        'headroom = "1.5"',
        "option.rented-h100.headroom",
        "a number, a dist",
        "write 1.5 without quotes",
    ),
    (RENTED, "headroom = [1]", "option.rented-h100.headroom", "a number, a distribution", ""),
    (RENTED, "headroom = 2026-01-01", "option.rented-h100.headroom", "a number, a distribution", ""),
    (RENTED, "headroom = {}", "option.rented-h100.headroom", "empty table", "state a number"),
    (
        RENTED,
        'headroom = { dist = "normal", p5 = 3, p95 = 1 }',
        "option.rented-h100.headroom.p5",
        "below p95",
        "swap",
    ),
    (
        RENTED,
        'headroom = { dist = "normal", p5 = 1, p95 = 2 }',
        "option.rented-h100.headroom",
        "between",
        "low_limit = 0",
    ),
    (
        RENTED,
        'headroom = { dist = "nrmal", p5 = 1 }',
        "option.rented-h100.headroom.dist",
        "one of",
        "mean normal",
    ),
    (
        RENTED,
        'headroom = { use = "serving.hedroom" }',
        "option.rented-h100.headroom.use",
        "library",
        "serving.headroom",
    ),
    (RENTED, 'headroom = { use = "nothing" }', "option.rented-h100.headroom.use", "library", ""),
    (RENTED, "headroom = { use = 3 }", "option.rented-h100.headroom.use", "key of the library", ""),
    (
        RENTED,
        'headroom = { use = "serving.headroom", p5 = 1 }',
        "option.rented-h100.headroom",
        "as it is",
        "",
    ),
    (
        RENTED,
        'headroom = { use = "serving.headroom", input = "a b" }',
        "option.rented-h100.headroom.input",
        "letters",
        "",
    ),
    (RENTED, "pareto = 1\nheadroom = 1", "option.rented-h100.pareto", "no known field", ""),
    (RENTED, "min_replicas = 2.0", "option.rented-h100.min_replicas", "whole number", "decimal point"),
    (RENTED, "min_replicas = -1", "option.rented-h100.min_replicas", "between 0 and 100,000", "negative"),
    (RENTED, "autoscale = 1", "option.rented-h100.autoscale", "true or false", ""),
    (RENTED, 'contract = "spott"', "option.rented-h100.contract", "one of on-demand", "did you mean spot?"),
    (RENTED, "contract = 3", "option.rented-h100.contract", "text", ""),
    (RENTED, "label = 3", "option.rented-h100.label", "text", ""),
    (
        RENTED,
        "term_months = 12",
        "option.rented-h100.term_months",
        'only with contract = "reserved"',
        "take it out",
    ),
    (
        RENTED,
        'overflow = "lost"',
        "option.rented-h100.lost_usd_per_million_tokens",
        "is missing",
        "USD/million tokens",
    ),
    (
        RENTED,
        'autoscale = true\ncontract = "reserved"',
        "option.rented-h100.autoscale",
        "reserved",
        "on-demand",
    ),
    (RENTED, 'api = "apy"', "option.rented-h100.api", "option of kind api", "did you mean api?"),
    (RENTED, 'api = "owned"', "option.rented-h100.api", "option of kind api", ""),
    (
        RENTED,
        "prefill_tokens_per_second = 1",
        "option.rented-h100.mixed_tokens_per_second",
        "stands instead of",
        "",
    ),
    (
        'name = "owned"',
        "engineer_hours_per_month = 1",
        "option.owned.engineer_fte",
        "stands instead of",
        "take one out",
    ),
    ("[scenario]", "months = 600", "scenario.months", "between 1 and 240", "lower it"),
    (
        "[volume]",
        "forecast_ratio = 60_000",
        "volume.forecast_ratio",
        "above 0 and at most 100",
        "not plausible",
    ),
    ("[scenario]", "months = 0", "scenario.months", "between 1 and 240", ""),
    ("[scenario]", 'baseline = "owned"', "scenario.baseline", "kind api or managed", "use api or managed"),
    ("[scenario]", 'baseline = "managd"', "scenario.baseline", "name an option", "did you mean managed?"),
    (
        "[traffic]",
        'weekly_profile = "office-hour"',
        "traffic.weekly_profile",
        "shape",
        "did you mean office-hours?",
    ),
    ("[traffic]", "weekly_profile = [1, 2]", "traffic.weekly_profile", "168 numbers", ""),
    (
        "[traffic]",
        'weekly_profile_name = "x"',
        "traffic.weekly_profile_name",
        "has its name already",
        "take it out",
    ),
    ("[traffic]", "burst_hours = 0", "traffic.burst_hours", "above 0 and at most 1,000", "raise it"),
    ("[traffic]", "cached_share = 1.2", "traffic.cached_share", "between 0 and 1", ""),
    (
        "[traffic]",
        'cached_share = { dist = "lognormal", p5 = 0.1, p95 = 0.9 }',
        "traffic.cached_share",
        "between 0 and 1",
        "high_limit = 1",
    ),
    (
        "[traffic]",
        'cached_share = { dist = "mixture", components = [{ weight = 1, dist = "point", value = 2 }, '
        '{ weight = 1, dist = "point", value = 0 }] }',
        "traffic.cached_share",
        "between 0 and 1",
        "",
    ),
    (
        RENTED,
        'repair_hours = { dist = "empirical", file = "none.csv" }',
        "option.rented-h100.repair_hours.file",
        "cannot be read",
        "relative to the scenario",
    ),
    ('name = "api"', "route = 3", "option.api.route", "[[option.route]]", ""),
]


@pytest.mark.parametrize(("after", "line", "field", "rule", "way_out"), CASES)
def test_a_bad_field_is_named_with_rule_value_way_out_and_line(
    library: Library, after: str, line: str, field: str, rule: str, way_out: str
) -> None:
    text = with_lines(line, after=after)
    found = problems(text, library)
    problem = next((problem for problem in found if problem.field == field), None)
    assert problem is not None, found
    assert rule in problem.rule
    assert way_out in problem.way_out
    file, number = problem.place.split(":")
    assert file == "s.toml"
    assert 1 <= int(number) <= len(text.splitlines())
    if problem.field.split(".")[-1] in line and "missing" not in rule:
        assert problem.field.split(".")[-1] in text.splitlines()[int(number) - 1]
    assert len(found) <= 2


@pytest.mark.parametrize(
    ("start", "field"),
    [
        ("usd_per_gpu_hour", "option.rented-h100.usd_per_gpu_hour"),
        ("usd_per_gpu ", "option.owned.usd_per_gpu"),
        ("usd_per_million_input", "option.api.usd_per_million_input"),
        ("tokens_per_month", "volume.tokens_per_month"),
        ("gpus_per_replica", "option.rented-h100.gpus_per_replica"),
        ("decode_tokens_per_second", "option.owned.decode_tokens_per_second"),
        ('name = "small"', "scenario.name"),
        ('name = "owned"', "option[3].name"),
        ('kind = "owned"', "option.owned.kind"),
    ],
)
def test_a_missing_field_is_named_with_its_unit_and_table(library: Library, start: str, field: str) -> None:
    lines = SCENARIO.splitlines()
    lines.remove(next(line for line in lines if line.startswith(start)))
    problem = only("\n".join(lines), library)
    assert problem.field == field
    assert "is missing" in problem.rule
    assert problem.way_out
    assert lines[int(problem.place.split(":")[1]) - 1].startswith("[")


def test_a_distribution_of_the_volume_is_sent_to_the_forecast_ratio(library: Library) -> None:
    text = SCENARIO.replace("2e9", '{ dist = "normal", p5 = 1e9, p95 = 3e9 }')
    assert "forecast_ratio" in only(text, library).way_out


def test_prices_are_within_reason(library: Library) -> None:
    for price, way_out in (("0.01", "check the unit"), ("40_000", "check the unit"), ("-2", "negative")):
        text = SCENARIO.replace(
            'usd_per_gpu_hour = { dist = "pert", low = 1.5, mode = 2.5, high = 6 }',
            f"usd_per_gpu_hour = {price}",
        )
        problem = only(text, library)
        assert problem.field == "option.rented-h100.usd_per_gpu_hour"
        assert way_out in problem.way_out or "above 0" in problem.way_out


def test_one_input_name_with_two_distributions_is_refused(library: Library) -> None:
    first = 'burst_hours = { dist = "uniform", low = 1, high = 3, input = "slow" }'
    other = 'spike_hours = { dist = "uniform", low = 1, high = 4, input = "slow" }'
    problem = only(with_lines(first, other, after="[traffic]"), library)
    assert "another distribution" in problem.rule
    other = 'burst_days = { dist = "uniform", low = 1, high = 3, input = "slow" }'
    problem = only(with_lines(first, other, after="[traffic]"), library)
    assert "is in days, not hours" in problem.rule


PRICES = "usd_per_million_input = 3\nusd_per_million_cached_input = 1\nusd_per_million_output = 9\n"


def test_shares_of_routes_sum_to_one(library: Library) -> None:
    head, tail = SCENARIO.split("usd_per_million_input = 3\n")
    tail = tail[tail.index("[[option]]") :]
    routes = "".join(f'[[option.route]]\nname = "a"\nshare = {share}\n{PRICES}' for share in (0.7, 0.2))
    found = problems(head + routes + tail, library)
    assert [problem.field for problem in found] == ["option.api.route.share", "option.api.route.a.name"]
    assert found[0].value == "0.7 + 0.2 = 0.9"


def test_names_are_unique_and_plain(library: Library) -> None:
    problem = only(SCENARIO.replace('name = "owned"', 'name = "API"'), library)
    assert problem.field == "option.API.name"
    assert "unique" in problem.rule
    problem = only(SCENARIO.replace('name = "owned"', 'name = "a.b c"'), library)
    assert "letters, digits" in problem.rule
    problem = only(SCENARIO.replace('name = "owned"', f'name = "{"x" * 61}"'), library)
    assert "up to 60" in problem.rule


def test_something_must_be_compared(library: Library) -> None:
    text = SCENARIO[: SCENARIO.index('[[option]]\nkind = "rented"')]
    assert "nothing to compare" in only(text, library).rule
    assert "two or more" in only(text[: text.index("[[option]]")], library).rule


@pytest.mark.parametrize(
    ("correlation", "rule"),
    [
        (CORRELATION.format("volume.annual_growth", "volume.anual_growth", 0.1), "no uncertain input"),
        (CORRELATION.format("volume.annual_growth", "volume.forecast_ratio", 0.1), "plain number"),
        (CORRELATION.format("volume.annual_growth", "volume.annual_growth", 0.1), "twice"),
        (CORRELATION.format("volume.annual_growth", "traffic.burst_sigma", 1), "between -1 and 1"),
        (CORRELATION.format("volume.annual_growth", "traffic.burst_sigma", "nan"), "finite"),
        (CORRELATION.format("volume.annual_growth", "traffic.burst_sigma", 0.1) * 2, "again"),
        ('[[correlation]]\ninputs = ["volume.annual_growth", "traffic.burst_sigma"]\n', "either"),
        ('[[correlation]]\ninputs = ["volume.annual_growth"]\nrank_correlation = 0.1\n', "two or more"),
        ("[[correlation]]\nrank_correlation = 0.1\n", "missing"),
        (
            '[[correlation]]\ninputs = ["volume.annual_growth", "traffic.burst_sigma"]\nmatrix = [[1, 0.1]]\n',
            "2x2",
        ),
        (
            '[[correlation]]\ninputs = ["volume.annual_growth", "traffic.burst_sigma"]\n'
            "matrix = [[1, 0.1], [0.2, 1]]\n",
            "symmetric",
        ),
        (
            '[[correlation]]\ninputs = ["volume.annual_growth", "traffic.burst_sigma"]\nmatrix = [[1, "x"], [2]]\n',
            "finite",
        ),
        ("[correlation]\ninputs = []\n", "[[correlation]]"),
    ],
)
def test_bad_correlations_are_refused(library: Library, correlation: str, rule: str) -> None:
    found = problems(SCENARIO + correlation, library)
    assert any(rule in problem.rule for problem in found), found
    assert all(problem.field.startswith("correlation") for problem in found)


def test_an_option_of_no_known_kind_is_one_problem(library: Library) -> None:
    problem = only(SCENARIO.replace('kind = "managed"', 'kind = "manged"'), library)
    assert (problem.field, problem.way_out) == ("option.managed.kind", "did you mean managed?")
    problem = only(SCENARIO.replace('kind = "api"', 'kind = "apy"'), library)
    assert (problem.field, problem.value) == ("option.api.kind", "apy")


def test_all_problems_of_a_file_are_reported_at_once(library: Library) -> None:
    text = with_lines("anual_growth = 0.1", "forecast_ratio = -1", after="[volume]")
    text = with_lines("cached_share = 3", after="[traffic]", text=text)
    text = with_lines("repair = 3", "share = 2", 'api = "x"', after=RENTED, text=text).replace(
        "usd_per_gpu = ", "usd = "
    )
    text += "[optoin]\n" + CORRELATION.format("a", "b", 3)
    fields = [problem.field for problem in problems(text, library)]
    assert set(fields) == {
        "optoin",
        "volume.anual_growth",
        "volume.forecast_ratio",
        "traffic.cached_share",
        "option.rented-h100.repair",
        "option.rented-h100.share",
        "option.rented-h100.api",
        "option.owned.usd",
        "correlation[1].inputs",
    }


@pytest.mark.parametrize(
    "text", ["volume = 3", "option = 3", "option = [3, 4]", "scenario = []", "resolved = 3", "x = 1"]
)
def test_odd_layouts_are_refused_in_words(library: Library, text: str) -> None:
    assert problems(text, library)


@pytest.mark.parametrize(
    ("line", "column", "way_out"),
    [
        ("share = 60%", 11, 'write 0.6 or "60%"'),
        ("share = 60 %  # much", 12, 'write 0.6 or "60%"'),
        ("share = 0,6", 10, "use a dot: 0.6"),
        ("tokens = 60,000", 12, "leave the comma out: 60000"),
        ("tokens = 3B", 11, 'put it in quotes: "3B", or write 3e9'),
        ('share = { dist = "normal", p5 = 20%, p95 = 0.3 }', 35, "write 0.2"),
        ('share = { dist = "normal", p5 = 0,2, p95 = 0.3 }', 36, "use a dot: 0.2"),
        ('share = { dist = "normal", p5 = 0.2', 36, "close the bracket"),
        ("weekly_profile = support", 18, 'put it in quotes: "support"'),
        ("title = Our own case", 9, 'put it in quotes: "Our own case"'),
        ("autoscale = True", 13, "write true"),
        ("autoscale = yes", 13, "write true or false"),
        ("[traffic", 9, "close the bracket: [traffic]"),
        ("[[option]", 9, "close the bracket: [[option]]"),
        ("title = “mine”", 9, "use straight quotes"),
        ('title = "mine', 14, "close the quote"),
        ("months = = 3", 10, "write one value after ="),
        ("months =", 9, "write one value after ="),
        ("months: 3", 7, "write = instead of :"),
        ("months 3", 8, "write it as field = value"),
        ("usd = $3", 7, "write the number alone"),
        ("usd = 3 USD", 9, "write the number alone"),
        ("share = .5", 9, "write a digit before the dot"),
        ("share = 1.", 10, "write a digit after the dot"),
        ('title = "C:\\Users"', None, "single quotes"),
    ],
)
def test_invalid_toml_shows_place_line_and_how_to_write_it(
    library: Library, line: str, column: int | None, way_out: str
) -> None:
    problem = only(f'a = "x"\n{line}\nb = 1\n', library)
    assert problem.place == f"s.toml:2:{column}" or (column is None and problem.place.startswith("s.toml:2:"))
    assert (problem.rule, problem.value) == ("is not valid TOML", line.partition("  #")[0])
    assert way_out in problem.way_out


def test_what_stands_twice_or_open_in_toml_is_named(library: Library) -> None:
    assert "a stands twice" in only("a = 1\na = 2\n", library).way_out
    assert "volume stands twice" in only("[volume]\na = 1\n[volume]\nb = 2\n", library).way_out
    assert "[[option]]" in only("[option]\na = 1\n[option]\nb = 2\n", library).way_out
    for text, what in (("a = 1\nb = [1,\n2\nc = 3\n", "bracket"), ('a = 1\nb = """x\ny = 3\n', "quote")):
        problem = only(text, library)
        assert (problem.place, problem.way_out) == ("s.toml:2", f"close the {what}")
    for text in ("x = '''", f"x = {'1' * 5000}", "x = 05", "?"):
        assert "not valid TOML" in only(text, library).rule


def test_a_file_that_is_not_there_has_the_closest_names(library: Library, scenario_file: Path) -> None:
    with pytest.raises(InputError, match=r"did you mean support-assistant\?"):
        load("suport-assistant", library=library)
    with pytest.raises(InputError, match=r"did you mean .*mine\.toml"):
        load(scenario_file.with_name("mien.toml"), library=library)
    for odd in ("", "no/such/place.toml", "a\0b", "x" * 5000):
        with pytest.raises(InputError):
            load(odd, library=library)


def test_what_cannot_be_read_is_refused_in_words(library: Library, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a directory"):
        load(tmp_path, library=library)
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"[scenario]\nname = 'caf\xe9'\n")
    with pytest.raises(InputError, match=r"latin\.toml:2: .*UTF-8"):
        load(latin, library=library)
    large = tmp_path / "large.toml"
    large.write_text("# " + "x" * 1_000_001)
    with pytest.raises(InputError, match="smaller than 1 MB"):
        load(large, library=library)
    marked = tmp_path / "marked.toml"
    marked.write_text("\ufeff" + SCENARIO, encoding="utf-8")
    load(marked, library=library)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_refused(library: Library, scenario_file: Path) -> None:
    scenario_file.chmod(0)
    with pytest.raises(InputError, match="cannot be read: Permission denied"):
        load(scenario_file, library=library)


def test_the_place_is_the_file_as_given(library: Library, scenario_file: Path) -> None:
    scenario_file.write_text(with_lines("growth = 1", after="[volume]"))
    with pytest.raises(InputError) as refused:
        load(scenario_file, library=library)
    assert refused.value.problems[0].place == f"{scenario_file}:5"


@pytest.mark.parametrize(
    ("table", "rule"),
    [
        ('dist = "empirical"\nfile = "v.csv"\nvalues = [1, 2]', "stands instead of"),
        ('dist = "empirical"\nfile = "v.csv"\ncolumn = "hour"', "one of site, hours"),
        (
            'dist = "empirical"\nfile = "v.csv"\ncolumn = "site"',
            "line 2, column site must be a finite number",
        ),
        ('dist = "empirical"\nfile = 3', "name of a CSV file"),
        ('dist = "empirical"\nfile = "long.csv"', "at most 5000 rows"),
        ('dist = "empirical"\nfile = "binary.csv"', "no CSV file in UTF-8"),
    ],
)
def test_bad_files_of_values_are_refused(library: Library, tmp_path: Path, table: str, rule: str) -> None:
    (tmp_path / "v.csv").write_text("site,hours\na,2\nb,5.5\n")
    (tmp_path / "long.csv").write_text("hours\n" + "".join(f"{n}\n" for n in range(1, 6000)))
    (tmp_path / "binary.csv").write_bytes(b"hours\n\xff\xfe\n")
    inner = table.replace("\n", ", ")
    text = with_lines(f"repair_hours = {{ {inner} }}", after=RENTED)
    found = problems(text, library, folder=tmp_path)
    assert rule in found[0].rule


def test_a_misspelled_required_field_is_one_problem(library: Library) -> None:
    problem = only(SCENARIO.replace("gpus_per_replica = 2", "gpu_per_replica = 2"), library)
    assert problem.field == "option.rented-h100.gpu_per_replica"
    assert problem.way_out == "did you mean gpus_per_replica, which is missing?"
    problem = only(SCENARIO.replace('kind = "managed"', 'knd = "managed"'), library)
    assert problem.way_out == "did you mean kind where it says knd?"
    text = SCENARIO + CORRELATION.format("volume.annual_growth", "traffic.burst_sigma", 0.1)
    problem = only(text.replace("rank_correlation", "rank_corelation"), library)
    assert problem.way_out == "did you mean rank_correlation?"


def test_what_is_missing_is_said_in_a_sentence(library: Library) -> None:
    problem = only(SCENARIO.replace("gpus_per_replica = 2\n", ""), library)
    assert problem.rule == "is missing (GPUs that hold one copy of the model)"
    assert problem.way_out == "state it in GPUs, for example gpus_per_replica = 2"
    problem = only(SCENARIO.replace('name = "owned"\n', ""), library)
    assert problem.rule == "is missing (short unique name: letters, digits, - and _)"
    assert problem.way_out == 'write name = "..."'


def test_an_option_without_its_name_is_not_missed_elsewhere(library: Library) -> None:
    assert only(SCENARIO.replace('name = "api"\n', ""), library).field == "option[1].name"


def test_problems_come_by_line(library: Library) -> None:
    text = with_lines("x = 1", after="[scenario]") + CORRELATION.format("a", "b", 3)
    text = with_lines(
        "cached_share = 3", after="[traffic]", text=text.replace('name = "owned"', 'name = "api"')
    )
    found = problems(text, library, overrides=["y=1"])
    assert found[0].place == "--set y=1"
    lines = [int(problem.place.split(":")[1]) for problem in found[1:]]
    assert len(lines) == 5
    assert lines == sorted(lines)


def test_numbers_in_messages_are_plain(library: Library) -> None:
    text = with_lines('headroom = { dist = "normal", p5 = 1, p95 = 60_000, low_limit = 1 }', after=RENTED)
    assert only(text, library).value == "values up to 86,360"
    assert only(SCENARIO.replace("2e9", "3e18"), library).value == "3e18"
    assert only(SCENARIO.replace("2e9", "-60_000.0"), library).value == "-60,000"
    assert only(with_lines('contract = ""', after=RENTED), library).value == '""'


def test_numbers_with_a_suffix_may_stand_in_quotes(library: Library) -> None:
    text = with_lines('share = "60%"', 'min_replicas = "1k"', after=RENTED)
    scenario = load_text(text.replace("2e9", '"3B"'), library=library)
    assert scenario.volume.tokens_per_month == 3e9
    fleet = scenario.option("rented-h100")
    assert isinstance(fleet, RentedOption)
    assert (fleet.share.point_value, fleet.min_replicas) == (0.6, 1000)
    assert only(SCENARIO.replace("2e9", '"2e9"'), library).way_out == "write 2e9 without quotes"


def test_only_names_that_are_near_are_suggested(library: Library, tmp_path: Path) -> None:
    for name in ("mine.toml", "yours.toml", "settings.toml"):
        (tmp_path / name).write_text(SCENARIO)
    with pytest.raises(InputError) as refused:
        load(tmp_path / "nosuch.toml", library=library)
    assert refused.value.problems[0].way_out == "start one with: tcosim new"
    with pytest.raises(InputError, match=r"did you mean .*settings\.toml\?"):
        load(tmp_path / "setings.toml", library=library)
