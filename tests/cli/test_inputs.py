"""``tcosim inputs``: list, show and plot."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

pytest.importorskip("tcosim.sampling.families")

KEY = "people.engineer_hours_per_month"


def test_the_list_has_every_quantity(tcosim):
    from tcosim.scenario.library import default_library

    text = tcosim("inputs").stdout.replace("\n", "")
    assert all(key.split(".")[0] in text for key in default_library().keys())  # noqa: SIM118
    listed = json.loads(tcosim("inputs", "--json").stdout)
    assert [entry["key"] for entry in listed] == list(default_library().keys())


def test_a_beginning_lists_what_begins_with_it(tcosim):
    listed = json.loads(tcosim("inputs", "people", "--json").stdout)
    assert listed
    assert all(entry["key"].startswith("people.") for entry in listed)
    assert tcosim("inputs", "people.").exit_code == 0


def test_one_is_shown_with_its_source(tcosim):
    text = tcosim("inputs", KEY).stdout
    for word in (KEY, "unit", "distribution", "P50", "Sources", "checked", "grade", "caveat"):
        assert word in text
    data = json.loads(tcosim("inputs", KEY, "--json").stdout)
    assert data["sources"]
    levels = list(data["percentiles"].values())
    assert levels == sorted(levels)


def test_every_quantity_and_shape_can_be_shown_and_plotted(tcosim):
    from tcosim.scenario.library import default_library

    library = default_library()
    for key in library.keys():  # noqa: SIM118
        result = tcosim("inputs", key, "--plot")
        assert result.exit_code == 0, (key, result.stderr)
        assert "Spread, " in result.stdout
    for name in library.shapes:
        result = tcosim("inputs", f"shape.{name}")
        assert result.exit_code == 0, (name, result.stderr)
        assert "Mon" in result.stdout
        assert len(json.loads(tcosim("inputs", f"shape.{name}", "--json").stdout)["values"]) == 168


def test_unknown_key_has_a_suggestion(tcosim):
    result = tcosim("inputs", "people.enginer_hours_per_month")
    assert result.exit_code == 2
    assert f"did you mean {KEY}" in result.stderr


@pytest.mark.parametrize("arguments", [["--plot"], ["people", "--plot"], ["--png", "x.png"]])
def test_a_plot_needs_one_key(tcosim, arguments):
    result = tcosim("inputs", *arguments)
    assert result.exit_code == 2
    assert "needs the key of one quantity" in result.stderr
    assert os.listdir(".") == []


def test_png(tcosim):
    result = tcosim("inputs", KEY, "--png", "a.png")
    assert result.exit_code == 0, result.stderr
    tcosim("inputs", KEY, "--png", "b.png")
    picture = Path("a.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert len(picture) > 5000
    assert picture == Path("b.png").read_bytes()
    result = tcosim("inputs", KEY, "--png", "nowhere/a.png")
    assert result.exit_code == 2
    assert "nowhere/a.png" in result.stderr


def test_the_list_in_a_pipe_cuts_nothing(tcosim):
    from tcosim.scenario.library import default_library

    library = default_library()
    text = tcosim("inputs").stdout
    assert "…" not in text
    assert "e+" not in text
    rows = {line.split()[0]: line for line in text.splitlines() if line}
    for key in library.keys():  # noqa: SIM118
        quantity = library.quantity(key)
        assert rows[key].endswith(f" {quantity.grade}")
        assert f" {quantity.unit} " in rows[key]


def test_addresses_are_never_broken(tcosim):
    from tcosim.scenario.library import default_library

    library = default_library()
    for key in library.keys():  # noqa: SIM118
        text = tcosim("inputs", key).stdout
        for source in library.quantity(key).sources:
            url = library.source(source).url
            assert not url or url in text.split()


def test_the_scenarios_are_listed_with_volume_and_title(tcosim):
    from tcosim.scenario.library import default_library
    from tcosim.scenario.load import load

    names = default_library().scenarios()
    result = tcosim("inputs", "--scenarios")
    assert result.exit_code == 0, result.stderr
    rows = {line.split()[0]: line for line in result.stdout.splitlines() if line}
    listed = json.loads(tcosim("inputs", "--scenarios", "--json").stdout)
    assert [entry["name"] for entry in listed] == list(names)
    for entry in listed:
        scenario = load(entry["name"])
        assert entry["title"] == scenario.title
        assert entry["title"].split()[0] in rows[entry["name"]]
        assert entry["tokens_per_month"] == scenario.volume.tokens_per_month
        assert entry["options"][entry["baseline"]] in ("api", "managed")
    assert rows["support-chatbot"].split()[:4] == ["support-chatbot", "1.5B", "36", "4"]
    assert rows["a10g-500m-a-day"].split()[1] == "15B"


@pytest.mark.parametrize(
    ("arguments", "name"), [(["people"], "KEY"), (["--plot"], "--plot"), (["--png", "x"], "--png")]
)
def test_the_list_of_scenarios_goes_with_nothing_else(tcosim, arguments, name):
    result = tcosim("inputs", "--scenarios", *arguments)
    assert result.exit_code == 2
    assert f"does not go with {name}" in result.stderr
    assert os.listdir(".") == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("suport-chatbot", "support-chatbot"),
        ("break-even-256", "break-even-256m"),
        ("hospital", "regulated-hospital"),
    ],
)
def test_a_scenario_that_is_not_there_has_the_closest_name(tcosim, given, meant):
    result = tcosim("check", given)
    assert result.exit_code == 2
    assert meant in result.stderr.partition("did you mean ")[2].partition("?")[0]
