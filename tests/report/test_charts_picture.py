"""From charts to pictures: what reaches a page, and what must not."""

from __future__ import annotations

import math
import re
import struct
from xml.etree import ElementTree

import pytest
from chart_cases import HOSTILE, charts, hostile, run

from tcosim.report.charts import frame, picture
from tcosim.report.charts.chance import chance_chart, volume_domain
from tcosim.report.charts.look import PAGE, PAPER, css_variables
from tcosim.report.charts.picture import inline_svg, plot_box, png, svg

SPACE = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    *("svg", "g", "path", "line", "rect", "text", "tspan", "defs", "clipPath", "circle"),
}


@pytest.fixture(scope="module")
def plain():
    return {key: inline_svg(chart, id=key, label=key) for key, chart in charts(run(), PAGE).items()}


@pytest.fixture(scope="module")
def broken():
    return {
        key: inline_svg(chart, id=key, label=HOSTILE[0]) for key, chart in charts(hostile(), PAGE).items()
    }


def tips(text):
    return [one.get("data-tip") for one in ElementTree.fromstring(text).iter() if one.get("data-tip")]


@pytest.mark.parametrize("case", ["plain", "broken"])
def test_nothing_but_shapes_and_text_reaches_a_page(case, request):
    for key, text in request.getfixturevalue(case).items():
        root = ElementTree.fromstring(text)
        assert root.get("role") == "img"
        assert root.get("width") is None
        assert root.get("viewBox").startswith("0 0 400 ")
        for element in root.iter():
            assert element.tag.removeprefix(SPACE) in ALLOWED
            for name, value in element.attrib.items():
                assert not name.startswith("on")
                assert name not in ("href", "style", "class") or element is root
                assert element is root or not (name.startswith("aria") or name == "role")
                if name not in ("data-tip", "aria-label"):
                    assert "script" not in value
                    assert "url(" not in value or f"url(#{key}-" in value
                if name == "id" and element is not root:
                    assert value.startswith(f"{key}-")
        assert "<script" not in text
        assert "\n" not in text


def test_colors_of_a_page_are_its_variables_only(plain):
    known = {f"var({name})" for name in css_variables(False)} | {"none", "transparent"}
    for text in plain.values():
        assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) <= known
        assert "#" not in re.sub(r'data-tip="[^"]*"|url\(#[^)]*\)', "", text)


def test_names_that_break_things_are_shown_whole_in_tips_and_cut_in_labels(broken):
    told = " ".join(tips(broken["chance"]))
    assert "<script>alert(1)</script>\"'&amp; datum.x [0] \\ back{x} slash" in told
    assert "turned around" in told
    texts = [one.text for one in ElementTree.fromstring(broken["chance"]).iter(f"{SPACE}text")]
    assert any(text.startswith("<script>") and "…" in text for text in texts)
    assert not any("\u202e" in text or "\x00" in text for text in broken.values())
    assert ElementTree.fromstring(broken["week"]).get("aria-label").startswith("<script>alert(1)")


def test_tips_are_ours_and_axes_have_none(plain):
    assert len(tips(plain["week"])) == 168
    assert "Tuesday 11:00 to 12:00: 42 % of the paid capacity in use" in tips(plain["week"])
    assert len(tips(plain["chance"])) == len(run()["summary"]["curve"]["volumes"])
    assert tips(plain["chance"])[0].startswith("100 million tokens a month: rented 0")
    assert len(tips(plain["cost-0"])) == 36
    for key, text in plain.items():
        assert tips(text), key
        assert not any("axis" in tip or "legend" in tip or "mark" in tip for tip in tips(text))


def test_a_pointer_reaches_marks_with_a_tip_and_nothing_in_front_of_them(plain):
    for text in plain.values():
        root = ElementTree.fromstring(text)
        assert root.get("pointer-events") == "none"
        for parent in root.iter():
            if any(child.get("data-tip") for child in parent):
                assert parent.get("pointer-events") == "all"


@pytest.mark.parametrize("chart", ["chance", "saving", "week", "components"])
def test_the_same_chart_gives_the_same_picture(chart, plain):
    again = charts(run(), PAGE)[chart]
    assert inline_svg(again, id=chart, label=chart) == plain[chart]


def test_the_box_of_the_plot_is_where_points_are_drawn():
    """Points of the chance chart lie where their volume and their chance say."""
    found = run()
    curve = found["summary"]["curve"]
    text = inline_svg(chance_chart(curve, PAGE), id="c", label="c")
    left, top, width, height = plot_box(text)
    assert plot_box(chance_chart(curve, PAGE)) == (left, top, width, height)
    low, high = volume_domain(curve)
    areas = [one for one in _placed(ElementTree.fromstring(text)) if one[2].get("data-tip")]
    assert len(areas) == len(curve["volumes"])
    for (x, _, _), (start, _) in zip(
        areas, frame.around([point["tokens_per_month"] for point in curve["volumes"]]), strict=True
    ):
        assert x == pytest.approx(left + width * math.log(start / low) / math.log(high / low), abs=0.02)
    option = curve["volumes"][9]["options"][3]
    wanted = (
        left + width * math.log(curve["volumes"][9]["tokens_per_month"] / low) / math.log(high / low),
        top + height * (1 - option["probability_beats_baseline"]),
    )
    points = [
        (x, y) for x, y, one in _placed(ElementTree.fromstring(text)) if one.get("fill") == "var(--option-3)"
    ]
    assert min(math.dist(wanted, point) for point in points) < 0.02
    moved = (wanted[0] + 3, wanted[1])
    assert min(math.dist(moved, point) for point in points) > 1


def _placed(root):
    """Every leaf with where it begins: the sum of the translations above it, and its path's first point."""

    def walk(element, x, y):
        move = re.fullmatch(r"translate\(([-\d.]+),([-\d.]+)\)", element.get("transform", ""))
        if move:
            x, y = x + float(move[1]), y + float(move[2])
        if element.tag == f"{SPACE}path":
            start = re.match(r"M([-\d.]+),([-\d.]+)", element.get("d"))
            yield (x, y, element) if move else (x + float(start[1]), y + float(start[2]), element)
        for child in element:
            yield from walk(child, x, y)

    return list(walk(root, 0.0, 0.0))


def test_rounding_moves_nothing_by_more_than_a_hundredth():
    long = "M-0.05123,12.999999L1e2,340.12345"
    assert picture.NUMBER.sub(picture._shorter, long) == "M-0.05,13L1e2,340.12"
    assert picture.NUMBER.sub(picture._shorter, "-0.0001234 0.0001e-5") == "0 0"


def test_inline_pictures_are_smaller_than_they_were_rendered(plain):
    for key, chart in charts(run(), PAGE).items():
        assert len(plain[key]) < 0.8 * len(picture._rendered(chart))


@pytest.mark.parametrize(
    "inside",
    [
        "<script>1</script>",
        '<image href="http://x/y.png"/>',
        '<g onclick="x()"/>',
        '<foreignObject/>',
        '<rect fill="url(http://x)"/>',
        '<a href="javascript:x"><path d="M0,0h1"/></a>',
        '<g style="x"/>',
    ],
)  # fmt: skip
def test_what_is_not_expected_is_an_error(inside, monkeypatch):
    rendered = f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="9">{inside}</svg>'
    monkeypatch.setattr(picture, "_rendered", lambda chart: rendered)
    with pytest.raises(ValueError, match="unexpected"):
        inline_svg(None, id="a", label="b")


def test_names_within_a_picture_begin_with_its_own(monkeypatch):
    rendered = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="9"><defs><clipPath id="clip0">'
        '<rect width="3" height="4"/></clipPath></defs><g clip-path="url(#clip0)"><path d="M0,0h1"/></g></svg>'
    )
    monkeypatch.setattr(picture, "_rendered", lambda chart: rendered)
    text = inline_svg(None, id="two", label="b")
    assert 'id="two-clip0"' in text
    assert 'clip-path="url(#two-clip0)"' in text


def test_pictures_that_stand_alone():
    chart = charts(run(), PAPER)["saving"]
    text = svg(chart)
    root = ElementTree.fromstring(text)
    assert root.get("width") == "400"
    assert PAPER.loss in text
    assert frame.TIP not in text
    picture_of = png(chart)
    assert picture_of.startswith(b"\x89PNG")
    assert struct.unpack(">I", picture_of[16:20]) == (800,)
    assert picture_of == png(chart)


def test_a_picture_without_a_plot_has_no_box():
    with pytest.raises(ValueError, match="no plot"):
        plot_box('<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>')
