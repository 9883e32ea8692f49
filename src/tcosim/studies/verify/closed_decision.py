"""What is made of the futures: probability, value at risk, value of information, against formulas.

Knows scenarios of one uncertain figure, whose answers have a closed form.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import norm

from tcosim.analysis import information, probability, risk
from tcosim.analysis.choice import Choice
from tcosim.analysis.interval import student
from tcosim.sampling.design import SobolDesign
from tcosim.studies.verify import outcomes
from tcosim.studies.verify.check import Checks, Outcome
from tcosim.studies.verify.scenarios import API, RENTED, bare
from tcosim.units import HOURS_PER_MONTH

if TYPE_CHECKING:
    import xarray as xr

    from tcosim.studies.verify.setting import Setting

CHECKS = Checks()
FUTURES = 2**15
SCORE, SIGMA, FEES = 0.3, 1e5, 1e7
"""Mean saving in standard deviations, their size in USD, and fees of the API large beside both."""
TAIL = 0.05


def _normal(setting: Setting) -> xr.Dataset:
    """A run in which renting saves a normal amount: its set-up cost is the one thing that is uncertain."""

    def make() -> xr.Dataset:
        stated = ("option.api.setup_usd=" + repr(FEES), "option.rented.min_replicas=1")
        plain = bare((API, RENTED), *stated, volume=1e6)
        npv = setting.simulate(plain, 1)["npv"].values[0]
        mean = float(npv[0] - npv[1] - SCORE * SIGMA)
        law = f'{{dist = "normal", mean = {mean!r}, sd = {SIGMA!r}, low_limit = 0.0}}'
        return setting.simulate(
            bare((API, RENTED), *stated, f"option.rented.setup_usd={law}", volume=1e6), FUTURES
        )

    return setting.once("normal saving", make)


def _probability(dataset: xr.Dataset, option: str, expected: float, rival: float, rival_is: str) -> Outcome:
    found = probability.probability_beats_baseline(dataset)[option]
    if found is None:
        raise ValueError(f"{option} has no probability")
    return outcomes.scrambled(
        expected, found.value, found.half_width / student(15), "probability", rival=rival, rival_is=rival_is
    )


@CHECKS.check(
    "probability-normal",
    "A normal saving is positive with its normal probability.",
    "P = Φ(μ/σ); docs/model.md, 6",
)
def probability_normal(setting: Setting) -> Outcome:
    return _probability(
        _normal(setting), "rented", norm.cdf(SCORE), norm.cdf(1.1 * SCORE), "a spread smaller by a tenth"
    )


@CHECKS.check(
    "probability-lognormal",
    "Of two lognormal costs the one is below the other with the probability of their logarithms' difference.",
    "P = Φ(Δ/√(s₁² + s₂²))",
)
def probability_lognormal(setting: Setting) -> Outcome:
    tokens, sigmas, price, rent = 1e9, (0.5, 0.3), 3.0, 1.0
    flat = API.replace("3.0", "PRICE").replace("0.3", "PRICE").replace("15.0", "PRICE")
    law = '{{dist = "lognormal", median = {}, sigma = {}}}'
    plain = bare(
        (flat.replace("PRICE", repr(price)), RENTED), "traffic.input_share=1.0", "option.rented.min_replicas=1",
        "option.api.usd_per_million_input=" + law.format(price, sigmas[0]),
        "option.rented.usd_per_gpu_hour=" + law.format(rent, sigmas[1]), volume=tokens,
    )  # fmt: skip
    apart = math.log(tokens * price / 1e6) - math.log(2 * HOURS_PER_MONTH * rent)
    expected, alone = norm.cdf(apart / math.hypot(*sigmas)), norm.cdf(apart / sigmas[0])
    return _probability(setting.simulate(plain, FUTURES), "rented", expected, alone, "a rent that is certain")


def _tail_error(variance: float, beyond: float) -> float:
    """Standard error of a mean of the worst `TAIL` of independent futures; Sobol points stay below it.

    From the variance in the tail and how far its mean lies beyond the quantile. The spread of the scrambles is no
    guide here: a single input is so even in each of them that their own tails hardly differ.
    """
    return math.sqrt((variance + (1 - TAIL) * beyond**2) / (FUTURES * TAIL))


def _loss(setting: Setting, figure: str) -> float:
    found: Any = risk.option_risk(_normal(setting))["rented"]
    return float(found[f"{figure}_loss_usd"])


@CHECKS.check(
    "value-at-risk",
    "The loss that is passed in 5 % of the futures is the normal quantile.",
    "VaR = −μ + σ·z₀.₉₅",
)
def value_at_risk(setting: Setting) -> Outcome:
    expected, rival = (SIGMA * (-SCORE + norm.isf(tail)) for tail in (TAIL, 2 * TAIL))
    error = SIGMA * math.sqrt(TAIL * (1 - TAIL) / FUTURES) / norm.pdf(norm.isf(TAIL))
    got = _loss(setting, "var95")
    return outcomes.estimated(expected, got, error, "USD", rival=rival, rival_is="a tail of 10 %")


@CHECKS.check(
    "conditional-value-at-risk",
    "The mean loss of the worst 5 % of the futures is that of a normal tail.",
    "CVaR = −μ + σ·φ(z₀.₉₅)/0.05; Rockafellar and Uryasev (2000), doi:10.21314/JOR.2000.038",
)
def conditional_value_at_risk(setting: Setting) -> Outcome:
    z = norm.isf(TAIL)
    mean = norm.pdf(z) / TAIL
    error = SIGMA * _tail_error(1 + z * mean - mean**2, mean - z)
    return outcomes.estimated(
        SIGMA * (-SCORE + mean), _loss(setting, "cvar95"), error, "USD", rival=SIGMA * (-SCORE + z),
        rival_is="the quantile alone",
    )  # fmt: skip


@CHECKS.check(
    "cvar-of-an-exponential",
    "The mean of the worst 5 % of exponential losses is the quantile and one more mean.",
    "CVaR = 1 − ln 0.05",
)
def cvar_of_an_exponential(setting: Setting) -> Outcome:
    losses = -np.log1p(-SobolDesign(1, setting.seed).points(0, FUTURES)[:, 0])
    return outcomes.estimated(
        1 - math.log(TAIL), risk.cvar(losses), _tail_error(1.0, 1.0), rival=-math.log(TAIL),
        rival_is="the quantile alone",
    )  # fmt: skip


def _perfect(mean: float, sd: float) -> float:
    """What it is worth to know a normal saving before choosing."""
    z = mean / sd
    return float(mean * norm.cdf(z) + sd * norm.pdf(z) - max(0.0, mean))


@CHECKS.check(
    "perfect-information",
    "To know a normal saving before choosing is worth what the formula says.",
    "EVPI = μΦ(μ/σ) + σφ(μ/σ) − max(0, μ); Raiffa and Schlaifer (1961)",
)
def perfect_information(setting: Setting) -> Outcome:
    found = information.value_of_information(_normal(setting))
    return outcomes.scrambled(
        _perfect(SCORE * SIGMA, SIGMA), found["evpi_usd"], found["evpi_se_usd"], "USD",
        rival=SIGMA * norm.pdf(SCORE), rival_is="one that forgets the mean",
    )  # fmt: skip


PARTIAL = (
    "EVPPI of one of two normal effects, by the same formula on its own mean and spread; docs/model.md, 6"
)


def _partial(setting: Setting, column: int, sd: float, other: float) -> Outcome:
    def make() -> tuple[Choice, Any]:
        z = ndtri(SobolDesign(2, setting.seed).points(0, FUTURES))
        return Choice(np.stack([np.zeros(FUTURES), 2 * z[:, 1] - 1 - z[:, 0]], axis=1)), z

    choice, z = setting.once("two effects", make)
    found = choice.given_column(z[:, column].astype(np.float32))
    if found.error is None:
        raise ValueError("too few futures to tell")
    return outcomes.scrambled(
        _perfect(1.0, sd), found.value, found.error, rival=_perfect(1.0, other), rival_is="the other effect's"
    )


@CHECKS.check(
    "partial-information", "To know one of two effects is worth its own share of the doubt.", PARTIAL
)
def partial_information(setting: Setting) -> Outcome:
    return _partial(setting, 0, 1.0, 2.0)


@CHECKS.check(
    "partial-information-of-the-larger", "To know the effect that is less certain is worth more.", PARTIAL
)
def partial_information_of_the_larger(setting: Setting) -> Outcome:
    return _partial(setting, 1, 2.0, 1.0)
