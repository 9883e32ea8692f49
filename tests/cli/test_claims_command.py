"""``tcosim claims``: what it prints, how it refuses, and that the page of the documentation is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tcosim.report.documents.claims_page import SIMULATED, claims_page
from tcosim.report.words import claims as words
from tcosim.studies import claims as study

PAGE = Path(__file__).parents[2] / "docs" / "claims.md"


def test_a_table_of_one_source(tcosim):
    result = tcosim("claims", "--source", "article-garnet-grid", "--no-simulation")
    assert result.exit_code == 0, result.output
    assert "garnet-total" in result.stdout
    assert "marka-blended-price" not in result.stdout
    line = next(line for line in result.stdout.splitlines() if "garnet-total " in line)
    assert line.split()[1:4] == ["15,000", "to", "25,000"]
    assert line.split()[-1] == "yes"
    assert " depends " in next(line for line in result.stdout.splitlines() if "garnet-crossover " in line)
    assert result.stderr == ""


def test_json_holds_steps_and_contradictions(tcosim):
    result = tcosim("claims", "--no-simulation", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert len(found["claims"]) >= 30
    assert found["samples"] == 0
    row = next(row for row in found["claims"] if row["id"] == "marka-break-even-256m")
    assert [step["holds"] for step in row["steps"]] == [None, False, True]
    assert row["verdict"]["simulated"] is None
    assert found["topics"][0]["contradictions"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--source", "article-marko"), "did you mean article-marka?"),
        (("--source", "azure-llm-trace"), "must be the key of a source with claims"),
        (("--samples", "none"), "--samples"),
        (("--json", "--markdown"), "--markdown: cannot be joined with --json"),
    ],
)
def test_wrong_input_is_refused(tcosim, arguments, said):
    result = tcosim("claims", "--no-simulation", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_simulated_verdict_is_printed_with_its_interval(tcosim):
    result = tcosim("claims", "--source", "article-garnet-grid", "--samples", "160", "--threads", "1")
    assert result.exit_code == 0, result.output
    assert "Asserted verdicts under uncertainty, 160 futures each" in result.stdout
    assert "simulating 640 futures" in result.stderr


def test_the_page_of_the_documentation_is_current():
    page = PAGE.read_text(encoding="utf-8")
    assert SIMULATED in page
    assert page.split(SIMULATED)[0].rstrip() == claims_page(study.claims(simulation=False)).rstrip(), (
        "write it again: tcosim claims --markdown > docs/claims.md"
    )


def test_too_few_futures_give_no_probability(tcosim):
    result = tcosim("claims", "--source", "article-tokenware", "--samples", "1", "--threads", "1")
    assert result.exit_code == 0, result.output
    first, verdicts = result.stdout.split("Asserted verdicts")
    rows = [
        line for line in first.splitlines() if line.startswith("  tokenware-") and "/" not in line.split()[0]
    ]
    assert rows and not [line for line in rows if "%" in line]
    assert "to 100 %)" in verdicts  # there it stands with its interval


@pytest.mark.parametrize(
    ("value", "rounded_to", "shown"),
    [
        (5.63, 0.01, "5.63"),
        (164571428.6, 1e5, "164.6M"),
        (0.00757936, 0.001, "0.0076"),
        (5175.0, 1, "5,175"),
        (25e9, None, "25B"),
        (0, 1, "0"),
        (833.333, 0.1, "833.3"),
        (999999.9, 1, "1M"),
        (-1167.0, 100, "-1,200"),
    ],
)
def test_figures_have_the_digits_that_were_stated(value, rounded_to, shown):
    assert words.figure(value, rounded_to) == shown
