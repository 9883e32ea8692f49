"""What a claim asks of GPUs, held against the library's rates and against the peak that the vendor states.

Draws the library's rates; simulates no future.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from tcosim.sampling import families
from tcosim.sampling.inputs import InputSampler
from tcosim.scenario.claims import Gpu, Hardware
from tcosim.scenario.claims_formulas import Range
from tcosim.scenario.library import Library
from tcosim.scenario.uncertain import Uncertain

POINTS = 2**14
PERCENTILES = (5, 50, 95)
TERA, BILLION = 1e12, 1e9
OPERATIONS_PER_PARAMETER = 2
"""A multiplication and an addition for each parameter and each token that is computed, not taken from a cache."""
GPUS_IN_KEY = re.compile(r"x(\d+)$")
"""A key of the library ends in the GPUs of a replica: ``llama-70b-a100-80x2``."""


def hardware(
    wanted: Hardware, known: Mapping[str, Range], gpus: Mapping[str, Gpu], library: Library
) -> dict[str, Any]:
    """Hold the tokens a second of a claim against what its GPUs can do.

    Parameters
    ----------
    known : mapping of str to Range
        Figures of the claim as its source has them.

    Returns
    -------
    dict
        ``tokens_per_second`` (claimed, two ends); ``bound_tokens_per_second``: what the GPUs compute at their peak,
        with the narrowest numbers that they have (``bound_bits``), only tokens from a prefix cache come on top;
        ``library``: percentiles of the library's rate of a tuned replica at the claim's mix, in proportion to its GPUs,
        or None; ``verdict``: ``"above the peak"``, ``"above the library's P95"``, ``"within"``, ``"below the library's
        P5"`` or, without a rate in the library, ``"below the peak"``; ``factor``: claimed over the limit passed.
    """
    claimed, count = known[wanted.tokens_per_second], known[wanted.gpus].low
    bound = peak_tokens_per_second(gpus[wanted.gpu], count, known[wanted.parameters_billion].low)
    rates = None
    if wanted.serving:
        rates = _library_rates(wanted.serving, known[wanted.input_share].low, count, library)
    verdict, factor = _verdict(claimed, bound, rates)
    return {
        "gpu": wanted.gpu,
        "gpus": count,
        "tokens_per_second": [claimed.low, claimed.high],
        "bound_tokens_per_second": bound,
        "bound_bits": gpus[wanted.gpu].narrowest_bits,
        "library": rates,
        "serving": wanted.serving or None,
        "verdict": verdict,
        "factor": factor,
    }


def peak_tokens_per_second(gpu: Gpu, gpus: float, parameters_billion: float) -> float:
    """Return tokens a second that the arithmetic units allow with the narrowest numbers: peak / (2 x parameters)."""
    peak = gpus * max(gpu.dense_tera_operations_per_second.values()) * TERA
    return peak / (OPERATIONS_PER_PARAMETER * parameters_billion * BILLION)


def _library_rates(serving: str, input_share: float, gpus: float, library: Library) -> dict[str, float]:
    """Percentiles of 1/(input share/prefill + output share/decode), scaled from the GPUs of the library's replica."""
    names = [f"serving.{serving}.{rate}_tokens_per_second" for rate in ("prefill", "decode")]
    uncertain = [Uncertain(name, library.quantity(name).distribution) for name in names]
    tied = [one for one in library.correlations if set(one.inputs) <= set(names)]
    sampler = InputSampler(uncertain, tied, 0)
    prefill, decode = sampler.values(sampler.uniforms(0, POINTS))
    found = GPUS_IN_KEY.search(serving)
    scale = gpus / (int(found[1]) if found else 1)
    rate = scale / (input_share / prefill + (1 - input_share) / decode)
    return {
        f"p{level}": float(value)
        for level, value in zip(PERCENTILES, np.percentile(rate, PERCENTILES), strict=True)
    }


def _verdict(claimed: Range, bound: float, rates: Mapping[str, float] | None) -> tuple[str, float | None]:
    if claimed.low > bound:
        return "above the peak", claimed.low / bound
    if rates is None:
        return "below the peak", claimed.low / bound
    if claimed.low > rates["p95"]:
        return "above the library's P95", claimed.low / rates["p95"]
    if claimed.high < rates["p5"]:
        return "below the library's P5", claimed.high / rates["p5"]
    return "within", None


def against_library(figure: Range, key: str, library: Library) -> dict[str, Any]:
    """Hold a stated figure against a quantity of the library: its percentiles, and its share in that range."""
    quantity = library.quantity(key)
    values = families.ppf(quantity.distribution, [level / 100 for level in PERCENTILES])
    low, high = families.cdf(quantity.distribution, [figure.low, figure.high])
    inside = values[0] <= figure.high and figure.low <= values[-1]
    return {
        "quantity": key,
        "claimed": [figure.low, figure.high],
        "unit": quantity.unit,
        **{f"p{level}": float(value) for level, value in zip(PERCENTILES, values, strict=True)},
        "share_below": float(low),
        "share_within": float(high - low),
        "within_p5_p95": bool(inside),
    }
