"""The file of claims: what ships is complete, and what is wrong is refused, all of it at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcosim.errors import InputError, TcosimError
from tcosim.scenario.claims_file import load_claims, read_claims
from tcosim.scenario.claims_formulas import FORMULAS, Range, evaluate
from tcosim.scenario.library import Library, default_library

ARTICLES = (
    *("article-marka", "article-cost-framework", "article-llmops-report", "article-tokenware"),
    "article-garnet-grid",
)

ARTICLE_TEXTS = Path(__file__).parents[3] / "shared" / "sources"

CLAIM = """
[[topic]]
name = "rent"
title = "Rent"
unit = "USD/month"
[[gpu]]
name = "h100"
dense_tera_operations_per_second = { 16 = 989, 8 = 1979 }
origin = "for tests"
[[claim]]
id = "rent-a-month"
source = "made-up"
quote = "about 1,460 a month"
asserts = "An hour at 2 USD is a month at 1,460"
unit = "USD/month"
inputs = { usd_per_hour = 2, hours = 730 }
topics = { rent = "usd_per_month" }
steps = [
    { name = "usd_per_month", formula = "product", of = ["usd_per_hour", "hours"], stated = 1460, rounded_to = 10 },
]
"""


def refused(text: str, library: Library) -> str:
    with pytest.raises(InputError) as caught:
        read_claims(text, library)
    assert all(problem.place == "library file claims.toml" for problem in caught.value.problems)
    return str(caught.value)


def test_what_ships_is_complete():
    found = load_claims()
    assert len(found.claims) >= 30
    assert {claim.source for claim in found.claims} == set(ARTICLES)
    library = default_library()
    for claim in found.claims:
        assert library.source(claim.source).title
        assert claim.inputs, claim.id
        assert claim.steps, claim.id
        assert len(claim.quote.split()) < 25
    assert {topic for claim in found.claims for topic in claim.topics} == set(found.topics)
    assert len({name for claim in found.claims for step in claim.steps for name in [step.formula]}) >= 8


# The articles are other people's texts: the project quotes a sentence of each claim and ships none of them whole.
@pytest.mark.skipif(not ARTICLE_TEXTS.is_dir(), reason="the articles do not ship with the project")
def test_every_quote_stands_in_its_article_word_for_word():
    texts = [" ".join(path.read_text(encoding="utf-8").split()) for path in ARTICLE_TEXTS.glob("*.txt")]
    titles = {key: default_library().source(key).title for key in ARTICLES}
    found = {
        key: next((text for text in texts if text.startswith(title)), "") for key, title in titles.items()
    }
    assert all(found.values()), titles
    for claim in load_claims().claims:
        assert claim.quote in found[claim.source], claim.id


def test_the_file_of_claims_is_no_topic_of_quantities():
    keys = default_library().keys()
    assert not [key for key in keys if key.startswith(("claim", "topic"))]


def test_a_claim_is_read_as_stated(library):
    (claim,) = read_claims(CLAIM, library).claims
    assert claim.inputs == {"usd_per_hour": Range(2, 2), "hours": Range(730, 730)}
    assert claim.asserted is claim.steps[0]
    assert (claim.asserted.stated, claim.asserted.rounded_to) == (Range(1460, 1460), Range(10, 10))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('source = "made-up"\n', "", "rent-a-month.source: is missing"),
        ('source = "made-up"', 'source = "made-op"', "did you mean made-up?"),
        (
            "inputs = { usd_per_hour = 2, hours = 730 }\n",
            "",
            "inputs: must hold what the source gives",
        ),
        ("inputs =", "input =", "input: is no known key; did you mean inputs?"),
        ("usd_per_hour = 2", 'usd_per_hour = "2"', "inputs.usd_per_hour: must be a finite number, got 2"),
        ("usd_per_hour = 2,", "usd_per_hour = [3, 2],", "must be a number, or [low, high]"),
        ("usd_per_hour = 2,", "usd_per_hour = nan,", "must be a finite number"),
        ('"product"', '"produkt"', "did you mean product?"),
        ('["usd_per_hour",', '["usd_per_our",', "must be an input or an earlier step, got usd_per_our"),
        ('"product"', '"reciprocal"', "must name figure, got usd_per_hour, hours"),
        (", rounded_to = 10", "", "rounded_to: must be a finite number"),
        ("rounded_to = 10", "rounded_to = 0", "above 0, got 0"),
        ("stated = 1460, ", "", "rounded_to: needs a stated figure"),
        ("rent = ", "rnt = ", "did you mean rent?"),
        ('rent = "usd_per_month"', 'rent = "usd_a_month"', "topics.rent: must be one of"),
        ('quote = "about', f'quote = "{"very " * 30}', "must have fewer than 25 words"),
        ("asserts =", 'relation = "is"\nasserts =', "relation: must be one of equals, at_least"),
        ("asserts =", "assumed = { days = 30 }\nasserts =", "note: is missing"),
        ("asserts =", 'hardware = { gpu = "h10" }\nasserts =', "did you mean h100?"),
        ("asserts =", 'quantity = "serving.headrom"\nasserts =', "did you mean serving.headroom?"),
        (
            "asserts =",
            'verdict = { asserts = "api", scenario = "suport-assistant", volumes = [] }\nasserts =',
            "did you mean support-assistant?",
        ),
        (
            "asserts =",
            'verdict = { asserts = "api", scenario = "support-assistant", volumes = [0] }\nasserts =',
            "verdict.volumes: must be above 0, got 0",
        ),
        ("8 = 1979", "8 = 0", "dense_tera_operations_per_second.8: must be above 0, got 0"),
        ("8 = 1979", "int8 = 1979", "must be a number of bits, got int8"),
        ("{ 16 = 989, 8 = 1979 }", "1979", "must hold a peak for each width in bits"),
        ("hours = 730 }", "hours = 730, days = 30 }", "inputs.days: is not used"),
        ("asserts =", 'note = "x"\nassumed = { days = 30 }\nasserts =', "assumed.days: is not used"),
        ("rounded_to = 10", "rounded_to = [10, 0]", "above 0, got [10, 0]"),
        ("asserts =", 'lower_bounds = ["rant"]\nasserts =', "must be one of the topics of the claim"),
        ("asserts =", 'relation = "most"\nasserts =', "needs an asserted step that is a span"),
        ("[[claim]]", "[claim]", "claim: must be a list of tables"),
    ],
)
def test_what_is_wrong_is_named(library, old, new, said):
    assert old in CLAIM
    assert said in refused(CLAIM.replace(old, new, 1), library)


def test_everything_wrong_is_said_at_once(library):
    text = CLAIM.replace('source = "made-up"\n', "").replace('"product"', '"x"').replace("rent =", "rnt =")
    assert len(refused(text, library).splitlines()) == 3


def test_two_claims_of_one_name_are_refused(library):
    again = CLAIM + CLAIM[CLAIM.index("[[claim]]") :]
    assert "must be unique, got rent-a-month" in refused(again, library)


def test_a_missing_file_and_broken_text_are_refused(library, tmp_path):
    with pytest.raises(TcosimError, match=re.escape("claims.toml cannot be read")):
        load_claims(Library(tmp_path))
    assert "must be TOML" in refused("[[claim", library)
    assert "must be one or more" in refused("", library)


BY_HAND = {
    "sum": ((1, 2, 3), 6),
    "product": ((2, 730), 1460),
    "difference": ((15000, 3000), 12000),
    "ratio": ((4140, 0.8), 5175),
    "reciprocal": ((0.1,), 10),
    "mixed": ((0.7, 0.2, 0.3, 10), 3.14),
    "blend": ((0.5, 2.5, 15), 8.75),
    "bill": ((1.5e9, 0.24), 360),
    "break_even": ((1440, 5.625), 256e6),
    "unit_cost": ((3.6, 1000, 0.5), 2),
    "token_rate": ((86.4e6, 24), 1000),
    "weight_gigabytes": ((70, 4), 35),
    "span": ((4,), 4),
}


@pytest.mark.parametrize("name", FORMULAS)
def test_each_formula_against_hand_arithmetic(name):
    arguments, expected = BY_HAND[name]
    found = evaluate(name, [Range(value, value) for value in arguments])
    assert found.low == pytest.approx(expected, rel=1e-12)
    assert found.is_point


def test_ranges_go_through_formulas_by_their_corners():
    assert evaluate("product", [Range(10, 20), Range(75, 150)]) == Range(750, 3000)
    assert evaluate("ratio", [Range(52, 52), Range(6, 8)]) == Range(6.5, 52 / 6)
    assert evaluate("difference", [Range(10, 20), Range(1, 5)]) == Range(5, 19)
    assert evaluate("span", [Range(4, 4), Range(5, 6), Range(2, 3)]) == Range(2, 6)
