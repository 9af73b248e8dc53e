"""A cap on assets over equity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np

from undertow.core.columns import Columns
from undertow.core.errors import BadNumber, InputError
from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.model.margin._columns import share_of_value
from undertow.model.margin.base import MarginRule, Requirement

MOST_LEVERAGE = 1e6


@dataclass(frozen=True, slots=True)
class LeverageCap(MarginRule):
    """Assets may be at most so many times the equity, all pledged assets alike.

    required = Σ q·value / leverage     over pledged long positions; equity = assets − debt
    trigger_leverage: the account must act above it;  target_leverage: what it goes back to
    Limits: shorts are debts here and need nothing; cash is set against debt (hold cash as an
    instrument where the published model counts it among the assets).
    Source: Breuer, Summer, Urošević (2021); Cont, Schaanning (2017), who let the target lie below
    the trigger; Greenwood, Landier, Thesmar (2015) with the opening leverage as both.
    """

    fixed: ClassVar[bool] = True
    by_value: ClassVar[bool] = True
    rated: ClassVar[Literal["share", "money", "nothing"]] = "nothing"

    trigger_leverage: float
    target_leverage: float

    def __post_init__(self) -> None:
        within("trigger_leverage", self.trigger_leverage, 1.0, MOST_LEVERAGE)
        within("target_leverage", self.target_leverage, 1.0, MOST_LEVERAGE)
        if self.target_leverage > self.trigger_leverage:
            raise BadNumber(
                f"target_leverage {self.target_leverage:g} lies above trigger_leverage "
                f"{self.trigger_leverage:g}; a call must lead back below the trigger."
            )

    @classmethod
    def example(cls, market: Market) -> Self:
        """The Basel leverage ratio of 3 %, restored to 4 %."""
        return cls(trigger_leverage=100 / 3, target_leverage=25.0)

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """One rate for every long position: the inverse of the leverage."""
        leverage = self.target_leverage if target else self.trigger_leverage
        long = np.full(len(market.instruments), 1.0 / leverage)
        return share_of_value(long, np.zeros_like(long), columns)

    def hiked(self, instrument: str, rate: float) -> Self:
        """Refused: the cap knows no instruments."""
        raise InputError(
            f"{instrument!r} cannot be hiked to {rate:g}: leverage_cap has no rate per instrument; "
            "choose another margin rule, or change trigger_leverage."
        )
