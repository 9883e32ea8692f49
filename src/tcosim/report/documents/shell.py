"""What every page is made with: style and colors, the hash that allows them, templates that escape.

Knows files of templates and the colors of charts; knows no content.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING

from tcosim.report.charts.look import css_variables

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = "templates"
UNIT = re.compile(r"(?<=\d) (?=(?:%|[kMBT]\b|billion\b|million\b|trillion\b|thousand\b))")
"""The space between a figure and its unit."""


def page_style(*files: str) -> str:
    """Colors by role (light, dark where the reader prefers it, light again on paper), then the style sheets."""
    light, dark = (_declarations(css_variables(dark=dark)) for dark in (False, True))
    colors = (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )
    return colors + "".join(template_text(name) for name in files)


def template_text(name: str) -> str:
    """A file of the templates."""
    return (resources.files("tcosim.report.documents") / TEMPLATES / name).read_text(encoding="utf-8")


def content_hash(text: str) -> str:
    """What a Content-Security-Policy calls a style or script that it allows."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"


def environment(*templates: str) -> Environment:
    """Templates that escape every text, and keep a figure and its unit on one line."""
    from jinja2 import DictLoader, Environment, StrictUndefined

    made = Environment(
        loader=DictLoader({name: template_text(name) for name in templates}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.finalize = unbroken
    return made


def unbroken(value: object) -> object:
    """Keep a figure and its unit on one line."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return UNIT.sub("\u00a0", value)
    return value


def _declarations(variables: dict[str, str]) -> str:
    return " ".join(f"{name}: {value};" for name, value in variables.items())
