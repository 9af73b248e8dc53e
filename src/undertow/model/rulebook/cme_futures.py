"""CME futures: money a contract, and since January 2026 a share of the value for metals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import Kind, Marks, Position
from undertow.model.rulebook._cleared import a_silver_future, cleared_terms, initial_factor
from undertow.model.rulebook._rates import Rates, rates_of
from undertow.model.rulebook.base import Levels, Pool, Rulebook, Terms, netted, with_house

REGIME = "cme_futures"


@dataclass(frozen=True, slots=True)
class CmeFutures(Rulebook):
    """Equity must be the exchange's margin per contract, and more to open or to meet a call.

    maintenance = |q|·money, or |q|·multiplier·price·share;   initial = maintenance·factor
    heightened: client of heightened risk, whose initial is 110 % (135 % before 2012)
    A house rate of the broker replaces the exchange's where it is higher.
    Limits: outright positions, each on its own: no SPAN spreads, no options; what the broker does
    after a call is its own affair, so it may sell as soon as the call stands.
    Source: CME advisories, CFTC 39.13(g)(8)(ii); margin.md 1.3.
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.FUTURE})
    settles: ClassVar[str] = "USD"

    heightened: bool = True
    rates: Rates = field(default_factory=lambda: rates_of(REGIME))

    @classmethod
    def example_pool(cls) -> Pool:
        """One silver future at a quarter of equity, on 2026-02-09."""
        return a_silver_future(REGIME)

    def terms(self, on: date) -> Terms:
        """Settled twice a day; a call is met to initial margin within a day or so."""
        return cleared_terms(self.rates, on)

    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Margins of all contracts added; longs and shorts of one symbol net."""
        kept = sum(self._kept(one, pool, marks) for one in netted(pool.positions))
        sold = kept * self.rates.value((), "liquidation_share", marks.on)
        return Levels(pool.equity_at(marks), kept * self.factor(marks.on), kept, sold)

    def factor(self, on: date) -> float:
        """Initial margin as a multiple of maintenance."""
        return initial_factor(self.rates, on, heightened=self.heightened)

    def maintenance(self, position: Position, price: float, on: date) -> float:
        """The exchange's margin of one position in its currency, by the rate of the date."""
        rate = self.rates.find(position.names, "maintenance", on)
        contracts = abs(position.quantity)
        if rate.unit == "share":
            return rate.value * contracts * position.multiplier * price
        return rate.value * contracts

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """Maintenance at a share of the value from that date, whatever it was before."""
        return replace(self, rates=self.rates.hiked(symbol, "maintenance", rate, on))

    def _kept(self, net: Position, pool: Pool, marks: Marks) -> float:
        exchange = self.maintenance(net, marks.price[net.symbol], marks.on)
        house = pool.house(net) * pool.size(net, marks)
        return with_house(exchange * pool.fx(net, marks), house)


def margin_call(equity: float, *, initial: float, maintenance: float) -> float:
    """Money to pay in: back to initial once equity is below maintenance, else nothing."""
    return initial - equity if equity < maintenance else 0.0
