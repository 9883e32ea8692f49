"""What is believed of a log's traffic before the log is read, and futures drawn from it (docs/evidence.md, T1).

Knows the library; knows nothing of logs.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from tcosim.evidence.traffic.burst_size import NEVER, of_displacement, sigma_of
from tcosim.sampling import families
from tcosim.scenario.library import Library
from tcosim.units import HOURS_PER_MONTH

Floats = NDArray[Any]

HARDLY = 1e-4
"""A silent share below this is taken for none: a log of a year would hold one such hour."""
NO_SILENCE = float(ndtri(HARDLY))
"""What stands for the score of a share that is none, where scores are averaged."""
_EDGE = 1e-6


@dataclass(frozen=True)
class Settings:
    """Parameters of docs/model.md, 2, for n futures; every array has the shape (n,).

    Attributes
    ----------
    burst_cv, silent_score : ndarray
        Coefficient of variation of the burst; normal score of the silent share, -inf for none.
    burst_sigma, burst_hours, burst_daily_share, burst_days : ndarray
    spikes_per_month, spike_size, spike_hours : ndarray
    profile_following : ndarray
    log_growth, growth_volatility : ndarray
        A year.
    """

    burst_cv: Floats
    silent_score: Floats
    burst_sigma: Floats
    burst_hours: Floats
    burst_daily_share: Floats
    burst_days: Floats
    spikes_per_month: Floats
    spike_size: Floats
    spike_hours: Floats
    profile_following: Floats
    log_growth: Floats
    growth_volatility: Floats

    def __len__(self) -> int:
        return len(self.burst_cv)

    def __getitem__(self, which: Any) -> Settings:
        return Settings(**{field.name: getattr(self, field.name)[which] for field in fields(self)})

    @property
    def silent_share(self) -> Floats:
        """Share of hours without traffic."""
        return np.asarray(ndtr(self.silent_score))


COORDINATES = (
    "burst_cv", "silent_share", "burst_hours", "burst_daily_share", "burst_days", "spikes_per_month", "spike_size",
    "spike_hours", "profile_following", "log_growth",
)  # fmt: skip
"""What is estimated, in this order; sizes and times on a log scale, the silent share by its normal score."""

_LOGARITHMIC = {"burst_cv", "burst_hours", "burst_days", "spikes_per_month", "spike_size", "spike_hours"}
_ENTRIES = {
    "burst_cv": "fit.burst_cv",
    "displacement": "fit.burst_displacement",
    "burst_hours": "fit.burst_hours",
    "burst_daily_share": "fit.burst_daily_share",
    "burst_days": "fit.burst_days",
    "spikes_per_month": "traffic.spikes_per_month",
    "spike_size": "traffic.spike_size",
    "spike_hours": "fit.spike_hours",
    "profile_following": "fit.profile_following",
    "annual_growth": "traffic.annual_growth",
    "growth_volatility": "traffic.growth_volatility",
}


class Belief:
    """Distributions of the parameters before a log is read.

    Parameters
    ----------
    library : Library
    shape_is_given : bool
        Whether traffic is compared with a stated weekly shape, which it may follow or not; a shape that is taken from
        the log itself is followed by construction.
    """

    def __init__(self, library: Library, *, shape_is_given: bool) -> None:
        self._laws = {name: library.quantity(key).distribution for name, key in _ENTRIES.items()}
        self._never = families.mean(library.quantity("fit.never_silent_chance").distribution)
        self._shape_is_given = shape_is_given

    def draw(self, n: int, rng: np.random.Generator) -> Settings:
        """Draw the parameters of n futures."""
        drawn = {name: families.ppf(law, rng.random(n)) for name, law in self._laws.items()}
        floor = np.where(rng.random(n) < self._never, 0.0, drawn["displacement"])
        sigma, score = of_displacement(drawn["burst_cv"], floor)
        silent = ndtr(score) >= HARDLY
        following = drawn["profile_following"] if self._shape_is_given else np.ones(n)
        return Settings(
            burst_cv=drawn["burst_cv"],
            silent_score=np.where(silent, score, NEVER),
            burst_sigma=np.where(silent, sigma, np.sqrt(np.log1p(drawn["burst_cv"] ** 2))),
            burst_hours=drawn["burst_hours"],
            burst_daily_share=drawn["burst_daily_share"],
            burst_days=drawn["burst_days"],
            spikes_per_month=drawn["spikes_per_month"],
            spike_size=drawn["spike_size"],
            spike_hours=drawn["spike_hours"],
            profile_following=following,
            log_growth=np.log1p(drawn["annual_growth"]),
            growth_volatility=drawn["growth_volatility"],
        )

    def coordinates(self, settings: Settings) -> Floats:
        """Parameters on the scales on which they are estimated, shape (n, len(COORDINATES))."""
        columns = []
        for name in COORDINATES:
            if name == "silent_share":
                columns.append(np.maximum(settings.silent_score, NO_SILENCE))
            else:
                values = getattr(settings, name)
                columns.append(np.log(np.maximum(values, _EDGE)) if name in _LOGARITHMIC else values)
        return np.stack(columns, axis=1)

    def settings(self, coordinates: Floats, like: Settings) -> Settings:
        """Parameters at some coordinates, kept to where they can be; growth's wandering is taken from `like`.

        Parameters
        ----------
        coordinates : ndarray, shape (n, len(COORDINATES))
        like : Settings
            n futures.
        """
        found: dict[str, Floats] = {}
        for name, column in zip(COORDINATES, coordinates.T, strict=True):
            if name in ("silent_share", "log_growth"):
                found[name] = column
                continue
            low, high = families.support(self._laws[name])
            found[name] = np.clip(np.exp(column) if name in _LOGARITHMIC else column, low, high)
        score = found.pop("silent_share")
        # half way to the rarest silence that can be told from none
        silent = score > NO_SILENCE + abs(NO_SILENCE) * 0.07
        score = np.where(silent, np.minimum(score, ndtri(0.95)), NEVER)
        cv = found["burst_cv"]
        sigma = np.where(silent, sigma_of(cv, score), np.sqrt(np.log1p(cv**2)))
        return replace(like, silent_score=score, burst_sigma=sigma, **found)


def months_of(hours: int) -> int:
    """Months of the model that cover some hours."""
    return -(-hours // HOURS_PER_MONTH)


def level_at_end(levels: Floats, hours: int) -> Floats:
    """Level over the last month of hours, which mostly lies in two months of the model, shape (n,).

    Parameters
    ----------
    levels : ndarray, shape (n, months)
    hours : int
        Of the log.
    """
    last = np.arange(max(0, hours - HOURS_PER_MONTH), hours) // HOURS_PER_MONTH
    shares = np.bincount(last, minlength=levels.shape[1])[: levels.shape[1]] / len(last)
    return np.asarray(levels @ shares)


def levels(settings: Settings, months: int, rng: np.random.Generator) -> Floats:
    """Level of each month over that of the first (docs/model.md, 2.1), shape (n, months)."""
    steps = rng.standard_normal((len(settings), months)) / np.sqrt(12.0)
    steps[:, 0] = 0.0
    walk = np.cumsum(steps, axis=1)
    year = np.arange(months) / 12.0
    return np.asarray(
        np.exp(settings.log_growth[:, None] * year + settings.growth_volatility[:, None] * walk)
    )
