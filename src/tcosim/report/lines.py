"""Blocks of text, one under the other, as clean lines.

Knows rich; knows nothing of what the blocks say.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType


def print_blocks(blocks: Sequence[RenderableType], console: Console) -> None:
    """Print blocks with an empty line between them, and no blanks at the ends of lines."""
    with console.capture() as captured:
        for index, block in enumerate(blocks):
            if index:
                console.print()
            console.print(block)
    # rich pads cells to the full width; in a file that is noise.
    console.file.write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def is_plain(console: Console) -> bool:
    """Whether only ASCII can be shown."""
    return not console.encoding.lower().startswith("utf")
