"""The contract of a mechanical trader."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

from undertow.core.market import Market
from undertow.core.shapes import FlagPerInstrument, Floats, PerInstrument


@dataclass(frozen=True, slots=True)
class TraderState:
    """What one trader owns and remembers.

    quantity: signed units per instrument;  cash: base currency (futures as entry-value cash)
    memory: the rule's own numbers, in an order its file documents
    """

    quantity: PerInstrument
    cash: float
    memory: Floats

    def equity(self, market: Market) -> float:
        """Cash plus positions at the present mark, base currency."""
        return float(self.cash + self.quantity @ market.value)


@dataclass(frozen=True, slots=True)
class Moment:
    """When a trader is asked, and what trading costs.

    bar: index of the bar;  days: length of this bar in trading days per instrument (0 if closed)
    closing: instruments whose session ends with this bar
    slope: relative price fall per unit sold now (law linearised at present pressure)
    """

    bar: int
    days: PerInstrument
    closing: FlagPerInstrument
    slope: PerInstrument


class Trader(ABC):
    """What a mechanical trader must do now; a frozen rule, its state is passed in and out.

    Orders are signed units to buy (+) or sell (−) per instrument. The engine fills what the
    venue and the market's brakes allow; what is not filled is the trader's to ask for again.
    Instruments are named in the rule's own parameters.

    Laws: no order for an instrument that is closed (days 0); the same state, market and moment
    give the same orders; orders change neither state nor market; at rest they vanish with the
    length of the bar; the order of instruments in the market does not matter; who wants nothing
    at one slope wants nothing at any: the engine asks all at the tangent, and again at the secant
    over all that is asked only those who want something.

    heeds_slope: orders depend on `moment.slope`; those of a rule that says no are final at once.
    """

    __slots__ = ()

    heeds_slope: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def example(cls, market: Market) -> Self:
        """A small valid member for this market's instruments: for docs and contract tests."""

    @abstractmethod
    def opened(self, market: Market) -> TraderState:
        """Holdings, cash and memory at the opening market."""

    @abstractmethod
    def orders(
        self, state: TraderState, market: Market, moment: Moment
    ) -> tuple[PerInstrument, Floats]:
        """Units to trade now, and the memory to keep."""
