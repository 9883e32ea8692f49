"""Colors that can be read on either page, and names that a picture can hold."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcosim.report.charts.labels import LONGEST, clean, columns, short, short_unique
from tcosim.report.charts.look import PAGE, PAPER, ROLES, css_variables, option_looks

TEXT = ("--ink", "--muted", "--baseline")
GROUND = ("--paper", "--grid")


def luminance(color):
    """Relative luminance, WCAG 2.2."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the grey that just passes


@pytest.mark.parametrize("dark", [False, True])
def test_marks_and_text_stand_out_on_either_page(dark):
    colors = css_variables(dark)
    for name, color in colors.items():
        if name not in GROUND:
            assert contrast(color, colors["--paper"]) >= 3.0, name
        # figures of the color of the paper stand on marks of the options' colors, and text is text
        if name in TEXT or name.startswith("--option"):
            assert contrast(color, colors["--paper"]) >= 4.5, name


@pytest.mark.parametrize("dark", [False, True])
def test_loss_and_gain_differ_in_grey(dark):
    colors = css_variables(dark)
    assert contrast(colors["--loss"], colors["--gain"]) >= 1.8


def test_the_page_names_every_variable_and_paper_holds_their_light_values():
    named = {getattr(PAGE, role) for role in ROLES} | set(PAGE.options)
    assert named == {f"var({name})" for name in css_variables(False)}
    assert css_variables(True).keys() == css_variables(False).keys()
    assert css_variables(False)["--ink"] == PAPER.ink
    assert len(set(PAPER.options)) == len(PAPER.options) == 8


def test_options_differ_by_more_than_color():
    names = [f"option-{index}" for index in range(9)]
    looks = option_looks(names, "option-4", PAPER)
    others = [looks[name] for name in names if name != "option-4"]
    assert looks["option-4"].color == PAPER.baseline
    for field in ("color", "shape", "dash", "label"):
        assert len({getattr(one, field) for one in others}) == 8


def test_an_option_looks_the_same_whatever_the_baseline_is_called():
    assert option_looks(["a", "b", "c"], "a", PAPER)["c"] == option_looks(["x", "b", "c"], "x", PAPER)["c"]


@given(st.text(max_size=200))
def test_any_name_becomes_one_that_xml_holds_and_that_fits(name):
    label = short(name)
    assert columns(label) <= LONGEST + 2
    root = ElementTree.fromstring(ElementTree.tostring(_element(label), encoding="unicode"))
    assert root.text == (label or None)
    assert all(unicodedata.category(one) != "Cc" for one in label)


def _element(text):
    element = ElementTree.Element("text")
    element.text = text
    return element


def test_long_names_keep_both_ends():
    assert short("rented-h100-frankfurt-with-reserved-capacity-2").startswith("rented-h100")
    assert short("rented-h100-frankfurt-with-reserved-capacity-2").endswith("capacity-2")
    assert "…" in short("x" * 60)
    assert short("api") == "api"
    assert clean("a\x00\nb\u202ec") == "a bc"


@given(st.lists(st.text(max_size=80), max_size=9, unique=True))
def test_names_stay_apart_when_they_are_cut(names):
    assert len(set(short_unique(names))) == len(names)


def test_names_alike_but_for_their_middle_are_numbered():
    names = ["x" * 30 + letter + "y" * 30 for letter in "abc"]
    labels = short_unique(names)
    assert len(set(labels)) == 3
    assert labels[2].endswith(" 3")
