"""A design for many inputs and few runs: each input visits every part of its range once."""

from __future__ import annotations

import numpy as np
from numpy.random import SeedSequence, default_rng

from undertow.core.shapes import Floats

TRIES = 200
STREAM = 0x6C6174696E
"""The key of this use's random stream, "latin" in ASCII, so that it shares none with accounts."""


def latin(draws: int, inputs: int, seed: int) -> Floats:
    """Places in (−1, 1), [draw, input]: a Latin hypercube, the least correlated of `TRIES`.

    place = 2·(rank + luck)/draws − 1     rank: a permutation of the draws for each input
    Why not Sobol: of n draws its columns know n/2 first halves, so that with more inputs than that
    some two always stand on the same side. One stratum per draw and input it would give too.
    Source: McKay, Beckman, Conover (1979), Technometrics 21, 239.
    """
    rng = default_rng(SeedSequence(seed, spawn_key=(STREAM,)))
    tries = (_places(rng, draws, inputs) for _ in range(TRIES if draws > 2 and inputs > 1 else 1))
    return min(tries, key=_correlation)


def _places(rng: np.random.Generator, draws: int, inputs: int) -> Floats:
    rank = rng.permuted(np.tile(np.arange(draws)[:, None], inputs), axis=0)
    return 2.0 * (rank + rng.random((draws, inputs))) / draws - 1.0


def _correlation(places: Floats) -> float:
    """The largest correlation between two inputs."""
    if places.shape[0] < 3 or places.shape[1] < 2:
        return 0.0
    return float(np.abs(np.triu(np.corrcoef(places.T), k=1)).max())
