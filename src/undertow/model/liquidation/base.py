"""The contract of a liquidation policy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from undertow.core.shapes import (
    ColumnPerSlot,
    MovePerRow,
    PerColumn,
    PerMoveColumn,
    PerRow,
    PerSlot,
)


@dataclass(frozen=True, slots=True)
class Called:
    """A batch of called accounts of one group.

    quantity: signed units;  column: kind of position;  need: slack to be raised, base currency
    move: the margin rule's move that binds, per row (0 for additive rules)
    weight: real accounts a row stands for
    """

    quantity: PerSlot
    column: ColumnPerSlot
    need: PerRow
    move: MovePerRow
    weight: PerRow


@dataclass(frozen=True, slots=True)
class Terms:
    """What closing one unit of each column means now, all in the base currency per unit.

    price: value of a unit (> 0);  release: slack gained by closing one unit at `price` (at target
    rates, before cost; may be ≤ 0 for a hedge)
    spread: cost of closing the first unit (half spread and fees)
    slope: cost added to *each* unit per unit the row closes (law linearised at present pressure):
    closing x units costs spread·x + slope·x²/2 in slack;   slope ≥ 0
    sellable: share of |quantity| that this seller may close now, 0..1
    gain: profit per unit against the entry price (NaN-free: 0 where no entry is known)
    risk: daily volatility of the column's value, as a share
    depth: value of the market's depth, base currency: larger is more liquid
    """

    price: PerColumn
    release: PerMoveColumn
    spread: PerColumn
    slope: PerColumn
    sellable: PerColumn
    gain: PerColumn
    risk: PerColumn
    depth: PerColumn


class LiquidationPolicy(ABC):
    """What a called account sells to raise its need; a frozen rule without state.

    Laws: 0 ≤ out ≤ sellable·|quantity|; slots with nothing to release after cost (release ≤
    spread) are never sold; a need that can be met is met (Σ out·release − cost = need) without
    selling more than needed, one that cannot is answered with everything worth selling; no row
    reads another; splitting the batch gives the same bytes; no need, no sale.

    whole: the policy closes every slot that releases more than its spread completely, whatever
    the need; it is exempt from "without selling more than needed".
    """

    __slots__ = ()

    whole: ClassVar[bool] = False

    @abstractmethod
    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write the units to close of each slot into `out` (≥ 0, whatever the side)."""
