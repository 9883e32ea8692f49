"""The content of the page as plain data, for programs that set it in their own way.

Knows the content; knows no format of files.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from tcosim.report.content.page import Page

SCHEMA_VERSION = 1


def page_data(page: Page) -> dict[str, Any]:
    """Return the page as dicts, lists, texts and finite numbers.

    An end of a range that has none, as of the outermost bars of the histogram, is None.
    """
    return {"schema_version": SCHEMA_VERSION, **_plain(asdict(page))}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
