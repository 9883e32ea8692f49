"""The text form of a summary: JSON with exact floats, fixed order, and null where there is no number.

Knows JSON and the published schema; knows nothing of how the figures come about.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

NUMBERS = re.compile(r"(?<=: )\[\s+-?\d[-+.\deE,\s]*\]")
"""A list of numbers that is the value of a key; no text of a JSON file looks like it, as texts hold no line breaks."""
SCHEMA_FILE = "summary.schema.json"


def to_json(content: object) -> str:
    """Write JSON with a final line break.

    Floats are written with the fewest digits that give the same float again; NaN and infinity, which JSON does not
    have, become null. Keys keep their order; a list of numbers stands in one line.
    """
    text = json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
    return (
        NUMBERS.sub(lambda found: " ".join(found[0].split()).replace("[ ", "[").replace(" ]", "]"), text)
        + "\n"
    )


def plain(content: object) -> Any:
    """Return the content as plain lists, dicts, strings, numbers and None.

    Raises
    ------
    TypeError
        If something has no JSON form.
    """
    if content is None or isinstance(content, (bool, str)):
        return content
    if isinstance(content, Mapping):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [plain(value) for value in content]
    if isinstance(content, int):
        return int(content)
    if isinstance(content, float):
        return float(content) if math.isfinite(content) else None
    item = getattr(content, "item", None)  # a numpy number
    if callable(item) and getattr(content, "ndim", None) == 0:
        return plain(item())
    raise TypeError(f"no JSON form for {type(content).__name__}: {content!r}")


def summary_schema() -> dict[str, Any]:
    """Return the published JSON Schema of ``summary.json``."""
    text = resources.files("tcosim.results").joinpath(SCHEMA_FILE).read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
