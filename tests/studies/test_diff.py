"""The split of a move between two runs: against exact answers, and with the real engine on a small scenario."""

from __future__ import annotations

import json
import math
import sys
import types

import numpy as np
import pytest
from scipy.special import ndtr

from tcosim.analysis.summarize import summarize
from tcosim.engine import simulate
from tcosim.errors import InputError
from tcosim.results.folder import open_run
from tcosim.results.summary import to_json
from tcosim.results.write_folder import write_run
from tcosim.sampling.design import SobolDesign
from tcosim.scenario.difference import differences
from tcosim.scenario.exchange import exchange
from tcosim.scenario.write import resolved_toml
from tcosim.studies import paired
from tcosim.studies.diff import compare, diff
from tcosim.studies.mixture import InputValues, common_points
from tests.datasets import synthetic
from tests.engine.scenarios import scenario

Z = 4
STUDENT_15 = 2.131449545559323
"""Two-sided 95 % quantile of Student's t over 16 scrambles."""

PLUS = ("option.api.gateway_usd_per_month",)
MINUS = ("option.rented.monitoring_usd_per_month", "option.rented.storage_usd_per_month")


def normal(path, mean, sd):
    return f'{path}={{dist = "normal", mean = {mean}, sd = {sd}, low_limit = 0}}'


def normals(gateway, monitoring, storage, *others, also=()):
    """A scenario in which three fields are normal, far above 0, with these options besides."""
    fields = (*PLUS, *MINUS)
    return scenario(
        "rented",
        *also,
        overrides=[
            *(normal(path, *of) for path, of in zip(fields, (gateway, monitoring, storage), strict=True)),
            *others,
        ],
    )


def made_up_npv(variants, *, dimensions, samples, seed, progress, **where):
    """An engine whose saving is the gateway less monitoring and storage: sums of normals have exact answers."""
    u = SobolDesign(dimensions, seed).points(0, samples)
    npv = np.zeros((len(variants), samples, len(variants[0].scenario.options)))
    for v, variant in enumerate(variants):
        names = [quantity.name for quantity in variant.scenario.uncertain_inputs()]
        values = dict(zip(names, variant.values(u), strict=True))
        drawn = {
            path: quantity.point_value if quantity.is_point else values[quantity.name]
            for path, quantity in variant.scenario.fields()
        }
        npv[v, :, 0] = sum(drawn[path] for path in PLUS)
        npv[v, :, -1] = sum(drawn[path] for path in MINUS)
        if progress is not None:
            progress((v + 1) * samples, len(variants) * samples)
    return npv


@pytest.fixture
def made_up(monkeypatch):
    """Stand in for the engine."""

    def variant(scenario, values, noise=0):
        return types.SimpleNamespace(scenario=scenario, values=values, noise=noise)

    module = types.ModuleType("tcosim.engine.variants")
    module.__dict__.update(Variant=variant, simulate_variants=made_up_npv)
    monkeypatch.setitem(sys.modules, "tcosim.engine.variants", module)


def folder(path, of, samples=4096, seed=0, dataset=None):
    """A run folder of this scenario, with made-up results unless they are given."""
    if dataset is None:
        options = {option.name: option.kind for option in of.options}
        npv = 1e6 + 1e5 * np.random.default_rng(seed).standard_normal((samples, len(options)))
        dataset = synthetic(
            samples, seed=seed, months=of.months, npv=npv, options=options, baseline=of.baseline
        )
        dataset.attrs["scenario_name"] = of.name
    return open_run(
        write_run(
            path,
            dataset,
            scenario_toml=resolved_toml(of),
            assumptions={"library_sha256": "", "assumptions": []},
            summary=summarize(dataset),
        )
    )


A = ((2000, 60), (400, 80), (1500, 60))
B = ((2100, 60), (480, 80), (1500, 150))


def exact(swapped):
    """Probability that the saving is above 0 with these of the three taken from B."""
    (m0, s0), (m1, s1), (m2, s2) = (B[k] if k in swapped else A[k] for k in range(3))
    return float(ndtr((m0 - m1 - m2) / math.sqrt(s0**2 + s1**2 + s2**2)))


def standard_error(interval):
    return (interval[1] - interval[0]) / 2 / STUDENT_15


FIELD = {PLUS[0]: 0, MINUS[0]: 1, MINUS[1]: 2}


@pytest.mark.parametrize("samples", [4096, 32768])
def test_steps_and_single_effects_are_the_exact_ones(tmp_path, made_up, samples):
    runs = folder(tmp_path / "a", normals(*A)), folder(tmp_path / "b", normals(*B))
    told = []
    result = diff(*runs, samples=samples, progress=lambda done, total: told.append((done, total)))
    swapped, before = set(), exact(())
    for part in result["parts"]:
        k = FIELD[part["name"]]
        alone = part["alone"]
        swapped.add(k)
        for got, wanted in ((part, exact(swapped) - before), (alone, exact({k}) - exact(()))):
            error = standard_error(got["probability_change_ci95"])
            assert abs(got["probability_change"] - wanted) < Z * error
            assert error < 1 / math.sqrt(samples)  # paired and Sobol: below that of independent futures
        before = exact(swapped)
    sizes = [abs(part["alone"]["probability_change"]) for part in result["parts"]]
    assert sizes == sorted(sizes, reverse=True)
    assert told[-1] == (6 * samples, 6 * samples)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    # the wrong split, by single effects, misses the whole: the inputs act on each other
    total = result["total"]
    single = sum(part["alone"]["probability_change"] for part in result["parts"])
    assert abs(single - total["probability_change"]) > Z * standard_error(total["probability_change_ci95"])


def test_everything_sums_to_the_move_of_the_folders(tmp_path, made_up):
    runs = folder(tmp_path / "a", normals(*A), seed=1), folder(tmp_path / "b", normals(*B), 2048, seed=2)
    result = diff(*(str(run.path) for run in runs))
    assert result["samples"] == 2048
    assert result["seed"] == 1
    for key in ("probability_change", "saving_change_usd"):
        steps = math.fsum(part[key] for part in result["parts"])
        assert steps == pytest.approx(result["total"][key], rel=1e-12, abs=1e-12)
        assert steps + result["remainder"][key] == pytest.approx(result["move"][key], rel=1e-12)
    of_b = next(one for one in runs[1].summary["options"] if one["name"] == "rented")
    of_a = next(one for one in runs[0].summary["options"] if one["name"] == "rented")
    moved = of_b["probability_beats_baseline"] - of_a["probability_beats_baseline"]
    assert result["move"]["probability_change"] == moved
    half = [
        (high - low) / 2 for low, high in (one["probability_beats_baseline_ci95"] for one in (of_a, of_b))
    ]
    assert result["remainder"]["simulation_error"] > math.hypot(*half)
    json.loads(to_json(result))


@pytest.mark.parametrize("samples", [4096, 16384])
def test_a_saving_moves_by_the_means(tmp_path, made_up, samples):
    result = diff(folder(tmp_path / "a", normals(*A)), folder(tmp_path / "b", normals(*B)), samples=samples)
    for part in result["parts"]:
        k = FIELD[part["name"]]
        wanted = (B[k][0] - A[k][0]) * (1 if k == 0 else -1)
        error = standard_error(part["saving_change_ci95_usd"])
        assert abs(part["saving_change_usd"] - wanted) < max(Z * error, 1e-3)


def test_what_does_not_touch_the_option_explains_exactly_nothing(tmp_path, made_up):
    a, b = normals(*A), normals(*B, "option.rented.min_replicas=1", "traffic.burst_sigma=0.3")
    result = diff(folder(tmp_path / "a", a), folder(tmp_path / "b", b), samples=1024)
    nothing = {"option.rented.min_replicas", "traffic.burst_sigma"}
    assert nothing < {part["name"] for part in result["parts"]}
    for part in result["parts"]:
        if part["name"] in nothing:
            assert {key: part[key] for key in paired.NO_CHANGE} == part["alone"] == paired.NO_CHANGE


def test_an_input_by_another_name_keeps_its_luck(tmp_path, made_up):
    a = normals(*A)
    b = scenario(
        "rented",
        overrides=[
            normal(PLUS[0], *A[0]).replace("}", ', input = "mine"}'),
            *(normal(path, *of) for path, of in zip(MINUS, A[1:], strict=True)),
        ],
    )
    result = diff(folder(tmp_path / "a", a), folder(tmp_path / "b", b), samples=512)
    (part,) = result["parts"]
    assert part["changes"][0]["to"]["input"] == "mine"
    assert part["probability_change"] == part["saving_change_usd"] == 0.0


TIED = """
[[correlation]]
inputs = ["{}", "{}"]
rank_correlation = {}
"""


def test_correlated_inputs_keep_their_values_when_others_leave():
    head = TIED.format(PLUS[0], MINUS[0], 0.8) + TIED.format(MINUS[0], MINUS[1], 0.5)
    fields = [normal(path, *of) for path, of in zip((*PLUS, *MINUS), A, strict=True)]
    a = scenario("rented", head=head, overrides=fields)
    b = scenario("rented", overrides=[f"{PLUS[0]}=900", *fields[1:]])
    found = differences(a, b)
    points = common_points(a, b, found)
    u = SobolDesign(points.dimensions, 0).points(0, 4096)

    def drawn(of):
        names = [quantity.name for quantity in of.uncertain_inputs()]
        return dict(zip(names, InputValues(of, points)(u), strict=True))

    (gateway,) = (one for one in found if one.name == PLUS[0])
    whole, mixed = drawn(a), drawn(exchange(a, b, [gateway]))
    assert set(whole) - set(mixed) == {PLUS[0]}
    for name, values in mixed.items():
        assert np.array_equal(values, whole[name]), name
    ranks = [np.argsort(np.argsort(mixed[name])) for name in MINUS]
    # 1 / sqrt(n) is the standard error of a rank correlation of independent futures
    assert abs(np.corrcoef(ranks)[0, 1] - 0.5) < Z / math.sqrt(4096)
    apart = drawn(exchange(a, b, found))
    ranks = [np.argsort(np.argsort(apart[name])) for name in MINUS]
    assert abs(np.corrcoef(ranks)[0, 1]) < Z / math.sqrt(4096)


def test_correlations_that_contradict_those_of_the_other_run_change_with_their_input(tmp_path):
    pairs = ((PLUS[0], MINUS[0]), (PLUS[0], MINUS[1]), MINUS)
    fields = [normal(path, *of) for path, of in zip((*PLUS, *MINUS), A, strict=True)]
    a = scenario("rented", head="".join(TIED.format(*pair, 0.8) for pair in pairs), overrides=fields)
    b = scenario("rented", head=TIED.format(*pairs[0], -0.8), overrides=[*fields[:2], f"{MINUS[1]}=1500"])
    assert [one.name for one in differences(a, b)] == [MINUS[1], "correlations"]
    (one,) = compare(folder(tmp_path / "a", a), folder(tmp_path / "b", b)).differences
    assert {change.path for change in one.changes} == {MINUS[1], " with ".join(pairs[0])}


def test_the_same_question_needs_no_simulation(tmp_path):
    runs = folder(tmp_path / "a", normals(*A), seed=1), folder(tmp_path / "b", normals(*A), 1024, seed=2)
    assert compare(*runs).futures == 0
    result = diff(*runs)
    assert result["parts"] == []
    assert result["total"] == paired.NO_CHANGE
    assert result["remainder"]["probability_change"] == result["move"]["probability_change"] != 0


def test_options_are_checked(tmp_path):
    runs = folder(tmp_path / "a", normals(*A)), folder(tmp_path / "b", normals(*B))
    with pytest.raises(
        InputError, match="option: must be an option other than the baseline api: rented, got api"
    ):
        compare(*runs, option="api")
    with pytest.raises(InputError, match="did you mean rented"):
        compare(*runs, option="rentd")
    plain = scenario("managed")
    none = folder(tmp_path / "c", plain), folder(tmp_path / "d", plain)
    with pytest.raises(InputError, match="option: must be named"):
        compare(*none)
    assert compare(*none, option="managed").option == "managed"


def test_gates_are_no_step_of_the_walk(tmp_path, made_up):
    def of(figures, *others):
        return normals(*figures, "option.rented.contract=reserved", *others, also=("managed",))

    gate = "constraints.volume_measured=false"
    runs = folder(tmp_path / "a", of(A)), folder(tmp_path / "b", of(B, gate))
    with pytest.raises(InputError, match="B has no eligible rented or owned option") as caught:
        compare(*runs)
    assert "--option NAME: " in str(caught.value) and "rented (shut out in B)" in str(caught.value)
    with pytest.raises(InputError, match="A has no eligible"):
        compare(*reversed(runs))
    result = diff(*runs, option="rented", samples=1024)
    assert {part["name"] for part in result["parts"]} == set(FIELD)
    assert [one["name"] for one in result["gates"]] == ["constraints.volume_measured"]
    assert [run["shut_out"] for run in result["runs"]] == [
        [],
        [{"option": "rented", "gates": ["volume_measured"]}],
    ]
    json.loads(to_json(result))


def test_gates_alone_need_no_simulation(tmp_path):
    runs = (
        folder(tmp_path / "a", normals(*A)),
        folder(tmp_path / "b", normals(*A, "constraints.latency_p99_ms=900")),
    )
    assert compare(*runs).futures == 0
    assert diff(*runs)["parts"] == [] and len(diff(*runs)["gates"]) == 1


def test_single_futures_and_few_that_change_sides():
    before = np.full(4096, -1.0)
    after = before.copy()
    after[:3] = 1.0
    few = paired.change(before, after)
    low, high = few["probability_change_ci95"]
    assert few["probability_change"] == 3 / 4096
    # Clopper-Pearson for 3 in 4096, and up to 3.7 lost unseen (the upper bound of none at 97.5 %)
    assert -4 / 4096 < low < 0.62 / 4096
    assert high > 8.7 / 4096
    hidden = paired.change(before, before - 1)
    assert hidden["probability_change"] == 0.0
    assert hidden["probability_change_ci95"][0] < 0 < hidden["probability_change_ci95"][1]
    assert paired.change(before, before.copy()) == paired.NO_CHANGE
    one = paired.change(before[:1], after[:1])
    assert one["probability_change"] == 1.0
    assert one["saving_change_ci95_usd"] is None


def test_the_real_engine_reproduces_both_folders(tmp_path):
    """With the same inputs, seed and number of futures nothing remains, and the steps are plain differences of runs."""
    a = scenario("rented", months=2)
    b = a.with_overrides(["volume.tokens_per_month=5e9", "option.rented.gpus_per_replica=1"])
    runs = [
        folder(tmp_path / name, of, dataset=simulate(of, samples=256, seed=5))
        for name, of in (("a", a), ("b", b))
    ]
    result = diff(*runs)
    assert {part["name"] for part in result["parts"]} == {
        "volume.tokens_per_month",
        "option.rented.gpus_per_replica",
    }
    assert result["remainder"]["probability_change"] == 0.0
    assert result["remainder"]["saving_change_usd"] == pytest.approx(0.0, abs=1e-6)
    first = result["parts"][0]
    path = {"volume.tokens_per_month": "volume.tokens_per_month=5e9"}.get(
        first["name"], "option.rented.gpus_per_replica=1"
    )
    alone = summarize(simulate(a.with_overrides([path]), samples=256, seed=5))
    before = runs[0].summary["headline"]["expected_saving_usd"]
    assert first["saving_change_usd"] == pytest.approx(alone["headline"]["expected_saving_usd"] - before)
