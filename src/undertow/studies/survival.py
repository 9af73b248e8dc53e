"""The question: how likely is it that I am not called, and not sold out, over so many days?

The answer is arithmetic over drawn paths: the book is left as it is, every close is tested (and
the worst of every day, where it is known and the regime looks at it), and what is drawn are
surprises of the past at today's volatility, or the paths of simulated runs.
Limits: without lows and highs a call within the day that the close takes back is not seen; with
them all symbols are at their worst at one moment; nothing is paid in, funding and interest are not
charged; a history has only the crises that it has.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from undertow.core.answers.survival import Survival
from undertow.core.book import Book, BookAccount
from undertow.core.market import Market
from undertow.core.shapes import Flags, Floats
from undertow.core.trace import Trace
from undertow.model.rulebook import Pool, Rulebook, Timing, rulebook_of
from undertow.studies.along import Along, along, ratios_by_symbol
from undertow.studies.filtered import Volatility, Walks, filtered, fitted
from undertow.studies.intervals import wilson
from undertow.studies.placed import all_pools, follows
from undertow.studies.returns import DailyReturns


@dataclass(frozen=True, slots=True)
class Drawing:
    """How paths are drawn.

    days: horizon in trading days;  paths: how many;  block: dates drawn in a row
    volatility: how it follows returns, None for the likeliest of a grid
    asked: most paths where the rulebook must be asked itself
    """

    days: int = 20
    paths: int = 10_000
    block: int = 5
    seed: int = 0
    volatility: Volatility | None = None
    asked: int = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """Drawn or simulated paths of symbols' prices.

    walks: cumulated, [path, day, symbol];  trials: independent ones that they count for
    """

    symbols: tuple[str, ...]
    walks: Walks
    trials: int
    source: str


def survival(
    book: Book,
    returns: DailyReturns,
    *,
    drawing: Drawing | None = None,
    rulebooks: Mapping[str, Rulebook] | None = None,
) -> tuple[Survival, ...]:
    """How likely each pool of a book survives, by a filtered bootstrap of real returns.

    returns: by the book's own symbols (`DailyReturns`); those after its date are not looked at
    rulebooks: by account, where they are not the shipped ones
    """
    drawing = drawing or Drawing()
    known = tuple(s for s in returns.symbols if s in book.marks.price)
    mine = returns.of(known).until(book.on)
    source = filtered(mine, drawing.volatility or fitted(mine))
    walks = source.walks(drawing.days, drawing.paths, block=drawing.block, seed=drawing.seed)
    windows = max(1, len(mine.log) // drawing.days)
    sample = Sample(known, walks, min(drawing.paths, windows), "returns")
    dates = mine.dates[[0, -1]].tolist()
    return tuple(
        replace(one, since=dates[0], until=dates[1])
        for one in _survivals(book, sample, rulebooks or {}, drawing.asked)
    )


def survival_in_runs(
    book: Book,
    market: Market,
    runs: Sequence[Trace],
    *,
    symbols: Mapping[str, str] | None = None,
    rulebooks: Mapping[str, Rulebook] | None = None,
) -> tuple[Survival, ...]:
    """The share of simulated runs that each pool survives, tested at every bar.

    market: of the runs;  symbols: its instruments by symbol, where the book's names are others.
    One run is one trial, and its interval says so.
    """
    by = follows(book, market, symbols)
    at = list(by.values())
    # Both sides on one footing: the price of the bar over that before the first one.
    moves = np.array([np.log(run.paths.price[:, at] / market.price[at]) for run in runs])
    sample = Sample(tuple(by), Walks(moves), len(runs), "runs")
    return tuple(_survivals(book, sample, rulebooks or {}, len(runs)))


def _survivals(
    book: Book, sample: Sample, rulebooks: Mapping[str, Rulebook], asked: int
) -> list[Survival]:
    return [
        _survival(account, name, _along(account, pool, sample, rulebooks), (sample, asked))
        for account, pool, name in all_pools(book)
    ]


def _along(
    account: BookAccount, pool: Pool, sample: Sample, rulebooks: Mapping[str, Rulebook]
) -> Along:
    held = {name for p in pool.positions for name in (p.symbol, p.underlying)}
    symbols = [name for name in sample.symbols if name in held & set(pool.opening.price)]
    return along(rulebooks.get(account.account) or rulebook_of(account), pool, symbols)


def _survival(account: BookAccount, name: str, way: Along, of: tuple[Sample, int]) -> Survival:
    sample, asked = of
    exact = way.tables is None
    moves = sample.walks.close[:asked] if exact else sample.walks.close
    called, closed, extremes = _below(way, sample, len(moves))
    no_call, no_closing = _surviving(called), _surviving(closed)
    trials = min(sample.trials, len(moves))
    return Survival(
        account=account.account,
        pool=name,
        days=moves.shape[1],
        paths=len(moves),
        trials=trials,
        no_call=wilson(float(no_call[-1]), trials),
        no_liquidation=wilson(float(no_closing[-1]), trials),
        no_call_by_day=no_call,
        no_liquidation_by_day=no_closing,
        source=sample.source,
        since=None,
        until=None,
        exact=exact,
        without=_without(way),
        extremes=extremes,
    )


def _below(way: Along, sample: Sample, count: int) -> tuple[Flags, Flags, bool]:
    """Whether each path is called and closed out on each day, and whether extremes counted.

    They do where a venue tests each tick, and for a close-out that is below the call. Nobody is
    closed out who was not called.
    """
    known, walks = {symbol: at for at, symbol in enumerate(sample.symbols)}, sample.walks
    called, closed = way.below(ratios_by_symbol(walks.close[:count], known, way.symbols))
    levels = way.rulebook.levels(way.pool, way.pool.opening)
    is_tick = way.rulebook.terms(way.pool.opening.on).tested is Timing.TICK
    looked = is_tick or levels.liquidation < levels.maintenance
    if walks.low is None or walks.high is None or not looked:
        return called, closed, False
    low, high = (ratios_by_symbol(x[:count], known, way.symbols) for x in (walks.low, walks.high))
    lower, out = way.below_within(low, high)
    closed = closed | out
    return called | (lower if is_tick else closed), closed, True


def _surviving(below: Flags) -> Floats:
    """Share of paths that have not been below up to each day."""
    gone: Floats = np.logical_or.accumulate(below, axis=1).mean(axis=0)
    return 1.0 - gone


def _without(way: Along) -> tuple[str, ...]:
    """Positions of the pool that none of the drawn symbols moves."""
    return tuple(
        p.symbol
        for p in way.pool.positions
        if p.symbol not in way.symbols and p.underlying not in way.symbols
    )
