"""``include``: what another file lends to a scenario, whose key wins, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from tcosim.errors import InputError, Problem
from tcosim.scenario.library import Library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.models import Scenario
from tcosim.scenario.schema import json_schema
from tcosim.scenario.write import resolved_toml
from tests.scenario.conftest import SCENARIO
from tests.scenario.test_load import with_lines

FITTED = """\
[volume]
annual_growth = { dist = "normal", mean = 0.2, sd = 0.1, low_limit = -0.5 }
growth_volatility = 0.15

[traffic]
weekly_profile_name = "fitted"
weekly_profile = [{profile}]
burst_sigma = { dist = "lognormal", p5 = 0.3, p95 = 0.5, low_limit = 0.02 }
burst_daily_share = { dist = "uniform", low = 0.2, high = 0.4 }
silent_share = 0.1

[[correlation]]
inputs = ["traffic.burst_sigma", "traffic.burst_daily_share"]
rank_correlation = 0.3

[[correlation]]
inputs = ["traffic.burst_sigma", "traffic.burst_daily_share", "volume.annual_growth"]
matrix = [[1, 0, 0.1], [0, 1, 0.2], [0.1, 0.2, 1]]
""".replace("{profile}", ", ".join(["0.5", "1.5"] * 84))
ONE = "\n".join(FITTED.split("[[correlation]]")[:2]).replace("\ninputs", "\n[[correlation]]\ninputs")


class Folder:
    """A folder with a scenario that includes files."""

    def __init__(self, path: Path, library: Library):
        self.path = path
        self.library = library

    def write(self, name: str, text: str | bytes) -> None:
        path = self.path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)

    def load(
        self,
        include: str = '"fitted.toml"',
        text: str = SCENARIO,
        notes: list[str] | None = None,
        *overrides: str,
    ) -> Scenario:
        self.write("mine.toml", with_lines(f"include = {include}", after='name = "small"', text=text))
        return load(self.path / "mine.toml", library=self.library, notes=notes, overrides=overrides)

    def refused(self, include: str = '"fitted.toml"', text: str = SCENARIO) -> list[Problem]:
        with pytest.raises(InputError) as error:
            self.load(include, text)
        assert all(problem.field and problem.rule for problem in error.value.problems)
        return list(error.value.problems)

    def only(self, include: str = '"fitted.toml"', text: str = SCENARIO) -> Problem:
        (problem,) = self.refused(include, text)
        return problem


@pytest.fixture
def folder(tmp_path: Path, library: Library) -> Folder:
    made = Folder(tmp_path, library)
    made.write("fitted.toml", ONE)
    return made


def test_what_a_file_states_is_as_if_the_scenario_stated_it(folder: Folder, library: Library) -> None:
    included = folder.load()
    volume, rest = ONE.split("[traffic]\n")
    traffic, correlation = rest.split("[[correlation]]")
    # the scenario's own growth stands
    growth = next(line for line in volume.splitlines() if line.startswith("growth_volatility"))
    copied = with_lines(growth, after="tokens_per_month")
    copied = with_lines(*traffic.splitlines(), after="[traffic]", text=copied)
    whole = load_text(f"{copied}\n[[correlation]]{correlation}", library=library)
    assert included == whole
    assert "traffic.burst_sigma" not in included.defaulted
    assert included.traffic.weekly_profile_name == "fitted"


def test_the_resolved_scenario_holds_everything_and_no_path(folder: Folder, library: Library) -> None:
    included = folder.load()
    text = resolved_toml(included)
    assert "include" not in text and "fitted.toml" not in text
    assert load_text(text, library=library) == included


def test_the_scenario_s_own_key_wins_and_that_is_noted(folder: Folder) -> None:
    notes: list[str] = []
    text = with_lines("burst_sigma = 0.4", 'weekly_profile = "half"', after="[traffic]")
    found = folder.load(text=text, notes=notes)
    assert found.traffic.burst_sigma.point_value == 0.4
    assert found.traffic.weekly_profile_name == "half"
    assert found.volume.growth_volatility.point_value == 0.15
    assert all(note.startswith(f"{folder.path / 'fitted.toml'}:") for note in notes)
    assert [note.split(": ")[1].split(" is ")[0] for note in notes] == [
        "volume.annual_growth", "traffic.weekly_profile_name", "traffic.weekly_profile", "traffic.burst_sigma",
    ]  # fmt: skip
    # what the file correlates with an input that is a plain number now falls away
    assert not any("traffic.burst_sigma" in pair.inputs for pair in found.correlations)
    # and a setting from outside wins over both
    assert folder.load(
        '"fitted.toml"', text, None, "traffic.burst_daily_share=0.1"
    ).traffic.burst_daily_share.is_point


def test_the_scenario_s_own_correlation_wins(folder: Folder) -> None:
    matrix = FITTED.replace(FITTED.split("[[correlation]]")[1], "").replace("[[correlation]][[", "[[")
    folder.write("fitted.toml", matrix)
    own = '[[correlation]]\ninputs = ["traffic.burst_daily_share", "traffic.burst_sigma"]\nrank_correlation = -0.5\n'
    notes: list[str] = []
    found = {
        frozenset((first, second)): value
        for correlation in folder.load(text=SCENARIO + own, notes=notes).correlations
        for first, second, value in correlation.pairs()
    }
    assert found[frozenset(("traffic.burst_sigma", "traffic.burst_daily_share"))] == -0.5
    assert found[frozenset(("traffic.burst_sigma", "volume.annual_growth"))] == 0.1
    assert found[frozenset(("traffic.burst_daily_share", "volume.annual_growth"))] == 0.2
    assert "correlation of traffic.burst_daily_share and traffic.burst_sigma is not used" in notes[-1]


def test_several_files_add_up(folder: Folder) -> None:
    folder.write("more.toml", "[volume]\nforecast_ratio = 0.8\n[traffic]\nspike_hours = 3.0\n")
    found = folder.load('["fitted.toml", "more.toml"]')
    assert found.volume.forecast_ratio.point_value == 0.8
    assert found.traffic.spike_hours.point_value == 3.0
    assert found.traffic.silent_share.point_value == 0.1
    assert folder.load("[]").traffic.silent_share.library_key


def test_a_table_of_its_own_is_not_needed(folder: Folder) -> None:
    folder.write("fitted.toml", "[volume]\ntokens_per_month = 5e9\n")
    without = SCENARIO.replace("[volume]\ntokens_per_month = 2e9\n", "").replace(
        "annual_growth", "# annual_growth"
    )
    assert folder.load(text=without).volume.tokens_per_month == 5e9


def test_files_are_relative_to_the_file_that_names_them(folder: Folder) -> None:
    folder.write("fits/values.csv", "sigma\n0.3\n0.4\n")
    folder.write("fits/fitted.toml", '[traffic]\nburst_sigma = { dist = "empirical", file = "values.csv" }\n')
    before = Path.cwd()
    try:
        os.chdir(folder.path.parent)
        support = folder.load('"fits/fitted.toml"').traffic.burst_sigma.distribution.declared_support()
    finally:
        os.chdir(before)
    assert support == (0.3, 0.4)


def test_problems_of_both_files_are_told_at_once_each_with_its_place(folder: Folder) -> None:
    folder.write(
        "fitted.toml",
        "# fitted\n[traffic]\nburst_sgima = 0.4\nburst_hours = -1\n\n[[correlation]]\ninputs = 3\n",
    )
    found = folder.refused(text=with_lines("pue = 1.4", after='name = "rented-h100"'))
    places = {problem.field: problem.place for problem in found}
    included = folder.path / "fitted.toml"
    assert places["traffic.burst_sgima"] == f"{included}:3"
    assert places["traffic.burst_hours"] == f"{included}:4"
    assert places["correlation[1].inputs"] == f"{included}:6"
    assert places["option.rented-h100.pue"].startswith(f"{folder.path / 'mine.toml'}:")
    assert len(found) == 4


def test_what_is_missing_is_missing_in_the_scenario(folder: Folder) -> None:
    text = SCENARIO.replace("tokens_per_month = 2e9\n", "")
    problem = folder.only(text=text)
    assert problem.field == "volume.tokens_per_month"
    assert problem.place == f"{folder.path / 'mine.toml'}:5"


@pytest.mark.parametrize(
    ("include", "rule", "way_out"),
    [
        ('"nowhere.toml"', "No such file", ""),
        ('"fited.toml"', "No such file", "did you mean fitted.toml?"),
        ('"mine.toml"', "this is the scenario itself", "take it out"),
        ('["fitted.toml", "./fitted.toml"]', "named twice", "take it out"),
        ('"."', "this is a directory", ""),
        ('"binary.toml"', "UTF-8", "save the file as UTF-8"),
        ('"broken.toml"', "not valid TOML", ""),
        ("3", "name of a TOML file", 'include = "fitted.toml"'),
        ("true", "name of a TOML file", ""),
        ('""', "name of a TOML file", ""),
        ('["fitted.toml", 3]', "name of a TOML file", ""),
        ("{ file = 'fitted.toml' }", "name of a TOML file", ""),
        ('"\\u0000"', "name of a TOML file", ""),
        (f'"{"x" * 5000}.toml"', "cannot be read", ""),
        ('"fitted.toml/inside.toml"', "cannot be read", ""),
    ],
)
def test_what_cannot_be_read_is_refused(folder: Folder, include: str, rule: str, way_out: str) -> None:
    folder.write("binary.toml", bytes(range(128, 256)))
    folder.write("broken.toml", "[traffic]\nburst_sigma = = 3\n")
    problem = folder.only(include)
    assert problem.field == "scenario.include"
    assert rule in problem.rule and way_out in problem.way_out
    assert problem.place


def test_every_file_that_cannot_be_read_is_told(folder: Folder) -> None:
    assert len(folder.refused('["a.toml", "b.toml", "fitted.toml"]')) == 2


@pytest.mark.parametrize(
    ("text", "field", "rule"),
    [
        ('[[option]]\nkind = "api"\nname = "x"\n', "option", "may not stand in an included file"),
        ("[scenario]\nmonths = 3\n", "scenario", "may not stand in an included file"),
        ('[scenario]\ninclude = "other.toml"\n', "scenario", "includes nothing itself"),
        ("[constraints]\nair_gap = true\n", "constraints", "may not stand in an included file"),
        ("[resolved]\n", "resolved", "may not stand in an included file"),
        ("months = 3\n", "months", "may not stand in an included file"),
        ("[trafic]\nburst_sigma = 1\n", "trafic", "may not stand in an included file"),
        ("volume = 3\n", "volume", "must be a table"),
        ("correlation = 3\n", "correlation", "must be [[correlation]] tables"),
        ("[volume]\ninclude = 'x'\n", "volume.include", "no known field"),
    ],
)
def test_what_a_file_may_not_lend_is_refused(folder: Folder, text: str, field: str, rule: str) -> None:
    folder.write("fitted.toml", f"# fitted\n{text}")
    problem = folder.only()
    assert problem.field == field
    assert rule in problem.rule
    assert problem.place.startswith(f"{folder.path / 'fitted.toml'}:")


def test_a_key_of_two_files_is_refused_unless_the_scenario_states_it(folder: Folder) -> None:
    folder.write("more.toml", "[traffic]\nsilent_share = 0.2\n")
    both = '["fitted.toml", "more.toml"]'
    problem = folder.only(both)
    assert problem.field == "traffic.silent_share"
    assert str(folder.path / "fitted.toml") in problem.rule
    assert problem.place == f"{folder.path / 'more.toml'}:2"
    own = with_lines("silent_share = 0.3", after="[traffic]")
    assert folder.load(both, own).traffic.silent_share.point_value == 0.3
    folder.write("more.toml", ONE[ONE.index("[[correlation]]") :])
    again = folder.only(both)
    assert "states the pair" in again.rule
    assert again.place == f"{folder.path / 'more.toml'}:1"


def test_a_resolved_scenario_includes_nothing(folder: Folder) -> None:
    text = SCENARIO + "[resolved]\n"
    assert "does not go with a [resolved] table" in folder.only(text=text).rule


def test_a_misspelled_include_is_told_and_it_cannot_be_set_from_outside(
    folder: Folder, library: Library
) -> None:
    with pytest.raises(InputError, match="did you mean include"):
        load_text(with_lines('inclde = "fitted.toml"', after='name = "small"'), library=library)
    with pytest.raises(InputError, match=r"scenario\.include"):
        load_text(SCENARIO, library=library, overrides=['scenario.include="fitted.toml"'])


def test_the_schema_takes_a_name_or_names() -> None:
    validator = jsonschema.Draft202012Validator(
        json.loads(json.dumps(json_schema()))["properties"]["scenario"]
    )
    for include in ("fitted.toml", ["a.toml", "b.toml"]):
        assert validator.is_valid({"name": "small", "include": include})
    for include in (3, "", [3]):
        assert not validator.is_valid({"name": "small", "include": include})


def test_how_well_a_volume_is_known_goes_with_that_volume(folder: Folder) -> None:
    """A plan of one's own beside a fitted log: how well the log's level is known says nothing of the plan."""
    folder.write("fitted.toml", "[volume]\ntokens_per_month = 5e7\nforecast_ratio = 0.8\n")
    notes: list[str] = []
    assert folder.load(notes=notes).volume.forecast_ratio.point_value == 1.0
    assert any(
        "forecast_ratio is not used, the scenario states its own tokens_per_month" in note for note in notes
    )
