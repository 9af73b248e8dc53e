"""The contract of a margin rule."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import ColumnPerSlot, PerColumn, PerMoveColumn, PerRow, PerSlot


@dataclass(frozen=True, slots=True)
class Requirement:
    """Equity a position must be backed by, per column.

    required = Σ|q|·money + max over moves of Σ|q|·value·rate
    rate: share of the position's current value, [move, column]; money: base currency per unit
    """

    rate: PerMoveColumn
    money: PerColumn


class MarginRule(ABC):
    """How much equity an account must hold; a frozen rule without state.

    `target=False` is the trigger (maintenance: below it a call is made), `target=True` what a
    called account must be brought back to (initial). Columns that are not pledged require
    nothing. Requirements are never negative for a single position.

    by_value: the table reads nothing of the market but instruments, prices and exchange rates, so
    it need not be compiled anew while these stand still; a rule that reads more leaves it False.
    rated: what `hiked` takes: a share of value, money per contract, or nothing (no rate per name).
    """

    __slots__ = ()

    by_value: ClassVar[bool] = False
    fixed: ClassVar[bool] = False
    rated: ClassVar[Literal["share", "money", "nothing"]] = "share"

    @classmethod
    def example(cls, market: Market) -> Self:
        """A small valid member for this market's instruments: for docs and contract tests.

        A member whose fields have no defaults overrides it.
        """
        return cls()

    @abstractmethod
    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """Requirement per column at this market."""

    @abstractmethod
    def hiked(self, instrument: str, rate: float) -> Self:
        """The same rule after the exchange sets `instrument`'s rate to `rate` (in its own unit)."""

    def exact(
        self, quantity: PerSlot, column: ColumnPerSlot, market: Market, columns: Columns
    ) -> PerRow | None:
        """Trigger requirement per row where the table is only a ceiling; None where it is exact."""
        return None
