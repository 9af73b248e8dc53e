"""Sales as flows: seller, cause, what was sold, dollars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from undertow.core.answers.tables import Tables

OWN_RULE = ""
"""The cause of what a trader sells without any call."""


@dataclass(frozen=True, slots=True)
class Flow:
    """So many dollars of `sold`, sold by `seller` because of `cause`."""

    seller: str
    cause: str
    sold: str
    usd: float


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dollars by row and column; a rest stands under `None`."""

    rows: tuple[str | None, ...]
    columns: tuple[str | None, ...]
    usd: dict[tuple[str | None, str | None], float]


def flows(tables: Tables) -> list[Flow]:
    """All sales after a call by cause, and all sales by rule without one."""
    called = [Flow(*row) for row in
              tables.contagion.select("seller", "origin", "sold", "usd").iter_rows()]  # fmt: skip
    sellers = {flow.seller for flow in called}
    own = Counter[tuple[str, str]]()
    for seller, sold, usd in tables.sales.select("segment", "instrument", "usd").iter_rows():
        if seller not in sellers:
            own[seller, sold] += usd
    return called + [Flow(seller, OWN_RULE, sold, usd) for (seller, sold), usd in own.items()]


def matrix(
    found: Iterable[Flow], column: Callable[[Flow], str], *, rows: int, columns: int
) -> Matrix:
    """The largest rows and columns; what is left goes into a rest at the end."""
    listed = [flow for flow in found if flow.usd > 0.0]
    downs = _largest(((flow.sold, flow.usd) for flow in listed), rows)
    across = _largest(((column(flow), flow.usd) for flow in listed), columns)
    usd = Counter[tuple[str | None, str | None]]()
    for flow in listed:
        row = flow.sold if flow.sold in downs else None
        usd[row, column(flow) if column(flow) in across else None] += flow.usd
    present_rows, present_columns = {row for row, _ in usd}, {col for _, col in usd}
    return Matrix(
        tuple(_with_rest(downs, present_rows)), tuple(_with_rest(across, present_columns)), dict(usd)
    )


def _largest(parts: Iterable[tuple[str, float]], count: int) -> list[str]:
    total = Counter[str]()
    for name, usd in parts:
        total[name] += usd
    return [name for name, _ in total.most_common(count)]


def _with_rest(names: list[str], present: set[str | None]) -> Iterator[str | None]:
    yield from names
    if None in present:
        yield None
