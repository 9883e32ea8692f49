"""A fit as a file: whatever was fitted loads, and says what was fitted."""

from __future__ import annotations

import tomllib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.evidence.traffic.data import fit_data, told, uncertain_fields
from tcosim.evidence.traffic.fields import LIMITS
from tcosim.evidence.traffic.file import declared, fitted_toml, parted
from tcosim.evidence.traffic.quantity import PERCENTILES, Quantity, quantity, rounded
from tcosim.sampling import families
from tcosim.scenario.library import default_library
from tcosim.scenario.load import load_text
from tests.fits import SCENARIO, a_fit, a_log

TIMES = dict.fromkeys(("traffic.burst_hours", "traffic.burst_days", "traffic.spike_hours"), (0.1, 100.0))
SHARES = dict.fromkeys(
    ("traffic.profile_following", "traffic.input_share", "traffic.cached_share"), (0.0, 1.0)
)
BOUNDS = {**LIMITS, **TIMES, **SHARES}
Z = 4.0


def included(tmp_path, text, scenario=SCENARIO):
    (tmp_path / "fitted.toml").write_text(text)
    return load_text(scenario, origin=str(tmp_path / "scenario.toml"), folder=tmp_path)


def value_of(scenario, field):
    table, _, name = field.partition(".")
    return getattr(getattr(scenario, table), name)


def check_percentiles(law, one):
    """The law has the quantity's percentiles, to 2 % of their size or of the spread around zero."""
    stated = np.array([one.percentiles[name] for name in PERCENTILES])
    drawn = families.ppf(law, np.array(list(PERCENTILES.values())) / 100)
    largest = max(abs(stated))
    slack = np.where(abs(stated) <= 1e-9 * largest, largest, abs(stated))
    assert (abs(drawn - stated) <= 0.02 * slack + 1e-9).all()
    ends = families.support(law)
    assert np.allclose(ends, (one.minimum, one.maximum), rtol=1e-6, atol=1e-8)


@st.composite
def fitted_quantities(draw):
    """Draws as a fit makes them: smooth, piled up at a limit or at zero, all but one number, few values."""
    field = draw(st.sampled_from(sorted(BOUNDS)))
    low, high = BOUNDS[field]
    middle = draw(st.floats(low, high))
    spread = draw(st.sampled_from([0.0, 1e-5, 1e-3, 0.1, 1.0, 10.0])) * max(abs(middle), 1e-3)
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    values = middle + spread * rng.standard_normal(300)
    kind = draw(st.sampled_from(["smooth", "piled", "few", "zero"]))
    if kind == "piled":
        values = np.where(rng.random(300) < draw(st.floats(0, 1)), draw(st.sampled_from([low, high])), values)
    elif kind == "few":
        values = rng.choice(values[: draw(st.integers(1, 4))], 300)
    elif kind == "zero" and low <= 0:
        values = np.where(rng.random(300) < draw(st.floats(0, 1)), 0.0, values)
    return quantity(field, values, low, high)


@settings(max_examples=300, deadline=None)
@given(fitted_quantities())
def test_whatever_was_fitted_loads_and_draws_the_same(one):
    table, _, name = one.field.partition(".")
    text = f"{name} = {declared(one)}"
    other = "tokens_per_month = 1e9\n"
    lines = f"[{table}]\n{text}\n" + ("" if table == "volume" else f"[volume]\n{other}")
    lines = lines.replace("[volume]\n", f"[volume]\n{other}") if table == "volume" else lines
    scenario = load_text(SCENARIO.replace('include = "fitted.toml"\n', "") + lines)
    check_percentiles(value_of(scenario, one.field).distribution, one)


def test_the_check_finds_a_law_that_moved():
    one = quantity("traffic.burst_sigma", np.random.default_rng(0).gamma(2.0, 0.1, 2_000), 0, 3)
    moved = Quantity(
        one.field,
        {name: 1.05 * value for name, value in one.percentiles.items()},
        one.minimum,
        2 * one.maximum,
        None,
    )
    law = value_of(
        load_text(
            SCENARIO.replace('include = "fitted.toml"\n', "")
            + f"[volume]\ntokens_per_month = 1e9\n[traffic]\nburst_sigma = {declared(moved)}\n"
        ),
        one.field,
    ).distribution
    with pytest.raises(AssertionError):
        check_percentiles(law, one)


@given(
    st.lists(st.floats(-20, 300).map(lambda value: rounded(round(value, 6))), min_size=7, max_size=7).map(
        sorted
    )
)
def test_parted_numbers_rise_and_keep_their_digits(values):
    if values[0] == values[-1]:
        return
    found = parted(values)
    assert all(first < second for first, second in pairwise(found))
    assert (found[0], found[-1]) == (values[0], values[-1])
    size = [abs(value) or min(abs(other) for other in values if other) for value in values]
    assert all(abs(new - old) < 5e-4 * one for new, old, one in zip(found, values, size, strict=True))


@pytest.mark.parametrize("samples", [4_000, 64_000])
def test_draws_of_a_whole_file_have_the_percentiles(tmp_path, samples):
    """From the file through the loader to draws: shares below each percentile, to z standard errors."""
    scenario = included(tmp_path, fitted_toml(a_fit()))
    one = a_fit().quantity("traffic.burst_sigma")
    u = np.random.default_rng(samples).random(samples)
    drawn = families.ppf(value_of(scenario, one.field).distribution, u)
    for name, level in PERCENTILES.items():
        share = level / 100
        error = np.sqrt(share * (1 - share) / samples)
        assert abs((drawn <= one.percentiles[name]).mean() - share) < Z * error
    wrong = (drawn <= one.percentiles["p75"]).mean()
    assert abs(wrong - 0.7) > Z * np.sqrt(0.25 / samples)


def test_a_scenario_takes_all_of_it(tmp_path):
    from tcosim.sampling.copula import build_copula

    fit = a_fit()
    scenario = included(tmp_path, fitted_toml(fit))
    assert scenario.volume.tokens_per_month == 7.3e7
    assert np.allclose(scenario.traffic.weekly_profile, fit.shape, rtol=1e-3)
    assert scenario.traffic.weekly_profile_name == "fitted to gateway.csv"
    told_of = [one for one in fit.quantities if told(one) != "nothing new"]
    for one in told_of:
        check_percentiles(value_of(scenario, one.field).distribution, one)
    for one in fit.quantities:
        if one not in told_of:
            assert value_of(scenario, one.field).library_key, one.field
    known = {one.field for one in told_of}
    stated = {frozenset(one.inputs): one.rank_correlation for one in scenario.correlations}
    for pair, value in fit.correlations.items():
        if set(pair) <= known:
            assert stated[frozenset(pair)] == value
    # a small one is stated as well: the library would put 0.3 in its place
    library = {frozenset(one.inputs) for one in default_library().correlations}
    assert frozenset(("traffic.burst_sigma", "traffic.spikes_per_month")) in library
    build_copula([one.name for one in scenario.uncertain_inputs()], scenario.correlations)


def test_what_the_log_does_not_tell_stays_with_the_library(tmp_path):
    tables = tomllib.loads(fitted_toml(a_fit()))
    assert "growth_volatility" not in tables["volume"]
    assert "input_share" not in tables["traffic"]
    told_nothing = fit_data(a_fit(), 0)["untold"]
    assert "volume.growth_volatility" in told_nothing
    stated = {f"{table}.{name}" for table in ("volume", "traffic") for name in tables[table]}
    nothing_new = {one.field for one in a_fit().quantities if told(one) == "nothing new"}
    assert nothing_new and not nothing_new & stated
    assert set(told_nothing) | stated | nothing_new >= set(uncertain_fields())


def test_a_log_of_requests_leaves_the_volume_to_the_scenario(tmp_path):
    log = a_log(tokens=None, input_tokens=None, cached_tokens=None, output_tokens=None)
    text = fitted_toml(a_fit(log=log, tokens_per_month=None, traffic_per_month=7.3e4))
    tables = tomllib.loads(text)
    assert not tables["volume"]
    assert "--tokens-per-request" in text
    assert "7.3e4 a month" in text or "73000 a month" in text
    # what goes with a ratio that is not stated here would be refused
    assert all("volume.forecast_ratio" not in table["inputs"] for table in tables.get("correlation", []))
    stated = SCENARIO + "[volume]\ntokens_per_month = 1e9\n"
    assert included(tmp_path, text, stated).volume.tokens_per_month == 1e9


def test_a_shape_of_the_library_is_named(tmp_path):
    shape = np.array(default_library().shape("office-hours").values)
    text = fitted_toml(a_fit(shape=shape, shape_name="office-hours"))
    tables = tomllib.loads(text)
    assert tables["traffic"]["weekly_profile"] == "office-hours"
    assert "weekly_profile_name" not in tables["traffic"]
    assert included(tmp_path, text).traffic.weekly_profile == tuple(shape)


@pytest.mark.parametrize(
    "name", ['a"b\\c.csv', "a\n[volume]\nx = 1.csv", "log\x7f\udc80.csv", "ü\u202e.csv", "x" * 300]
)
def test_names_of_files_say_nothing_else(tmp_path, name):
    text = fitted_toml(a_fit(log=a_log(sources=(name,))), name=name)
    text.encode()
    tables = tomllib.loads(text)
    assert "x" not in tables["volume"]
    scenario = included(tmp_path, text)
    assert scenario.traffic.weekly_profile_name.startswith("fitted to ")


def test_the_same_fit_gives_the_same_lines_and_says_what_was_learned():
    text = fitted_toml(a_fit())
    assert text == fitted_toml(a_fit())
    assert "Europe/Berlin" in text
    assert "2024-05-06 00:00" in text
    for word in (
        "# 76 % narrower",
        "nothing new in the log, so left to",
        "# from the log alone",
        "falls silent by itself",
    ):
        assert word in text
    assert [told(one) for one in a_fit().quantities[:3]] == ["by the log", "nothing new", "narrower"]


def test_the_data_hold_the_week_as_it_was_seen():
    fit = a_fit()
    week = fit_data(fit, 0)["profile"]["observed"]
    traffic, collected = fit.log.traffic, fit.log.collected
    assert week[5] == pytest.approx(traffic[173] / traffic[collected].mean(), rel=1e-5)
    assert week[7] == pytest.approx((traffic[7] + traffic[175]) / 2 / traffic[collected].mean(), rel=1e-5)
    short = a_log(100)
    unseen = fit_data(a_fit(log=short, held_out=None), 0)["profile"]["observed"]
    assert unseen[120] is None
    assert unseen[5] is None
