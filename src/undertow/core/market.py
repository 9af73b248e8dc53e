"""What everyone can see of each instrument."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.errors import unknown
from undertow.core.shapes import FlagPerInstrument, InstrumentMatrix, PerInstrument


@dataclass(frozen=True, slots=True)
class Instruments:
    """What does not change during a run: one entry per instrument, in the order of `names`.

    depth: units that move an instrument by its law's unit of pressure, in normal times
    volume: units dealt on a normal trading day;  sigma: daily volatility, frozen and dated
    spread: normal bid-ask spread as a share of the price;  resilience: τ in trading days
    permanent: fall of the log price that stays, per normal depth sold (linear in units)
    outstanding: units in existence
    lookthrough: B[a, u], pressure of product `a` that is pressure of underlying `u`; rows of
    instruments without a product structure are rows of the identity
    future: variation margin is settled in cash
    """

    names: tuple[str, ...]
    depth: PerInstrument
    volume: PerInstrument
    sigma: PerInstrument
    spread: PerInstrument
    resilience: PerInstrument
    permanent: PerInstrument
    outstanding: PerInstrument
    lookthrough: InstrumentMatrix
    future: FlagPerInstrument

    def __len__(self) -> int:
        return len(self.names)

    def index(self, name: str, where: str = "") -> int:
        """Position of `name`; UnknownName with the nearest name if it is not in this market."""
        if name not in self.names:
            raise unknown("instrument", name, self.names, where)
        return self.names.index(name)


@dataclass(frozen=True, slots=True)
class Market:
    """The market at one instant.

    fundamental: F, price without pressure;  pressure: z, dimensionless, decaying
    lasting: normal depths sold so far, net, which never decay
    price: what was last dealt, the mark of every account
    fx: base currency per unit of the instrument's currency
    depth: units, after makers have withdrawn;  available: share makers have *not* withdrawn
    sigma: daily volatility as seen now;  settlement: previous settlement price
    sellable, buyable: share of orders the venue accepts now, 0 or 1
    """

    instruments: Instruments
    fundamental: PerInstrument
    pressure: PerInstrument
    lasting: PerInstrument
    price: PerInstrument
    fx: PerInstrument
    depth: PerInstrument
    available: PerInstrument
    sigma: PerInstrument
    settlement: PerInstrument
    sellable: PerInstrument
    buyable: PerInstrument

    @property
    def value(self) -> PerInstrument:
        """Price of one unit in the base currency."""
        return self.price * self.fx


def calm_market(instruments: Instruments, price: PerInstrument) -> Market:
    """A market at rest: no pressure, normal depth and volatility, every venue open."""
    ones = np.ones(len(instruments))
    price = np.asarray(price, dtype=np.float64)
    return Market(
        instruments=instruments,
        fundamental=price.copy(),
        pressure=0.0 * ones,
        lasting=0.0 * ones,
        price=price.copy(),
        fx=ones.copy(),
        depth=instruments.depth.copy(),
        available=ones.copy(),
        sigma=instruments.sigma.copy(),
        settlement=price.copy(),
        sellable=ones.copy(),
        buyable=ones.copy(),
    )


def plain_instruments(names: tuple[str, ...], **given: PerInstrument) -> Instruments:
    """Instruments with unit depth, volume and volatility, no spread, no look-through, no decay."""
    ones = np.ones(len(names))
    neutral = {
        "depth": ones,
        "volume": ones,
        "sigma": ones,
        "spread": 0.0 * ones,
        "resilience": np.full(len(names), np.inf),
        "permanent": 0.0 * ones,
        "outstanding": ones,
        "lookthrough": np.eye(len(names)),
    }
    future = np.asarray(given.pop("future", np.zeros(len(names))), dtype=np.bool_)
    return Instruments(names=names, future=future, **{**neutral, **given})
