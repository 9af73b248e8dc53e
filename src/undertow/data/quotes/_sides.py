"""What the two sides of a minute may be."""

from __future__ import annotations

import numpy as np

from undertow.core.errors import BadFile

MOST = 1e15


def checked(sides: list[float], where: str) -> None:
    """Bid, its size, ask, its size: refuse prices that are not above 0 and sizes below 0."""
    if len(sides) == 4 and (min(sides[0], sides[2]) <= 0.0 or min(sides[1], sides[3]) < 0.0):
        raise BadFile(f"{where} has a price not above 0 or a size below 0 ({sides}); mend it.")
    if not np.all(np.abs(sides) < MOST):
        raise BadFile(f"{where} has a number that is not finite, or no price; mend it.")
