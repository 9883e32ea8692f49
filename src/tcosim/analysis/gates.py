"""What each gate of a run shuts out, and what the answer would be without it.

Knows the Dataset of a run; knows nothing of scenarios or of words.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from tcosim.analysis.eligible import self_hosted
from tcosim.analysis.headline import lowest, mean_npv
from tcosim.analysis.interval import interval_bounds
from tcosim.analysis.probability import probability_beats_baseline


def gate_rows(dataset: xr.Dataset) -> list[dict[str, Any]]:
    """Return one entry a gate in force, in the order of their declaration.

    Returns
    -------
    list of dict
        ``gate``; ``shuts_out``: ``option`` and ``reason``; ``unstated``: options that pass because the scenario does
        not say what the gate asks for; ``without_it``, with all other gates left as they are: ``headline_option``,
        its ``probability`` of costing less than the same baseline with ``ci95`` (None without a self-hosted option),
        and ``cheapest_expected``.
    """
    names = [str(name) for name in dataset["option"].values]
    reasons = dataset["gate_reason"].values.astype(str)
    unstated = dataset["gate_unstated"].values.astype(bool)
    return [
        {
            "gate": str(gate),
            "shuts_out": [
                {"option": name, "reason": str(reason)}
                for name, reason in zip(names, reasons[index], strict=True)
                if reason
            ],
            "unstated": [name for name, is_so in zip(names, unstated[index], strict=True) if is_so],
            "without_it": _answer(dataset, ~(np.delete(reasons, index, axis=0) != "").any(axis=0)),
        }
        for index, gate in enumerate(dataset["gate"].values)
    ]


def without_gates(dataset: xr.Dataset) -> dict[str, Any] | None:
    """The answer if no gate were in force, as ``without_it`` of `gate_rows`; None where none is."""
    if not dataset.sizes["gate"]:
        return None
    return _answer(dataset, np.ones(dataset.sizes["option"], dtype=np.bool_))


def _answer(dataset: xr.Dataset, may: NDArray[np.bool_]) -> dict[str, Any]:
    """The answer if these options were eligible, shape (o,)."""
    means = mean_npv(dataset)
    names, values = list(means), list(means.values())
    hosted, cheapest = lowest(list(may & self_hosted(dataset)), values), lowest(list(may), values)
    assert cheapest is not None  # the baseline is always eligible
    found = None if hosted is None else probability_beats_baseline(dataset)[names[hosted]]
    return {
        "headline_option": None if hosted is None else names[hosted],
        "probability": None if found is None else found.value,
        "ci95": None if found is None else interval_bounds(found),
        "cheapest_expected": names[cheapest],
    }
