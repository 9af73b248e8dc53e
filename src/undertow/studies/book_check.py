"""The question: does the regime of each account carry what the account holds?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from undertow.core.answers.said import Said
from undertow.core.book import Book, BookAccount, Kind, Position
from undertow.core.errors import InputError
from undertow.model.rulebook import Pool, Rulebook, not_carried, pools, rulebook_of


@dataclass(frozen=True, slots=True)
class Objection:
    """What a regime has against an account or one of its lines.

    line: of the position, None if it is the account as a whole
    """

    account: BookAccount
    line: int | None
    said: Said


def objections(book: Book) -> tuple[Objection, ...]:
    """Everything that the regimes refuse; the answers of such a book would mean nothing."""
    return tuple(one for account in book.accounts for one in _of(book, account))


def _of(book: Book, account: BookAccount) -> Iterator[Objection]:
    try:
        rulebook, found = rulebook_of(account), pools(book, account)
    except InputError as error:
        told = {"account": account.account, "reason": str(error)}
        yield Objection(account, None, Said("{account} cannot be read: {reason}", told))
        return
    for pool in found:
        yield from _of_pool(account, rulebook, pool)


def _of_pool(account: BookAccount, rulebook: Rulebook, pool: Pool) -> Iterator[Objection]:
    lines = list(_of_lines(account, rulebook, pool))
    yield from lines
    if lines:
        return
    for said in rulebook.findings(pool, pool.opening):
        yield Objection(account, None, said)


def _of_lines(account: BookAccount, rulebook: Rulebook, pool: Pool) -> Iterator[Objection]:
    """Each position alone: a product that is not carried, or has no rate."""
    for one in pool.positions:
        alone = replace(pool, positions=(one,))
        refused = not_carried(alone, rulebook.kinds)
        yield from (Objection(account, one.line, said) for said in refused)
        if refused:
            continue
        if one.kind is Kind.OPTION and (against := [*_unlisted(one), *_unpriced(one, pool)]):
            yield from (Objection(account, one.line, said) for said in against)
            continue
        try:
            rulebook.levels(alone, pool.opening)
            rulebook.breaks(alone, pool.opening.on)
        except InputError:
            told = {"regime": account.regime, "symbol": one.symbol, "day": str(pool.opening.on)}
            yield Objection(
                account,
                one.line,
                Said(
                    "{regime} lists no rate of {symbol} on {day}; check it, or add the column"
                    " underlying.",
                    told,
                ),
            )


def _unlisted(option: Position) -> Iterator[Said]:
    """What is not said of the contract; without it nothing can be computed."""
    lacking = {
        "expiry": option.expiry is None,
        "strike": math.isnan(option.strike),
        "right": not option.right,
    }
    if any(lacking.values()):
        columns = ", ".join(name for name, absent in lacking.items() if absent)
        told = {"symbol": option.symbol, "columns": columns}
        yield Said("{symbol} is an option; fill {columns}.", told)


def _unpriced(option: Position, pool: Pool) -> Iterator[Said]:
    if option.underlying not in pool.opening.price:
        yield Said(
            "{symbol} follows {underlying}, which has no price; add it in a table symbol,price.",
            {"symbol": option.symbol, "underlying": option.underlying or option.symbol},
        )


def without(book: Book, refused: tuple[Objection, ...]) -> Book:
    """The book without the lines that are refused; an account as a whole stays."""
    gone = {(one.account.account, one.line) for one in refused if one.line is not None}
    kept = tuple(p for p in book.positions if (p.account, p.line) not in gone)
    return replace(book, positions=kept)
