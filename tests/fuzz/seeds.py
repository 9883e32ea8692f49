"""What a fuzzer starts from: good inputs of every reader, taken from what ships or made on the spot, and their words.

Knows the readers' formats; fuzzes nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from tcosim.scenario.library import default_library
from tests.fuzz import inputs, run_targets, targets

MOST_BYTES = 12_000
"""Longer seeds would be cut by the fuzzer, and slow it down."""
PRICES = (
    b"date,price,model\n2025-01-03,10,a\n2025-02-03,9.5,a\n2025-03-03,9.5,a\n2025-01,3,b\n2025-06,2.5,b\n"
)
GPUS = b"month,gpu,usd\n2024-01,h100,30000\n2024-07,h100,28000\n2025-01,h100,25000\n2025-01,a100,9000\n"
VALUES = b"usd,gpu\n1.5,h100\n2.5,h100\n4e0,a100\n"
MAPS = (b"date=month,price=usd,series=provider+gpu", b"date=d,input=i,output=o,where=kind:on_demand+tier:1")
START = (
    b"monday",
    b"2024-03-04T00:00",
    b"2024-03-04T00:00:00+01:00",
    b"Europe/Berlin",
    b"series",
    b"20240304T10Z",
)
SETTINGS = (
    b"volume.annual_growth=0.4\noption.rented.usd_per_gpu_hour=2.5\n",
    b"option.api.route.default.usd_per_million_input=3",
    b"people.engineer_hours_per_month=40\ntraffic.burst_sigma.p5=1",
    b'option.api.usd_per_million_input={ dist = "uniform", low = 1, high = 2 }',
)
INCLUDED = b"""\
[volume]
forecast_ratio = { dist = "quantiles", p5 = 0.8, p50 = 1, p95 = 1.2, minimum = 0.5, maximum = 2 }
[traffic]
burst_sigma = 0.5  # from the log
silent_share = { use = "traffic.silent_share" }
weekly_profile = "office-hours"
[[correlation]]
inputs = ["volume.forecast_ratio", "traffic.burst_sigma"]
rank_correlation = 0.3
"""
BUCKETS = {
    "object": "page",
    "data": [
        {
            "object": "bucket",
            "start_time": 1_714_521_600,
            "end_time": 1_714_525_200,
            "results": [{"input_tokens": 10, "output_tokens": 2, "num_model_requests": 1}],
        }
    ],
}
RECORD = {"timestamp": "2024-05-01T00:00:00Z", "usage": {"input_tokens": 5, "output_tokens": 7}, "id": "a"}


def seeds(target: str) -> list[bytes]:
    """Return good inputs of a target, and broken ones that were found before."""
    corpus = Path(__file__).parent / "corpus" / target
    found = [path.read_bytes() for path in sorted(corpus.iterdir())] if corpus.is_dir() else []
    return [*(one for one in _good(target) if len(one) <= longest(target)), *found]


def longest(target: str) -> int:
    """Return how long an input may get [byte]."""
    return 150_000 if target in ("arrays", "result") else MOST_BYTES


def _good(target: str) -> Iterator[bytes]:
    match target:
        case "toml" | "scenario":
            yield from _scenarios()
        case "included":
            yield INCLUDED
        case "setting":
            yield from SETTINGS
        case "claims":
            yield from _claims()
        case "values":
            yield VALUES
        case "prices":
            yield from (PRICES, GPUS)
        case "price_map":
            yield from MAPS
        case "log_head" | "log":
            yield from _logs()
        case "log_json":
            yield from (inputs.as_json(BUCKETS), inputs.as_json(RECORD))
        case "start":
            yield from START
        case "result" | "arrays":
            yield run_targets.run_files()["result.nc"]
        case "summary" | "assumptions":
            yield run_targets.run_files()[f"{target}.json"]
        case "checksums":
            yield run_targets.run_files()["checksums.b2"]
        case "run":
            for number, name in enumerate(sorted(run_targets.run_files())):
                yield from (bytes([first + number]) + run_targets.run_files()[name] for first in (0, 130))


def _scenarios() -> Iterator[bytes]:
    library = default_library()
    yield targets.SCENARIO.format("").encode()
    for name in library.scenarios():
        yield library.scenario_path(name).read_bytes()


def _claims() -> Iterator[bytes]:
    """The shipped claims in pieces of one claim each, with the topics and processors that they name."""
    text = (Path(default_library().folder) / "claims.toml").read_text(encoding="utf-8")
    parts = re.split(r"(?m)^(?=\[\[)", text)
    head = "".join(part for part in parts if not part.startswith("[[claim]]") and part.startswith("[["))
    of_claims = [part for part in parts if part.startswith("[[claim]]")]
    for part in of_claims[:: max(1, len(of_claims) // 12)]:
        assert tomllib.loads(part)
        yield (head + part).encode()


def _logs() -> Iterator[bytes]:
    head = "timestamp,input_tokens,output_tokens,request_id"
    times = [f"2024-05-{1 + hour // 24:02d}T{hour % 24:02d}:{7 * hour % 60:02d}:00Z" for hour in range(80)]
    yield "\n".join([head, *(f"{time},{n},{n % 7},r{n}" for n, time in enumerate(times))]).encode()
    yield "\n".join(["hour_utc,tokens", *(f"{time[:13]}:00:00,{n}" for n, time in enumerate(times))]).encode()
    yield b"\n".join(
        inputs.as_json({**RECORD, "timestamp": time, "id": str(n)}) for n, time in enumerate(times)
    )
    begin = BUCKETS["data"][0]
    assert isinstance(begin, dict)
    data = [{**begin, "start_time": begin["start_time"] + 3600 * n} for n in range(40)]
    yield inputs.as_json({**BUCKETS, "data": data})
    yield "\n".join(["Timestamp;Request tokens;Response tokens", *(f"{n};1;2" for n in range(40))]).encode()


def words(target: str) -> list[bytes]:
    """Return the words of a target's format: keys and signs that a fuzzer would hardly come upon by itself."""
    signs = [
        b'"""',
        b"'''",
        b"[[",
        b"]]",
        b"= {",
        b"\\u0000",
        b"\xef\xbb\xbf",
        b"1e999",
        b"-0",
        b"0x",
        b"nan",
    ]
    found = {word for one in seeds(target) for word in re.findall(rb"[A-Za-z_][\w.-]{2,40}", one)}
    if target in ("toml", "scenario", "included", "setting"):
        found |= {word.encode() for word in _fields()}
    if target in ("arrays", "result"):
        found = {word for word in found if re.fullmatch(rb"[a-z_]{3,30}|[A-Z]{4,20}|[A-Z_]{4,20}", word)}
    return [*signs, *sorted(found)[:600]]


def _fields() -> Iterable[str]:
    from tcosim.scenario.distributions import FAMILIES
    from tcosim.scenario.fields import field_specs
    from tcosim.scenario.models import OPTION_KINDS, Constraints, Header, Route, Traffic, Volume
    from tcosim.scenario.problems import known_keys

    for model in (Header, Volume, Traffic, Constraints, Route, *OPTION_KINDS.values()):
        yield from field_specs(model)
    for name, family in FAMILIES.items():
        yield from (name, *known_keys(family))
