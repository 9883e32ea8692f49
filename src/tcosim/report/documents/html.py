"""The page: one HTML file that needs nothing else, no network, no clock.

Knows the content and the pictures; decides only where they stand. The script of the page shows text that is already
there: it computes nothing, and the page can be read without it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from importlib import resources

from tcosim.report.charts.look import css_variables
from tcosim.report.content.page import CurveContent, Page
from tcosim.report.documents.pictures import Pictures, places
from tcosim.report.words import legends

TEMPLATES = "templates"
UNIT = re.compile(r"(?<=\d) (?=(?:%|[kMBT]\b|billion\b|million\b|trillion\b|thousand\b))")
"""The space between a figure and its unit."""


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
    from jinja2 import DictLoader, Environment, StrictUndefined

    style = _variables() + _file("page.css")
    script = _file("page.js")
    environment = Environment(
        loader=DictLoader({name: _file(name) for name in ("page.html.j2", "parts.html.j2")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.finalize = _unbroken
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none';"
        " form-action 'none'"
    )
    return environment.get_template("page.html.j2").render(
        page=page,
        run=page.run,
        pictures=pictures,
        legends=legends,
        style=style,
        script=script,
        policy=policy,
        readings=None if page.curve is None else _readings(page.curve),
    )


def _unbroken(value: object) -> object:
    """Keep a figure and its unit on one line."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return UNIT.sub("\u00a0", value)
    return value


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
    text = UNIT.sub(
        "\u00a0",
        json.dumps({"planned": curve.planned, "readings": rows}, ensure_ascii=False, separators=(",", ":")),
    )
    # "</script>" and "<!--" would end or hide the element, whatever they stand in
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _variables() -> str:
    """Colors by role: light, dark where the reader prefers it, and light again on paper."""
    light, dark = (_declarations(css_variables(dark=dark)) for dark in (False, True))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )


def _declarations(variables: dict[str, str]) -> str:
    return " ".join(f"{name}: {value};" for name, value in variables.items())


def _file(name: str) -> str:
    return (resources.files("tcosim.report.documents") / TEMPLATES / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
