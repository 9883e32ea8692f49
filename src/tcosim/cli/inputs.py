"""``tcosim inputs``: list, show and plot the quantities of the library, and list its scenarios.

Parses, calls and prints; the library says everything.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tcosim.cli.guard import keeping
from tcosim.errors import InputError, Problem

if TYPE_CHECKING:
    from tcosim.scenario.entries import Quantity, Shape, Source
    from tcosim.scenario.library import Library

SHAPE = "shape."


def inputs(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="KEY",
            help="Key of a quantity, or the beginning of several: people, gpu.h100; all if left out.",
        ),
    ] = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw its spread in the terminal.")] = False,
    png: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Draw its spread into this PNG file.")
    ] = None,
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="List the shipped scenarios instead: name, volume, title.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """List the shipped distributions or scenarios; show or plot one distribution, with its source."""
    from tcosim.scenario.library import default_library

    library = default_library()
    if scenarios:
        _refuse_beside_scenarios(key, plot, png)
        _scenarios(library, as_json)
        return
    keys = library.keys()
    shapes = [f"{SHAPE}{name}" for name in library.shapes]
    if key is not None and key in keys:
        _one(library, library.quantity(key), plot, png, as_json)
        return
    if plot or png is not None:
        option = "--plot" if plot else "--png"
        raise InputError(
            Problem(option, "needs the key of one quantity", key, "list them with: tcosim inputs")
        )
    if key in shapes:
        _shape(library, library.shape(key.removeprefix(SHAPE)), as_json)
        return
    chosen = [one for one in keys if _begins(one, key)]
    named = [one for one in shapes if _begins(one, key)]
    if not chosen and not named:
        from tcosim.scenario.near import closest, did_you_mean

        near = library.near(key or "") or closest(key or "", shapes)
        way_out = did_you_mean(near) or "list them with: tcosim inputs"
        raise InputError(
            Problem("key", "must be a key of the library, or the beginning of one", key, way_out)
        )
    _several(library, chosen, named, as_json)


def _refuse_beside_scenarios(key: str | None, plot: bool, png: Path | None) -> None:
    beside = {"KEY": key, "--plot": plot or None, "--png": png}
    for name, given in beside.items():
        if given is not None:
            way_out = "list all scenarios, or leave --scenarios out for quantities"
            raise InputError(Problem("--scenarios", f"does not go with {name}", str(given), way_out))


def _scenarios(library: Library, as_json: bool) -> None:
    from tcosim.scenario.load import load

    found = [load(library.scenario_path(name), library=library) for name in library.scenarios()]
    if as_json:
        _print_json(
            [
                {
                    "name": scenario.name,
                    "title": scenario.title,
                    "tokens_per_month": scenario.volume.tokens_per_month,
                    "months": scenario.months,
                    "baseline": scenario.baseline,
                    "options": {option.name: option.kind for option in scenario.options},
                }
                for scenario in found
            ]
        )
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.scenario_list import print_scenarios

    print_scenarios(found, result_console())


def _begins(key: str, beginning: str | None) -> bool:
    return not beginning or key == beginning or key.startswith(f"{beginning.rstrip('.')}.")


def _several(library: Library, keys: list[str], shapes: list[str], as_json: bool) -> None:
    from tcosim.report.words.spread import spread

    rows = [(quantity, spread(quantity.distribution)) for quantity in map(library.quantity, keys)]
    if as_json:
        _print_json([_quantity_data(library, quantity) for quantity, _ in rows])
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.catalogue import print_list

    found = [library.shape(name.removeprefix(SHAPE)) for name in shapes]
    print_list(rows, found, result_console())


def _one(library: Library, quantity: Quantity, plot: bool, png: Path | None, as_json: bool) -> None:
    if png is not None:
        _write_png(quantity, png)
    with keeping(lambda: "" if png is None else f"the picture {png} is complete"):
        _print_one(library, quantity, plot, as_json)
        sys.stdout.flush()


def _print_one(library: Library, quantity: Quantity, plot: bool, as_json: bool) -> None:
    from tcosim.report.words.spread import even_values, spread

    if as_json:
        _print_json(_quantity_data(library, quantity))
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.catalogue import print_density, print_quantity

    console = result_console()
    related = [
        f"{correlation.rank_correlation:+g} with {other}"
        if correlation.rank_correlation is not None
        else f"with {other}"
        for correlation in library.correlations
        if quantity.key in correlation.inputs
        for other in correlation.inputs
        if other != quantity.key
    ]
    sources = [library.source(name) for name in quantity.sources]
    print_quantity(quantity, spread(quantity.distribution), sources, related, console)
    if plot:
        print_density(even_values(quantity.distribution), quantity.unit, console)


def _write_png(quantity: Quantity, png: Path) -> None:
    from tcosim.report.charts.density import density_png, write_picture
    from tcosim.report.words.spread import even_values

    picture = density_png(
        even_values(quantity.distribution),
        title=quantity.key,
        subtitle=f"{quantity.grade}, checked {quantity.checked.isoformat()}",
        axis=quantity.unit,
    )
    try:
        with keeping(lambda: f"{png} may be incomplete" if png.is_file() else ""):
            write_picture(png, picture)
    except OSError as error:
        reason = error.strerror or str(error)
        refused = InputError(
            Problem("--png", f"must be a file that can be written ({reason})", str(png), "name another file")
        )
        for note in getattr(error, "__notes__", ()):
            refused.add_note(note)
        raise refused from error
    typer.echo(f"wrote {png}", err=True)


def _shape(library: Library, shape: Shape, as_json: bool) -> None:
    sources = [library.source(name) for name in shape.sources]
    if as_json:
        _print_json({"key": f"{SHAPE}{shape.name}", "values": list(shape.values), **_origin(shape, sources)})
        return
    from tcosim.cli.console import result_console
    from tcosim.report.terminal.catalogue import print_shape

    print_shape(shape, sources, result_console())


def _quantity_data(library: Library, quantity: Quantity) -> dict[str, Any]:
    from tcosim.report.words.spread import spread
    from tcosim.results.assumptions import declaration

    figures = spread(quantity.distribution)
    sources = [library.source(name) for name in quantity.sources]
    return {
        "key": quantity.key,
        "unit": quantity.unit,
        "distribution": declaration(quantity.distribution),
        "percentiles": {f"p{level}": value for level, value in figures.percentiles.items()},
        "mean": figures.mean,
        "support": [figures.low, figures.high],
        **_origin(quantity, sources),
    }


def _origin(entry: Quantity | Shape, sources: list[Source]) -> dict[str, Any]:
    return {
        "meaning": entry.meaning,
        "grade": entry.grade,
        "checked": entry.checked.isoformat(),
        "caveat": entry.caveat,
        "sources": [
            {
                "key": source.key,
                "title": source.title,
                "publisher": source.publisher,
                "date": source.date,
                "url": source.url,
            }
            for source in sources
        ],
    }


def _print_json(content: Any) -> None:
    from tcosim.results.summary import to_json

    sys.stdout.write(to_json(content))
