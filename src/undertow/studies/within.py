"""The question: what if the whole market is selling with me?

The book's accounts become segments of one account each in a scenario. Three runs of it:

    news        nobody else is there; prices are F of the second run
    crowd       everyone is there and the book moves no price (weight 0)
    footprint   everyone is there, the book too; given prices start from F of the second run

so that each run has one cause more, and the three differences of what is left add up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from undertow.core.accounts import Accounts, Group, plain_group
from undertow.core.answers.within import InsideAccount, Losses, Moved, Within
from undertow.core.book import Book, BookAccount
from undertow.core.columns import Columns, Way
from undertow.core.errors import UnknownName
from undertow.core.shapes import Flags, Floats
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.model.liquidation.base import LiquidationPolicy
from undertow.model.rulebook import Rulebook, rulebook_of
from undertow.model.scenario import Scenario
from undertow.studies.book_margin import segment_of
from undertow.studies.book_watch import BookWatch, Followed
from undertow.studies.placed import Placed, all_pools, follows, placed_in
from undertow.studies.standing import Opening, Standing, standing

RUNS = 3

LEAST = 1e-6
"""Relative change of a price that is not worth a name."""


@dataclass(frozen=True, slots=True)
class Entering:
    """What is to be known of a book before it enters a scenario.

    symbols: instruments by symbol, where its own names are others
    rulebooks: by account, where they are not the shipped ones (a hike, say)
    owner: what owners sell before their brokers do; None: nothing
    """

    symbols: Mapping[str, str] | None = None
    rulebooks: Mapping[str, Rulebook] | None = None
    owner: LiquidationPolicy | None = None


@dataclass(frozen=True, slots=True)
class Played:
    """One run with a book in it: every pool's way, and F and the price of all instruments.

    beneath, price: [bar, instrument]
    """

    pools: tuple[Followed, ...]
    beneath: Floats
    trace: Trace


def within(
    book: Book, scenario: Scenario, *, entering: Entering | None = None, how: How | None = None
) -> Within:
    """Put a book into a scenario's crowd and say what happens to it and why.

    UnknownName if the scenario has no instrument for anything that the book holds.
    """
    entering = entering or Entering()
    if not any(placed for *_, placed in _entries(book, scenario, entering)):
        held = ", ".join(sorted({p.symbol for p in book.positions})) or "nothing"
        raise UnknownName(
            f"the book holds {held}, and {scenario.name!r} has none of it; give a map from symbols "
            f"to its instruments: {', '.join(scenario.market.instruments.names)}."
        )
    first, second, third = (_counted(how or How(ledger=False), number) for number in range(RUNS))
    with_crowd = played(book, scenario, weight=0.0, entering=entering, how=first)
    bare = bared(scenario, with_crowd.beneath)
    alone = played(book, deserted(bare), weight=0.0, entering=entering, how=second)
    joined = played(book, bare, weight=1.0, entering=entering, how=third)
    return _answer(book, scenario, entering, (alone, with_crowd, joined))


def _counted(how: How, number: int) -> How:
    """How to run one of the runs: progress counts the bars of all."""
    told = how.progress
    if told is None:
        return how
    return replace(how, progress=lambda bar, bars: told(number * bars + bar, RUNS * bars))


def played(
    book: Book,
    scenario: Scenario,
    *,
    weight: float = 1.0,
    entering: Entering | None = None,
    how: How | None = None,
) -> Played:
    """One run of a scenario with a book in it.

    weight: how many accounts like it there are; at 0 it sells and moves no price
    """
    entered, pools = entered_by(book, scenario, weight=weight, entering=entering or Entering())
    watch = BookWatch(scenario.clock, pools)
    trace = run(entered, how=replace(how or How(ledger=False), watch=watch))
    return Played(pools, np.array(watch.beneath), trace)


def entered_by(
    book: Book, scenario: Scenario, *, weight: float, entering: Entering
) -> tuple[Scenario, tuple[Followed, ...]]:
    """The scenario with a segment for each pool of the book that holds an instrument of it.

    Kinds of position, segments and groups are added behind those of the crowd, whose own numbers
    stay as they are to the byte.
    """
    groups, segments, pools, columns = [], [], [], scenario.columns
    for name, stands, placed in _entries(book, scenario, entering):
        if not placed:
            continue
        first = len(columns.instrument)
        columns = _with_pairs(columns, placed)
        groups.append(_group(name, stands, first, weight))
        segments.append(segment_of(name, stands, scenario, entering.owner))
        pools.append(Followed(name, stands, segments[-1].regime.tests))
    rules = replace(scenario.rules, segments=(*scenario.rules.segments, *segments))
    accounts = Accounts((*scenario.accounts.groups, *groups))
    entered = replace(scenario, rules=rules, accounts=accounts, columns=columns)
    return entered, tuple(pools)


def deserted(scenario: Scenario) -> Scenario:
    """The same scenario without anyone in it: no accounts, no mechanical traders."""
    rules = replace(scenario.rules, segments=(), traders=())
    return replace(scenario, accounts=Accounts(()), rules=rules)


def bared(scenario: Scenario, beneath: Floats) -> Scenario:
    """The same scenario with F of given instruments in place of their prices.

    beneath: [bar, instrument], as a run of it found them. With the same sales the same prices
    come out, to rounding; with more, others.
    """
    return replace(scenario, news=replace(scenario.news, beneath=beneath))


def times(book: Book, factor: float) -> Book:
    """A book with that many times its positions and its money."""
    return replace(
        book,
        positions=tuple(
            replace(p, quantity=factor * p.quantity, isolated_margin=factor * p.isolated_margin)
            for p in book.positions
        ),
        accounts=tuple(
            replace(a, equity=factor * a.equity, margin_used=factor * a.margin_used)
            for a in book.accounts
        ),
    )


def _entries(
    book: Book, scenario: Scenario, entering: Entering
) -> list[tuple[str, Standing, tuple[Placed, ...]]]:
    """Every pool under its name, where it stands at the start, and what of it can be dealt."""
    market, on, found = scenario.market, scenario.clock.start.date(), []
    by = follows(book, market, entering.symbols)
    for account, pool, name in all_pools(book):
        placed = placed_in(pool, market, entering.symbols)
        there = Opening(market.value, placed, by)
        found.append((name, standing(_rulebook(account, entering), pool, there, on), placed))
    return found


def _rulebook(account: BookAccount, entering: Entering) -> Rulebook:
    given = (entering.rulebooks or {}).get(account.account)
    return rulebook_of(account) if given is None else given


def _with_pairs(columns: Columns, placed: tuple[Placed, ...]) -> Columns:
    """The same kinds of position, and one more for each that the book holds."""
    count = len(placed)
    return Columns(
        np.append(columns.instrument, [one.instrument for one in placed]).astype(np.int64),
        np.append(columns.way, np.full(count, Way.PLEDGED)).astype(np.int64),
        np.append(columns.entry, np.full(count, np.nan)),
        np.append(columns.released, np.ones(count)),
    )


def _group(name: str, stands: Standing, first: int, weight: float) -> Group:
    units = stands.units[np.newaxis]
    column = (2 * (first + np.arange(units.shape[1])) + (units < 0.0)).astype(np.uint16)
    cash = np.array([stands.cash])
    return plain_group(name, units, cash, column=column, weight=np.array([weight]))


def _answer(
    book: Book, scenario: Scenario, entering: Entering, runs: tuple[Played, Played, Played]
) -> Within:
    clock, joined = scenario.clock, runs[2]
    times_ = tuple(clock.time(bar) for bar in range(clock.bars))
    ways = zip(*(one.pools for one in runs), strict=True)
    accounts = tuple(_account(times_, way) for way in ways)
    money = [one.standing.per_unit for one in joined.pools]
    return Within(
        scenario=scenario.name,
        start=clock.start,
        end=clock.end,
        accounts=accounts,
        losses=_summed([one.losses for one in accounts], money),
        footprint=_moved(scenario, runs[1].trace, joined.trace),
        **_aside(book, scenario, entering),
    )


def _account(when: tuple[datetime, ...], way: tuple[Followed, Followed, Followed]) -> InsideAccount:
    alone, with_crowd, joined = way
    first = joined.standing.first
    account, equity = first.account, joined.equity
    kept = np.array([levels.maintenance for levels in joined.levels])
    opening = float(joined.standing.rulebook.levels(first, first.opening).equity)
    return InsideAccount(
        account=account.account,
        pool=joined.name,
        regime=account.regime,
        currency=account.currency,
        opening=opening,
        times=when,
        equity=equity,
        excess=equity - kept,
        short=_first(when, equity < kept),
        called=_first(when, np.array(joined.called)),
        sold=joined.sales[0].time if joined.sales else None,
        ruined=_first(when, equity < 0.0),
        sales=tuple(joined.sales),
        losses=_losses(opening, alone.left, with_crowd.left, joined.left),
        left=joined.left,
        owed=joined.owed / joined.standing.per_unit,
    )


def _first(when: tuple[datetime, ...], happened: Flags) -> datetime | None:
    return when[int(np.argmax(happened))] if happened.any() else None


def _losses(opening: float, alone: float, with_crowd: float, joined: float) -> Losses:
    return Losses(opening - alone, alone - with_crowd, with_crowd - joined, opening - joined)


def _summed(losses: list[Losses], money: list[float]) -> Losses:
    def total(what: str) -> float:
        return sum(m * float(getattr(one, what)) for one, m in zip(losses, money, strict=True))

    return Losses(total("news"), total("crowd"), total("footprint"), total("total"))


def _moved(scenario: Scenario, without: Trace, joined: Trace) -> dict[str, Moved]:
    """Instruments whose prices the book's own sales changed."""
    change = joined.paths.price / without.paths.price - 1.0
    deepest = change[np.abs(change).argmax(axis=0), np.arange(change.shape[1])]
    return {
        name: Moved(float(change[-1, at]), float(deepest[at]))
        for at, name in enumerate(scenario.market.instruments.names)
        if abs(deepest[at]) > LEAST
    }


def _aside(book: Book, scenario: Scenario, entering: Entering) -> dict[str, tuple[str, ...]]:
    """Symbols that are held at their price, that cannot be dealt, and that are not in the run."""
    by = follows(book, scenario.market, entering.symbols)
    left = [
        p
        for _, pool, _ in all_pools(book)
        for at, p in enumerate(pool.positions)
        if at not in {one.position for one in placed_in(pool, scenario.market, entering.symbols)}
    ]
    moving = {p.symbol for p in left if p.underlying in by and p.underlying in book.marks.price}
    return {
        "still": tuple(sorted({p.symbol for p in left} - moving)),
        "unsold": tuple(sorted(moving)),
        "outside": tuple(sorted({p.symbol for p in book.positions if p.held is not Way.PLEDGED})),
    }
