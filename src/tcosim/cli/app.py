"""The program: its commands, its options and its one entry point.

Knows the commands' names and nothing of what they do.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from typing import Annotated

import typer

from tcosim._version import __version__
from tcosim.cli import (
    backtest,
    batch,
    check,
    claims,
    curve,
    diff,
    drivers,
    fit,
    fit_prices,
    inputs,
    new,
    prices,
    replay,
    report,
    run,
    value,
    verify,
)
from tcosim.cli.guard import FAILED, STOPPED, TERMINATED, Guarded, Signals, Terminated

app = typer.Typer(
    name="tcosim",
    cls=Guarded,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="How likely is it that self-hosting an LLM beats paying for the API, at your volume, over 36 months?",
    epilog="Start with: tcosim run --samples 1e6",
)
app.command("run")(run.run)
app.command("batch")(batch.batch)
app.command("curve")(curve.curve)
app.command("drivers")(drivers.drivers)
app.command("value")(value.value)
app.command("report")(report.report)
app.command("diff")(diff.diff)
app.command("claims")(claims.claims)
app.command("verify")(verify.verify)
app.command("check")(check.check)
app.command("new")(new.new)
app.command("inputs")(inputs.inputs)
app.command("prices")(prices.prices)
app.command("replay")(replay.replay)
app.command("fit")(fit.fit)
app.command("fit-prices")(fit_prices.fit_prices)
app.command("backtest")(backtest.backtest)


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"tcosim {__version__}")
        raise typer.Exit()


@app.callback()
def common(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Options of the program itself; `Guarded` reads them from the context."""


def main() -> None:
    """Run the program and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A name that the terminal cannot show becomes ?, not a crash.
            stream.reconfigure(errors="replace")
    Signals.watch()
    arguments = sys.argv[1:]
    if "--debug" in arguments and "--" not in arguments[: arguments.index("--debug")]:
        arguments = ["--debug", *(one for one in arguments if one != "--debug")]
    try:
        app(args=arguments, prog_name="tcosim")
    except KeyboardInterrupt as interrupt:  # before or after a command
        _leave(TERMINATED if isinstance(interrupt, Terminated) else STOPPED)
    except SystemExit as leaving:
        if leaving.code and Signals.code:  # the parser has a code of its own for it
            _leave(Signals.code)
        if leaving.code == FAILED and "h5py" in sys.modules:
            # HDF5 tries again as it is unloaded what it could not write to a full disk, and crashes
            for stream in (sys.stdout, sys.stderr):
                with contextlib.suppress(OSError, ValueError):
                    stream.flush()
            os._exit(FAILED)
        raise


def _leave(code: int) -> None:
    """Leave at once: work that is still running on another thread must not hold up Ctrl-C."""
    if threading.active_count() > 1:
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
