"""GPU prices of the library: all of them, with the spread that the library states."""

from __future__ import annotations

import tomllib

import pytest

from tcosim.evidence.prices.gpu import KINDS, gpu_names, gpu_prices
from tcosim.scenario.library import default_library

LIBRARY = default_library()
FILE = tomllib.loads((LIBRARY.folder / "gpu.toml").read_text(encoding="utf-8"))["gpu"]


def test_every_price_of_the_file_is_there_once() -> None:
    stated = {
        f"gpu.{gpu}.{name}"
        for gpu, table in FILE.items()
        if "dist" not in table
        for name in table
        if name in KINDS
    }
    found = [one.quantity.key for one in gpu_prices(LIBRARY)]
    assert len(found) == len(set(found))
    assert set(found) == stated


def test_percentiles_are_those_that_the_file_states() -> None:
    checked = 0
    for one in gpu_prices(LIBRARY):
        _, gpu, name = one.quantity.key.split(".")
        table = FILE[gpu][name]
        for level in ("p5", "p50", "p95"):
            # Limits cut the outermost thousandths of a lognormal, which moves its percentiles a little.
            if level in table:
                assert getattr(one, level) == pytest.approx(table[level], rel=0.01), one.quantity.key
                checked += 1
        assert one.p5 < one.p50 < one.p95
        assert one.sources
    assert checked > 20


def test_rent_comes_before_purchase_and_gpus_in_the_order_of_the_file() -> None:
    found = gpu_prices(LIBRARY, "H100")
    assert [one.gpu for one in found][:3] == ["h100"] * 3
    assert [one.kind for one in found][:3] == list(KINDS.values())
    assert {one.gpu for one in found} == {name for name in gpu_names(LIBRARY) if name.startswith("h100")}
    assert gpu_prices(LIBRARY, "no such") == ()
