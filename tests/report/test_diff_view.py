"""What ``tcosim diff`` says, from the plain data of a comparison."""

from __future__ import annotations

import copy
import io
import re

import pytest
from rich.console import Console

from tcosim.report.terminal.diff_view import print_diff, sentences
from tcosim.report.words.diff import change_text, phrase
from tcosim.report.words.points import point_bounds, points, signed_usd


def effect(share, usd, half=0.002, half_usd=900.0):
    return {
        "probability_change": share,
        "probability_change_ci95": [share - half, share + half],
        "saving_change_usd": usd,
        "saving_change_ci95_usd": [usd - half_usd, usd + half_usd],
    }


def spread(dist, p5, p50, p95, stated=None, name="x"):
    return {"dist": dist, "p5": p5, "p50": p50, "p95": p95, "stated": stated, "input": name}


def change(field, before, after, kind="field"):
    return {"field": field, "kind": kind, "unit": "", "from": before, "to": after}


RENT = change("option.rented-h100.usd_per_gpu_hour", spread("lognormal", 1.9, 3.1, 5.1), 3.9)
VOLUME = change("volume.tokens_per_month", 3e9, 4e9)


def part(name, *changes, share=0.0, usd=0.0, alone=None):
    return {
        "name": name,
        "changes": list(changes),
        **effect(share, usd),
        "alone": effect(alone or share, usd),
    }


def run(letter, probability, saving, headline="rented-h100", **others):
    return {
        "path": f"run-{letter}",
        "scenario_name": "support-assistant",
        "tcosim_version": "0.1.0",
        "seed": 3,
        "samples": 20_000,
        "headline_option": headline,
        "shut_out": [],
        "probability": probability,
        "ci95": [probability - 0.003, probability + 0.003],
        "expected_saving_usd": saving,
        "expected_saving_ci95_usd": [saving - 5e3, saving + 5e3],
        **others,
    }


def comparison(parts, before=0.352, after=0.21, remainder=0.0):
    total = sum(one["probability_change"] for one in parts)
    usd = sum(one["saving_change_usd"] for one in parts)
    return {
        "option": "rented-h100",
        "baseline": "api",
        "months": 36,
        "seed": 3,
        "samples": 20_000,
        "runs": [run("a", before, -22e3), run("b", after, -22e3 + usd)],
        "gates": [],
        "parts": parts,
        "total": effect(total, usd),
        "remainder": {
            "probability_change": remainder,
            "saving_change_usd": 0.0,
            "simulation_error": 0.006,
            "simulation_error_usd": 9e3,
        },
        "move": {"probability_change": after - before, "saving_change_usd": usd},
    }


FELL = comparison(
    [
        part("option.rented-h100.usd_per_gpu_hour", RENT, share=-0.112, usd=-90e3, alone=-0.12),
        part("volume.tokens_per_month", VOLUME, share=-0.03, usd=10e3),
    ]
)


def rendered(result, width=100, encoding="utf-8", top=None, **options):
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding)
    print_diff(result, Console(file=file, width=width, highlight=False, **options), top)
    file.flush()
    return raw.getvalue().decode(encoding)


def test_the_first_sentence_is_the_answer():
    assert sentences(FELL)[0] == (
        "From A to B the probability that rented-h100 costs less than api fell from 35.2 % to 21.0 %; most of it"
        " (-11.2 points) is the higher usd_per_gpu_hour of rented-h100."
    )
    assert sentences(FELL)[1] == "Its expected saving in present value goes from -$22 k to -$102 k."


def test_what_works_against_the_move_is_said():
    parts = [
        *copy.deepcopy(FELL["parts"]),
        part("x", change("option.owned.autoscale", False, True), share=0.08),
    ]
    said = sentences(comparison(parts, 0.352, 0.290))[0]
    assert "most of it (-11.2 points)" in said
    assert said.endswith("and autoscale of owned, true instead of false (+8.0 points) works against it.")


def test_a_move_that_is_none_is_not_explained_by_most_of_it():
    parts = [part("a", RENT, share=-0.05), part("b", VOLUME, share=0.0501)]
    said = sentences(comparison(parts, 0.352, 0.353))[0]
    assert "does not move beyond simulation error: 35.2 % in A, 35.3 % in B" in said
    assert "cancel out" in said
    assert "most of it" not in said


def test_no_single_part_is_called_most_if_it_is_not():
    parts = [part(f"p{k}", VOLUME, share=-0.03) for k in range(4)]
    assert "the largest part (-3.0 points)" in sentences(comparison(parts, 0.352, 0.232))[0]


def test_effects_that_add_up_need_no_word_on_interplay():
    parts = [part("a", RENT, share=-0.112), part("b", VOLUME, share=-0.03)]
    assert not any("act on each other" in text for text in sentences(comparison(parts)))
    parts = [part("a", RENT, share=-0.112, alone=-0.05), part("b", VOLUME, share=-0.03)]
    (said,) = (text for text in sentences(comparison(parts)) if "act on each other" in text)
    assert "alone they sum to -8 points, together they make -14.2" in said


def test_another_headline_is_said():
    result = copy.deepcopy(FELL)
    result["runs"][0]["headline_option"] = "owned-h100"
    assert any(
        "The headline changed from owned-h100 in A to rented-h100 in B" in t for t in sentences(result)
    )
    result["runs"][1]["headline_option"] = "owned-h100"
    assert any("The headline of both runs is about owned-h100" in text for text in sentences(result))
    assert not any("headline" in text for text in sentences(FELL))


def test_gates_that_differ_are_said_and_are_no_step():
    result = copy.deepcopy(FELL)

    def said():
        return [text for text in sentences(result) if "act on each other" not in text]

    assert not any("hut out" in text or "Gates" in text for text in said())
    guess = change("constraints.volume_measured", True, False)
    result["gates"] = [{"name": guess["field"], "changes": [guess]}]
    assert said()[-1] == "Shut out in A and B: nothing."
    result["runs"][1]["shut_out"] = [
        {"option": "owned-h100", "gates": ["volume_measured", "platform_team"]},
        {"option": "rented-h100", "gates": ["platform_team"]},
    ]
    result["runs"][1]["headline_option"] = None
    assert said()[-3:] == [
        "B has no headline, that of A is about rented-h100; the figures here are those of rented-h100.",
        "Gates changed, which moves no cost: volume_measured: true -> false.",
        "Shut out in B: owned-h100 (volume_measured, platform_team); rented-h100 (platform_team).",
    ]
    result["runs"][0] |= {"shut_out": result["runs"][1]["shut_out"], "headline_option": None}
    assert said()[-3].startswith("Neither run has a headline; ")
    assert said()[-1].startswith("Shut out in A and B: owned-h100")
    result["parts"] = []
    assert said()[0].startswith("Nothing that moves a cost differs between the scenarios, only gates")


def test_a_remainder_beyond_simulation_error_is_blamed_on_code():
    result = comparison(FELL["parts"], 0.352, 0.25, remainder=0.04)
    assert any("+4 points, is more than simulation error explains" in t for t in sentences(result))
    result["runs"][1]["tcosim_version"] = "0.2.0"
    assert "tcosim 0.1.0 made A and tcosim 0.2.0 made B" in sentences(result)[-1]
    assert "simulation error and versions" in rendered(result)
    assert not any("more than simulation error" in text for text in sentences(FELL))


def test_the_same_question():
    result = comparison([], 0.352, 0.353, remainder=0.001)
    result["runs"][1] |= {"seed": 9, "samples": 5000}
    text = " ".join(rendered(result).split())
    assert "Both runs ask the same question: nothing in their scenarios differs" in text
    assert "they differ in seed (3 and 9) and number of futures (20,000 and 5,000)" in text
    assert "35.2 % in A and 35.3 % in B, within simulation error" in text
    assert "what changed" not in text
    same = comparison([], 0.352, 0.352)
    assert "they differ" not in sentences(same)[0]
    assert "35.2 % in both" in sentences(same)[0]


@pytest.mark.parametrize("width", [80, 100, 10_000])
def test_it_fits_and_has_no_blanks_at_line_ends(width):
    for line in rendered(FELL, width).splitlines():
        assert len(line) <= width
        assert line == line.rstrip()


def test_the_table_has_a_row_for_everything_and_sums_up():
    text = rendered(FELL, 10_000)
    rows = [line for line in text.splitlines() if re.match(r"  +[-+0]", line)]
    assert len(rows) == 5
    assert "usd_per_gpu_hour of rented-h100: lognormal 1.9 to 5.1 -> 3.9" in rows[0]
    assert re.search(r"-11\.2 +-11\.4 to -11\.0 +-12\.0 +-\$90\.0 k", rows[0])
    assert "tokens_per_month: 3B -> 4B" in rows[1]
    assert rows[2].split()[0] == "-14.2"
    assert "all changes together" in rows[2]
    assert "simulation error" in rows[3]
    assert "by the run folders" in rows[4]


def test_the_rest_stands_in_one_row():
    parts = [
        part("a", RENT, share=-0.1, usd=-1e4),
        *(part("b", VOLUME, share=-0.01, usd=-1e3) for _ in range(3)),
    ]
    text = rendered(comparison(parts), 10_000, top=1)
    (row,) = (line for line in text.splitlines() if "3 other changes" in line)
    assert row.split()[0] == "-3"  # three errors that may all point the same way leave no tenths
    assert "tokens_per_month" not in text


def test_ascii_is_enough_and_a_pipe_has_no_escapes():
    assert rendered(FELL, encoding="ascii") == rendered(FELL)
    assert "\x1b" not in rendered(FELL, force_terminal=False, color_system=None)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ([change("option.api.route.cheap.share", 0.7, 0.5)], "share of route cheap of api: 0.7 -> 0.5"),
        ([change("option.api.route.default.batch_share", 0.0, 0.5)], "batch_share of api: 0 -> 0.5"),
        (
            [change("option.api.route", {"routes": {"a": 0.7, "b": 0.3}}, {"routes": {"c": 1.0}})],
            "routes of api: a 70 %, b 30 % -> c 100 %",
        ),
        (
            [
                change("option.r.contract", "on-demand", "reserved"),
                change("option.r.reserved_discount", None, spread("uniform", 0.1, 0.2, 0.3)),
                change("option.r.spot_interruptions_per_gpu_year", 5.0, None),
            ],
            "contract of r: on-demand -> reserved; with reserved_discount uniform 0.1 to 0.3;"
            " without spot_interruptions_per_gpu_year",
        ),
        (
            [
                change(
                    "traffic.weekly_profile",
                    {"profile": 168, "highest": 2.2},
                    {"profile": 168, "highest": 1.9},
                ),
                change("traffic.weekly_profile_name", "office-hours", ""),
            ],
            "weekly_profile: office-hours -> stated numbers",
        ),
        (
            [
                change(
                    "traffic.weekly_profile",
                    {"profile": 168, "highest": 2.2},
                    {"profile": 168, "highest": 1.9},
                )
            ],
            "weekly_profile: 168 numbers, highest 2.2 -> 168 numbers, highest 1.9",
        ),
        ([change("x with y", 0.4, 0.0, "correlation")], "correlation of x with y: 0.4 -> 0"),
        ([change("volume.tokens_per_month", 1.0001e9, 1.0002e9)], "tokens_per_month: 1.0001e9 -> 1.0002e9"),
        (
            [change("a.f", spread("pert", 1, 2, 3, name="one"), spread("pert", 1, 2.5, 3, name="one"))],
            "f: pert 1 to 3 (P50 2) -> pert 1 to 3 (P50 2.5)",
        ),
        (
            [
                change(
                    "a.f",
                    spread("pert", 1, 2, 3, "as it is", "one"),
                    spread("pert", 1, 2, 3, "as it is", "two"),
                )
            ],
            "f: pert 1 to 3, drawn as one -> pert 1 to 3, drawn as two",
        ),
        (
            [change("option.a.f", 1.0, 2.0), change("option.b.f", 1.0, 2.0)],
            "people.hours: 1 -> 2 (2 fields)",
        ),
    ],
)
def test_changes_in_words(changes, text):
    assert change_text({"name": "people.hours", "changes": changes}) == text


def test_many_changes_are_counted():
    changes = [change(f"option.a.f{k}", 1.0, 2.0 + k) for k in range(9)]
    assert change_text({"name": "n", "changes": changes}).endswith("; and 4 more")


def test_phrases():
    assert phrase(part("n", RENT)) == "the higher usd_per_gpu_hour of rented-h100"
    lower = change("option.r.f", 2.0, spread("pert", 1, 1.5, 3))
    assert phrase(part("n", lower)) == "the lower f of r"
    wider = change("option.r.f", spread("pert", 1, 2, 3), spread("pert", 0, 2, 9))
    assert phrase(part("n", wider)) == "the other f of r"
    pairs = [change("x with y", 0.1, 0.2, "correlation")] * 2
    assert phrase(part("correlations", *pairs)) == "the other correlations"


def test_digits_follow_the_error():
    assert points(-0.1123, (-0.1143, -0.1103)) == "-11.2"
    assert points(-0.1123, (-0.14, -0.08)) == "-11"
    assert points(0.0003, (0.0002, 0.0004)) == "+0.03"
    assert points(0.0003, (-0.002, 0.003)) == "0.0"
    assert points(0.0, (0.0, 0.0)) == "0"
    assert point_bounds((0.0, 0.0)) == ""
    assert point_bounds((-0.11431, -0.11029)) == "-11.5 to -11.0"
    assert point_bounds(None) == "-"
    assert signed_usd(61_234.0, (60_000, 62_500)) == "+$61 k"
    assert signed_usd(-61_234.0, (-62_500, -60_000)) == "-$61 k"
    assert signed_usd(0.0, (0.0, 0.0)) == "$0"
