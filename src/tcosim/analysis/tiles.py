"""Products and solutions of symmetric systems in small tiles: the same bytes on any number of processors.

Knows matrices alone. BLAS computes small tiles without threads of its own. Those of large matrices change the order of
adding up with the number of processors, and on a machine that has other work to do wait for each other up to ten
times as long; the threads of `in_threads` do neither.
"""

from __future__ import annotations

import numpy as np

from tcosim.analysis.jackknife import Floats

TILE = 64
SOLVED_TILE = 48
"""Factorizations get threads from 64 rows on, products later."""


def products(columns: Floats) -> Floats:
    """X'X of X, shape (n, p)."""
    n, p = columns.shape
    padded = np.zeros((-(-n // TILE) * TILE, p))
    padded[:n] = columns
    blocks = padded.reshape(-1, TILE, p)
    found = np.empty((p, p))
    for i in range(0, p, TILE):
        left = np.ascontiguousarray(blocks[:, :, i : i + TILE].transpose(0, 2, 1))
        for j in range(0, i + 1, TILE):
            tile = (left @ blocks[:, :, j : j + TILE]).sum(axis=0)
            found[i : i + TILE, j : j + TILE] = tile
            found[j : j + TILE, i : i + TILE] = tile.T
    return found


def applied(columns: Floats, coefficients: Floats) -> Floats:
    """Columns (n, p) times coefficients (p, r)."""
    n, p = columns.shape
    r = coefficients.shape[1]
    rows = max(1, TILE**3 // (p * r))
    padded = np.zeros((-(-n // rows) * rows, p))
    padded[:n] = columns
    found: Floats = (padded.reshape(-1, rows, p) @ coefficients).reshape(-1, r)[:n]
    return found


def solved(matrix: Floats, right: Floats) -> tuple[Floats, float]:
    """Solution of A x = c for a positive definite A, shape (p, p), and few c, shape (p, r); and ln det A.

    Cholesky's factorization, tile by tile.
    """
    p, r = right.shape
    size, tiles = SOLVED_TILE, -(-p // SOLVED_TILE)
    whole = np.eye(tiles * size)
    whole[:p, :p] = matrix
    rest = np.ascontiguousarray(whole.reshape(tiles, size, tiles, size).swapaxes(1, 2))
    x = np.zeros((tiles, size, r))
    x.reshape(-1, r)[:p] = right
    inverses, below, log_det = [], [], 0.0
    for j in range(tiles):
        lower = np.linalg.cholesky(rest[j, j])
        log_det += 2 * float(np.log(np.diag(lower)).sum())
        inverse = np.linalg.inv(lower)
        column = rest[j + 1 :, j] @ inverse.T
        for i in range(len(column)):
            rest[j + 1 + i, j + 1 : j + 2 + i] -= column[i] @ column[: i + 1].transpose(0, 2, 1)
        x[j] = inverse @ x[j]
        x[j + 1 :] -= column @ x[j]
        inverses.append(inverse)
        below.append(column)
    for j in reversed(range(tiles)):
        x[j] = inverses[j].T @ (x[j] - (below[j].transpose(0, 2, 1) @ x[j + 1 :]).sum(axis=0))
    return x.reshape(-1, r)[:p], log_det
