"""The shipped scenarios on a terminal, one line each.

Knows scenarios as loaded; knows neither folders nor how they are simulated.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType

from tcosim.report.terminal.lines import print_blocks, prose
from tcosim.report.terminal.table import RIGHT, Column, Table
from tcosim.scenario.models import Scenario
from tcosim.units import format_quantity


def print_scenarios(scenarios: Sequence[Scenario], console: Console) -> None:
    """Print name, planned tokens of the first month, months, number of options and title of each."""
    columns = (
        Column("scenario"),
        Column("tokens a month", RIGHT),
        Column("months", RIGHT),
        Column("options", RIGHT),
        Column("title", wraps=True),
    )
    rows = [
        (
            scenario.name,
            format_quantity(scenario.volume.tokens_per_month),
            str(scenario.months),
            str(len(scenario.options)),
            scenario.title or scenario.name,
        )
        for scenario in scenarios
    ]
    blocks: list[RenderableType] = [
        Table(columns, rows),
        prose("Run one: tcosim run NAME; begin with it: tcosim new --from NAME", "dim"),
    ]
    print_blocks(blocks, console)
