"""The question: what is the cheapest thing to do so that I am not called before a given move?

Requirements are the rulebook's own: trades are priced, the account is looked at again at the move
(and wherever it would be called before), and every answer is solved anew by `moves`. Advice is
arithmetic: it knows what things cost and release, not where prices go.
Limits: of a long book the hundred largest positions are candidates for the cheapest sales.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from undertow.core.answers.remedy import Remedy, Trade, Way
from undertow.core.book import Book, Kind, Marks, Mode, Position
from undertow.core.errors import BadNumber, unknown
from undertow.core.shapes import Floats, Rows
from undertow.model.rulebook import Moves, Pool, Rulebook, moved, moves, pools, rulebook_of
from undertow.studies._hedging import least
from undertow.studies._least_cost import Costs, cheapest
from undertow.studies.dealing import Dealing, Dealings

LINES = 100
"""Largest positions among which the cheapest sales are looked for: each line takes a look more."""
POINTS = 12
"""How often a call before the move may add a point at which to look."""
WITHIN = 1e-9
LITTLE = 0.01
"""Part of a contract that is not worth one, if the move is reached without it."""
CONTRACTS = frozenset({Kind.FUTURE, Kind.OPTION})

Made = Callable[[tuple[float, ...]], "Way | None"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be survived: a move of `beyond` along a direction.

    along: share by which each symbol or currency moves when the move is 1 (SI −1: silver falls)
    """

    along: Mapping[str, float]
    beyond: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.beyond) and self.beyond > 0.0):
            raise BadNumber(f"a move of {self.beyond} cannot be survived; give one above 0.")


@dataclass(frozen=True, slots=True)
class Means:
    """What may be done.

    dealings: what it costs;  hedges: instruments that may be opened, quantity unread
    whole: futures and options in whole contracts, rounded up where that still reaches the move
    """

    dealings: Dealings = field(default_factory=Dealings)
    hedges: Sequence[Position] = ()
    whole: bool = False


def remedies(
    book: Book, wanted: Wanted, means: Means, rulebooks: Mapping[str, Rulebook] | None = None
) -> tuple[Remedy, ...]:
    """The remedy of every pool of a book.

    rulebooks: by account, where they are not the shipped ones
    """
    known = book.marks.price.keys() | book.marks.fx.keys()
    for name in wanted.along:
        if name not in known:
            raise unknown("symbol or currency", name, known, "the direction")
    own = rulebooks or {}
    return tuple(
        remedy(own.get(account.account) or rulebook_of(account), pool, wanted, means)
        for account in book.accounts
        for pool in pools(book, account)
    )


def remedy(rulebook: Rulebook, pool: Pool, wanted: Wanted, means: Means) -> Remedy:
    """What brings the call of one pool beyond a move: trades, money, hedges.

    hedges of an isolated position are none: what is opened beside it has a margin of its own
    """
    asked = _Asked(rulebook, pool, wanted, means)
    now = asked.moves(pool)
    alone = pool.positions[0].mode is Mode.ISOLATED
    deposit = asked.until_reached(asked.deposited) or asked.way(pool, (), 0.0)
    candidates = () if alone or not deposit.deposit else tuple(means.hedges)
    ways = [asked.until_reached(asked.hedged(one)) for one in candidates]
    found = sorted((way for way in ways if way is not None), key=lambda way: way.cost)
    return Remedy(
        account=pool.account.account,
        pool=pool.positions[0].symbol if alone else "",
        regime=pool.account.regime,
        currency=pool.account.currency,
        along=dict(wanted.along),
        beyond=wanted.beyond,
        call=now.call,
        liquidation=now.liquidation,
        need=deposit.deposit,
        trades=asked.until_reached(asked.cheapest),
        pro_rata=asked.until_reached(asked.evenly),
        deposit=deposit,
        hedges=tuple(found),
        unable=tuple(one.symbol for one, way in zip(candidates, ways, strict=True) if way is None),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One pool and what is asked of it."""

    rulebook: Rulebook
    pool: Pool
    wanted: Wanted
    means: Means

    def until_reached(self, made: Made) -> Way | None:
        """A way that holds at every point up to the move: where it is called before, look there."""
        points: tuple[float, ...] = (self.wanted.beyond,)
        for _ in range(POINTS):
            way = made(points)
            if way is None or way.call >= self.wanted.beyond * (1.0 - WITHIN):
                return way
            points = (*points, way.call)
        return None

    def cheapest(self, points: tuple[float, ...]) -> Way | None:
        """The cheapest shares to close."""
        if self.spare(self.pool, points) >= 0.0:
            return self.way(self.pool, (), 0.0)
        costs, largest = self._costs(), self._largest()

        def all_of(x: Floats) -> Floats:
            shares = np.zeros(len(self.pool.positions))
            shares[largest] = x
            return shares

        found = cheapest(lambda x: self.spare(self._closed(all_of(x)), points), costs.of(largest))
        # Many small lines may do what the largest cannot.
        return self.evenly(points) if found is None else self._rounded(all_of(found))

    def evenly(self, points: tuple[float, ...]) -> Way | None:
        """The same share of every position."""
        if self.spare(self.pool, points) >= 0.0:
            return self.way(self.pool, (), 0.0)
        costs, n = self._costs(), len(self.pool.positions)

        def left(share: float) -> float:
            x = np.full(n, min(1.0, share))
            return self.spare(self._closed(x), points) - float(costs.each(x).sum())

        share = least(left, 1.0)
        return None if share is None or share > 1.0 else self._sold(np.full(n, share))

    def deposited(self, points: tuple[float, ...]) -> Way | None:
        """Money alone."""
        need = max(0.0, -self.spare(self.pool, points))
        there = replace(self.pool, equity=self.pool.equity + need)
        return replace(self.way(there, (), 0.0), deposit=need)

    def hedged(self, candidate: Position) -> Made:
        """A way by one instrument alone, whose price must be known."""
        prices = self.pool.opening.price
        if candidate.symbol not in prices and math.isnan(candidate.price):
            raise unknown("price of", candidate.symbol, prices, "the book")
        known = {candidate.symbol: candidate.price, **prices}
        pool = replace(self.pool, opening=replace(self.pool.opening, price=known))
        line = replace(
            candidate, account=pool.account.account, price=known[candidate.symbol],
            entry=known[candidate.symbol], mode=Mode.CROSS,
        )  # fmt: skip
        return lambda points: self._hedge(pool, line, points)

    def spare(self, pool: Pool, points: tuple[float, ...]) -> float:
        """Least excess over the call's requirement at some moves, before the cost of trades."""
        return min(self._excess(pool, self._at(pool, point)) for point in points)

    def moves(self, pool: Pool) -> Moves:
        """The moves along the direction, solved."""
        return moves(self.rulebook, pool, self.wanted.along)

    def way(self, pool: Pool, trades: tuple[Trade, ...], cost: float) -> Way:
        """A way and where it leads: the pool is the one after it, its cost paid."""
        if not pool.positions:
            return Way(trades, 0.0, cost, math.inf, math.inf)
        found = self.moves(pool)
        return Way(trades, 0.0, cost, found.call, found.liquidation)

    def _at(self, pool: Pool, point: float) -> Marks:
        return moved(pool.opening, self.wanted.along, point, pool.positions)

    def _excess(self, pool: Pool, marks: Marks) -> float:
        levels = self.rulebook.levels(pool, marks)
        return levels.equity - levels.maintenance

    def _costs(self) -> Costs:
        held = self.pool.positions
        dealt = [self.means.dealings.of(one) for one in held]
        return Costs(
            np.array([self._value(one) for one in held]),
            np.array([each.half_spread for each in dealt]),
            np.array(
                [each.impact(abs(one.quantity)) for each, one in zip(dealt, held, strict=True)]
            ),
        )

    def _largest(self) -> Rows:
        """Places of the largest positions, in their order."""
        values = [self._value(one) for one in self.pool.positions]
        return np.sort(np.argsort(values, kind="stable")[-LINES:])

    def _value(self, position: Position) -> float:
        return self.pool.size(position, self.pool.opening)

    def _closed(self, x: Floats) -> Pool:
        """The pool without some shares of its positions, its equity before cost."""
        pairs = zip(self.pool.positions, x.tolist(), strict=True)
        held = tuple(replace(p, quantity=p.quantity * (1.0 - s)) for p, s in pairs if s < 1.0)
        return replace(self.pool, positions=held)

    def _sold(self, x: Floats) -> Way:
        costs, prices = self._costs().each(x), self.pool.opening.price
        each = zip(self.pool.positions, x.tolist(), costs.tolist(), strict=True)
        trades = tuple(
            Trade(p.symbol, -p.quantity * s, s, prices[p.symbol], self._value(p) * s, c, at)
            for at, (p, s, c) in enumerate(each)
            if s > WITHIN
        )
        cost = float(costs.sum())
        after = self._closed(x)
        return self.way(replace(after, equity=after.equity - cost), trades, cost)

    def _rounded(self, x: Floats) -> Way:
        """The shares, or the next whole contracts above them if these reach the move."""
        exact = self._sold(x)
        if not self.means.whole:
            return exact
        units = np.array([abs(one.quantity) for one in self.pool.positions])
        is_whole = np.array([one.kind in CONTRACTS for one in self.pool.positions])
        up = np.minimum(1.0, np.maximum(0.0, np.ceil(x * units - LITTLE)) / units)
        whole = self._sold(np.where(is_whole, up, x))
        return whole if whole.call >= self.wanted.beyond else exact

    def _hedge(self, pool: Pool, line: Position, points: tuple[float, ...]) -> Way | None:
        if self.spare(self.pool, points) >= 0.0:
            return self.way(self.pool, (), 0.0)
        dealt = self.means.dealings.of(line)
        worth = pool.size(replace(line, quantity=1.0), pool.opening)
        side = self._gaining(pool, line)
        if (
            worth <= 0.0
            or not side
            or self.rulebook.findings(_with(pool, line, side), pool.opening)
        ):
            return None

        def spare(units: float) -> float:
            return self.spare(_with(pool, line, side * units), points) - _cost(dealt, worth, units)

        units = least(spare, pool.gross(pool.opening) / worth)
        if units is None:
            return None
        units = math.ceil(units) if self.means.whole and line.kind in CONTRACTS else units
        cost = _cost(dealt, worth, units)
        trade = Trade(line.symbol, side * units, 0.0, line.price, worth * units, cost)
        after = _with(pool, line, side * units)
        return self.way(replace(after, equity=after.equity - cost), (trade,), cost)

    def _gaining(self, pool: Pool, line: Position) -> float:
        """The side of an instrument that gains along the direction, 0 if it does not move."""
        one = replace(pool, positions=(replace(line, quantity=1.0),), equity=0.0)
        return float(np.sign(one.equity_at(self._at(one, self.wanted.beyond))))


def _with(pool: Pool, line: Position, units: float) -> Pool:
    return replace(pool, positions=(*pool.positions, replace(line, quantity=units)))


def _cost(dealt: Dealing, worth: float, units: float) -> float:
    return worth * units * dealt.share(units)
