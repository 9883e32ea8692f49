"""What is wrong with a text that is no TOML: the line as it stands, and how to write it instead.

Knows TOML and the slips of people who write it for the first time; knows no field.
"""

from __future__ import annotations

import re

from tcosim.errors import InputError, Problem
from tcosim.scenario import places
from tcosim.units import format_exact, parse_number

_PLACE = re.compile(r"\(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)")
_KEY = re.compile(r"\s*(?P<key>[\w.\"'-]+)\s*=(?P<value>.*)")
_HEADER = re.compile(r"\s*(?P<open>\[\[?)(?P<name>[\w.\"' -]*\w)")
_COMMA = re.compile(r"=\s*(?P<number>[+-]?\d+(?:,\d+)+)(?=\s*(?:$|#|,|\}))")
_SUFFIX = re.compile(r"(?<![\w.])(?P<number>[+-]?\d[\d_.]*(?:[eE][+-]?\d+)?)\s*(?P<suffix>[kKmMbBgGtT]\b|%)")
_UNIT = re.compile(r"=\s*(?:[$€£]\s*\d|[+-]?\d[\d_.]*\s*[^\W\d]|[+-]?\d[\d_.]*\s*[$€£])")
_WORD = re.compile(r"=\s*(?P<word>[^\W\d][\w./-]*(?: [\w./-]+)*)")
_CURLY = "“”„‟‘’«»"
_LONGEST, _LONGEST_SAID = 100, 200


def syntax_problem(message: str, text: str, origin: str) -> Problem:
    """Turn what the parser says into a problem with place, line and way out.

    Parameters
    ----------
    message : str
        Of a `tomllib.TOMLDecodeError`.
    text : str
        What was parsed.
    origin : str
        What messages call the text.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    found = _PLACE.search(message)
    at_end = found is None or found["line"] is None
    number = len(lines) if found is None or at_end else int(found["line"])
    column = len(lines[-1]) + 1 if found is None or at_end else int(found["column"])
    said = (message[: found.start()] if found is not None else message).rstrip()[:_LONGEST_SAID]
    opened = places.open_since(lines[: number if at_end else number - 1])
    line = lines[min(number, len(lines)) - 1]
    if opened is not None and (at_end or "Unclosed" in said or _KEY.match(line) or _HEADER.match(line)):
        start, what = opened
        return _problem(f"{origin}:{start}", lines[start - 1], f"close the {what}", said)
    return _problem(f"{origin}:{number}:{column}", line, _hint(said, line, column - 1), said)


def _problem(place: str, line: str, hint: str, said: str) -> Problem:
    rule = "is not valid TOML" if hint else f"is not valid TOML: {said[:1].lower()}{said[1:]}"
    shown = _without_comment(line).strip()
    shown = shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."
    return Problem("scenario", rule, shown or None, hint, place)


def _without_comment(line: str) -> str:
    """Leave out what stands behind a # outside of quotes; the line may be broken in any way."""
    before, mark, after = line.partition("#")
    return line if not mark or not before.strip() or '"' in after or "'" in after else before


def _hint(said: str, line: str, at: int) -> str:
    """Say how to write the line; nothing if the slip is an unknown one."""
    if "declare" in said or "overwrite" in said or "mutate" in said:
        return _twice(line)
    if any(quote in line for quote in _CURLY):
        return "use straight quotes"
    if (header := _HEADER.match(line)) and not _KEY.match(line):
        ends = {"[": "]", "[[": "]]"}
        return f"close the bracket: {header['open']}{header['name'].strip()}{ends[header['open']]}"
    for hint in (_suffix(line, at), _comma(line, at)):
        if hint:
            return hint
    if "newline" in said or "'\\n'" in said or "'\\r'" in said:
        if '"' in line[:at] or "'" in line[:at]:
            odd = line.count('"') % 2 or line.count("'") % 2
            return "close the quote" if odd else "write one field a line"
        if found := _covering(_UNIT, line, at):
            return "write the number alone: the unit stands in the field's name" if found else ""
    if said.startswith("Unclosed"):
        return "close the bracket: what is in { } stands on one line"
    if line.rstrip().endswith(",") and at >= len(line.rstrip()):
        return "what is in { } stands on one line"
    if re.search(r"escape|hex|Unescaped", said):
        return "put text with backslashes in single quotes"
    if "Expected '='" in said:
        return (
            "write = instead of :"
            if line[:at].rstrip().endswith(":") or line[at : at + 1] == ":"
            else ("write it as field = value")
        )
    return _value(line, at)


def _twice(line: str) -> str:
    if (header := _HEADER.match(line)) and not _KEY.match(line):
        name = header["name"].strip()
        if name in ("option", "correlation", "option.route"):
            return f"begin each one with [[{name}]]"
        return f"{name} stands twice: keep one of the two"
    key = _KEY.match(line)
    return f"{key['key']} stands twice: keep one of the two" if key else ""


def _suffix(line: str, at: int) -> str:
    found = _covering(_SUFFIX, line, at)
    if found is None:
        return ""
    written = f"{found['number']}{found['suffix']}"
    try:
        number = format_exact(parse_number(written))
    except InputError:
        return ""
    if "{" in line[: found.start()]:
        return f"write {number}"
    return (
        f'write {number} or "{written}"'
        if found["suffix"] == "%"
        else (f'put it in quotes: "{written}", or write {number}')
    )


def _comma(line: str, at: int) -> str:
    found = _covering(_COMMA, line, at)
    if found is None:
        return ""
    given = found["number"]
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+", given):
        return f"leave the comma out: {given.replace(',', '')}"
    return f"use a dot: {given.replace(',', '.')}" if given.count(",") == 1 else ""


def _value(line: str, at: int) -> str:
    if (word := _covering(_WORD, line, at)) is not None:
        text = word["word"].strip()
        if text.lower() in ("true", "false"):
            return f"write {text.lower()}"
        if text.lower() in ("yes", "no", "on", "off"):
            return "write true or false"
        return f'put it in quotes: "{text}"'
    if _covering(_UNIT, line, at):
        return "write the number alone: the unit stands in the field's name"
    key = _KEY.match(line)
    if key and (not key["value"].partition("#")[0].strip() or key["value"].lstrip().startswith("=")):
        return "write one value after ="
    if re.match(r"\s*[+-]?\.\d", line[at:]):
        return "write a digit before the dot"
    if re.match(r"\.(?!\d)", line[at:]):
        return "write a digit after the dot"
    return ""


def _covering(pattern: re.Pattern[str], line: str, at: int) -> re.Match[str] | None:
    """Return the first match that the parser's position lies in, or right behind."""
    return next((found for found in pattern.finditer(line) if found.start() <= at <= found.end()), None)
