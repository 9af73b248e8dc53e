"""The worst loss of each product group over equidistant points, after OCC's TIMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

import numpy as np

from undertow.core.columns import Columns
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import positive, within
from undertow.core.shapes import (
    ColumnPerSlot,
    Floats,
    IndexPerColumn,
    PerInstrument,
    PerRow,
    PerSlot,
)
from undertow.model.margin._columns import by_name, on_pledged, share_of_value
from undertow.model.margin.base import MarginRule, Requirement

RULE = "product_groups"


@dataclass(frozen=True, slots=True)
class ProductGroups(MarginRule):
    """Equity must cover each group's worst loss; a hedge counts only inside its own group.

    required = Σ over groups of max(0, max over points t of −Σ q·value·move(t))
    move(t) = t·up for t > 0, t·down for t < 0;   t = ±1/h, …, ±h/h with h = points/2
    ranges: how far an instrument is moved (down, up), shares (0.08, 0.06 for the S&P 500)
    groups: product group by instrument; one that is not named is a group of its own
    points: valuation points, an even number;  target: multiple of the trigger a call restores
    default: range both ways of an instrument that is not named
    Limits: the table ignores offsets and is a ceiling, `exact` gives the trigger with them; the
    target has only the ceiling. Linear positions; no minimum per option contract.
    Source: FINRA rule 4210(g), OCC TIMS; ranges in SEC release 34-46576.
    """

    by_value: ClassVar[bool] = True

    ranges: Mapping[str, tuple[float, float]]
    groups: Mapping[str, str] = field(default_factory=dict)
    points: int = 10
    target: float = 1.0
    default: float = 1.0

    def __post_init__(self) -> None:
        for name, ends in self.ranges.items():
            if len(ends) != 2:
                raise BadNumber(f"the range of {name!r} is {ends}; give two shares, down and up.")
            within(f"the fall of {name!r}", ends[0], 0.0, 1.0)
            within(f"the rise of {name!r}", ends[1], 0.0, 10.0)
        if self.points < 2 or self.points % 2:
            raise BadNumber(f"points is {self.points}; give an even number, 2 or more.")
        within("target, a multiple of the trigger,", self.target, 1.0, 10.0)
        within("default, the range of instruments not named,", self.default, 0.0, 1.0)

    @classmethod
    def example(cls, market: Market) -> Self:
        """Indices' −8 % and +6 % in one group, the last instrument ±15 % in its own."""
        *first, last = market.instruments.names
        ranges = {**dict.fromkeys(first, (0.08, 0.06)), last: (0.15, 0.15)}
        return cls(ranges, dict.fromkeys(first, "index"), target=1.1)

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """Worst loss of each position alone: a ceiling that ignores offsets."""
        level = self.target if target else 1.0
        down, up = self._ends(market)
        return share_of_value(np.minimum(level * down, 1.0), level * up, columns)

    def exact(
        self, quantity: PerSlot, column: ColumnPerSlot, market: Market, columns: Columns
    ) -> PerRow:
        """Trigger requirement per row with offsets inside each group."""
        value = quantity * market.value[columns.instruments][column]
        group, moves = self._groups(market)[columns.instruments], self._moves(market, columns)
        required = np.zeros(len(quantity))
        for one in np.unique(group):
            inside = np.where((group == one)[column], value, 0.0)
            worst = np.zeros(len(quantity))
            for move in moves:
                np.maximum(worst, -(inside * move[column]).sum(axis=1), out=worst)
            required += worst
        return required

    def hiked(self, instrument: str, rate: float) -> Self:
        """The range is stretched until its longer end is `rate`."""
        positive(f"the range of {instrument!r}", rate)
        down, up = self.ranges.get(instrument, (self.default, self.default))
        longer = max(down, up)
        ends = (rate * down / longer, rate * up / longer) if longer else (rate, rate)
        return replace(self, ranges={**self.ranges, instrument: ends})

    def _ends(self, market: Market) -> tuple[PerInstrument, PerInstrument]:
        down = by_name({n: e[0] for n, e in self.ranges.items()}, self.default, market, RULE)
        up = by_name({n: e[1] for n, e in self.ranges.items()}, self.default, market, RULE)
        return down, up

    def _moves(self, market: Market, columns: Columns) -> Floats:
        half = self.points // 2
        steps = np.arange(1, half + 1)[:, np.newaxis] / half
        down, up = self._ends(market)
        moves = np.concatenate([-steps * down, steps * up])
        return on_pledged(moves, moves, columns)

    def _groups(self, market: Market) -> IndexPerColumn:
        for name in self.groups:
            market.instruments.index(name, f"the groups of {RULE}")
        named = {group: place for place, group in enumerate(sorted({*self.groups.values()}))}
        alone = len(named)
        return np.array(
            [
                named[self.groups[name]] if name in self.groups else alone + place
                for place, name in enumerate(market.instruments.names)
            ],
            dtype=np.int64,
        )
