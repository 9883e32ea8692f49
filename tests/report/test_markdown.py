"""The page as Markdown: the same content, and no text of a scenario that means anything but itself."""

from __future__ import annotations

import json
import math
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pages import example_page, said_otherwise, with_options, without_self_hosting

import tcosim
from tcosim.report.charts.labels import clean
from tcosim.report.content.page import Source
from tcosim.report.documents.as_data import page_data
from tcosim.report.documents.escape import code, link, text
from tcosim.report.documents.markdown import markdown

GOLD = Path(__file__).parent / "gold" / "page.md"
RENEW = "TCOSIM_RENEW_GOLD"
"""Set this variable to write the gold file anew, and look at the difference before keeping it."""

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a|b||c\\|d",
    "`code` ``more``",
    "[x](javascript:alert(1))",
    "![x](http://example.org/a.png)",
    "<http://example.org>",
    "two\nlines\r\n\r\n# three",
    "*a* **b** _c_ __d__ ~~e~~",
    "# head",
    "- item",
    "+ item",
    "1. item",
    "12) item",
    "> quote",
    "---",
    "===",
    "&lt;b&gt; &amp; &#60; &copy;",
    "right\u202eto left\u2066",
    "👩‍💻🚀",
    "back\\slash\\",
    "[ref]: http://example.org",
    "a_b c_ _d",
    ":smile: $x^2$ @name",
    "<!-- comment",
    "]]>",
    "\t    four blanks",
    "| --- | --- |",
    "",
]
SIGNS = st.text(
    st.sampled_from([*"`*_{}[]()<>#+-=.!|~&;:$@\\/ \n\t'\"ab1", "é", "中", "\u202e"]), max_size=30
)


def parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def plain_inlines(source: str) -> list[str]:
    """Texts of all paragraphs, headings and cells; fails where one holds more than text."""
    found = []
    for token in parser().parse(source):
        assert token.type != "html_block"
        if token.type == "inline":
            assert {child.type for child in token.children} <= {"text", "text_special"}, token.content
            found.append("".join(child.content for child in token.children))
    return found


@given(st.one_of(SIGNS, st.text(max_size=40)))
@example("\\")
@example("a\\|b")
@settings(max_examples=300, deadline=None)
def test_a_text_is_itself_wherever_it_stands(said):
    wanted = clean(said)
    escaped = text(said)
    shown = [wanted] if wanted else []
    assert plain_inlines(escaped) == shown
    assert plain_inlines(f"# {escaped}") == [wanted]
    assert plain_inlines(f"- {escaped}") == shown
    table = f"| a | b |\n| --- | --- |\n| {escaped} | last |"
    assert plain_inlines(table) == ["a", "b", wanted, "last"]


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_texts_are_text(said):
    assert plain_inlines(text(said)) == ([clean(said)] if clean(said) else [])


def test_an_unescaped_text_would_be_found():
    caught = 0
    for said in HOSTILE:
        try:
            caught += plain_inlines(said) != ([clean(said)] if clean(said) else [])
        except AssertionError:
            caught += 1
    assert caught > len(HOSTILE) / 2


@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_names_add_no_element_to_the_page(said):
    def kinds(page):
        return [
            (token.type, child.type)
            for token in parser().parse(markdown(page))
            for child in token.children or [token]
            if "text" not in child.type
        ]

    harmless, hostile = (
        said_otherwise(
            with_options(["api", name]),
            {"support-assistant": name, "traffic.annual_growth": name, "Only costs": name},
        )
        for name in ("name", f"x{said}x")
    )
    assert kinds(hostile) == kinds(harmless)
    html = parser().render(markdown(hostile))
    allowed = (
        r"h1|h2|p|strong|table|thead|tbody|tr|t[hd](?: style=\"text-align:\w+\")?|ol|ul|li|a|pre|"
        r"a href=\"https://github[^\"]*\"|code(?: class=\"language-sh\")?"
    )
    assert re.sub(rf"</?(?:{allowed})>", "", html).count("<") == 0


def test_links_lead_to_web_addresses_only():
    def links(source):
        return [
            child.attrs["href"]
            for token in parser().parse(source)
            for child in token.children or []
            if child.type == "link_open"
        ]

    assert links(link("a [title]", "https://example.org/a?b=1&c=2")) == ["https://example.org/a?b=1&c=2"]
    assert links(link("a", "https://example.org/a_(b)*c*")) == ["https://example.org/a_(b)*c*"]
    for address in (
        "javascript:alert(1)",
        "data:text/html,x",
        "https://a b",
        "https://a>b",
        "file:///etc/passwd",
        "",
    ):
        assert links(link("a", address)) == []
    assert plain_inlines(link("a", "javascript:alert(1)")) == ["a (javascript:alert(1))"]
    row = f"| a | b |\n| --- | --- |\n| {link('x|y', 'https://example.org/|')} | last |"
    assert links(row) == ["https://example.org/%7C"]


def test_code_stays_within_its_fence():
    block = code(["echo ```", "```", "last"], "sh")
    tokens = parser().parse(block)
    assert [token.type for token in tokens] == ["fence"]
    assert tokens[0].content == "echo ```\n```\nlast\n"


def test_it_says_everything():
    page = example_page()
    shown = " ".join(plain_text(markdown(page)).split())
    for one in texts(page):
        assert " ".join(one.split()) in shown


def plain_text(source: str) -> str:
    kept = []
    for token in parser().parse(source):
        kept.append(token.content if token.type == "fence" else "")
        kept += [child.content for child in token.children or []] if token.type == "inline" else []
        kept += ["\n"]
    return " ".join("".join(kept).split())


def texts(page) -> list[str]:
    """All texts but the verdict, whose first letter becomes a capital, what is read between volumes, and addresses."""
    curve = replace(page.curve, readings=[one for one in page.curve.readings if one.is_simulated])
    sources = [
        replace(one, sources=[Source(source.title, "") for source in one.sources]) for one in page.assumptions
    ]
    found: list[str] = []

    def collect(value):
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for one in value.values():
                collect(one)
        elif isinstance(value, list):
            for one in value:
                collect(one)

    collect(page_data(replace(page, verdict="", curve=curve, assumptions=sources)))
    return found


def test_judgement_is_bold_and_other_grades_are_not():
    rows = [
        line for line in markdown(example_page()).splitlines() if line.startswith(("| traffic.", "| api.ann"))
    ]
    assert any("| **judgement** |" in row for row in rows)
    assert "| measured |" in markdown(example_page())
    assert "**measured**" not in markdown(example_page())


def test_it_is_tidy_and_the_same_each_time():
    for page in (
        example_page(),
        without_self_hosting(),
        with_options([f"option-{index}" for index in range(8)]),
    ):
        source = markdown(page)
        assert source == markdown(page)
        assert source.endswith("\n") and not source.endswith("\n\n")
        assert all(line == line.rstrip() for line in source.splitlines())
        assert "\n\n\n" not in source


def test_it_is_the_gold_file():
    source = scrubbed(markdown(example_page()))
    if os.environ.get(RENEW):
        GOLD.parent.mkdir(exist_ok=True)
        GOLD.write_text(source, encoding="utf-8")
    assert source == GOLD.read_text(encoding="utf-8"), f"set {RENEW}=1 to renew it on purpose"


def scrubbed(source: str) -> str:
    """Versions change with every release."""
    return source.replace(tcosim.__version__, "VERSION").replace("0.1.0", "VERSION")


def test_data_are_plain_and_finite():
    data = page_data(example_page())
    again = json.loads(json.dumps(data, allow_nan=False))
    assert again == data
    assert data["schema_version"] == 1
    assert data["run"]["histogram"]["bins"][0]["low"] is None
    assert data["run"]["histogram"]["bins"][1]["low"] == -5e5
    assert data["curve"]["readings"][2]["chance"] == "35.2 %"
    assert math.isinf(example_page().run.histogram.bins[0].low)
