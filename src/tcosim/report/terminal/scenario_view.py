"""What a checked scenario says, on a terminal.

Knows declared scenarios; judges nothing.
"""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.text import Text

from tcosim.report.terminal.lines import INDENT, print_blocks, prose
from tcosim.report.terminal.quantity_table import Line, quantity_table
from tcosim.report.terminal.table import LEFT, Column, Table
from tcosim.report.words.gates import checked_sentences
from tcosim.report.words.spread import spread
from tcosim.scenario.gates import gate_rows
from tcosim.scenario.models import Scenario


def print_scenario(*, title: str, setting: str, scenario: Scenario, console: Console) -> None:
    """Print the options and the uncertain inputs of a scenario."""
    inputs = scenario.uncertain_inputs()
    defaulted = len(scenario.defaulted)
    options = [
        (option.name, option.kind, " ".join((getattr(option, "label", "") or "").split()))
        for option in scenario.options
    ]
    columns = (Column(), Column(), Column("", LEFT, "dim", wraps=True))
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
        Group(prose(title, "bold"), prose(setting, "dim")),
        Group(Text("Options", style="bold"), Table(columns, options, 2, INDENT)),
    ]
    if rows := gate_rows(scenario):
        blocks.append(Group(prose("Gates", "bold"), *(prose(text) for text in checked_sentences(rows))))
    if inputs:
        head = prose(f"Uncertain inputs: {len(inputs)}, correlations: {len(scenario.correlations)}", "bold")
        blocks.append(Group(head, quantity_table(lines, "input", "from", console.width)))
    blocks.append(
        prose(
            f"{defaulted} field{'' if defaulted == 1 else 's'} left to the defaults of the library;"
            " every one is written out by: tcosim check --resolved",
            "dim",
        )
    )
    print_blocks(blocks, console)
