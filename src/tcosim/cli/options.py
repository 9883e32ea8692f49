"""Arguments and options that several commands take, declared once.

Knows how they are written on a command line; knows no command.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SCENARIO_HELP = "TOML file, run folder, or name of a shipped scenario; the shipped default if left out."
DEFAULT_SAMPLES, DEFAULT_SEED = "1e5", "0"

Scenario = Annotated[str | None, typer.Argument(metavar="SCENARIO", help=SCENARIO_HELP)]
Volume = Annotated[
    str | None,
    typer.Option(
        "--volume", metavar="TOKENS", help="Planned tokens a month instead of the scenario's: 2.5B."
    ),
]
Seed = Annotated[
    str,
    typer.Option("--seed", metavar="NUMBER", help="The same seed gives the same result."),
]
Threads = Annotated[
    str | None,
    typer.Option(
        "--threads", metavar="COUNT", help="Threads; every core if left out. The result is the same."
    ),
]
Workers = Annotated[
    str | None,
    typer.Option(
        "--workers",
        metavar="COUNT",
        help="Worker processes on this machine instead of threads; needs tcosim\\[dask]. The result is the same.",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Compute on the dask cluster at tcp://host:8786; needs tcosim\\[dask]. The result is the same.",
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Set a field or an input; repeatable: volume.annual_growth=0.4, option.api.retry_share=2%.",
    ),
]
Picture = Annotated[
    Path | None, typer.Option("--png", metavar="FILE", help="Draw it into this PNG file; must not exist.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
