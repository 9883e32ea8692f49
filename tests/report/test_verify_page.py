"""The validation pack as a page: everything is there, escaped, without network or script."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from verify_cases import BROKEN, CHECKS, ESTIMATE, pack

from tcosim.report.documents.shell import content_hash
from tcosim.report.documents.verify_page import verify_page

FOUND = pack(*CHECKS, BROKEN)
PAGE = verify_page(FOUND, "tcosim verify")
VOID = {"meta", "link", "br"}


class Balanced(HTMLParser):
    """Every element is closed where it was opened."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def parsed(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    return parser.seen


def test_every_check_says_what_it_proves():
    for one in (*CHECKS, BROKEN):
        assert one["name"] in PAGE and one["proves"] in PAGE
    assert "Would have been noticed: bursts a twentieth larger (0.0795)." in PAGE
    assert "4 standard errors" in PAGE


def test_failures_stand_at_the_top():
    assert PAGE.index("invariants/folder") < PAGE.index("What was checked")
    assert '<h1 class="fails">1 of 5 checks fails: invariants/folder.</h1>' in PAGE
    assert "fails" not in re.sub(r"<style>.*</style>", "", verify_page(pack(ESTIMATE), "x"), flags=re.DOTALL)


def test_it_is_whole_and_loads_nothing():
    seen = parsed(PAGE)
    assert not [tag for tag, _ in seen if tag in {"script", "link", "img", "iframe", "a"} and tag != "a"]
    assert all(not attrs.get("href", "").startswith("http") for _, attrs in seen)
    assert not re.search(r"url\(|@import|https?://(?!doi)", PAGE)


def test_its_style_is_the_one_that_its_policy_allows():
    style = re.search(r"<style>(.*)</style>", PAGE, flags=re.DOTALL)[1]
    policy = next(a["content"] for tag, a in parsed(PAGE) if a.get("http-equiv") == "Content-Security-Policy")
    assert f"style-src '{content_hash(style)}'" in policy
    assert policy.startswith("default-src 'none'")


def test_text_is_escaped():
    assert "AMD EPYC &lt;b&gt;" in PAGE and "no &lt;space&gt; left" in PAGE and "a &lt;chip&gt;" in PAGE


def test_the_same_content_gives_the_same_bytes():
    assert verify_page(pack(*CHECKS, BROKEN), "tcosim verify") == PAGE
