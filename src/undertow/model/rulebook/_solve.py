"""The three prices of a regime: where a pool is called, closed out, and left with nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from undertow.core.book import Kind, Marks
from undertow.model.rulebook._worth import moved
from undertow.model.rulebook.base import Levels, Pool, Rulebook

FARTHEST = 100.0
STEPS = 48
CLOSE = 1e-13
LEAST_RATE = 1e-9


@dataclass(frozen=True, slots=True)
class Exit:
    """What it costs to be closed out, shares of the size closed.

    fee: paid to whoever closes;  gap: how far beyond the trigger the fill is;  neither below 0
    """

    fee: float = 0.0
    gap: float = 0.0

    @property
    def cost(self) -> float:
        """Both together."""
        return self.fee + self.gap


@dataclass(frozen=True, slots=True)
class Moves:
    """How far prices go along a direction until something happens; inf if it never does.

    call, liquidation: equity meets the requirement (0: it is below already)
    zero: nothing is left at the mark;  out: nothing is left once the exit is paid
    left: equity after a close-out at `liquidation`, account's currency, negative if owed; NaN if
    there is none
    """

    call: float
    liquidation: float
    zero: float
    out: float
    left: float


NO_COST = Exit()


def moves(
    rulebook: Rulebook, pool: Pool, along: Mapping[str, float], exit_: Exit = NO_COST
) -> Moves:
    """The moves along a direction to call, close-out and zero equity.

    along: share by which each symbol or currency moves when the move is 1 (SI −1: silver falls)
    """
    points = _points(rulebook, pool, along)

    @cache
    def at(x: float) -> tuple[Levels, Marks]:
        marks = moved(pool.opening, along, x, pool.positions)
        return rulebook.levels(pool, marks), marks

    def first(slack: Callable[[Levels, Marks], float]) -> float:
        return first_below(lambda x: slack(*at(x)), points)

    def after_exit(levels: Levels, marks: Marks) -> float:
        return levels.equity - exit_.cost * pool.gross(marks)

    liquidation = first(lambda levels, _: levels.equity - levels.liquidation)
    zero = first(lambda levels, _: levels.equity)
    return Moves(
        call=first(lambda levels, _: levels.equity - levels.maintenance),
        liquidation=liquidation,
        zero=zero,
        # Both roots are right to a tolerance: of a cost below it the second may lie beyond.
        out=min(zero, first(after_exit)),
        left=after_exit(*at(liquidation)) if math.isfinite(liquidation) else math.nan,
    )


def adverse(rulebook: Rulebook, pool: Pool, symbol: str) -> dict[str, float]:
    """The direction of one symbol, ±1, in which the pool is called.

    The one whose small move costs the pool more excess; with options, which may lose on either
    side, the one with the nearer call.
    """
    up, down = (
        rulebook.levels(pool, moved(pool.opening, {symbol: sign}, 1e-4, pool.positions))
        for sign in (1.0, -1.0)
    )
    falls = down.equity - down.maintenance <= up.equity - up.maintenance
    usual = {symbol: -1.0 if falls else 1.0}
    if all(p.kind is not Kind.OPTION for p in pool.positions):
        return usual
    other = {symbol: -usual[symbol]}
    return other if _call(rulebook, pool, other) < _call(rulebook, pool, usual) else usual


def _call(rulebook: Rulebook, pool: Pool, along: Mapping[str, float]) -> float:
    """The move along a direction at which equity meets maintenance."""

    def slack(x: float) -> float:
        levels = rulebook.levels(pool, moved(pool.opening, along, x, pool.positions))
        return levels.equity - levels.maintenance

    return first_below(slack, _points(rulebook, pool, along))


def price_at(pool: Pool, along: Mapping[str, float], symbol: str, x: float) -> float:
    """Price of a symbol after a move; NaN if the move is infinite."""
    if not math.isfinite(x):
        return math.nan
    return moved(pool.opening, along, x, pool.positions).price[symbol]


def restoring_share(
    rulebook: Rulebook, pool: Pool, *, cost: float = 0.0, initial: bool = False
) -> float:
    """Smallest share of every position whose sale at the opening prices ends the call.

    f = (mN − E)/(N(m − c)) where the requirement is m·N;   cost: lost per money sold
    0 if there is no call, inf if no sale ends it: selling costs more than it releases
    """
    marks, gross = pool.opening, pool.gross(pool.opening)

    def lacking(share: float) -> float:
        levels = rulebook.levels(pool.scaled(1.0 - share), marks)
        return (levels.initial if initial else levels.maintenance) - (
            levels.equity - cost * gross * share
        )

    now = rulebook.levels(pool, marks)
    if now.equity >= now.maintenance:
        return 0.0
    grid = [k / STEPS for k in range(STEPS + 1)]
    return first_below(lacking, grid)


def calling_rate(rulebook: Rulebook, pool: Pool, symbol: str) -> float:
    """Margin rate of a symbol, share of its value, at which the pool is called at opening prices.

    Beyond it a hike alone is a call; below the rate in force if there is a call already; inf if
    not even the whole value asks for more than the equity.
    """
    marks = pool.opening

    def slack(rate: float) -> float:
        levels = rulebook.hiked(symbol, rate, marks.on).levels(pool, marks)
        return levels.equity - levels.maintenance

    return first_below(slack, [LEAST_RATE, *(k / STEPS for k in range(1, STEPS + 1))])


def first_below(slack: Callable[[float], float], points: Iterable[float]) -> float:
    """First x at which `slack` goes below 0, between points that hold its kinks; inf if never.

    Where it is straight between two points the answer is exact, else found by halving.
    """
    rising = iter(points)
    low = next(rising)
    at_low = slack(low)
    if at_low < 0.0:
        return low
    for high in rising:
        at_high = slack(high)
        if at_high < 0.0:
            return _root(slack, (low, at_low), (high, at_high))
        low, at_low = high, at_high
    return math.inf


def _root(
    slack: Callable[[float], float], low: tuple[float, float], high: tuple[float, float]
) -> float:
    (a, at_a), (b, at_b) = low, high
    # The smaller end: a slack that falls without bottom must not widen the tolerance.
    scale = min(at_a, -at_b)
    for _ in range(200):
        straight = a + (b - a) * at_a / (at_a - at_b) if math.isfinite(at_b) else a
        at = slack(straight)
        if abs(at) <= CLOSE * scale or b - a <= CLOSE * max(1.0, b):
            return straight
        middle = 0.5 * (a + b)
        for x, y in ((straight, at), (middle, slack(middle))):
            if a < x < b:
                a, at_a, b, at_b = (x, y, b, at_b) if y >= 0.0 else (a, at_a, x, y)
    return a


def _points(rulebook: Rulebook, pool: Pool, along: Mapping[str, float]) -> list[float]:
    """Moves between which slack is looked at: a grid, and wherever the rules have a kink."""
    falls = [-share for share in along.values() if share < 0.0]
    farthest = 1.0 / max(falls) if falls else FARTHEST
    kinks = [
        (price / pool.opening.price[symbol] - 1.0) / along[symbol]
        for symbol, prices in rulebook.breaks(pool, pool.opening.on).items()
        if along.get(symbol)
        for price in prices
    ]
    # A grid that is finer near 0, where calls are: x = farthest·(e^{s} − 1)/(e − 1).
    even = (math.expm1(5.0 * k / STEPS) / math.expm1(5.0) for k in range(STEPS + 1))
    grid = [farthest * share for share in even]
    return sorted({*grid, *(x for x in kinks if 0.0 < x < farthest)})
