"""Text of a scenario that wants to be more than text: on the page it is shown, and does nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pages import said_otherwise

from tcosim.report.content.build import build_page
from tcosim.report.content.series import series
from tcosim.report.documents.html import page_html
from tcosim.report.documents.pictures import draw
from tcosim.results.folder import open_run

HOSTILE = {
    "script": "</script><script>document.title='ran'</script>",
    "image": "<img src=x onerror=\"document.title='ran'\">",
    "attribute": "\" onmouseover=\"document.title='ran'\" x='",
    "comment": "<!-- <script> -->",
    "template": "{{ 7*7 }}{% raw %}${7*7}`",
    "expression": "datum.volume['x'] \\ .a[0]",
    "style": "</style><style>body{display:none}</style>",
    "entity": "&lt;b&gt; &amp; &#x202e;",
    "right to left": "\u202eمرحبا\u202c עברית",
    "emoji": "🚀👩\u200d💻 \u0000\u0007\ufffe",
}


def renamed(value, words):
    """Exchange words in all texts of plain data, keys of dictionaries aside."""
    if isinstance(value, str):
        for old, new in words.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, dict):
        return {key: renamed(one, words) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(renamed(one, words) for one in value)
    return value


@pytest.mark.parametrize("case", HOSTILE)
def test_it_shows_as_text_and_runs_nowhere(opened, run_folder, tmp_path, case):
    text = HOSTILE[case]
    words = {"owned-h100": text, "traffic.annual_growth": f"{text} grows", "Yearly growth": f"{text} caveat"}
    run = open_run(run_folder)
    with run.dataset() as dataset:
        arrays = series(dataset, run.summary)
    page = said_otherwise(build_page(run, arrays), words)
    arrays = replace(
        arrays,
        cost={renamed(name, words): value for name, value in arrays.cost.items()},
        load={renamed(name, words): value for name, value in arrays.load.items()},
    )
    summary = renamed(run.summary, words)
    file = tmp_path / "page.html"
    file.write_text(page_html(page, draw(summary, arrays)), encoding="utf-8")

    opened_page, complaints = opened(file)
    opened_page.on("dialog", lambda dialog: complaints.append(dialog.message))
    for mark in opened_page.locator("[data-tip]").all()[:40:8]:
        mark.dispatch_event("pointermove", {"clientX": 100, "clientY": 100, "bubbles": True})
    opened_page.locator("#volume").press("ArrowLeft")
    opened_page.wait_for_timeout(50)
    assert "ran" not in opened_page.title().split()
    assert complaints == []
    assert opened_page.locator("script").count() == 2
    assert opened_page.locator("style").count() == 1
    assert opened_page.locator("img").count() == 0
    assert opened_page.evaluate(
        "[...document.querySelectorAll('*')].every((e) => !e.hasAttribute('onmouseover'))"
    )
    visible = "".join(opened_page.locator("h1").inner_text().split())
    wanted = "".join(one for one in text if one.isprintable() and not one.isspace())
    assert wanted[:20] in "".join(one for one in visible if one.isprintable())
