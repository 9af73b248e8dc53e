"""A book once something has happened to it: its prices after a shock, its rulebooks after hikes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from undertow.core.book import Book, BookAccount, Marks, Mode, Position
from undertow.core.errors import UnknownName
from undertow.model.rulebook import Pool, Rulebook, moved, pinned, pools, rulebook_of
from undertow.studies.directions import projected

Hike = tuple[str, float]
"""Symbol and margin rate; an empty symbol means every position."""


def listed(rulebook: Rulebook, position: Position, on: date) -> str:
    """The name under which the regime lists the margin of a position; empty if under none."""
    for name in position.names:
        try:
            rulebook.hiked(name, 1.0, on)
        except UnknownName:
            continue
        return name
    return ""


def hiked(
    rulebook: Rulebook, positions: Iterable[Position], hikes: Iterable[Hike], on: date
) -> Rulebook:
    """The regime with these margins from a date on; a symbol's own counts before that of all."""
    held = tuple(positions)
    for symbol, rate in sorted(hikes, key=lambda asked: bool(asked[0])):
        asked = (listed(rulebook, p, on) for p in held if not symbol or symbol in p.names)
        for name in dict.fromkeys(asked):
            rulebook = rulebook.hiked(name, rate, on) if name else rulebook
    return rulebook


def rulebooks(book: Book, hikes: Sequence[Hike], on: date) -> dict[str, Rulebook]:
    """The rulebook of each account with all hikes together from a date on; empty without any."""
    if not hikes:
        return {}
    return {
        one.account: hiked(rulebook_of(one), book.of(one.account), hikes, on)
        for one in book.accounts
    }


def shocked(
    book: Book, shock: Mapping[str, float], others: Sequence[Position] = ()
) -> tuple[Book, tuple[Position, ...]]:
    """The book right after a shock, and positions that are not of it at their prices then.

    price·(1 + shock); equity moves by profit; options keep the volatility that they have before.
    shock: share by which each symbol or currency moves at once
    """
    before = book.marks
    held = tuple(pinned(p, before) for p in (*book.positions, *others))
    if not shock:
        return book, tuple(others)
    seen = replace(before, price={**{p.symbol: p.price for p in others}, **before.price})
    everything = Pool(BookAccount("", "", 0.0, book.base), held, 0.0, seen)
    after = moved(seen, projected(everything, shock), 1.0, held)
    there = tuple(replace(p, price=after.price[p.symbol]) for p in held)
    count = len(book.positions)
    changed = replace(
        book,
        positions=there[:count],
        accounts=tuple(_account(book, one, after) for one in book.accounts),
        fx={code: after.fx[code] for code in after.fx},
        quotes={symbol: after.price[symbol] for symbol in book.quotes},
    )
    return changed, there[count:]


def _account(book: Book, account: BookAccount, after: Marks) -> BookAccount:
    """The account with the equity that its cross positions leave it."""
    cross = (pool for pool in pools(book, account) if pool.positions[0].mode is Mode.CROSS)
    pool = next(cross, None)
    return account if pool is None else replace(account, equity=pool.equity_at(after))
