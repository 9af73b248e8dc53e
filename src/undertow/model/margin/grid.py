"""The worst loss of the whole account over a list of joint price moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

import numpy as np

from undertow.core.columns import Columns
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import finite, positive, within
from undertow.model.margin._columns import on_pledged
from undertow.model.margin.base import MarginRule, Requirement


@dataclass(frozen=True, slots=True)
class Grid(MarginRule):
    """Equity must cover the account's worst weighted loss over joint moves, hedges included.

    required = k·max(0, max over s of −Σ q·value·weight_s·move_s)     k = 1 or `target`
    moves: return of each instrument in each move; an instrument that is not named does not move
    weights: share of each move's loss that must be covered (extreme moves 33 to 35 %)
    target: what a call restores, as a multiple of the trigger
    Limits: one grid for the whole account, so no credits or add-ons between products; positions
    are linear unless their own moves say otherwise; closing a hedge can *raise* the requirement.
    Source: CME SPAN scanning risk; printed example in McMillan, Options as a Strategic
    Investment, ch. 34.
    """

    fixed: ClassVar[bool] = True
    by_value: ClassVar[bool] = True

    moves: Mapping[str, tuple[float, ...]]
    weights: tuple[float, ...]
    target: float = 1.0

    def __post_init__(self) -> None:
        for weight in self.weights:
            positive("a weight of the grid", weight)
            within("a weight of the grid", weight, 0.0, 1.0)
        for name, returns in self.moves.items():
            if len(returns) != len(self.weights):
                raise BadNumber(
                    f"{name!r} has {len(returns)} moves for {len(self.weights)} weights; "
                    "give one move for each weight."
                )
            for move in returns:
                finite(f"a move of {name!r}", move)
        within("target, a multiple of the trigger,", self.target, 1.0, 10.0)

    @classmethod
    def example(cls, market: Market) -> Self:
        """All instruments together by thirds of 10 %, and twice as far covered 33 %."""
        thirds = (1 / 3, 2 / 3, 1.0, -1 / 3, -2 / 3, -1.0, 2.0, -2.0)
        together = tuple(0.1 * third for third in thirds)
        return cls(
            dict.fromkeys(market.instruments.names, together), (1.0,) * 6 + (0.33,) * 2, target=1.1
        )

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """Weighted losses per move and column; move 0 is no move, so the worst is never below 0."""
        level = self.target if target else 1.0
        fall = np.zeros((1 + len(self.weights), len(market.instruments)))
        for name, returns in self.moves.items():
            place = market.instruments.index(name, "the margin rule grid")
            fall[1:, place] = -level * np.asarray(self.weights) * returns
        return Requirement(rate=on_pledged(fall, -fall, columns), money=np.zeros(columns.count))

    def hiked(self, instrument: str, rate: float) -> Self:
        """The instrument's moves are stretched until the largest weighted one is `rate`."""
        positive(f"the scan range of {instrument!r}", rate)
        before = self.moves.get(instrument, ())
        largest = max((w * abs(m) for w, m in zip(self.weights, before, strict=False)), default=0)
        if largest == 0:
            raise BadNumber(f"{instrument!r} does not move in the grid; give it moves first.")
        after = tuple(move * rate / largest for move in before)
        return replace(self, moves={**self.moves, instrument: after})
