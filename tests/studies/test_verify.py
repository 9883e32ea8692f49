"""The validation pack: it holds here, every group can fail, and what cannot be asked has failed."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import tcosim
from tcosim import kernels
from tcosim.analysis import interval, risk
from tcosim.errors import Cancelled, InputError
from tcosim.kernels import streams
from tcosim.results.summary import to_json
from tcosim.sampling import families
from tcosim.studies import fingerprint as fingerprint_module
from tcosim.studies.verify import GROUPS, coverage, installation, outcomes, run, twins_hours, verify
from tcosim.studies.verify.check import FAILS, HOLDS, NOTED, Group, Planned
from tcosim.studies.verify.setting import Setting

DOCUMENT = Path(__file__).parents[2] / "docs" / "verify.md"


def ask(group, name, setting=None):
    """The outcome of one check."""
    one = run.group(group)
    planned = next(check for check in one.planned if check.name == name)
    return run._ask(one, planned, setting or Setting()).outcome


def planned_group(name, *asks):
    """A group of checks that do what is given."""
    checks = [Planned(f"check-{k}", "It proves little.", "here", one) for k, one in enumerate(asks)]
    return Group(name, "A group", checks)


@pytest.fixture(scope="module")
def closed():
    return verify(only="closed-forms")


# ---- what is there


def test_every_check_is_described():
    document = DOCUMENT.read_text(encoding="utf-8")
    for name in GROUPS:
        group = run.group(name)
        names = [check.name for check in group.planned]
        assert names and len(names) == len(set(names))
        for check in group.planned:
            assert check.proves.endswith(".") and check.source
            assert f"`{check.name}`" in document, f"docs/verify.md does not say what {name}/{check.name} is"


def test_closed_forms_hold(closed):
    assert closed["failed"] == 0, [one for one in closed["checks"] if one["verdict"] == FAILS]
    assert closed["passed"] == len(closed["checks"]) == len(run.group("closed-forms").planned)
    with_rival = [one for one in closed["checks"] if one["rival"] is not None]
    assert len(with_rival) > 20
    for one in with_rival:
        # an estimate that lies at the end of its tolerance must still be told from the rival
        assert abs(one["expected"] - one["rival"]) > 2 * one["tolerance"], one["name"]


@pytest.mark.parametrize("group", ["published", "twins", "invariants"])
def test_group_holds(group):
    found = verify(only=group, seed=0)
    assert found["failed"] == 0, [one for one in found["checks"] if one["verdict"] == FAILS]
    assert found["passed"] == len(run.group(group).planned)


def test_the_result_is_plain_data_and_holds_no_clock(closed):
    assert json.loads(to_json(closed)) == closed
    assert not {"seconds", "time", "date"} & {key for one in (closed, *closed["checks"]) for key in one}
    again = verify(only=["closed-forms"], threads=1)
    assert to_json(again) == to_json(closed)


def test_another_seed_gives_other_estimates(closed):
    of = {one["name"]: one["got"] for one in closed["checks"]}
    outcome = ask("closed-forms", "overflow", Setting(seed=1))
    assert outcome.verdict == HOLDS
    assert outcome.got != of["overflow"]


# ---- what goes wrong is seen


def wrong_hours(monkeypatch):
    """Overflow of every month is a twentieth too large."""
    right = kernels.simulate_hours

    def wrong(*arguments):
        right(*arguments)
        arguments[-1][:, 1] *= 1.05

    monkeypatch.setattr(kernels, "simulate_hours", wrong)


def wrong_noise(monkeypatch):
    """The walk of the traffic is a millionth too wide."""
    right = kernels.draw_monthly_noise

    def wrong(*arguments):
        right(*arguments)
        arguments[3][...] *= 1 + 1e-6

    monkeypatch.setattr(kernels, "draw_monthly_noise", wrong)


def wrong_books(monkeypatch):
    """One part of the first option's present value is a dollar too large in all futures."""
    right = kernels.keep_books

    def wrong(*arguments):
        right(*arguments)
        arguments[-2][0, 0] *= 1.001

    monkeypatch.setattr(kernels, "keep_books", wrong)


def wrong_plans(monkeypatch):
    """One replica more in the last month."""
    right = kernels.plan_fleets

    def wrong(*arguments):
        right(*arguments)
        arguments[6][..., -1] += 1

    monkeypatch.setattr(kernels, "plan_fleets", wrong)


def wrong_hash(monkeypatch):
    right = streams.mix
    monkeypatch.setattr(streams, "mix", lambda x: right(x) ^ np.uint64(1))


def wrong_word(monkeypatch):
    right = streams.next_word

    def wrong(*state):
        word, *after = right(*state)
        return (np.uint32(int(word) ^ 1), *after)

    monkeypatch.setattr(streams, "next_word", wrong)


def wrong_quantiles(monkeypatch):
    right = families.ppf
    monkeypatch.setattr(families, "ppf", lambda dist, u: right(dist, u) * (1 + 1e-5))


def wrong_law(monkeypatch):
    right = families.LAWS["lognormal"]
    larger = lambda d: right(SimpleNamespace(median=d.median * 1.001, sigma=d.sigma))  # noqa: E731
    monkeypatch.setitem(families.LAWS, "lognormal", larger)


def wrong_tail(monkeypatch):
    monkeypatch.setattr(risk, "cvar", risk.var)


def half_as_wide(monkeypatch):
    right = interval.probability_interval

    def narrow(hits, futures):
        found = right(hits, futures)
        half = found.half_width / 2
        return interval.Interval(found.value, found.value - half, found.value + half, found.method)

    monkeypatch.setattr(interval, "probability_interval", narrow)


def another_run(changed):
    """A simulation whose result `changed(dataset, arguments)` changes."""

    def sabotage(monkeypatch):
        right = tcosim.simulate

        def wrong(scenario, **arguments):
            return changed(right(scenario, **arguments), arguments)

        monkeypatch.setattr(tcosim, "simulate", wrong)

    return sabotage


def _two_threads_differ(dataset, arguments):
    if arguments["threads"] == 2:
        dataset["npv"].values[7, 1] = np.nextafter(dataset["npv"].values[7, 1], math.inf)
    return dataset


def _shorter_differs(dataset, arguments):
    return dataset.assign(npv=dataset["npv"] * (1 + 1e-12 * (arguments["samples"] < 1000)))


def _parts_missing(dataset, arguments):
    return dataset.assign(component=dataset["component"].where(dataset["part"] != "gpus", 0.0))


def _counted_twice(dataset, arguments):
    return dataset.assign(scramble_beats=dataset["scramble_beats"] + 1)


def nothing_to_compare(monkeypatch):
    monkeypatch.setattr(twins_hours, "until", lambda one, k: 0)


SABOTAGE = [
    (nothing_to_compare, "twins", "service"),
    (nothing_to_compare, "twins", "service-in-packs"),
    (wrong_hours, "closed-forms", "overflow"),
    (wrong_hours, "twins", "months-of-fleets"),
    (wrong_hours, "twins", "futures-of-every-kind"),
    (wrong_noise, "twins", "monthly-noise"),
    (wrong_books, "closed-forms", "api-by-hand"),
    (wrong_books, "twins", "ledger"),
    (wrong_plans, "twins", "fleet-sizes"),
    (wrong_plans, "closed-forms", "rented-by-hand"),
    (wrong_hash, "published", "splitmix64"),
    (wrong_word, "published", "xoshiro128+"),
    (wrong_word, "twins", "random-words"),
    (wrong_quantiles, "closed-forms", "quantiles-normal"),
    (wrong_quantiles, "twins", "family-mixture"),
    (wrong_law, "published", "library-percentiles"),
    (wrong_tail, "closed-forms", "cvar-of-an-exponential"),
    (another_run(_two_threads_differ), "invariants", "two-threads"),
    (another_run(_shorter_differs), "invariants", "longer-extends-shorter"),
    (another_run(_parts_missing), "invariants", "parts-add-up"),
    (another_run(_counted_twice), "invariants", "an-option-against-itself"),
]


@pytest.mark.parametrize(
    ("sabotage", "group", "name"), SABOTAGE, ids=[f"{one.__name__}-{name}" for one, _, name in SABOTAGE]
)
def test_what_is_wrong_fails(monkeypatch, sabotage, group, name):
    sabotage(monkeypatch)
    assert ask(group, name).verdict == FAILS


def test_a_wrong_price_of_a_machine_is_seen(monkeypatch):
    """The worked examples look at one component each; all of them are wrong here."""
    right = kernels.keep_books

    def wrong(*arguments):
        right(*arguments)
        arguments[-2][...] *= 1.05

    monkeypatch.setattr(kernels, "keep_books", wrong)
    assert ask("published", "marka-h200-depreciation").verdict == FAILS


def test_intervals_of_half_the_width_are_seen(monkeypatch):
    monkeypatch.setattr(coverage, "RUNS", 80)
    assert ask("coverage", "known-probability").verdict == HOLDS
    half_as_wide(monkeypatch)
    assert ask("coverage", "known-probability").verdict == FAILS


def test_runs_are_counted_against_a_long_one(monkeypatch):
    monkeypatch.setattr(coverage, "RUNS", 40)
    monkeypatch.setattr(coverage, "LONG", 2**15)
    setting = Setting()
    assert ask("coverage", "probability-of-a-run", setting).verdict == HOLDS
    assert ask("coverage", "saving-of-a-run", setting).verdict == HOLDS


def test_an_option_that_was_not_renamed_is_seen(monkeypatch):
    module = run.importlib.import_module("tcosim.studies.verify.invariants_money")
    monkeypatch.setattr(module, "run_of", lambda setting: setting.simulate(tcosim.load(), 64))
    outcome = ask("invariants", "names-of-options")
    assert outcome.verdict == FAILS


def test_a_check_that_cannot_be_asked_has_failed(monkeypatch):
    def broken(setting):
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(
        run, "group", lambda name: planned_group(name, broken, lambda s: outcomes.same(1.0, 1.0))
    )
    found = verify(only="twins")
    assert (found["passed"], found["failed"]) == (1, 1)
    assert found["checks"][0]["got"] == "ZeroDivisionError: nothing to divide by"


def test_a_group_that_cannot_be_loaded_has_failed(monkeypatch):
    monkeypatch.setitem(run.HOMES, "twins", "no_such_module")
    found = verify(only="twins")
    assert found["failed"] == 1
    assert "no_such_module" in found["checks"][0]["got"]


def test_it_can_be_stopped():
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(Cancelled):
        verify(only="installation", cancel=cancel)


def test_progress_counts_checks(monkeypatch):
    hold = lambda setting: outcomes.same(1.0, 1.0)  # noqa: E731
    monkeypatch.setattr(run, "group", lambda name: planned_group(name, hold, hold))
    seen = []
    verify(only=["coverage", "twins"], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"only": "twin"}, "did you mean twins"),
        ({"only": ["coverage", "x"]}, "groups: closed-forms, published"),
        ({"seed": -1}, "must be a whole number from 0"),
        ({"seed": 0.5}, "must be a whole number"),
    ],
)
def test_wrong_arguments_are_refused(arguments, said):
    with pytest.raises(InputError, match=said):
        verify(**arguments)


# ---- how figures are compared


def test_comparisons():
    assert outcomes.within(1.0, 1.1, 0.2, "").verdict == HOLDS
    assert outcomes.within(1.0, 1.3, 0.2, "").verdict == FAILS
    assert outcomes.within(1.0, math.nan, 0.2, "").verdict == FAILS
    # the rival is too close to be told apart
    assert outcomes.within(1.0, 1.1, 0.2, "", rival=1.25, rival_is="x").verdict == FAILS
    assert outcomes.within(1.0, 1.1, 0.2, "", rival=1.5, rival_is="x").verdict == HOLDS
    assert outcomes.at_most(math.nan, 1.0, "", "").verdict == FAILS
    assert outcomes.at_most(2.0, 1.0, "", "").verdict == FAILS
    assert outcomes.none_of(1, "").verdict == FAILS
    assert outcomes.same("a", "b").verdict == FAILS
    assert outcomes.to_digits(2.131, 2.1314, 3).verdict == HOLDS
    assert outcomes.to_digits(2.131, 2.1316, 3).verdict == FAILS
    assert outcomes.noted("x").verdict == NOTED


def test_a_spread_that_scrambles_tell_is_wider_than_a_known_one():
    """15 degrees of freedom: as seldom as 4 standard errors of a normal figure."""
    from scipy import stats

    z = outcomes.scramble_z()
    assert z > outcomes.Z
    assert stats.t.sf(z, 15) == pytest.approx(stats.norm.sf(4), rel=1e-6)


def test_coverage_counts_halves():
    count = coverage.Count()
    for value in np.linspace(-1, 1, coverage.RUNS):
        count.add(interval.Interval(float(value), float(value) - 1, float(value) + 1, "scrambles"), 0.0)
    assert (count.held, count.held_by_half) == (coverage.RUNS, coverage.RUNS // 2)
    assert count.outcome().verdict == HOLDS  # all of them: 5 % too many are within 4 standard errors of 300
    count.held = round(0.89 * coverage.RUNS)
    assert count.outcome().verdict == FAILS


# ---- the installation


class Installed:
    """A distribution of one file, as importlib.metadata gives it."""

    def __init__(self, file, requires=(), version=tcosim.__version__, python=">=3.11"):
        self.version, self.requires = version, list(requires)
        self.metadata = {"Requires-Python": python}
        digest = base64.urlsafe_b64encode(hashlib.sha256(file.read_bytes()).digest()).rstrip(b"=").decode()
        stated = SimpleNamespace(mode="sha256", value=digest)
        self.files = [SimpleNamespace(hash=stated, parts=("tcosim", "__init__.py"), locate=lambda: file)]


@pytest.fixture
def installed(monkeypatch, tmp_path):
    def install(**others):
        file = tmp_path / "__init__.py"
        file.write_bytes(b"x = 1\n")
        found = Installed(file, **others)
        monkeypatch.setattr(installation, "_installed", lambda: found)
        monkeypatch.setattr(installation, "_running", tmp_path.resolve)
        return {name: ask("installation", name) for name in ("version", "python", "dependencies", "files")}

    return install


def test_a_sound_installation(installed):
    found = installed(requires=["numpy>=1.26", 'nothing-such>=1; extra == "test"'])
    assert {one.verdict for one in found.values()} == {HOLDS}


@pytest.mark.parametrize(
    ("what", "others"),
    [
        ("version", {"version": "0.0.1"}),
        ("python", {"python": ">=99"}),
        ("dependencies", {"requires": ["numpy<1.0"]}),
        ("dependencies", {"requires": ["nothing-such>=1"]}),
    ],
)
def test_an_unsound_installation(installed, what, others):
    found = installed(**others)
    assert [name for name, one in found.items() if one.verdict == FAILS] == [what]


def test_an_altered_file_is_named(installed, tmp_path):
    installed()
    (tmp_path / "__init__.py").write_bytes(b"x = 2\n")
    outcome = ask("installation", "files")
    assert outcome.verdict == FAILS
    assert "was altered" in outcome.got
    (tmp_path / "__init__.py").unlink()
    assert "is missing" in ask("installation", "files").got


def test_a_file_that_was_added_and_another_copy_are_named(installed, tmp_path, monkeypatch):
    installed()
    (tmp_path / "added.py").write_bytes(b"")
    assert "added.py was added" in ask("installation", "files").got
    monkeypatch.setattr(installation, "_running", lambda: tmp_path / "elsewhere")
    assert "what runs is another copy" in ask("installation", "files").got


def test_the_fingerprint_is_of_the_results():
    first = tcosim.studies.fingerprint.fingerprint()
    assert first == fingerprint_module.fingerprint()
    assert len(first) == 32 and int(first, 16)


def test_the_fingerprint_sees_one_bit(monkeypatch):
    import tcosim.engine

    before = fingerprint_module.fingerprint()
    right = tcosim.engine.simulate

    def wrong(*arguments, **others):
        dataset = right(*arguments, **others)
        dataset["total"].values[3, 0] = np.nextafter(dataset["total"].values[3, 0], np.float32(np.inf))
        return dataset

    monkeypatch.setattr(tcosim.engine, "simulate", wrong)
    assert fingerprint_module.fingerprint() != before
