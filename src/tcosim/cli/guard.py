"""What the user sees when something goes wrong: one line a problem on stderr, and an exit code.

Knows the errors of tcosim and of the system; knows no command.
"""

from __future__ import annotations

import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from tcosim.errors import InputError, TcosimError

if TYPE_CHECKING:
    from typing import NoReturn

FAILED, WRONG_INPUT, STOPPED = 1, 2, 130


class Guarded(TyperGroup):
    """A group of commands whose errors become messages and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command named on the command line."""
        debug = bool(ctx.params.get("debug"))
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()  # a full disk shows here, not after the exit code is chosen
        except BrokenPipeError:
            # Whoever read our output has enough of it.
            _drop_stdout()
            raise typer.Exit(0) from None
        except KeyboardInterrupt as interrupt:
            what = str(interrupt) or "nothing was written"
            typer.echo(f"\nstopped: {what}", err=True)
            raise typer.Exit(STOPPED) from None
        except Exception as error:
            if isinstance(error, typer.Abort) or hasattr(error, "exit_code"):  # the parser's own
                raise
            _report(error, debug)
        return result


def _report(error: Exception, debug: bool) -> NoReturn:
    if debug:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, InputError):
        for problem in error.problems:
            typer.echo(f"error: {problem}", err=True)
        raise typer.Exit(WRONG_INPUT) from None
    if isinstance(error, TcosimError):
        typer.echo(f"error: {error}", err=True)
    elif isinstance(error, OSError) and error.strerror:
        about = f": {error.filename}" if error.filename else ""
        typer.echo(f"error: {error.strerror}{about}", err=True)
        _drop_stdout()
    elif isinstance(error, MemoryError):
        typer.echo("error: out of memory; ask for fewer futures or threads", err=True)
    else:
        text = " ".join(str(error).split())
        typer.echo(f"error: unexpected {type(error).__name__}: {text[:300]}", err=True)
        if not debug:
            typer.echo("this is a bug in tcosim; --debug shows where it happened", err=True)
    raise typer.Exit(FAILED) from None


def _drop_stdout() -> None:
    """Send what is still buffered for stdout nowhere, or Python would fail again while it leaves."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
