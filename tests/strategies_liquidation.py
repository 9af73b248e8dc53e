"""Random batches of called accounts, and what closing their positions means."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms

Floats = np.ndarray

COSTS = ("no cost", "spread", "gentle slope", "steep slope", "mixed")


@dataclass(frozen=True)
class Situation:
    """A batch and its terms, with the slow arithmetic tests compare against."""

    called: Called
    terms: Terms

    def per_slot(self, per_column: Floats) -> Floats:
        return per_column[self.called.column]

    @property
    def net(self) -> Floats:
        """Slack gained by the first unit of each slot, after the spread."""
        release = self.terms.release[self.called.move[:, None], self.called.column]
        return release - self.per_slot(self.terms.spread)

    @property
    def sellable(self) -> Floats:
        """Units that may be closed."""
        return self.per_slot(self.terms.sellable) * np.abs(self.called.quantity)

    @property
    def worth(self) -> Floats:
        """Units that may be closed and raise something, the last one included."""
        slope = self.per_slot(self.terms.slope)
        with np.errstate(divide="ignore", invalid="ignore"):
            stop = np.where(slope > 0.0, self.net / slope, np.inf)
        return np.where(self.net > 0.0, np.minimum(self.sellable, stop), 0.0)

    def cost(self, sold: Floats) -> Floats:
        """Slack lost to spread and slope, per row."""
        spread, slope = self.per_slot(self.terms.spread), self.per_slot(self.terms.slope)
        return (spread * sold + slope * sold**2 / 2).sum(axis=1)

    def raised(self, sold: Floats) -> Floats:
        """Slack raised after cost, per row."""
        slope = self.per_slot(self.terms.slope)
        return (sold * (self.net - slope * sold / 2)).sum(axis=1)

    def sold_by(self, policy: LiquidationPolicy) -> Floats:
        """What a policy sells, written over rubbish."""
        out = np.full(self.called.quantity.shape, np.nan)
        policy.sales(self.called, self.terms, out)
        return out

    def needing(self, need: Floats) -> Situation:
        """The same accounts with another need."""
        c = self.called
        return Situation(Called(c.quantity, c.column, need, c.move, c.weight), self.terms)

    def rows(self, index: Floats | slice) -> Situation:
        """Some of the accounts, in this order."""
        c = self.called
        parts = (c.quantity, c.column, c.need, c.move, c.weight)
        return Situation(Called(*(np.ascontiguousarray(p[index]) for p in parts)), self.terms)


def terms_of(price: Floats, release: Floats, **given: Floats) -> Terms:
    """Terms without cost, everything sellable, no gain, unit risk and depth; [move,] column."""
    zeros, ones = np.zeros(len(price)), np.ones(len(price))
    neutral = {"spread": zeros, "slope": zeros, "sellable": ones, "gain": zeros}
    chosen = {**neutral, "risk": ones, "depth": ones, **given}
    return Terms(price=price, release=np.atleast_2d(release), **chosen)


def called_of(quantity: Floats, need: Floats, column: Floats | None = None) -> Called:
    """Called accounts of weight one under an additive rule; slot k holds column k by default."""
    quantity = np.atleast_2d(np.asarray(quantity, dtype=np.float64))
    rows, slots = quantity.shape
    column = np.arange(slots) if column is None else column
    return Called(
        quantity=quantity,
        column=np.ascontiguousarray(np.broadcast_to(column, quantity.shape), dtype=np.uint16),
        need=np.broadcast_to(np.asarray(need, dtype=np.float64), rows).copy(),
        move=np.zeros(rows, dtype=np.int64),
        weight=np.ones(rows),
    )


@st.composite
def situations(draw: st.DrawFn, most_rows: int = 12, moves: int | None = None) -> Situation:
    """Accounts of up to six positions in up to ten columns; needs from none to impossible."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rows, slots = draw(st.integers(1, most_rows)), draw(st.integers(1, 6))
    columns = draw(st.integers(1, 10))
    terms = _terms(
        rng, columns, moves or draw(st.sampled_from((1, 3))), draw(st.sampled_from(COSTS))
    )
    called = Called(
        quantity=rng.normal(size=(rows, slots)) * 10.0 ** rng.uniform(-1, 3, (rows, slots)),
        column=rng.integers(0, columns, (rows, slots)).astype(np.uint16),
        need=np.zeros(rows),
        move=rng.integers(0, len(terms.release), rows),
        weight=rng.uniform(1.0, 50.0, rows),
    )
    idle = Situation(called, terms)
    return idle.needing(idle.raised(idle.worth) * rng.uniform(0.0, 1.3, rows))


def _terms(rng: np.random.Generator, columns: int, moves: int, cost: str) -> Terms:
    price = 10.0 ** rng.uniform(-1, 4, columns)
    spread = price * rng.uniform(0.0, 0.2, columns)
    slope = price * 10.0 ** rng.uniform(-9, -1, columns)
    steep = price * 10.0 ** rng.uniform(-3, 0, columns)
    some = rng.uniform(size=columns) < 0.5
    none = np.zeros(columns)
    spreads = {"no cost": none, "mixed": np.where(some, spread, 0.0)}
    slopes = {"gentle slope": slope, "steep slope": steep, "mixed": np.where(some, steep, slope)}
    slopes["mixed"][rng.uniform(size=columns) < 0.3] = 0.0
    return Terms(
        price=price,
        release=price * rng.uniform(-0.2, 1.0, (moves, columns)),
        spread=spreads.get(cost, spread),
        slope=slopes.get(cost, none),
        sellable=rng.choice([0.0, 0.3, 1.0], columns, p=[0.1, 0.3, 0.6]),
        gain=price * rng.normal(size=columns),
        risk=rng.uniform(0.001, 0.1, columns),
        depth=price * 10.0 ** rng.uniform(3, 9, columns),
    )
