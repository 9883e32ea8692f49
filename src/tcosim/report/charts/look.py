"""What charts look like: a color for each role, and how options differ besides color.

Knows colors; knows neither altair nor what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from tcosim.report.charts.labels import short_unique


@dataclass(frozen=True)
class Look:
    """Colors by role.

    Attributes
    ----------
    ink, muted, grid, paper : str
        Text and marks, lesser text, grid lines, the ground under all of it.
    loss, gain : str
        Futures in which an option costs more, or less; apart in grey as well.
    accent : str
        Marks that stand for no option.
    baseline : str
        The option that the others are compared with.
    options : tuple of str
        Eight colors that text of the color of the paper can be read on; beyond eight options they begin again.
    """

    ink: str
    muted: str
    grid: str
    paper: str
    loss: str
    gain: str
    accent: str
    baseline: str
    options: tuple[str, ...]


PAPER = Look(
    ink="#1a1a1a",
    muted="#595959",
    grid="#dddddd",
    paper="#ffffff",
    loss="#8c2f00",
    gain="#3a8fc4",
    accent="#0072b2",
    baseline="#333333",
    # Hues after Okabe and Ito (2008), darker, so that white figures on them can be read.
    options=("#0072b2", "#bf5200", "#007d5b", "#b0478a", "#8a6200", "#6a51b8", "#007a8a", "#a33a3a"),
)

DARK = Look(
    ink="#eceff1",
    muted="#a9b1b8",
    grid="#343a40",
    paper="#15181c",
    loss="#e0703a",
    gain="#8fd0f5",
    accent="#5cb8ee",
    baseline="#d0d6db",
    options=("#5cb8ee", "#f0914a", "#35c49a", "#e79ccb", "#ddb13a", "#b0a2f2", "#5ccfd8", "#f08a8a"),
)

ROLES = tuple(field.name for field in fields(Look) if field.name != "options")

PAGE = Look(
    **{role: f"var(--{role})" for role in ROLES},
    options=tuple(f"var(--option-{number})" for number in range(1, len(PAPER.options) + 1)),
)
"""A page holds each picture once; what its variables hold decides between light, dark and print."""


def css_variables(dark: bool) -> dict[str, str]:
    """Values of the variables that `PAGE` names."""
    look = DARK if dark else PAPER
    return {f"--{role}": getattr(look, role) for role in ROLES} | {
        f"--option-{number}": color for number, color in enumerate(look.options, start=1)
    }


SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "cross",
    "triangle-down",
    "triangle-right",
    "triangle-left",
)
DASHES = ((1, 0), (7, 3), (2, 2), (7, 2, 2, 2), (12, 3), (4, 4), (10, 2, 2, 2, 2, 2), (1, 3))
"""So that options can be told apart in grey print; the first line is whole."""


@dataclass(frozen=True)
class OptionLook:
    """How one option is drawn; ``label`` is its name, short, and no other option's."""

    label: str
    color: str
    shape: str
    dash: tuple[int, ...]


def option_looks(names: Sequence[str], baseline: str, look: Look) -> dict[str, OptionLook]:
    """The same option looks the same in all charts of a run.

    Parameters
    ----------
    names : sequence of str
        All options in the order of the scenario.
    baseline : str
    look : Look
    """
    labels = dict(zip(names, short_unique(names), strict=True))
    others = [name for name in names if name != baseline]
    found = {baseline: OptionLook(labels.get(baseline, baseline), look.baseline, "circle", (6, 4))}
    for index, name in enumerate(others):
        found[name] = OptionLook(
            labels[name],
            look.options[index % len(look.options)],
            SHAPES[index % len(SHAPES)],
            DASHES[index % len(DASHES)],
        )
    return found
