"""The page: one HTML file that needs nothing else, no network, no clock.

Knows the content and the pictures; decides only where they stand. The script of the page shows text that is already
there: it computes nothing, and the page can be read without it.
"""

from __future__ import annotations

import json

from tcosim.report.content.page import CurveContent, Page
from tcosim.report.documents.pictures import Pictures, places
from tcosim.report.documents.shell import content_hash, environment, page_style, template_text, unbroken
from tcosim.report.words import legends


def page_html(page: Page, pictures: Pictures) -> str:
    """Return the page.

    Parameters
    ----------
    page : Page
    pictures : Pictures

    Returns
    -------
    str
        The same content gives the same bytes. A Content-Security-Policy in it allows its own style and script by their
        hashes and nothing else, so that nothing is loaded and no text of a scenario can run.
    """
    style, script = page_style("page.css"), template_text("page.js")
    policy = (
        f"default-src 'none'; style-src '{content_hash(style)}'; script-src '{content_hash(script)}'; base-uri 'none';"
        " form-action 'none'"
    )
    return (
        environment("page.html.j2", "parts.html.j2")
        .get_template("page.html.j2")
        .render(
            page=page,
            run=page.run,
            pictures=pictures,
            legends=legends,
            style=style,
            script=script,
            policy=policy,
            readings=None if page.curve is None else _readings(page.curve),
        )
    )


def _readings(curve: CurveContent) -> str:
    """The readings as JSON that can stand in a script element."""
    at = places([reading.tokens_per_month for reading in curve.readings])
    rows = [
        {
            "place": round(place, 5),
            "volume": one.volume,
            "option": one.option,
            "chance": one.chance,
            "between": one.between,
            "words": one.words,
            "saving": one.saving,
            "cheapest": one.cheapest,
            "simulated": one.is_simulated,
        }
        for one, place in zip(curve.readings, at, strict=True)
    ]
    content = {"planned": curve.planned, "readings": rows}
    text = str(unbroken(json.dumps(content, ensure_ascii=False, separators=(",", ":"))))
    # "</script>" and "<!--" would end or hide the element, whatever they stand in
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
