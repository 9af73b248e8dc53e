"""Margin tests as weights: what one signed unit of each column adds to an account's slack.

slack = cash + min over rows m of (offset[m] + Σ q·weight[m, c])
weight = h·value − sign·(value·rate + money), h = 1 for pledged columns and 0 elsewhere
cash row (variation settled in cash): futures count their value, all else nothing, offset is the
credit line. A margin hike moves weights exactly as a price fall does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import PerColumn, PerMove, PerMoveColumn
from undertow.model.margin.base import Requirement
from undertow.model.scenario import Regime


@dataclass(frozen=True, slots=True)
class Weights:
    """One test: `weight` [move, column] and `offset` [move], base currency per signed unit.

    rate, money: the requirement behind it (0 in the cash row), for the ledger
    """

    weight: PerMoveColumn
    offset: PerMove
    rate: PerMoveColumn
    money: PerMoveColumn


def weights(
    regime: Regime,
    market: Market,
    columns: Columns,
    *,
    target: bool,
    before: Weights | None = None,
) -> Weights:
    """The trigger test (`target=False`) or the test a called account must pass again.

    before: the test under the same tables at other prices; its rates are taken over as they are
    """
    required = regime.rule.table(market, columns, target=target)
    value = market.value[columns.instruments]
    pledged = columns.pledged
    counted = np.where(pledged, value, 0.0)
    margin = counted - columns.sign * (counted * required.rate + pledged * required.money)
    if regime.cash_test:
        future = market.instruments.future[columns.instruments]
        margin = np.vstack([margin, np.where(future, counted, 0.0)])
    if before is not None:
        return Weights(margin, before.offset, before.rate, before.money)
    rate, money = _rows(required, pledged)
    offset = np.zeros(len(required.rate))
    if regime.cash_test:
        rate, money = (np.vstack([rows, np.zeros(columns.count)]) for rows in (rate, money))
        offset = np.append(offset, regime.credit_line)
    return Weights(margin, offset, rate, money)


def _rows(required: Requirement, pledged: np.ndarray) -> tuple[PerMoveColumn, PerMoveColumn]:
    rate = np.where(pledged, required.rate, 0.0)
    return rate, np.where(pledged, required.money, 0.0) + 0.0 * rate


def releases(test: Weights, market: Market, columns: Columns) -> PerMoveColumn:
    """Slack gained by closing one unit of each column at the mark, per move, before cost.

    requirement + sign·(received − equity it counts for): without the equity that cancels, so that
    a long and a short with one requirement release the same to the last bit.
    """
    value = market.value[columns.instruments]
    required = value * test.rate + test.money
    pledged = np.where(columns.pledged, value, 0.0)
    counted = np.where(required == 0.0, test.weight, pledged)
    received: PerColumn = columns.per_column(columns.released) * value
    return required + columns.sign * (received - counted)
