"""Blocks of text, one under the other, as clean lines.

Knows rich; knows nothing of what the blocks say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.text import Text

PROSE_WIDTH = 100
"""Running text is wrapped here at the latest; tables may be wider."""
INDENT = 2
JOINT = "\ue000"
"""Stands for a blank where no line may end; rich breaks lines at every kind of blank."""
BELONGS_TOGETHER = re.compile(r"\d [%kMBT](?!\w)|\d in \d")


def print_blocks(blocks: Sequence[RenderableType], console: Console) -> None:
    """Print blocks with an empty line between them, and no blanks at the ends of lines."""
    with console.capture() as captured:
        for index, block in enumerate(blocks):
            if index:
                console.print()
            console.print(block, crop=False)
    # rich pads cells to the full width; in a file that is noise.
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


@dataclass(frozen=True)
class Prose:
    """Text that is wrapped to a width that reads well; ``5 %``, ``$30 k`` and ``2 in 5`` stay together."""

    text: str
    style: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        joined = BELONGS_TOGETHER.sub(lambda match: match[0].replace(" ", JOINT), self.text)
        for line in Text(joined).wrap(console, min(options.max_width, PROSE_WIDTH)):
            yield Text(line.plain.replace(JOINT, " "), style=self.style)


def prose(text: str, style: str = "") -> Prose:
    """Return running text."""
    return Prose(text, style)


def indented(block: RenderableType) -> RenderableType:
    """Running text, or a grid of it, a little to the right."""
    return Constrain(Padding(block, (0, 0, 0, INDENT), expand=False), PROSE_WIDTH)


def is_plain(console: Console) -> bool:
    """Whether only ASCII can be shown."""
    return not console.encoding.lower().startswith("utf")
