"""Scrambled Sobol points, one for each future, and nothing but points.

Knows a seed and a number of dimensions; nothing of inputs, distributions or what is simulated.

The number asked for is the number simulated, power of two or not: what that costs, and how often the interval over
the scrambles covers, was measured and stands in docs/model.md, 1.2 and 5.3.
"""

from __future__ import annotations

import threading

import numpy as np
from scipy.stats import qmc

from tcosim.errors import InputError, Problem
from tcosim.sampling.law import Floats

BITS = 30
"""Points lie at the centers of 2^30 equal cells: from 2^-31 to 1 - 2^-31, so never at 0 or 1."""
CHUNK_POINTS = 256
"""Points drawn at a time from each scramble: 0.6 ns a point-dimension, against 0.9 to 1.6 with 64 at a time."""
_DOMAIN = 0x50B01
"""First word of every scramble's key, which keeps these streams apart from others of the same seed."""


class SobolDesign:
    """Scrambled Sobol points, one for each future.

    Future ``s`` takes point ``s // scrambles`` of scramble ``s % scrambles``. Each scramble (random linear matrix
    and digital shift, Matousek 1998) has a generator of its own, keyed by (seed, scramble).

    Parameters
    ----------
    dimensions : int
        Number of uncertain inputs, d; may be 0.
    seed : int
        At least 0; 0 is a seed like any other.
    scrambles : int
        Number of independent scrambles.

    Raises
    ------
    InputError
        If there are more inputs than Sobol sequences have dimensions.
    """

    def __init__(self, dimensions: int, seed: int, scrambles: int = 16) -> None:
        if dimensions > qmc.Sobol.MAXDIM:
            raise InputError(
                Problem(
                    "scenario",
                    f"must not have more than {qmc.Sobol.MAXDIM:,} uncertain inputs",
                    dimensions,
                    "state plain numbers for the least important ones",
                )
            )
        self.dimensions, self.seed, self.scrambles = dimensions, seed, scrambles
        self.largest = scrambles * 2**BITS
        self._engines = [self._engine(k) for k in range(scrambles)] if dimensions else []
        # Points are drawn in chunks of fixed places, whatever is asked for, and the last chunk is kept.
        self._chunk_futures = CHUNK_POINTS * scrambles
        self._kept_index = -1
        self._kept = np.empty((0, dimensions))
        self._lock = threading.Lock()

    def _engine(self, scramble: int) -> qmc.Sobol:
        key = np.random.SeedSequence(self.seed, spawn_key=(_DOMAIN, scramble))
        return qmc.Sobol(self.dimensions, scramble=True, bits=BITS, rng=np.random.default_rng(key))

    def points(self, first_future: int, count: int) -> Floats:
        """Points of futures ``first_future`` to ``first_future + count - 1``.

        Cheap when asked for in order; elsewhere exact as well, at a nanosecond for each point-dimension skipped.

        Returns
        -------
        ndarray, shape (count, d)
            In (0, 1), a new array. A future's point does not depend on how futures are asked for.

        Raises
        ------
        InputError
            If there are not that many distinct points.
        """
        if first_future < 0 or count < 0:
            raise ValueError(f"futures start at 0, got {first_future} and {count} more")
        end = first_future + count
        if end > self.largest:
            raise InputError(
                Problem(
                    "samples",
                    f"must not exceed {self.largest:,}: there are no more points",
                    end,
                    "ask for fewer",
                )
            )
        points = np.empty((count, self.dimensions))
        if not self.dimensions:
            return points
        with self._lock:
            done = first_future
            while done < end:
                index, offset = divmod(done, self._chunk_futures)
                part = self._chunk(index)[offset : offset + end - done]
                points[done - first_future : done - first_future + len(part)] = part
                done += len(part)
        return points

    def _chunk(self, index: int) -> Floats:
        if index == self._kept_index:
            return self._kept
        chunk = np.empty((CHUNK_POINTS, self.scrambles, self.dimensions))
        place = index * CHUNK_POINTS
        self._kept_index = -1
        for k, engine in enumerate(self._engines):
            if engine.num_generated > place:
                engine.reset()
            if engine.num_generated < place:
                engine.fast_forward(place - engine.num_generated)
            chunk[:, k] = engine.random(CHUNK_POINTS)
        chunk += 2.0 ** -(BITS + 1)
        self._kept = chunk.reshape(self._chunk_futures, self.dimensions)
        self._kept_index = index
        return self._kept
