"""What GPUs cost to rent and to buy, as the library knows it: percentiles are the spread between providers.

Knows the library's names of GPU prices; knows no scenario and fetches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from tcosim.scenario.entries import Quantity, Source
from tcosim.scenario.library import Library

TOPIC = "gpu"
KINDS = {
    "usd_per_gpu_hour_on_demand": "rent, on demand",
    "usd_per_gpu_hour_spot": "rent, spot",
    "usd_per_gpu": "purchase",
}
"""What each name of a price means, in the order in which they are shown."""
LEVELS = {"p5": 0.05, "p50": 0.5, "p95": 0.95}
DIGITS = 6
"""Significant digits of the percentiles, as in the assumptions of a run."""


@dataclass(frozen=True)
class GpuPrice:
    """One price of one GPU.

    Attributes
    ----------
    gpu : str
        As the library calls it: ``"h100"``, ``"h100-hyperscaler"``.
    kind : str
        One of the values of `KINDS`.
    p5, p50, p95 : float
        Over providers, in ``quantity.unit``.
    quantity : Quantity
        The library's entry.
    sources : tuple of Source
    """

    gpu: str
    kind: str
    p5: float
    p50: float
    p95: float
    quantity: Quantity
    sources: tuple[Source, ...]


def gpu_prices(library: Library, gpu: str = "") -> tuple[GpuPrice, ...]:
    """Return the GPU prices of a library, GPU by GPU in its order, rent before purchase.

    Parameters
    ----------
    library : Library
    gpu : str
        Only GPUs whose name begins with it, in any case; all if empty.
    """
    found = []
    for key in library.keys():  # noqa: SIM118 - a method, not that of a mapping
        topic, _, rest = key.partition(".")
        name, _, last = rest.rpartition(".")
        if topic == TOPIC and last in KINDS and name.startswith(gpu.lower()):
            found.append(_price(library, name, last, library.quantity(key)))
    order, gpus = list(KINDS.values()), gpu_names(library)
    return tuple(sorted(found, key=lambda one: (gpus.index(one.gpu), order.index(one.kind))))


def gpu_names(library: Library) -> tuple[str, ...]:
    """Return the GPUs that have a price in the library, in its order."""
    parts = [key.split(".") for key in library.keys()]  # noqa: SIM118 - a method, not that of a mapping
    names = [part[1] for part in parts if part[0] == TOPIC and len(part) == 3 and part[2] in KINDS]
    return tuple(dict.fromkeys(names))


def _price(library: Library, gpu: str, name: str, quantity: Quantity) -> GpuPrice:
    from tcosim.sampling.families import ppf

    at = ppf(quantity.distribution, list(LEVELS.values()))
    p5, p50, p95 = (float(f"{value:.{DIGITS}g}") for value in at)
    sources = tuple(library.source(key) for key in quantity.sources)
    return GpuPrice(gpu, KINDS[name], p5, p50, p95, quantity, sources)
