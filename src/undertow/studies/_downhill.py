"""The lowest point of a function of few numbers, without its slope (Nelder and Mead 1965)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from undertow.core.shapes import Floats

STEP = 0.25
RESTARTS = 3


def lowest(cost: Callable[[Floats], float], start: Floats, *, rounds: int = 500) -> Floats:
    """Where the cost is lowest; a fresh simplex starts where the last one ended."""
    found = start
    for _ in range(RESTARTS):
        found = _once(cost, found, rounds)
    return found


def _once(cost: Callable[[Floats], float], start: Floats, rounds: int) -> Floats:
    size = len(start)
    corners = [start, *(start + STEP * row for row in np.eye(size))]
    ranked = sorted(((cost(c), k, c) for k, c in enumerate(corners)), key=lambda one: one[0])
    heights, points = [one[0] for one in ranked], [one[2] for one in ranked]
    for _ in range(rounds):
        order = np.argsort(heights, kind="stable")
        heights, points = [heights[k] for k in order], [points[k] for k in order]
        if heights[-1] - heights[0] <= 1e-13 * (1.0 + abs(heights[0])):
            break
        _improve(cost, heights, points)
    return points[int(np.argmin(heights))]


def _improve(cost: Callable[[Floats], float], heights: list[float], points: list[Floats]) -> None:
    """Move the highest corner through the middle of the others, or shrink towards the lowest."""
    middle = np.mean(points[:-1], axis=0)
    away = middle - points[-1]
    tried = middle + away
    height = cost(tried)
    if height < heights[0]:
        further = middle + 2.0 * away
        beyond = cost(further)
        tried, height = (further, beyond) if beyond < height else (tried, height)
    elif height >= heights[-2]:
        side = 0.5 if height < heights[-1] else -0.5
        tried = middle + side * away
        height = cost(tried)
    if height < heights[-1]:
        heights[-1], points[-1] = height, tried
        return
    points[1:] = [points[0] + 0.5 * (p - points[0]) for p in points[1:]]
    heights[1:] = [cost(p) for p in points[1:]]
