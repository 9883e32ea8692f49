"""What the user sees when something goes wrong: one line a problem on stderr, what is kept, and an exit code.

Knows the errors of tcosim and of the system; knows no command. A command that has already written something says so
in a note on the exception (`keeping`); without a note nothing was written.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from tcosim.errors import InputError, TcosimError

FAILED, WRONG_INPUT, STOPPED, TERMINATED = 1, 2, 130, 143
NOTHING = "nothing was written"


class Terminated(KeyboardInterrupt):
    """The system asked the program to end (SIGTERM), which is Ctrl-C with another exit code."""


class Signals:
    """Which signal has asked the program to end; what it raises may arrive as another exception, or as none.

    Attributes
    ----------
    code : int
        The exit code that it asks for; 0 if none came.
    """

    code = 0

    @classmethod
    def watch(cls) -> None:
        """Have SIGTERM and Ctrl-C end the program in the same way; who ignores Ctrl-C goes on to."""
        signal.signal(signal.SIGTERM, cls._terminate)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, cls._interrupt)

    @classmethod
    def _terminate(cls, *_: object) -> NoReturn:
        cls.code = TERMINATED
        raise Terminated

    @classmethod
    def _interrupt(cls, *_: object) -> NoReturn:
        cls.code = STOPPED
        raise KeyboardInterrupt


@contextmanager
def keeping(what: Callable[[], str]) -> Iterator[None]:
    """Say what is kept if the block is stopped or fails.

    Parameters
    ----------
    what : callable
        Returns it in words, or an empty string for nothing; called only if the block does not end well.
    """
    try:
        yield
    except BaseException as error:
        if said := what():
            error.add_note(said)
        raise


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
            _say(f"\nstopped: {_kept(interrupt)}")
            raise typer.Exit(TERMINATED if isinstance(interrupt, Terminated) else STOPPED) from None
        except Exception as error:
            if isinstance(error, typer.Abort) or hasattr(error, "exit_code"):  # the parser's own
                raise
            if Signals.code:  # it came in the midst of an import, or of what takes every error for its own
                _say(f"\nstopped: {_kept(error)}")
                raise typer.Exit(Signals.code) from None
            _report(error, debug)
        return result


def _kept(error: BaseException) -> str:
    return "; ".join(getattr(error, "__notes__", ())) or NOTHING


def _say(text: str) -> None:
    """Write a line to stderr; a terminal gets it broken between words."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns
        lines = (
            textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
            for line in text.split("\n")
        )
        text = "\n".join(part for parts in lines for part in parts)
    typer.echo(text, err=True)


def _report(error: Exception, debug: bool) -> NoReturn:
    if debug:
        typer.echo("".join(traceback.format_exception(error)), err=True, nl=False)
    if isinstance(error, InputError):
        for problem in error.problems:
            _say(f"error: {problem}")
        _say(_kept(error))
        raise typer.Exit(WRONG_INPUT) from None
    if isinstance(error, TcosimError):
        _say(f"error: {error}")
    elif isinstance(error, OSError) and error.strerror:
        about = f": {error.filename}" if error.filename else ""
        _say(f"error: {error.strerror}{about}")
        _drop_stdout()
    elif isinstance(error, MemoryError):
        _say("error: out of memory; ask for fewer futures or threads")
    else:
        text = " ".join(str(error).split())
        _say(f"error: unexpected {type(error).__name__}: {text[:300]}")
        if not debug:
            _say("this is a bug in tcosim; --debug shows where it happened")
    _say(_kept(error))
    raise typer.Exit(FAILED) from None


def _drop_stdout() -> None:
    """Send what is still buffered for stdout nowhere, or Python would fail again while it leaves."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        pass
