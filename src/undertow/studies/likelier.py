"""The question: what is the cheapest thing to do so that I am not called, so likely?

The trades are those of `remedy` along one direction; what is looked for is the move that must be
survived for the odds wanted. The odds are of paths that are the same at every try.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from undertow.core.answers.remedy import Remedy, Way
from undertow.core.book import Book, Mode, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook import Pool, Rulebook, profit
from undertow.studies.remedy import Means, Wanted, remedy
from undertow.studies.returns import DailyReturns
from undertow.studies.survival import Drawing, survival

FIRST = 0.02
FARTHEST = 0.999
CLOSE = 1e-3


@dataclass(frozen=True, slots=True)
class Odds:
    """The probability of no call that is wanted, and the past from which paths are drawn."""

    probability: float
    returns: DailyReturns
    drawing: Drawing = field(default_factory=Drawing)

    def __post_init__(self) -> None:
        if not 0.0 < self.probability < 1.0:
            raise BadNumber(f"a probability of {self.probability} cannot be had; give 0 to 1.")

    def of(self, rulebook: Rulebook, pool: Pool) -> float:
        """Probability that a pool is not called; 1 if it holds nothing."""
        if not any(one.quantity for one in pool.positions):
            return 1.0
        book, name = _alone(pool), pool.account.account
        found = survival(book, self.returns, drawing=self.drawing, rulebooks={name: rulebook})
        return found[0].no_call.value


@dataclass(frozen=True, slots=True)
class Likelier:
    """A remedy and the odds with and without its trades.

    now, then: probability of no call over the horizon, as things are and after `remedy.trades`
    """

    remedy: Remedy
    now: float
    then: float


def likelier(
    rulebook: Rulebook, pool: Pool, along: Mapping[str, float], odds: Odds, means: Means
) -> Likelier | None:
    """The cheapest trades along a direction that bring the odds; None if no trades do."""
    now = odds.of(rulebook, pool)
    last = remedy(rulebook, pool, Wanted(along, FIRST), replace(means, hedges=()))
    if now >= odds.probability:
        return Likelier(last, now, now)

    def tried(beyond: float) -> tuple[Remedy, float]:
        found = remedy(rulebook, pool, Wanted(along, beyond), replace(means, hedges=()))
        way = found.trades
        return found, 0.0 if way is None else odds.of(rulebook, after(pool, way))

    low, high = 0.0, FIRST
    found, then = tried(high)
    while then < odds.probability:
        if found.trades is None or high >= FARTHEST:
            return None
        low, high = high, min(FARTHEST, 2.0 * high)
        found, then = tried(high)
    while high - low > CLOSE * high:
        middle = 0.5 * (low + high)
        there, likely = tried(middle)
        if likely >= odds.probability:
            high, found, then = middle, there, likely
        else:
            low = middle
    return Likelier(found, now, then)


def after(pool: Pool, way: Way) -> Pool:
    """The pool once a way's trades of its own positions are made, paid and money brought in."""
    left = {trade.at: 1.0 - trade.share for trade in way.trades}
    held = (
        replace(one, quantity=one.quantity * left.get(at, 1.0))
        for at, one in enumerate(pool.positions)
    )
    kept = tuple(one for one in held if one.quantity)
    return replace(pool, positions=kept, equity=pool.equity - way.cost + way.deposit)


def _alone(pool: Pool) -> Book:
    """A book of one pool."""
    marks = pool.opening
    held = tuple(_with_margin(one, pool) for one in pool.positions)
    price = {p.symbol: marks.price[p.symbol] for p in held}
    held = tuple(replace(p, price=price[p.symbol]) for p in held)
    account = replace(pool.account, equity=pool.equity)
    return Book(held, (account,), marks.on, marks.fx, quotes=marks.price)


def _with_margin(position: Position, pool: Pool) -> Position:
    """An isolated position with the margin that gives its pool's equity."""
    if position.mode is Mode.CROSS:
        return position
    marks = pool.opening
    gained = profit(position, position.entry, marks.price[position.symbol])
    return replace(position, isolated_margin=pool.equity - gained * pool.fx(position, marks))
