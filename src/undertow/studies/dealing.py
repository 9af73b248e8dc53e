"""What it costs to deal: half the spread, and impact that grows with the root of the size."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from undertow.core.book import Book, Position
from undertow.core.errors import BadNumber, unknown
from undertow.core.market import Market
from undertow.studies.placed import all_pools, placed_in

SHIPPED = Path(__file__).parent / "dealing.csv"
PATH_AVERAGE = 2.0 / 3.0


@dataclass(frozen=True, slots=True)
class Dealing:
    """Cost of one symbol: half_spread + ⅔·coefficient·volatility·√(units/volume), shares.

    half_spread: share of the price;  volatility: per day;  volume: units a day, inf: no impact
    coefficient: of the square-root law, of order 1; the average on the way is ⅔ of the end
    Source: Almgren et al. (2005), Tóth et al. (2011); models.md 3.
    """

    half_spread: float
    volatility: float = 0.0
    volume: float = math.inf
    coefficient: float = 1.0

    def __post_init__(self) -> None:
        sound = self.half_spread >= 0.0 <= self.volatility and self.coefficient >= 0.0
        if not (sound and self.volume > 0.0):
            raise BadNumber(f"{self} has a negative cost or no volume; give shares from 0 up.")

    def impact(self, units: float) -> float:
        """Share of the price lost on average while so many units are dealt."""
        if math.isinf(self.volume):
            return 0.0
        return PATH_AVERAGE * self.coefficient * self.volatility * math.sqrt(units / self.volume)

    def share(self, units: float) -> float:
        """Spread and impact together."""
        return self.half_spread + self.impact(units)


@dataclass(frozen=True, slots=True)
class Dealings:
    """Costs by symbol, and for the rest the round figures of each kind of product.

    volumes: units a day by symbol; without it a symbol of the round figures has no impact
    """

    by_symbol: Mapping[str, Dealing] = field(default_factory=dict)
    volumes: Mapping[str, float] = field(default_factory=dict)

    def of(self, position: Position) -> Dealing:
        """The cost of one position's symbol."""
        for name in position.names:
            if name in self.by_symbol:
                return self.by_symbol[name]
        spread, volatility, coefficient = _row(position.kind)
        volume = self.volumes.get(position.symbol, math.inf)
        return Dealing(spread, volatility, volume, coefficient)

    def assumed(self, position: Position) -> bool:
        """Whether the cost of a symbol is a round figure of its kind."""
        return not any(name in self.by_symbol for name in position.names)


def dealings_in(
    market: Market,
    book: Book,
    *,
    symbols: Mapping[str, str] | None = None,
    coefficient: float = 1.0,
) -> Dealings:
    """Costs of a book's symbols by what a market says of its instruments; the rest by kind.

    half the spread as makers set it, σ₀, and the volume as far as depth is left, in units of the
    book;  symbols: instruments by symbol, where the book has other names
    coefficient: of the square-root law
    """
    calm = market.instruments
    spread = 0.5 * calm.spread * (market.sigma / calm.sigma) / market.available
    volume = calm.volume * market.depth / calm.depth
    found = {}
    for _, pool, _ in all_pools(book):
        for one in placed_in(pool, market, symbols):
            held, at = pool.positions[one.position], one.instrument
            if held.quantity:
                daily = float(volume[at]) * abs(held.quantity / one.units)
                known = (float(spread[at]), float(calm.sigma[at]), daily, coefficient)
                found[held.symbol] = Dealing(*known)
    return Dealings(found)


def _row(kind: str) -> tuple[float, float, float]:
    rows = _shipped()
    if kind not in rows:
        raise unknown("cost of dealing in", kind, rows, SHIPPED.name)
    return rows[kind]


@cache
def _shipped() -> dict[str, tuple[float, float, float]]:
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return {
            row["kind"]: (
                float(row["half_spread"]),
                float(row["volatility"]),
                float(row["coefficient"]),
            )
            for row in csv.DictReader(file)
        }
