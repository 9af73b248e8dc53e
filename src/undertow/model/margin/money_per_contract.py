"""Margin as fixed money per contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Literal, Self

import numpy as np

from undertow.core.columns import Columns
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.model.margin._columns import by_name, money_per_unit
from undertow.model.margin.base import MarginRule, Requirement

RULE = "money_per_contract"


@dataclass(frozen=True, slots=True)
class MoneyPerContract(MarginRule):
    """Equity must be a fixed sum for every contract, whatever its price.

    required = |q|·k·money·fx/contract     k = 1 at the trigger, `target` at the target
    money: maintenance per contract, in the instrument's currency
    contract: units per contract (5,000 ounces of COMEX silver), one for each name in `money`
    target: what a call restores, as a multiple of the trigger (1.1 for CME's heightened-risk
    clients; speculators paid 1.35 before 2012)
    default: share of the value asked of a pledged instrument that is not named
    Limits: quantities are units, not contracts; after a great fall the sum can exceed the value.
    Source: CME metals until 12 January 2026; Reuters factbox of 24 September 2011.
    """

    by_value: ClassVar[bool] = True
    rated: ClassVar[Literal["share", "money", "nothing"]] = "money"

    money: Mapping[str, float]
    contract: Mapping[str, float]
    target: float = 1.0
    default: float = 1.0

    def __post_init__(self) -> None:
        for name, money in self.money.items():
            positive(f"the margin per contract of {name!r}", money)
            if name not in self.contract:
                raise BadNumber(f"{name!r} has a margin but no contract size; add it to contract.")
        for name, size in self.contract.items():
            positive(f"the contract size of {name!r}", size)
        within("target, a multiple of the trigger,", self.target, 1.0, 10.0)
        within("default, the rate of instruments not named,", self.default, 0.0, 1.0)

    @classmethod
    def example(cls, market: Market) -> Self:
        """A tenth of the opening value of a contract of 100 units, 110 % to be restored."""
        names = market.instruments.names
        tenth = (10.0 * market.price).tolist()
        return cls(dict(zip(names, tenth, strict=True)), dict.fromkeys(names, 100.0), target=1.1)

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """Money per unit in the base currency; a share of the value where no sum is known."""
        level = self.target if target else 1.0
        per_unit = {name: level * sum_ / self.contract[name] for name, sum_ in self.money.items()}
        money = by_name(per_unit, 0.0, market, RULE)
        unnamed = by_name(dict.fromkeys(self.money, 0.0), self.default, market, RULE)
        rate = np.minimum(level * unnamed, 1.0)
        return money_per_unit(money * market.fx, rate, columns)

    def hiked(self, instrument: str, rate: float) -> Self:
        """The maintenance per contract becomes `rate`, in the instrument's currency."""
        return replace(self, money={**self.money, instrument: rate})
