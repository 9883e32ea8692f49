"""The commented scenario that ``tcosim new`` starts from; every comment comes from the fields' declarations.

Knows the declared fields; writes no file and reads no library.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from tcosim.errors import InputError, Problem
from tcosim.scenario.fields import ABSENT, FieldSpec, Kind, field_specs, written
from tcosim.scenario.models import (
    OPTION_KINDS,
    ApiOption,
    Constraints,
    Header,
    Option,
    Route,
    Traffic,
    Volume,
)
from tcosim.scenario.models.option import KINDS
from tcosim.scenario.near import closest, did_you_mean
from tcosim.units import format_plain

_WIDTH = 100
_HEAD = """\
# A scenario for tcosim. Lines that begin with "# name =" show a default: remove the "# " to change it.
#
# Wherever a number stands, a distribution can stand:
#     { dist = "lognormal", p5 = 10, p95 = 20 }      or uniform, triangular, pert, normal, beta, gamma, ...
#     { dist = "quantiles", p5 = 1, p50 = 3, p95 = 20 }
#     { use = "people.engineer_usd_per_hour" }       an entry of the library: see  tcosim inputs
# Two fields that use the same entry share one draw; input = "some-name" does the same for stated
# distributions, and beside use = it gives a field a draw of its own.
# Under [scenario], include = "fitted.toml" takes [volume], [traffic] and [[correlation]] from another file,
# named relative to this one; what stands here wins.
# Shares run from 0 to 1; "60%" in quotes is 0.6, and "3B" is 3e9. Money is nominal USD.
"""
_OPTION_NAMES = {"api": "api", "managed": "managed", "rented": "rented", "owned": "owned"}
_CONSTRAINTS = (
    "# Gates: they decide which options are eligible, before money is compared. Every option is simulated, so the",
    "# report can say what the answer would be without each of them. All are off as they stand here.",
)
_CORRELATION = """\

# Inputs that move together. The library's own correlations apply without being stated.
# [[correlation]]
# inputs = ["people.launch_hours", "people.engineer_hours_per_month"]
# rank_correlation = 0.4
"""


def template(kinds: Sequence[str] = KINDS, *, name: str = "my-scenario") -> str:
    """Write a starting scenario that loads and runs as it is.

    Parameters
    ----------
    kinds : sequence of str
        Kinds of options to start with; ``"api"`` is always among them, since every other kind refers to it.
    name : str
        Name of the scenario.

    Returns
    -------
    str
        TOML text.

    Raises
    ------
    tcosim.errors.InputError
        If a kind is unknown.
    """
    for kind in kinds:
        if kind not in OPTION_KINDS:
            near = did_you_mean(closest(kind, KINDS)) or "leave it out for all kinds"
            raise InputError(Problem("kind", f"must be one of {', '.join(KINDS)}", kind, near))
    wanted = [kind for kind in KINDS if kind in kinds or kind == "api"]
    if wanted == ["api"]:
        wanted.append("managed")
    lines = [_HEAD, "[scenario]", *_lines(field_specs(Header), {"name": name})]
    lines += ["", "[volume]", *_lines(field_specs(Volume))]
    lines += ["", "[traffic]", *_lines(field_specs(Traffic), without=("weekly_profile_name",))]
    lines += ["", *_CONSTRAINTS, "[constraints]", *_lines(field_specs(Constraints))]
    for kind in wanted:
        lines += _option(kind)
    return "\n".join(lines) + "\n" + _CORRELATION


def _option(kind: str) -> Iterator[str]:
    model: type[Option] = OPTION_KINDS[kind]
    specs = dict(field_specs(model))
    yield from ("", f"# {'-' * 8} {specs['kind'].meaning}", "", "[[option]]")
    yield from _lines(specs, {"kind": kind, "name": _OPTION_NAMES[kind]})
    if model is ApiOption:
        yield "# For several models behind one option: [[option.route]] tables with name, share, prices."
        yield from _lines(field_specs(Route), without=("name", "share"))


def _lines(
    specs: dict[str, FieldSpec], stated: dict[str, str] | None = None, without: Sequence[str] = ()
) -> Iterator[str]:
    replaced = {name: other.name for other in specs.values() for name in other.instead_of}
    for name, spec in specs.items():
        if name in without:
            continue
        yield from textwrap.wrap(comment(spec), _WIDTH, initial_indent="# ", subsequent_indent="# ")
        if stated and name in stated:
            yield f'{name} = "{stated[name]}"'
        elif spec.required and spec.only is None:
            yield f"{name} = {written(spec.example)}"
        else:
            shown = spec.default if not spec.required and spec.default is not ABSENT else spec.example
            ending = f"   # or {replaced[name]}" if name in replaced else ""
            yield f"# {name} = {written(shown)}{ending}"


def comment(spec: FieldSpec) -> str:
    """Describe a field in one line: meaning, unit, bounds or choices."""
    parts = [spec.meaning]
    if spec.choices and spec.name != "kind":
        parts.append(f"One of {', '.join(spec.choices)}.")
    if spec.kind in (Kind.UNCERTAIN, Kind.NUMBER, Kind.INTEGER):
        limits = f"{format_plain(spec.bounds.low)} to {format_plain(spec.bounds.high)}"
        parts.append(f"[{spec.unit}, {limits}]" if spec.unit else f"[{limits}]")
    return " ".join(parts)
