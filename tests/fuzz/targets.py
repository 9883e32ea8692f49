"""Every reader as a function from bytes to nothing, for any fuzzer: what it raises is a finding.

A reader may refuse what it is given, in the project's own error with field and rule; nothing else may leave it.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzz.inputs import file, folder, library, refusals, text_of
from tests.fuzz.run_targets import arrays, assumptions, checksums, result, run, summary

Target = Callable[[bytes], None]
SCENARIO = """\
[scenario]
name = "small"
{}
[volume]
tokens_per_month = 2e9

[[option]]
kind = "api"
name = "api"
usd_per_million_input = 3
usd_per_million_output = {{ dist = "uniform", low = 10, high = 15 }}

[[option]]
kind = "rented"
name = "rented"
gpus_per_replica = 2
mixed_tokens_per_second = 5000
usd_per_gpu_hour = {{ dist = "pert", low = 1.5, mode = 2.5, high = 6 }}
"""


def toml(data: bytes) -> None:
    """TOML of a scenario, parsed and every line placed, and nothing read into it."""
    from tcosim.scenario import places
    from tcosim.scenario.source_text import SourceText, decoded, parse_toml

    with refusals():
        source = SourceText(decoded(data, "fuzz.toml"), "fuzz.toml")
        parse_toml(source)
        places.find_lines(source.text)


def scenario(data: bytes) -> None:
    """A whole scenario; one that loads comes back the same from its resolved text."""
    from tcosim.scenario.load import load_text
    from tcosim.scenario.source_text import decoded
    from tcosim.scenario.write import resolved_toml

    with refusals():
        loaded = load_text(decoded(data, "fuzz.toml"), folder=folder(), library=library())
        assert load_text(resolved_toml(loaded), library=library()) == loaded


def included(data: bytes) -> None:
    """A file that a scenario includes."""
    from tcosim.scenario.load import load_text

    file("included.toml", data)
    with refusals():
        load_text(SCENARIO.format('include = "included.toml"'), folder=folder(), library=library())


def setting(data: bytes) -> None:
    """Settings from the command line, one a line."""
    from tcosim.scenario.load import load_text

    with refusals():
        load_text(SCENARIO.format(""), overrides=text_of(data).split("\n")[:4], library=library())


def values(data: bytes) -> None:
    """A CSV file of observed values."""
    from tcosim.scenario.observed import with_values
    from tcosim.scenario.problems import Fault, declared

    file("values.csv", data)
    with refusals():
        for column in ({}, {"column": "usd"}):
            found = with_values({"dist": "empirical", "file": "values.csv", **column}, folder())
            faults = found if isinstance(found, list) else declared(found)
            for fault in faults if isinstance(faults, list) else ():
                assert isinstance(fault, Fault) and fault.rule


def claims(data: bytes) -> None:
    """The file of claims."""
    from tcosim.scenario.claims_file import read_claims

    with refusals():
        read_claims(text_of(data), library())


def prices(data: bytes) -> None:
    """A CSV file of dated prices, as recognized and with a map."""
    from tcosim.evidence.prices.files import Columns, read_prices

    path = file("prices.csv", data)
    with refusals():
        read_prices(path)
    with refusals():
        read_prices(path, Columns("month", ("usd",), ("gpu",)), family="purchase")


def price_map(data: bytes) -> None:
    """What the command line says of the columns of a price file."""
    from tcosim.evidence.prices.files import parse_map

    with refusals():
        parse_map(text_of(data))


def log_head(data: bytes) -> None:
    """The first lines of a log: its columns, what they mean, and how it writes its times."""
    from tcosim.evidence.logs import files
    from tcosim.evidence.logs.formats import layout_of
    from tcosim.evidence.logs.time import clock_of

    first, _, rest = text_of(data).partition("\n")
    path = file("head.csv", b"")
    with refusals():
        source = files._csv(path, "'head'", "none", first)
        layout = layout_of(source.name, source.columns)
        clock_of(source.name, source.columns[layout.time][1], rest.split("\n")[:50], layout)


def log_json(data: bytes) -> None:
    """One JSON record of a log, or one page of records."""
    from tcosim.evidence.logs import files, pages
    from tcosim.evidence.logs.formats import layout_of

    with refusals():
        record = pages.parsed(text_of(data))
        for one in pages._records(record) or [record]:
            pages.parsed(pages.written(one))
            names = files.joined(files._fields(one))
            layout_of("log.json", names, mapped=None)


def log(data: bytes) -> None:
    """A whole log, of whatever kind its first bytes say."""
    from tcosim.evidence.logs.read import read_log

    path = file("log", data)
    with refusals():
        read_log([path], zone="UTC", threads=1, memory="300MB")


def start(data: bytes) -> None:
    """When a log without dates begins, its zone and its map, as the command line says them."""
    from tcosim.evidence.logs.formats import checked_map
    from tcosim.evidence.logs.time import started
    from tcosim.evidence.logs.zone import zone_named

    text = text_of(data)
    with refusals():
        started(text)
    with refusals():
        checked_map({text: "time", "input": text})
    if len(data) < 40:
        with refusals():
            zone_named(text)


TARGETS: dict[str, Target] = {
    one.__name__: one
    for one in (
        toml, scenario, included, setting, values, claims, prices, price_map, log_head, log_json, log, start,
        summary, assumptions, checksums, run, arrays, result,
    )
}  # fmt: skip
