"""What every benchmark shares: its size, and the table of figures printed at the end of a run.

Knows nothing of what is measured.
"""

import pytest

from benchmarks.figures import Figures

FIGURES = pytest.StashKey[Figures]()


def pytest_addoption(parser):
    parser.addoption(
        "--hold-bars", action="store_true", help="fail where a bar is missed, do not only say so"
    )


def pytest_configure(config):
    config.stash[FIGURES] = Figures()


@pytest.fixture
def smoke(request):
    """Whether this is a smoke test: smallest sizes, nothing measured."""
    return request.config.getoption("benchmark_disable")


@pytest.fixture
def figures(request):
    """Where figures go; every bar that one of this test's figures misses fails it under --hold-bars."""
    kept = request.config.stash[FIGURES]
    before = len(kept.rows)
    yield kept
    if request.config.getoption("hold_bars") and not request.config.getoption("benchmark_disable"):
        missed = [row for row in kept.rows[before:] if row.missed]
        assert not missed, "; ".join(f"{row.group}, {row.name}: {row.value:.3g} {row.unit}" for row in missed)


@pytest.fixture
def best_of(benchmark):
    """Shortest time in s of a call, among `rounds`; it is pytest-benchmark that measures."""

    def measure(function, rounds=7):
        benchmark.pedantic(function, rounds=rounds, warmup_rounds=1)
        return benchmark.stats.stats.min if benchmark.stats else float("nan")

    return measure


def pytest_terminal_summary(terminalreporter, config):
    table = config.stash[FIGURES].table()
    if table and not config.getoption("benchmark_disable"):
        terminalreporter.section("figures: shortest times; ratios are to the first figure of a group")
        terminalreporter.write_line(table)
