"""The cheapest whole numbers under linear constraints: for few variables, in plain NumPy."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from undertow.core.errors import BadNumber
from undertow.model.rulebook._simplex import SMALL, descend

Array = NDArray[np.float64]
NODES = 800


@dataclass(frozen=True, slots=True)
class Program:
    """min cost·x over x ≥ 0 with equal·x = totals and most·x ≤ limits.

    cost [n];  equal [e, n], totals [e];  most [m, n], limits [m];  whole [n]: whole numbers only
    """

    cost: Array
    equal: Array
    totals: Array
    most: Array
    limits: Array
    whole: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Node:
    """A part of the search: each variable between two whole numbers, `high` inf if open."""

    low: Array
    high: Array


def cheapest(program: Program) -> tuple[float, Array]:
    """Least cost and where it is: branch and bound over the simplex; inf if nothing is allowed.

    Proven within `NODES` branches; a search that takes more gives the best it has met.
    Source: Land and Doig (1960), Dantzig (1963).
    """
    best, at = math.inf, np.zeros_like(program.cost)
    waiting = [Node(np.zeros_like(program.cost), np.full_like(program.cost, math.inf))]
    for _ in range(NODES):
        if not waiting:
            break
        node = waiting.pop()
        cost, x = _within(program, node)
        if cost >= best - SMALL * max(1.0, abs(best)):
            continue
        off = np.where(program.whole, np.abs(x - np.round(x)), 0.0)
        if off.max(initial=0.0) < 1e-6:
            best, at = cost, x
        else:
            waiting += _branches(node, int(off.argmax()), x)
    return best, at


def _within(program: Program, node: Node) -> tuple[float, Array]:
    """The relaxed program between a node's bounds: x = low + y, and rows for what has a top."""
    topped = np.flatnonzero(np.isfinite(node.high))
    rows = np.eye(program.cost.size)[topped]
    shifted = replace(
        program,
        totals=program.totals - program.equal @ node.low,
        most=np.vstack([program.most, rows]),
        limits=np.concatenate(
            [program.limits - program.most @ node.low, (node.high - node.low)[topped]]
        ),
    )
    cost, y = relaxed(shifted)
    return cost + float(program.cost @ node.low), node.low + y


def relaxed(program: Program) -> tuple[float, Array]:
    """Least cost with fractions allowed, by the two-phase simplex method on a dense table."""
    rows, totals = _with_slack(program)
    turned = np.where(totals < 0.0, -1.0, 1.0)
    rows, totals = rows * turned[:, None], totals * turned
    m, n = rows.shape
    table = np.ascontiguousarray(np.hstack([rows, np.eye(m), totals[:, None]]))
    basis = np.arange(n, n + m, dtype=np.int64)
    phase_one = np.concatenate([np.zeros(n), np.ones(m)])
    if _descend(table, basis, phase_one, n + m) > SMALL * max(1.0, float(totals.max(initial=0.0))):
        return math.inf, np.zeros_like(program.cost)
    cost = np.concatenate([program.cost, np.zeros(n - program.cost.size + m)])
    _drive_out(table, basis, n)
    least = _descend(table, basis, cost, n)
    x = np.zeros(n + m)
    x[basis] = table[:, -1]
    return least, x[: program.cost.size]


def _branches(node: Node, k: int, x: Array) -> list[Node]:
    """The same with one variable at most its floor, or at least its ceiling; the nearer last."""
    low, high = node.low.copy(), node.high.copy()
    low[k], high[k] = math.ceil(x[k]), math.floor(x[k])
    above, below = Node(low, node.high), Node(node.low, high)
    return [below, above] if x[k] - high[k] > 0.5 else [above, below]


def _with_slack(program: Program) -> tuple[Array, Array]:
    e, m = len(program.totals), len(program.limits)
    slack = np.vstack([np.zeros((e, m)), np.eye(m)])
    rows = np.hstack([np.vstack([program.equal, program.most]), slack])
    return rows, np.concatenate([program.totals, program.limits])


def _drive_out(table: Array, basis: NDArray[np.int64], n: int) -> None:
    """Artificial variables that stayed in the basis at zero give way to real ones."""
    for row in np.flatnonzero(basis >= n):
        able = np.flatnonzero(np.abs(table[row, :n]) > SMALL)
        if able.size:
            _pivot(table, basis, int(row), int(able[0]))


def _descend(table: Array, basis: NDArray[np.int64], cost: Array, allowed: int) -> float:
    found = descend(table, basis, cost, allowed)
    if math.isnan(found):
        raise BadNumber("the cheapest pairing of these options is not found; net their legs first.")
    return found


def _pivot(table: Array, basis: NDArray[np.int64], row: int, column: int) -> None:
    table[row] /= table[row, column]
    factors = table[:, column].copy()
    factors[row] = 0.0
    table -= np.outer(factors, table[row])
    basis[row] = column
