"""Scenarios and claims that no one writes: too large, too deep, too many, never ending; refused soon, in one line."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tcosim import limits
from tcosim.errors import InputError, Problem
from tcosim.scenario.claims_file import read_claims
from tcosim.scenario.library import Library, default_library
from tcosim.scenario.load import load, load_text
from tcosim.scenario.nesting import check_nesting
from tests.scenario.conftest import SCENARIO

SOON_SECONDS = 5
HEAD = '[scenario]\nname = "x"\n'
OPTION = '[[option]]\nkind = "owned"\nname = "o{}"\n'
ROUTES = '[[option]]\nkind = "api"\nname = "many"\n' + "[[option.route]]\nshare = 0.1\n" * 60


def refused(text: str, library: Library, **given: object) -> tuple[Problem, ...]:
    begin = time.monotonic()
    with pytest.raises(InputError) as caught:
        load_text(text, library=library, **given)  # type: ignore[arg-type]
    assert time.monotonic() - begin < SOON_SECONDS
    assert len(caught.value.problems) <= limits.MOST_PROBLEMS + 1
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"x = {'[' * 100_000}", "levels deep, line 1"),
        (f"\nx = {'[' * 20}1{']' * 20}", "levels deep, line 2"),
        (f"x = {'{a = ' * 20}1{'}' * 20}", "levels deep"),
        (f"{'a.' * 300_000}a = 1", "levels deep"),
        (f"[{'a.' * 300_000}a]", "levels deep"),
        (f"x = {{ {'a.' * 20}a = 1 }}", "levels deep"),
        (f"{'a' * 300} = 1", "keys of at most 200 characters"),
        (f"{HEAD}months = 0x{'F' * 4000}", "over 600 digits"),
        (f"x = {'1' * 5000}", "number or date in it cannot be read"),
        (f"x = {'[1,' + '1,' * 200_000}]", "at most 100,000 keys and values"),
        (f"# {'x' * limits.SCENARIO_BYTES}", "smaller than 1 MB"),
        (f"[{' ' * 400_000}!", "not valid TOML"),
        (f'"{" " * 200_000}" = 1\n"{" " * 200_000}" = 2', "not valid TOML"),
        ('x = "' + '\\"' * 300_000, "not valid TOML"),
        ('x = """' + '\\"""' * 150_000, "not valid TOML"),
        ('\\"""' * 150_000, "not valid TOML"),
        ("=" * 500_000, "not valid TOML"),
        ("x = " + "1," * 300_000 + "x", "not valid TOML"),
    ],
    ids=range(18),
)
def test_what_is_too_deep_or_too_long_is_refused_soon(library: Library, text: str, rule: str) -> None:
    (problem,) = refused(text, library)
    assert rule in problem.rule
    assert len(str(problem)) < 500


def test_brackets_in_texts_and_comments_are_none() -> None:
    check_nesting(
        f"a = '{'[' * 50}'\nb = \"\\\"{'[.' * 50}\" # {'[' * 50}\nc = '''\n{'[' * 50}'\n'''\nd = [1]\n"
    )
    check_nesting('e = """' + "[" * 50 + '\\""""\n' + "x = [[1.5, 2.5], [3.5]]\n" * 100)
    check_nesting("\n".join(f"x{number} = 0.5" for number in range(100)))


@pytest.mark.parametrize(
    ("text", "field", "rule"),
    [
        (HEAD + "".join(OPTION.format(number) for number in range(5_000)), "option", "must be at most 50"),
        (HEAD + ROUTES, "option.many.route", "must be at most 50"),
        (
            SCENARIO + '[[correlation]]\ninputs = ["a", "b"]\nrank_correlation = 0.1\n' * 1_200,
            "correlation",
            "1,000",
        ),
        (
            SCENARIO + f"[[correlation]]\ninputs = {['a'] * 200}\n",
            "correlation[1].inputs",
            "at most 100 names",
        ),
        (f"{HEAD}include = {['f.toml'] * 30}", "scenario.include", "at most 20 files"),
    ],
)
def test_more_than_anyone_states_is_refused(library: Library, text: str, field: str, rule: str) -> None:
    assert any(field == one.field and rule in one.rule for one in refused(text, library))


def test_long_names_are_not_repeated_in_messages(library: Library) -> None:
    long = "a" * 500_000
    for text in (
        f'{HEAD}[[option]]\nkind = "owned"\nname = "{long}"\n',
        f'{HEAD}[[option]]\nkind = "api"\nname = "api"\n[[option.route]]\nname = "{long}"\n',
        SCENARIO.replace("3\n", f'{{ use = "{long}" }}\n', 1),
        SCENARIO.replace("3\n", f'{{ dist = "uniform", low = 1, high = 2, input = "{long}" }}\n', 1),
        SCENARIO.replace("tokens_per_month", f'kind = "{long}"\ntokens_per_month'),
    ):
        assert all(len(str(one)) < 700 for one in refused(text, library))


def test_problems_end_where_no_one_reads_on(library: Library) -> None:
    found = refused(HEAD + "".join(f"nam{number} = 1\n" for number in range(40_000)), library)
    assert len(found) == limits.MOST_PROBLEMS + 1
    assert "reading stopped here" in found[-1].rule and found[-1].way_out


def test_many_components_are_refused(library: Library) -> None:
    part = '{ weight = 1, dist = "uniform", low = 1, high = 2 }'
    mixture = f'{{ dist = "mixture", components = [{", ".join([part] * 200)}] }}'
    text = SCENARIO.replace("usd_per_million_input = 3", f"usd_per_million_input = {mixture}")
    assert any("must be at most 100" in one.rule for one in refused(text, library))


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "hole", "binary", "loop"])
@pytest.mark.parametrize("through", ["itself", "include", "values"])
def test_only_regular_files_are_read(library: Library, tmp_path: Path, kind: str, through: str) -> None:
    path = tmp_path / "odd.toml"
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "device":
            path.symlink_to("/dev/zero")
        case "folder":
            path.mkdir()
        case "hole":
            path.touch()
            os.truncate(path, 10**9)
        case "binary":
            path.write_bytes(bytes(range(256)) * 10)
        case "loop":
            path.symlink_to(path)
    begin = time.monotonic()
    if through == "itself":
        with pytest.raises(InputError) as caught:
            load(path, library=library)
        found = caught.value.problems
    elif through == "include":
        found = refused(
            SCENARIO.replace("[scenario]", '[scenario]\ninclude = "odd.toml"'), library, folder=tmp_path
        )
    else:
        values = '{ dist = "empirical", file = "odd.toml" }'
        text = SCENARIO.replace("usd_per_million_input = 3", f"usd_per_million_input = {values}")
        found = refused(text, library, folder=tmp_path)
    assert time.monotonic() - begin < SOON_SECONDS
    assert all(one.rule and "\n" not in str(one) for one in found)


def test_a_link_to_a_scenario_is_a_scenario(library: Library, tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "link.toml").symlink_to("real.toml")
    assert load(tmp_path / "link.toml", library=library).name == "small"


@pytest.mark.parametrize(
    ("setting", "rule"),
    [
        (f"volume.annual_growth={'[' * 50_000}", "levels deep"),
        (f"volume.annual_growth={{ {'a.' * 50_000}a = 1 }}", "levels deep"),
        (f"volume.annual_growth=0x{'F' * 4000}", "over 600 digits"),
        (f"volume.annual_growth={'1' * 5000}", "must be"),
    ],
)
def test_settings_are_limited_too(library: Library, setting: str, rule: str) -> None:
    assert any(rule in one.rule for one in refused(SCENARIO, library, overrides=[setting]))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (f"a = {'[' * 3000}{']' * 3000}", "levels deep"),
        ("a = " + "1" * 5000, "must be TOML"),
        (f"claim = 0x{'F' * 4000}", "over 600 digits"),
        (f'[[claim]]\nid = "a"\ninputs = {{ x = 1{"0" * 400} }}\n', "must be a finite number"),
        ('[[claim]]\nid = "a"\n[[claim.steps]]\nof = [' + '"x", ' * 30 + "]", "must be at most 16"),
        ("".join(f"a{number} = 1\n" for number in range(5000)), "is no known key"),
    ],
)
def test_claims_are_limited_too(text: str, rule: str) -> None:
    with pytest.raises(InputError) as caught:
        read_claims(text, default_library())
    assert any(rule in one.rule for one in caught.value.problems)
    assert len(caught.value.problems) <= limits.MOST_PROBLEMS
