"""What perpetual venues share: terms, sizes of net positions, rates that rise with size."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar, Self

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._rates import Rates
from undertow.model.rulebook._tiers import Tiers
from undertow.model.rulebook.base import (
    Absorber,
    Pool,
    RestoredTo,
    Rulebook,
    Seller,
    Terms,
    Timing,
    netted,
    with_house,
)

KEPT = "maintenance"
MOST = "max_leverage"


@dataclass(frozen=True, slots=True)
class PerpetualRules(Rulebook):
    """A venue of perpetuals: tested at each tick of the mark, no grace, sold by its engine.

    leverage: chosen by the client, 0 for the most that the tier allows
    source: of the terms
    """

    kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.PERPETUAL, Kind.INVERSE})
    proportional: ClassVar[bool] = False
    source: ClassVar[str]

    leverage: float = 0.0
    rates: Rates = field(kw_only=True)

    def terms(self, on: date) -> Terms:
        """Each tick, no grace; the engine sells, the fund or vault pays, winners last."""
        return Terms(
            tested=Timing.TICK,
            grace_days=0.0,
            restored_to=RestoredTo.MAINTENANCE,
            sells=Seller.ENGINE,
            absorbs=Absorber.INSURANCE_THEN_ADL,
            source=self.source,
        )

    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The lowest tier's rate becomes `rate`; a higher tier keeps its own if that is more."""
        return replace(self, rates=self.rates.hiked(symbol, KEPT, rate, on))


def half_a_bitcoin(regime: str, symbol: str, currency: str, *, contract: float = 1.0) -> Pool:
    """Half a bitcoin at five times, on 2026-01-30; `contract` is the size of one."""
    account = BookAccount("perps", regime, 8_000.0, currency)
    held = Position(
        "perps", symbol, 0.5 / contract, 80_000.0, Kind.PERPETUAL, 80_000.0, contract, currency
    )
    return Pool(account, (held,), account.equity, Marks(date(2026, 1, 30), {symbol: 80_000.0}))


@dataclass(frozen=True, slots=True)
class Sized:
    """One net position of a pool. size: unsigned, in its own currency;  fx: into the account's"""

    position: Position
    size: float
    fx: float
    house: float

    @property
    def units(self) -> float:
        """Contracts times multiplier, unsigned."""
        return abs(self.position.quantity * self.position.multiplier)


def apart(positions: tuple[Position, ...]) -> tuple[Position, ...]:
    """One position per symbol and side: longs do not pay for shorts, as in hedge mode."""
    longs = tuple(p for p in positions if p.quantity >= 0.0)
    shorts = tuple(p for p in positions if p.quantity < 0.0)
    return (*netted(longs), *netted(shorts))


def sized(pool: Pool, marks: Marks, *, hedged: bool = False) -> Iterator[Sized]:
    """Net positions with their sizes at given prices; hedged: longs and shorts are not netted."""
    for one in apart(pool.positions) if hedged else netted(pool.positions):
        fx = pool.fx(one, marks)
        yield Sized(one, pool.size(one, marks) / fx, fx, pool.house(one))


def kept(rates: Rates, one: Sized, size: float, on: date) -> float:
    """Maintenance of a size in the position's currency: N·mmr_k − cum_k, or the house's."""
    house = one.house * size
    if by_house_alone(rates, one, KEPT, on):
        return house
    return with_house(rates.tiers(one.position.names, KEPT, on).required(size), house)


def by_house_alone(rates: Rates, one: Sized, what: str, on: date) -> bool:
    """Whether a position has a house rate and the table none: then that one stands alone."""
    return one.house > 0.0 and not rates.has(one.position.names, what, on)


def opened(rates: Rates, one: Sized, chosen: float, on: date) -> float:
    """Initial margin in the position's currency: N/leverage, chosen or the most of its tier."""
    names = one.position.names
    if not rates.has(names, MOST, on):
        return one.size / chosen if chosen else 0.0
    most = rates.tiers(names, MOST, on).rate(one.size)
    return one.size / (min(chosen, most) if chosen else most)


def edges(rates: Rates, pool: Pool, on: date, what: str = KEPT) -> Mapping[str, tuple[float, ...]]:
    """Prices at which a position, or one side of it, passes into another tier."""
    found: dict[str, tuple[float, ...]] = {}
    for p in dict.fromkeys((*netted(pool.positions), *apart(pool.positions))):
        if p.quantity and rates.has(p.names, what, on):
            above = rates.tiers(p.names, what, on).above
            prices = tuple(price_of(p, edge) for edge in above if edge)
            found[p.symbol] = (*found.get(p.symbol, ()), *prices)
    return found


def price_of(position: Position, size: float) -> float:
    """Price at which a position has an unsigned size in its own currency."""
    units = abs(position.quantity * position.multiplier)
    return units / size if position.kind is Kind.INVERSE else size / units


def entry_value(position: Position, otherwise: float) -> float:
    """Unsigned size at the entry price, or at another one if that is not known."""
    price = otherwise if math.isnan(position.entry) else position.entry
    units = abs(position.quantity * position.multiplier)
    return units / price if position.kind is Kind.INVERSE else units * price


def down_to(tiers: Tiers, size: float, steps: int) -> float:
    """What is left of a size after it goes down some tiers: the upper edge of the one reached."""
    k = tiers.tier(size) - steps
    return tiers.above[k + 1] if k >= 0 else 0.0


def tier_below(rates: Rates, position: Position, price: float, on: date) -> float:
    """Contracts to sell to come down to the tier below; all of a position in the lowest."""
    size = entry_value(replace(position, entry=price), price)
    left = down_to(rates.tiers(position.names, KEPT, on), size, 1)
    return abs(position.quantity) * (1.0 - left / size)


def mark_liquidation_price(
    position: Position, *, margin: float, rate: float, amount: float = 0.0
) -> float:
    """Mark price at which equity is the maintenance of the value at that price.

    linear: (q·entry − margin − amount)/(q − |q|·rate)
    inverse: (q + |q|·rate)/(q/entry + margin + amount);   q signed
    margin: behind the position, in what it settles in;  rate: mmr, with a reserved fee added
    Source: Bybit help, isolated mode (2026-05-27, inverse); Gate and OKX help; margin.md 1.0.
    """
    units = position.quantity * position.multiplier
    if position.kind is Kind.INVERSE:
        return meeting(units / position.entry + margin + amount, units + abs(units) * rate)
    return (units * position.entry - margin - amount) / (units - abs(units) * rate)


def meeting(coins: float, units: float) -> float:
    """units/coins, infinite where a short has coins enough for any price."""
    return units / coins if coins * units > 0.0 else math.inf
