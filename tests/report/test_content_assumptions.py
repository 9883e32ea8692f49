"""The rows of the page: what is worth knowing first, no figure without its digits, and judgement called judgement."""

from __future__ import annotations

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from tcosim.report.content.assumptions import LEFT_OUT, assumption_rows, judged
from tcosim.results.assumptions import assumption_snapshot, shape_fault
from tcosim.sampling.families import ppf
from tcosim.scenario.load import load

SCENARIO = load(overrides=("volume.annual_growth=0.4",))
SNAPSHOT = assumption_snapshot(SCENARIO, ppf)
UNCERTAIN = [quantity.name for quantity in SCENARIO.uncertain_inputs()]


def summary(**usd):
    """Worth by input; its error is a tenth of it."""
    rows = [{"input": name, "usd": value, "se": value / 10} for name, value in usd.items()]
    return {"value_of_information": {"evppi_usd": rows}}


WORTH = summary(**{"traffic.input_share": 2e4, "serving.token_ratio": 9e4, "people.underestimate_share": 5e3})


def test_the_most_valuable_come_first_then_the_uncertain_then_the_plain():
    names = [row.name for row in assumption_rows(SNAPSHOT, WORTH)]
    first = ["serving.token_ratio", "traffic.input_share", "people.underestimate_share"]
    rest = [name for name in UNCERTAIN if name not in first]
    plain = [one["input"] for one in SNAPSHOT["assumptions"] if not one["uncertain"]]
    assert names == [*first, *rest, *plain]


def test_without_values_the_order_is_that_of_the_scenario():
    for nothing in ({}, summary()):
        names = [row.name for row in assumption_rows(SNAPSHOT, nothing)]
        assert names[: len(UNCERTAIN)] == UNCERTAIN


def test_a_row_says_what_the_library_says():
    rows = {row.name: row for row in assumption_rows(SNAPSHOT, WORTH)}
    row = rows["gpu.h100.usd_per_gpu"]
    assert (row.p5, row.p50, row.p95, row.unit) == ("18,000", "26,000", "34,000", "USD/GPU")
    assert (row.grade, row.meaning) == ("published", "Purchase price of one H100 without its server.")
    assert row.checked == "2026-11-21"
    assert row.caveat
    assert any(source.url.startswith("https://") for source in row.sources)
    assert "A completed sale of an H100, eBay, 2026-05-28" in [source.title for source in row.sources]


def test_a_plain_number_is_the_same_three_times():
    row = next(row for row in assumption_rows(SNAPSHOT, {}) if row.name == "energy.pue")
    assert row.p5 == row.p50 == row.p95 == "1.45"


def test_what_the_scenario_states_is_told_from_what_it_leaves_out():
    rows = {row.name: row for row in assumption_rows(SNAPSHOT, {})}
    stated, left_out = rows["volume.annual_growth"], rows["volume.forecast_ratio"]
    assert (stated.grade, stated.checked, stated.caveat, stated.sources) == ("stated", "", "", [])
    assert (left_out.grade, left_out.caveat) == ("stated", LEFT_OUT)
    assert stated.meaning == "Growth of the volume in a year; 0.4 is 40 % more."


def test_an_origin_that_is_gone_leaves_its_cells_empty():
    content = copy.deepcopy(SNAPSHOT)
    one = next(one for one in content["assumptions"] if one["library"])
    one["library"] = {"key": one["library"]["key"]}
    row = next(row for row in assumption_rows(content, {}) if row.name == one["input"])
    assert (row.grade, row.checked, row.caveat, row.sources, row.meaning) == ("", "", "", [], one["meaning"])


def rows_of(*triples, unit="ratio"):
    ones = [
        {
            "input": f"x{place}",
            "meaning": "",
            "unit": unit,
            "uncertain": values[0] is None or len(set(values)) > 1,
            "defaulted": False,
            "percentiles": dict(zip(("p5", "p50", "p95"), values, strict=True)),
            "library": {"key": f"x{place}", "grade": "judgement"},
        }
        for place, values in enumerate(triples)
    ]
    return assumption_rows({"assumptions": ones}, {})


def test_a_narrow_spread_does_not_look_like_a_plain_number():
    narrow, none, wide = rows_of((1000.1, 1000.2, 1000.3), (None, None, None), (1, 2, None))
    assert (narrow.p5, narrow.p50, narrow.p95) == ("1,000.1", "1,000.2", "1,000.3")
    assert none.p5 == "n/a"
    assert (wide.p5, wide.p95) == ("1", "n/a")


def test_the_sentence_counts_judgement_and_names_what_is_worth_knowing():
    rows = assumption_rows(SNAPSHOT, WORTH)
    count = sum(
        one["uncertain"] and one["library"]["grade"] == "judgement" for one in SNAPSHOT["assumptions"]
    )
    start = f"{count} of the {len(UNCERTAIN)} uncertain inputs are judgement"
    assert judged(rows) == f"{start}."
    # input_share is measured, so it is not named
    named = "serving.token_ratio and people.underestimate_share are worth most to know"
    assert judged(rows, WORTH) == f"{start}; of these, {named}."
    lost = copy.deepcopy(WORTH)  # a worth within its error is none
    lost["value_of_information"]["evppi_usd"][2]["se"] = 4e3
    assert judged(assumption_rows(SNAPSHOT, lost), lost).endswith(
        "; of these, serving.token_ratio is worth most to know."
    )


def test_the_sentence_for_few():
    two = rows_of((1, 2, 3), (4, 5, 6))
    assert judged(two) == "All of the 2 uncertain inputs are judgement: x0 and x1."
    assert judged(two[:1]) == "The one uncertain input, x0, is judgement."
    assert judged(rows_of((1, 1, 1))) == "No input is uncertain: all of them are plain numbers."
    measured = [row for row in assumption_rows(SNAPSHOT, {}) if row.grade == "measured"][:2]
    assert judged(measured) == "None of the 2 uncertain inputs is judgement."
    assert judged(measured[:1]) == f"The one uncertain input, {measured[0].name}, is not judgement."


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.just([]), st.just({})
)


def places(content):
    """Every place in nested JSON content, as a path of keys."""
    children = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, value in children:
        yield (key,)
        yield from ((key, *rest) for rest in places(value))


SMALL = {**SNAPSHOT, "assumptions": [SNAPSHOT["assumptions"][n] for n in (1, 2, 14)]}
PLACES = list(places(SMALL))


@settings(max_examples=300)
@given(place=st.sampled_from(PLACES), value=VALUES, gone=st.booleans())
def test_damage_is_refused_when_the_folder_is_read_or_does_no_harm(place, value, gone):
    content = copy.deepcopy(SMALL)
    parent = content
    for key in place[:-1]:
        parent = parent[key]
    if gone:
        del parent[place[-1]]
    else:
        parent[place[-1]] = value
    if not shape_fault(content):
        rows = assumption_rows(content, WORTH)
        assert all(
            isinstance(text, str) for row in rows for text in (row.name, row.p5, row.grade, row.checked)
        )
        assert judged(rows, WORTH)
