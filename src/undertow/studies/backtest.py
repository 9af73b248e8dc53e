"""The question: do stated probabilities of a call come true?

On dates that lie a horizon apart an account is drawn, its probability of a call is stated from the
returns up to that day, and the days after say whether it was called. By tenths of what was stated
the share that was called must lie in the band of so many independent events.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.random import Generator, default_rng

from undertow.core.answers.survival import BackTest, Decile
from undertow.core.book import BookAccount, Marks, Position
from undertow.core.errors import BadNumber
from undertow.core.shapes import Flags, Floats
from undertow.model.rulebook import Pool, rulebook_of
from undertow.studies.along import along
from undertow.studies.filtered import Filtered, filtered, fitted
from undertow.studies.intervals import counts_between
from undertow.studies.returns import DailyReturns
from undertow.studies.survival import Drawing

TENTHS = 10
PRICE = 100.0
"""Of every position at the start: far above what brokers treat as a low price."""


@dataclass(frozen=True, slots=True)
class Trying:
    """Which accounts are drawn on which days.

    since, until: of the stated probabilities;  history: days of returns that are looked at
    regime: of all accounts, whose symbols must be known to it;  most: positions of an account
    room: excess at the start, between 0 and this many standard deviations of the horizon's gain
    """

    since: date
    until: date
    history: int = 1_000
    regime: str = "reg_t"
    most: int = 3
    room: float = 2.5
    seed: int = 1


def back_tested(returns: DailyReturns, trying: Trying, drawing: Drawing) -> BackTest:
    """State and compare, one account every `drawing.days` trading days: no two windows overlap."""
    rng = default_rng(trying.seed)
    begin, end = (
        int(np.searchsorted(returns.dates, np.datetime64(day)))
        for day in (trying.since, trying.until)
    )
    days = range(max(begin, trying.history), end - drawing.days + 1, drawing.days)
    cases = [_case(returns, day, (trying, drawing), rng) for day in days]
    stated, happened = (np.array(column) for column in zip(*cases, strict=True))
    return BackTest(
        since=returns.dates[days[0]].item(),
        until=returns.dates[days[-1] + drawing.days - 1].item(),
        days=drawing.days,
        cases=len(cases),
        deciles=deciles(stated, happened),
    )


def _case(
    returns: DailyReturns, day: int, how: tuple[Trying, Drawing], rng: Generator
) -> tuple[float, bool]:
    """The stated probability that an account is called after `day` returns, and whether it was."""
    trying, drawing = how
    symbols = rng.permutation(returns.symbols)[: rng.integers(1, trying.most + 1)].tolist()
    mine = returns.of(symbols)
    past = replace(
        mine,
        dates=mine.dates[day - trying.history : day],
        log=mine.log[day - trying.history : day],
    )
    source = filtered(past, drawing.volatility or fitted(past))
    pool = _drawn(trying, source, past, drawing.days, rng)
    way = along(rulebook_of(pool.account), pool, symbols)
    moves = source.paths(drawing.days, drawing.paths, block=drawing.block, seed=day)
    actual = np.cumsum(mine.log[day : day + drawing.days], axis=0)[np.newaxis]
    stated, happened = (way.below(np.exp(each))[0].any(axis=1).mean() for each in (moves, actual))
    return float(stated), bool(happened)


def _drawn(trying: Trying, source: Filtered, past: DailyReturns, days: int, rng: Generator) -> Pool:
    """An account of a unit of money in each position, long twice as often as short."""
    sides = np.where(rng.random(len(past.symbols)) < 2 / 3, 1.0, -1.0)
    on = past.dates[-1].item()
    held = tuple(
        Position("drawn", symbol, side / PRICE, PRICE)
        for symbol, side in zip(past.symbols, sides.tolist(), strict=True)
    )
    marks = Marks(on, dict.fromkeys(past.symbols, PRICE), {"USD": 1.0})
    pool = Pool(BookAccount("drawn", trying.regime, 0.0), held, 0.0, marks)
    together = np.atleast_2d(np.corrcoef(source.surprise.T))
    risk = sides * np.sqrt(source.variance)
    gain = float(np.sqrt(days * risk @ together @ risk))
    needed = rulebook_of(pool.account).levels(pool, marks).maintenance
    return replace(pool, equity=needed + trying.room * float(rng.random()) * gain)


def deciles(stated: Floats, happened: Flags) -> tuple[Decile, ...]:
    """Cases in the order of what was stated, in ten parts as equal as whole numbers allow.

    The band is that of a sum of independent events with the stated chances, so cases must not
    overlap in time. BadNumber if there are fewer than ten.
    """
    if len(stated) < TENTHS:
        raise BadNumber(f"{len(stated)} cases make no deciles; give at least {TENTHS}.")
    order = np.argsort(stated, kind="stable")
    return tuple(_decile(stated[part], happened[part]) for part in np.array_split(order, TENTHS))


def _decile(stated: Floats, happened: Flags) -> Decile:
    low, high = counts_between(stated)
    count = len(stated)
    return Decile(
        cases=count,
        lowest=float(stated.min()),
        highest=float(stated.max()),
        stated=float(stated.mean()),
        happened=float(happened.mean()),
        low=low / count,
        high=high / count,
    )
