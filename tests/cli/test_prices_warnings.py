"""Warnings of prices on stderr: once each, and never in a result."""

import datetime

import pytest

from tcosim.scenario.catalogue import warnings as price_warnings


@pytest.fixture
def old(monkeypatch):
    """Prices of any day count as old."""
    monkeypatch.setattr(price_warnings, "OLD_DAYS", -(10**6))


def test_age_and_announced_changes_are_told_on_stderr(tcosim, old):
    arguments = (
        "--set",
        "option.api.model=google:gemini-3.6-flash",
        "--set",
        "scenario.prices_on=2026-11-21",
    )
    result = tcosim("check", *arguments)
    assert result.exit_code == 0
    assert result.stderr.count("days old") == 1
    assert result.stderr.count("changes on 2027-01-01 from 0.75 / 3.75 USD to 1.5 / 7.5 USD") == 1
    assert "warning" not in result.stdout
    assert "days old" not in tcosim("check", "--set", "option.api.retry_share=1%").stderr


def test_the_clock_decides_a_warning_and_nothing_else(tcosim, monkeypatch):
    printed = []
    for day in (datetime.date(2026, 11, 22), datetime.date(2030, 1, 1)):
        monkeypatch.setattr(
            datetime, "date", type("Day", (datetime.date,), {"today": classmethod(lambda cls, day=day: day)})
        )
        result = tcosim("check", "--resolved", "--set", "option.api.model=anthropic:claude-sonnet-5-5")
        monkeypatch.undo()
        printed.append((result.stdout, "days old" in result.stderr))
    assert [said for _, said in printed] == [False, True]
    assert printed[0][0] == printed[1][0]
