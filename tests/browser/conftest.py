"""A real browser, and a report of a real run for it to open."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "report"))

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _missing(reason: str) -> None:
    """Skip, or fail where a browser is promised: CI installs one and says so."""
    if os.environ.get("TCOSIM_BROWSER_IS_INSTALLED"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next((path for path in map(shutil.which, NAMES) if path), None)
    if program is None:
        _missing("no Chromium is installed (on Debian: apt-get install chromium)")
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """A short run of the shipped scenario."""
    import tcosim
    from tcosim.results.assumptions import assumption_snapshot
    from tcosim.sampling.families import ppf
    from tcosim.scenario.write import resolved_toml

    scenario = tcosim.load("support-assistant")
    dataset = tcosim.simulate(scenario, samples=16384)
    curve = tcosim.curve(scenario, samples=512)
    return tcosim.write_run(
        tmp_path_factory.mktemp("runs") / "short",
        dataset,
        scenario_toml=resolved_toml(scenario),
        assumptions=assumption_snapshot(scenario, ppf),
        summary=tcosim.summarize(dataset, curve=curve),
    )


@pytest.fixture(scope="session")
def page_file(run_folder):
    from tcosim.report.documents.write import write_report

    (file,) = write_report(run_folder, ["html"]).files
    return file


@pytest.fixture
def opened(browser, page_file):
    """Open the page without a network: ``opened(width=390)`` gives the page and what it complained about."""
    contexts = []

    def opening(file=page_file, *, width=1280, height=900, **context):
        made = browser.new_context(viewport={"width": width, "height": height}, offline=True, **context)
        contexts.append(made)
        page, complaints = made.new_page(), []
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: complaints.append(request.url) if request.url != file.as_uri() else None,
        )
        page.goto(file.as_uri())
        return page, complaints

    yield opening
    for one in contexts:
        one.close()
