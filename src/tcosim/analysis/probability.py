"""How likely an option beats the baseline, and how likely it is the cheapest of all.

One Dataset in, one interval an option out; knows no words and no files.
"""

from __future__ import annotations

import xarray as xr

from tcosim.analysis.interval import Interval, probability_interval


def probability_beats_baseline(dataset: xr.Dataset) -> dict[str, Interval | None]:
    """P(NPV of the option < NPV of the baseline) over all futures, by option; None for the baseline itself."""
    beats = _by_option(dataset, "scramble_beats")
    return {name: None if name == dataset.attrs["baseline"] else found for name, found in beats.items()}


def probability_cheapest(dataset: xr.Dataset) -> dict[str, Interval]:
    """P(no other eligible option costs less) over all futures, by option; a tie goes to the first option.

    0 for what is shut out.
    """
    return _by_option(dataset, "scramble_cheapest")


def _by_option(dataset: xr.Dataset, variable: str) -> dict[str, Interval]:
    futures, hits = dataset["scramble_futures"].values, dataset[variable].values
    return {
        str(name): probability_interval(hits[:, index], futures)
        for index, name in enumerate(dataset["option"].values)
    }
