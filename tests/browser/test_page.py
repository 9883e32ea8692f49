"""The page in a real browser: what it shows, what moves, and that it asks for nothing."""

from __future__ import annotations

import json
import re

import pytest

from tcosim.report.words import rounding


@pytest.fixture(scope="module")
def summary(run_folder):
    return json.loads((run_folder / "summary.json").read_text(encoding="utf-8"))


def text(page, name):
    return page.locator(f"#{name}").inner_text().replace("\u00a0", " ")


def move(page, index):
    page.locator("#volume").evaluate(
        "(slider, index) => { slider.value = index; slider.dispatchEvent(new Event('input')); }", index
    )


def readings(page):
    return json.loads(page.locator("#readings").text_content())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_loads_without_a_network_and_complains_of_nothing(opened, scheme):
    page, complaints = opened(color_scheme=scheme)
    assert page.title().endswith("self-host or buy?")
    assert page.locator("svg.chart").count() >= 8
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = sum(map(int, re.findall(r"\d+", paper)[:3])) > 380
    assert light == (scheme == "light")
    assert complaints == []


def test_the_policy_refuses_a_script_of_someone_else(opened):
    page, complaints = opened()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'document.title = 1'}))"
    )
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"document.title = 2\">')"
    )
    page.wait_for_timeout(100)
    assert page.title() not in ("1", "2")
    assert any("Content Security Policy" in one for one in complaints)


def test_the_slider_starts_at_the_planned_volume_with_the_runs_own_answer(opened, summary):
    page, _ = opened()
    headline = summary["headline"]
    chance, between = rounding.percent_with_interval(headline["probability"], *headline["ci95"])
    assert text(page, "chance") == chance
    assert text(page, "between") == f"({between})"
    assert text(page, "option") == headline["option"]
    assert text(page, "at") == rounding.volume(summary["volume_tokens_per_month"])
    cheapest = min(summary["options"], key=lambda option: option["npv_usd"]["mean"])
    low, high = headline["expected_saving_ci95_usd"]
    pair = headline["option"], headline["baseline"]
    untold = low <= 0 <= high and cheapest["name"] in pair
    assert text(page, "cheapest") == ("cannot be told" if untold else cheapest["name"])
    assert not page.locator("#back").is_visible()


def test_the_slider_moves_the_numbers_to_those_of_the_summary(opened, summary):
    page, complaints = opened()
    known = {
        rounding.volume(float(f"{point['tokens_per_month']:.3g}")): point
        for point in summary["curve"]["volumes"]
        if not point["is_planned"]
    }
    seen, markers = set(), []
    content = readings(page)
    for index, reading in enumerate(content["readings"]):
        move(page, index)
        markers.append(float(page.locator("svg .marker").get_attribute("x1")))
        at = text(page, "at")
        if not reading["simulated"] or index == content["planned"]:
            continue
        point = known[at]
        best = next(one for one in point["options"] if one["name"] == point["best_self_hosted"])
        chance, between = rounding.percent_with_interval(
            best["probability_beats_baseline"], *best["probability_beats_baseline_ci95"]
        )
        assert (text(page, "chance"), text(page, "between")) == (chance, f"({between})")
        assert text(page, "option") == best["name"]
        low, high = best["expected_saving_ci95_usd"]
        assert text(page, "cheapest") == (
            "cannot be told" if low <= 0 <= high else point["cheapest_expected"]
        )
        seen.add(at)
    assert seen == set(known)
    assert markers == sorted(markers)
    assert complaints == []


def test_keys_move_it_and_the_button_leads_back(opened):
    page, _ = opened()
    before = text(page, "at")
    page.locator("#volume").focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    assert text(page, "at") != before
    assert text(page, "planned").startswith("; all else on this page is at the planned volume")
    assert (
        page.locator("#volume").get_attribute("aria-valuetext").startswith(page.locator("#at").inner_text())
    )
    page.locator("#back").click()
    assert text(page, "at") == before
    assert "planned" in text(page, "planned")


@pytest.mark.parametrize(
    "chart", ["chance", "saving", "tornado", "worth", "components", "utilization", "week-0", "cost-0"]
)
def test_hover_reads_values(opened, chart):
    page, _ = opened()
    marks = page.locator(f"#chart-{chart} [data-tip]")
    assert marks.count() > 0
    mark = marks.nth(marks.count() // 2)
    mark.scroll_into_view_if_needed()
    wanted = mark.get_attribute("data-tip")
    box = mark.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    tip = page.locator("#tip")
    assert tip.is_visible()
    # marks may lie over each other: the tip is that of the one on top, and has a figure
    assert tip.inner_text() == wanted or re.search(r"\d", tip.inner_text())
    inside = tip.bounding_box()
    assert inside["x"] >= 0
    assert inside["x"] + inside["width"] <= 1280
    page.keyboard.press("Escape")
    assert not tip.is_visible()


@pytest.mark.parametrize("width", [390, 320, 768, 1280])
def test_no_horizontal_scroll(opened, width):
    page, _ = opened(width=width, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_charts_are_legible_on_a_phone(opened):
    page, _ = opened(width=390, height=844)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll('svg.chart text')].filter((t) => t.textContent.trim()).map((t) =>
        parseFloat(getComputedStyle(t).fontSize) * t.closest('svg').getBoundingClientRect().width /
        t.closest('svg').viewBox.baseVal.width)"""
    )
    assert min(sizes) >= 8.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_accessibility(opened, scheme, width):
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    from pathlib import Path

    page, _ = opened(width=width, color_scheme=scheme)
    for details in page.locator("details").all():
        details.locator("summary").click()
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(one["id"], one["impact"], one["nodes"][0]["html"][:200]) for one in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_without_script_the_answer_is_there(opened, summary):
    page, complaints = opened(java_script_enabled=False)
    headline = summary["headline"]
    chance = rounding.percent_with_interval(headline["probability"], *headline["ci95"])[0]
    assert text(page, "chance") == chance
    assert page.locator("#volume").is_disabled()
    assert page.locator("svg.chart").first.is_visible()
    assert complaints == []


PAGES = range(12, 24)
"""Sheets of A4 that the shipped scenario takes, whatever fonts the machine has."""


def test_print(opened):
    page, _ = opened(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    paper = page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')")
    assert paper.strip().lower() in ("#fff", "#ffffff")
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) in PAGES


def test_what_is_folded_is_printed_and_folded_again(opened):
    page, _ = opened()
    folded = page.locator("details:not([open])").count()
    assert folded > 5
    move(page, 0)
    at = text(page, "at")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert "planned volume" in text(page, "planned")  # paper shows the run's own answer
    assert text(page, "at") != at
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
    assert text(page, "at") == at
