"""The page: the same bytes for the same content, nothing of the moment or the machine in it, nothing to load."""

from __future__ import annotations

import getpass
import html.parser
import json
import os
import re
from pathlib import Path

import pytest
from pages import example_page, said_otherwise, with_options, without_self_hosting

from tcosim._version import __version__
from tcosim.report.documents.html import page_html
from tcosim.report.documents.pictures import Picture, Pictures

GOLD = Path(__file__).parent / "gold" / "page.html"
DATE = re.compile(r"\b20\d\d-\d\d(-\d\d)?\b")


def pictures(name: str = "owned-h100") -> Pictures:
    """Stand-ins: how charts look is for other tests."""

    def one(what: str) -> Picture:
        root = f'class="chart" id="chart-{what}" role="img" aria-label="{what}"'
        svg = f'<svg {root} viewBox="0 0 400 200" data-plot="40 10 350 150"></svg>'
        return Picture(svg, f"What the chart of {what} shows.")

    return Pictures(
        chance=one("chance"),
        saving=one("saving"),
        tornado=one("tornado"),
        worth=one("worth"),
        cost=[(name, one("cost-0"))],
        components=one("components"),
        week=[(name, one("week-0"))],
        utilization=one("utilization"),
    )


NONE = Pictures(None, None, None, None, [], None, [], None)


def scrubbed(text: str) -> str:
    """Without what changes with a release or a day: versions, dates, style and script with their hashes."""
    text = re.sub(r"<style>.*?</style>", "<style>(style)</style>", text, flags=re.DOTALL)
    text = re.sub(r"<script>.*?</script>", "<script>(script)</script>", text, flags=re.DOTALL)
    text = re.sub(r"sha256-[A-Za-z0-9+/=]+", "sha256-(hash)", text)
    return DATE.sub("(date)", text.replace(__version__, "(version)"))


class Elements(html.parser.HTMLParser):
    """All start tags with their attributes, and all text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)


def test_it_is_the_gold_page():
    text = scrubbed(page_html(example_page(), pictures()))
    if os.environ.get("TCOSIM_RENEW_GOLD"):
        GOLD.write_text(text, encoding="utf-8")
    assert text == GOLD.read_text(encoding="utf-8"), (
        "look at the difference; TCOSIM_RENEW_GOLD=1 renews the file"
    )


def test_scrubbing_leaves_what_matters():
    page = example_page()
    other = said_otherwise(page, {"35.2 %": "35.3 %"})
    assert scrubbed(page_html(page, pictures())) != scrubbed(page_html(other, pictures()))


@pytest.mark.parametrize(
    "page",
    [
        example_page(),
        without_self_hosting(),
        with_options([f"option-{k}" for k in range(8)]),
        example_page(curve=None),
    ],
    ids=["example", "nothing self-hosted", "eight options", "no curve"],
)
@pytest.mark.parametrize("drawn", [pictures(), NONE], ids=["pictures", "no pictures"])
def test_every_page_is_well_formed_and_asks_for_nothing(page, drawn):
    text = page_html(page, drawn)
    found = Elements(text)
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in found.tags:
        assert tag not in ("img", "iframe", "object", "embed", "link", "base", "form", "audio", "video")
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        assert "style" not in attributes, (tag, attributes)
        for name in ("src", "href", "action", "xlink:href"):
            # a link leads to a source only when somebody follows it
            assert attributes.get(name, "#").startswith(
                "https://" if tag == "a" and name == "href" else "#"
            ) or (attributes[name] == "#answer")
    assert "url(" not in text.replace("url(#", "")
    assert "@import" not in text
    assert getpass.getuser() not in re.sub(r"\broot\b|:root", "", text) or getpass.getuser() == "root"
    assert str(Path.home()) not in text


def test_the_readings_are_those_of_the_content():
    page = example_page()
    text = page_html(page, pictures())
    data = json.loads(re.search(r'id="readings">(.*?)</script>', text, re.DOTALL)[1])
    assert [one["chance"].replace("\u00a0", " ") for one in data["readings"]] == [
        one.chance for one in page.curve.readings
    ]
    places = [one["place"] for one in data["readings"]]
    assert places[0] == 0
    assert places[-1] == 1
    assert places == sorted(places)
    assert data["planned"] == page.curve.planned


def test_the_same_content_gives_the_same_bytes():
    assert page_html(example_page(), pictures()) == page_html(example_page(), pictures())


def test_judgement_is_marked_and_plain_numbers_are_folded():
    text = page_html(example_page(), pictures())
    assert 'class="grade judgement"' in text
    plain = sum(one.is_plain for one in example_page().assumptions)
    assert (f"{plain} plain number" in text) == (plain > 0)
