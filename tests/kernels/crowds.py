"""Scenes made crowded: so many replicas, or such frail ones, that they fail in packs (docs/model.md, 3.7)."""

import numpy as np

CROWDS = {
    # several times as many replicas, each failing so often that they have to in packs
    "packs": {"replicas": 2.5, "failures": (0.005, 0.1), "spikes": (0.0, 0.05)},
    # more often than an hour can tell, beside spikes in two hours of five
    "beyond the hour": {"replicas": 1.0, "failures": (0.2, 2.0), "spikes": (0.3, 0.45)},
}


def crowd(s, name):
    """The same scene with fleets that fail all the time."""
    rng = np.random.default_rng(s.seed)
    how = CROWDS[name]
    for future in s.futures:
        future.world["spikes_per_hour"] = rng.uniform(*how["spikes"])
        for fleet in future.fleets:
            for rate in ("prefill_tokens_per_second", "decode_tokens_per_second", "mixed_tokens_per_second"):
                fleet[rate] /= how["replicas"]
            fleet["failures_per_replica_hour"] = float(np.exp(rng.uniform(*np.log(how["failures"]))))
    return s
