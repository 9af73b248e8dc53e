"""What a count says about a probability, and a probability about a count."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

from undertow.core.answers.survival import Chance
from undertow.core.shapes import Floats

LEVEL = 0.95


def wilson(value: float, trials: float, *, level: float = LEVEL) -> Chance:
    """A share that came out of so many trials, and where the probability lies.

    centre = (p + z²/2n)/(1 + z²/n);   half = z/(1 + z²/n)·√(p(1 − p)/n + z²/4n²)
    Source: Wilson (1927), Probable inference, JASA 22.
    """
    z = NormalDist().inv_cdf(0.5 + 0.5 * level)
    stretch = 1.0 + z * z / trials
    centre = (value + z * z / (2.0 * trials)) / stretch
    spread = value * (1.0 - value) / trials + z * z / (4.0 * trials * trials)
    half = z / stretch * math.sqrt(spread)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return Chance(value, min(low, value), max(high, value))


def counts_between(chances: Floats, *, level: float = LEVEL) -> tuple[int, int]:
    """Band that the number of events stays in with at least this probability, cases independent.

    The exact distribution of a sum of independent events, each with its own chance; no more than
    (1 − level)/2 of it lies below the band, and no more above.
    """
    weights = np.ones(1)
    for chance in chances:
        weights = np.append(weights * (1.0 - chance), 0.0) + np.append(0.0, weights * chance)
    up, tail = np.cumsum(weights), 0.5 * (1.0 - level)
    return int(np.argmax(up > tail)), int(np.argmax(up >= 1.0 - tail))
