"""Margin in plain Python: slow, and the same sums as the contract says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from undertow.core.columns import Columns, Way, pledged_columns
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.margin import MarginRule


def priced(**prices: float) -> Market:
    """A calm market of instruments at these prices."""
    return calm_market(plain_instruments(tuple(prices)), np.array(list(prices.values())))


def required(
    rule: MarginRule,
    market: Market,
    units: Sequence[float],
    *,
    columns: Columns | None = None,
    target: bool = False,
) -> float:
    """Requirement of one account that holds signed `units` of each pair."""
    columns = columns or pledged_columns(len(market.instruments))
    table = rule.table(market, columns, target=target)
    money, worst = 0.0, [0.0] * len(table.rate)
    for pair, q in enumerate(units):
        column = 2 * pair + (q < 0)
        money += abs(q) * float(table.money[column])
        value = abs(q) * float(market.value[columns.instrument[pair]])
        for move in range(len(worst)):
            worst[move] += value * float(table.rate[move, column])
    return money + max(worst)


def equity(market: Market, units: Sequence[float], cash: float, columns: Columns) -> float:
    """Cash and pledged positions at the mark."""
    total = cash
    for pair, q in enumerate(units):
        if columns.way[pair] == Way.PLEDGED:
            total += q * float(market.value[columns.instrument[pair]])
    return total


def exact(rule: MarginRule, market: Market, units: Sequence[float], columns: Columns) -> float:
    """The exact trigger requirement of one account, or the table's where that is exact."""
    quantity = np.array([units], dtype=np.float64)
    column = (2 * np.arange(len(units)) + (quantity < 0)).astype(np.uint16)
    found = rule.exact(quantity, column, market, columns)
    return required(rule, market, units, columns=columns) if found is None else float(found[0])
