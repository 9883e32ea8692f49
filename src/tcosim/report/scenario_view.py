"""What a checked scenario says, on a terminal.

Knows declared scenarios; judges nothing.
"""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tcosim.report.lines import print_blocks
from tcosim.report.quantity_table import Line, quantity_table
from tcosim.report.spread import spread
from tcosim.scenario.models import Scenario


def print_scenario(*, title: str, setting: str, scenario: Scenario, console: Console) -> None:
    """Print the options and the uncertain inputs of a scenario."""
    inputs = scenario.uncertain_inputs()
    defaulted = len(scenario.defaulted)
    options = Table.grid(padding=(0, 2, 0, 0))
    for option in scenario.options:
        options.add_row(option.name, option.kind, Text(getattr(option, "label", "") or "", style="dim"))
    lines = [
        Line(
            quantity.name,
            spread(quantity.distribution),
            quantity.unit,
            "library" if quantity.library_key else "stated",
        )
        for quantity in inputs
    ]
    blocks: list[RenderableType] = [
        Group(Text(title, style="bold"), Text(setting, style="dim")),
        Group(Text("Options", style="bold"), Padding(options, (0, 0, 0, 2))),
    ]
    if inputs:
        head = Text(
            f"Uncertain inputs: {len(inputs)}, correlations: {len(scenario.correlations)}", style="bold"
        )
        blocks.append(Group(head, quantity_table(lines, "input", "from", console.width)))
    blocks.append(
        Text(
            f"{defaulted} field{'' if defaulted == 1 else 's'} left to the defaults of the library;"
            " every one is written out by: tcosim check --resolved",
            style="dim",
        )
    )
    print_blocks(blocks, console)
