"""The question: when am I called, when am I sold out, and what is left?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from undertow.core.answers.book import (
    AccountAnswer,
    BookAnswer,
    DirectionAnswer,
    PositionAnswer,
    Reach,
    StateAnswer,
    TermsAnswer,
)
from undertow.core.answers.said import Amount, Said
from undertow.core.book import Book, BookAccount, Marks, Mode, Position
from undertow.core.columns import Way
from undertow.model.rulebook import (
    Exit,
    Levels,
    Moves,
    Pool,
    Rulebook,
    adverse,
    calling_rate,
    moved,
    moves,
    pools,
    price_at,
    rulebook_of,
)
from undertow.studies.book_sentences import sentences
from undertow.studies.changed import Hike, hiked, listed
from undertow.studies.directions import (
    ALL_AGAINST,
    COMPONENT,
    against,
    first_component,
    followed,
    named_by,
    projected,
)
from undertow.studies.reconcile import reconciled

MOST_PRICES, WORK = 50, 4_000
"""Positions of one account that get prices of their own, the largest first; in a long one fewer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a book beyond its prices.

    shock: share by which each symbol or currency moves at once
    hikes: (symbol, margin rate); an empty symbol means every position
    returns: real returns by symbol on the same days;  paths: share by symbol, by name of the path
    gap: how far beyond its trigger a close-out is filled, share of the price
    """

    shock: Mapping[str, float] = field(default_factory=dict)
    hikes: tuple[Hike, ...] = ()
    returns: Mapping[str, Sequence[float]] = field(default_factory=dict)
    paths: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    gap: float = 0.0


def book_answer(book: Book, asked: Asked) -> BookAnswer:
    """Every account and isolated position of a book, and what is asked of them.

    UnknownName if a shock or a hike names what the book does not hold.
    """
    also = {*book.fx, *book.quotes}
    named_by(book.positions, asked.shock, also)
    named_by(book.positions, {symbol: 0.0 for symbol, _ in asked.hikes if symbol}, also)
    accounts = tuple(
        _account(book, account, pool, asked)
        for account in book.accounts
        for pool in pools(book, account) or (_empty(book, account),)
    )
    said = tuple(sentences(accounts, asked.hikes))
    return BookAnswer(
        said, book.on, accounts, warnings=(*_differing(accounts), *_few(book, accounts))
    )


def _differing(accounts: Sequence[AccountAnswer]) -> Iterator[Said]:
    """Accounts that the broker sees otherwise."""
    for one in accounts:
        if one.reconciled is not None and one.reconciled.cause not in {"agrees", "initial"}:
            yield Said(
                "{account} is not reconciled: what is said of it rests on our figures.",
                {"account": one.account},
            )


def _few(book: Book, accounts: Sequence[AccountAnswer]) -> Iterator[Said]:
    """Accounts of which only the largest positions are answered for one by one."""
    for one in accounts:
        held = sum(p.held is Way.PLEDGED and p.mode is Mode.CROSS for p in book.of(one.account))
        if one.pool == "cross" and len(one.positions) < held:
            yield Said(
                "Of the {count} {count:position|positions} of {account} the largest"
                " {few} have prices of their own.",
                {
                    "count": Amount(held, "count"),
                    "account": one.account,
                    "few": Amount(len(one.positions), "count"),
                },
            )


def _empty(book: Book, account: BookAccount) -> Pool:
    return Pool(account, (), account.equity, book.marks)


def _account(book: Book, account: BookAccount, pool: Pool, asked: Asked) -> AccountAnswer:
    rulebook = rulebook_of(account)
    state = _state("", rulebook, pool, pool.opening)
    levels = rulebook.levels(pool, pool.opening)
    is_cross = not any(p.mode is Mode.ISOLATED for p in pool.positions)
    return AccountAnswer(
        account=account.account,
        pool="cross" if is_cross else pool.positions[0].symbol,
        regime=account.regime,
        currency=account.currency,
        equity=levels.equity,
        initial=levels.initial,
        requirement=levels.maintenance,
        liquidation=levels.liquidation,
        excess=state.excess,
        gross=pool.gross(pool.opening),
        leverage=state.leverage,
        called=state.called,
        liquidated=state.liquidated,
        free=_free(book, account) if is_cross else 0.0,
        terms=_terms(rulebook, pool),
        reconciled=reconciled(rulebook, pool) if is_cross else None,
        positions=_positions(rulebook, pool, asked.gap),
        directions=tuple(_directions(rulebook, pool, asked)),
        shocked=_shocked(rulebook, pool, asked.shock) if asked.shock else None,
        hiked=tuple(_hiked(rulebook, pool, symbol, rate) for symbol, rate in asked.hikes),
    )


def _terms(rulebook: Rulebook, pool: Pool) -> TermsAnswer:
    terms = rulebook.terms(pool.opening.on)
    return TermsAnswer(
        tested=terms.tested.value,
        grace_days=terms.grace_days,
        restored_to=terms.restored_to.value,
        sells=terms.sells.value,
        absorbs=terms.absorbs.value,
        source=terms.source,
    )


def _free(book: Book, account: BookAccount) -> float:
    """Value of what is owned outright beside the account, in its currency."""
    owned = tuple(p for p in book.of(account.account) if p.held is not Way.PLEDGED)
    return Pool(account, owned, 0.0, book.marks).gross(book.marks)


def _positions(rulebook: Rulebook, pool: Pool, gap: float) -> tuple[PositionAnswer, ...]:
    """The largest positions, in the order of the book."""
    sizes = [pool.size(p, pool.opening) for p in pool.positions]
    most = max(1, min(MOST_PRICES, WORK // max(1, len(sizes))))
    largest = sorted(range(len(sizes)), key=lambda k: -sizes[k])[:most]
    lines = rulebook.lines(pool, pool.opening)
    return tuple(
        _position(rulebook, pool, (pool.positions[k], lines[k]), gap) for k in sorted(largest)
    )


def _position(
    rulebook: Rulebook, pool: Pool, line: tuple[Position, float], gap: float
) -> PositionAnswer:
    one, needed = line
    symbol, size = followed(one, pool), pool.size(one, pool.opening)
    along = adverse(rulebook, pool, symbol)
    reach = _reach(rulebook, pool, along, gap)
    return PositionAnswer(
        symbol=one.symbol,
        kind=one.kind.value,
        quantity=one.quantity,
        currency=one.currency,
        follows=symbol,
        price=pool.opening.price[symbol],
        direction=along[symbol],
        size=size,
        requirement=needed,
        rate=needed / _measure(pool, one) if size > 0.0 else math.nan,
        house=not math.isnan(pool.house(one)),
        reach=reach,
        call_price=price_at(pool, along, symbol, reach.call),
        liquidation_price=price_at(pool, along, symbol, reach.liquidation),
        zero_price=price_at(pool, along, symbol, reach.zero),
        out_price=price_at(pool, along, symbol, reach.out),
        calling_rate=_calling_rate(rulebook, pool, one),
        line=one.line,
    )


def _measure(pool: Pool, one: Position) -> float:
    """What rates of a position are shares of: its size, of an option its underlying's."""
    symbol = followed(one, pool)
    if symbol == one.symbol:
        return pool.size(one, pool.opening)
    units = abs(one.quantity) * one.multiplier
    return units * pool.opening.price[symbol] * pool.fx(one, pool.opening)


def _calling_rate(rulebook: Rulebook, pool: Pool, one: Position) -> float:
    name = listed(rulebook, one, pool.opening.on)
    return calling_rate(rulebook, pool, name) if name else math.nan


def _reach(rulebook: Rulebook, pool: Pool, along: Mapping[str, float], gap: float) -> Reach:
    found: Moves = moves(rulebook, pool, along, _exit(rulebook, pool, gap))
    return Reach(found.call, found.liquidation, found.zero, found.out, found.left)


def _exit(rulebook: Rulebook, pool: Pool, gap: float) -> Exit:
    """The fee of being closed out, as a share of what is closed; of all positions together."""
    gross, on = pool.gross(pool.opening), pool.opening.on
    paid = sum(rulebook.close_fee(p, on) * pool.size(p, pool.opening) for p in pool.positions)
    return Exit(fee=paid / gross if gross > 0.0 else 0.0, gap=gap)


def _directions(rulebook: Rulebook, pool: Pool, asked: Asked) -> list[DirectionAnswer]:
    ways = {ALL_AGAINST: against(rulebook, pool)}
    ways[COMPONENT] = first_component(rulebook, pool, asked.returns)
    ways |= {name: projected(pool, path) for name, path in asked.paths.items()}
    return [
        DirectionAnswer(name, along, _reach(rulebook, pool, along, asked.gap))
        for name, along in ways.items()
        if any(along.values())
    ]


def _shocked(rulebook: Rulebook, pool: Pool, shock: Mapping[str, float]) -> StateAnswer:
    along = projected(pool, shock)
    marks = moved(pool.opening, along, 1.0, pool.positions)
    return _state("shock", rulebook, pool, marks)


def _hiked(rulebook: Rulebook, pool: Pool, symbol: str, rate: float) -> StateAnswer:
    """The account at today's prices once one margin, or all of them, is at `rate`."""
    rulebook = hiked(rulebook, pool.positions, ((symbol, rate),), pool.opening.on)
    said = f"{symbol}={rate:.4g}" if symbol else f"{rate:.4g}"
    return _state(said, rulebook, pool, pool.opening)


def _state(name: str, rulebook: Rulebook, pool: Pool, marks: Marks) -> StateAnswer:
    levels: Levels = rulebook.levels(pool, marks)
    gross = pool.gross(marks)
    return StateAnswer(
        name=name,
        equity=levels.equity,
        requirement=levels.maintenance,
        excess=levels.equity - levels.maintenance,
        leverage=gross / levels.equity if levels.equity > 0.0 else math.inf,
        called=levels.equity < levels.maintenance,
        liquidated=levels.equity < levels.liquidation,
        owed=max(0.0, -levels.equity),
    )
