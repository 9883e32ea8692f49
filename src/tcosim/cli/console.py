"""Consoles: results on stdout, everything about the work on stderr.

Knows terminals; knows nothing of what is printed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 10_000
"""A file has no width: tables are as wide as they are; running text is wrapped by the report."""
NARROWEST, WIDEST = 60, 140


def result_console() -> Console:
    """Console for results; in a pipe or a file it has no colors and its own width, so that its bytes are the same."""
    from rich.console import Console

    if not sys.stdout.isatty():
        return Console(
            file=sys.stdout, width=PIPE_WIDTH, force_terminal=False, color_system=None, highlight=False
        )
    console = Console(file=sys.stdout, highlight=False)
    console.width = min(WIDEST, max(NARROWEST, console.width))
    return console


def work_console() -> Console:
    """Console for progress and timing."""
    from rich.console import Console

    return Console(file=sys.stderr, highlight=False, soft_wrap=True)


def warn(text: str) -> None:
    """Print a warning on stderr."""
    work_console().print(f"warning: {text}", markup=False, highlight=False, style="yellow")
