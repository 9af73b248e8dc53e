"""Sales as flows: seller, cause, what was sold, dollars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from undertow.core.answers.tables import Tables

OWN_RULE, REST = "own rule", "other"
HIKES, CONTAGION = "margin hike", "forced selling"
KINDS = (HIKES, CONTAGION, OWN_RULE)
"""Causes that are shown whatever their size."""


@dataclass(frozen=True, slots=True)
class Flow:
    """So many dollars of `sold`, sold by `seller` because of `cause`."""

    seller: str
    cause: str
    sold: str
    usd: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dollars by row and column, in the order in which they stand."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    usd: dict[tuple[str, str], float]


def flows(tables: Tables) -> list[Flow]:
    """All sales after a call by cause, and all sales by rule without one."""
    called = tables.contagion.select("seller", "origin", "sold", "usd")
    found = [Flow(*row) for row in called.iter_rows()]
    sellers = {flow.seller for flow in found}
    own: dict[tuple[str, str], float] = defaultdict(float)
    for seller, sold, usd in tables.sales.select("segment", "instrument", "usd").iter_rows():
        if seller not in sellers:
            own[seller, sold] += usd
    return found + [Flow(seller, OWN_RULE, sold, usd) for (seller, sold), usd in own.items()]


def kind_of(flow: Flow) -> str:
    """News by its instrument, as it is told; hikes and forced selling of all instruments as one."""
    _, _, kind = flow.cause.rpartition(": ")
    return kind if kind in KINDS else flow.cause


def matrix(
    found: Iterable[Flow], column: Callable[[Flow], str], *, rows: int, columns: int
) -> Matrix:
    """The largest rows and columns, the rest as one, then the kinds that are always shown."""
    listed = [flow for flow in found if flow.usd > 0.0]
    across = [(column(flow), flow.usd) for flow in listed]
    downs = _largest(((flow.sold, flow.usd) for flow in listed), rows)
    names = _largest(((name, usd) for name, usd in across if name not in KINDS), columns)
    names += [kind for kind in KINDS if any(name == kind for name, _ in across)]
    table: dict[tuple[str, str], float] = defaultdict(float)
    for flow, (name, money) in zip(listed, across, strict=True):
        row = flow.sold if flow.sold in downs else REST
        table[row, name if name in names else REST] += money
    return Matrix(tuple(downs), tuple(names), dict(table))


def _largest(parts: Iterable[tuple[str, float]], count: int) -> list[str]:
    """The names with most, and a rest if more than `count` have any."""
    total: dict[str, float] = defaultdict(float)
    for name, usd in parts:
        total[name] += usd
    names = sorted(total, key=lambda name: -total[name])[:count]
    return [*names, REST] if len(total) > count else names
