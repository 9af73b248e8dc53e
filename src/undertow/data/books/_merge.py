"""Several reads as one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date

from undertow.core.answers.said import Amount, Said
from undertow.core.book import Book
from undertow.data.books.base import Finding, Read
from undertow.model.rulebook import dearer

CLOSE = 1e-9


def merged(reads: Sequence[Read]) -> Read:
    """One book of all; its date is the latest, its base that of the first.

    Findings: files of several dates, an account stated twice, two prices of one symbol, exchange
    rates that differ or hang together with nothing.
    """
    parts = tuple(one for one in reads if one.book is not None)
    books = tuple(one.book for one in parts if one.book is not None)
    findings = [finding for one in reads for finding in one.findings]
    if not books:
        nothing = Finding("", 0, Said("There is no book in these files; give one."), grave=True)
        return Read(None, findings=tuple(findings) or (nothing,))
    fx, problems = _rates(books)
    book = replace(
        books[0],
        positions=tuple(p for one in books for p in one.positions),
        accounts=tuple(a for one in books for a in one.accounts),
        on=max(_days(books)),
        fx=fx,
        quotes={s: price for one in reversed(books) for s, price in one.quotes.items()},
    )
    files = tuple(file for one in parts for file in one.files)
    said = (*problems, *_accounts_twice(book), *_dates(books))
    findings += [Finding("", 0, one) for one in said]
    if not book.accounts and not findings:
        nobody = Said("There is no account in these files; add one with account,regime,equity.")
        findings.append(Finding("", 0, nobody, grave=True))
    findings += _prices_twice(book, files)
    book, files, dear = _affordable(book, files)
    findings += dear
    return Read(book, tuple(s for one in reads for s in one.stated), tuple(findings), files)


def _affordable(book: Book, files: tuple[str, ...]) -> tuple[Book, tuple[str, ...], list[Finding]]:
    """The book without options above what they can ever pay, their files, and what they are."""
    kept, names, findings = [], [], list[Finding]()
    for one, file in zip(book.positions, files, strict=True):
        said = dearer((one,), book.marks)
        findings += [Finding(file, one.line, each) for each in said]
        if not said:
            kept.append(one)
            names.append(file)
    return replace(book, positions=tuple(kept)), tuple(names), findings


def _rates(books: Sequence[Book]) -> tuple[Mapping[str, float], list[Said]]:
    """Rates of all books in the base of the first."""
    base = books[0].base
    found = {base: 1.0}
    problems: list[Said] = []
    for one in books:
        theirs = {one.base: 1.0, **one.fx}
        shared = [currency for currency in theirs if currency in found]
        if not shared and len(theirs) > 1:
            problems.append(_loose(one, base))
        times = found[shared[0]] / theirs[shared[0]] if shared else math.nan
        for currency, rate in theirs.items() if shared else ():
            known = found.setdefault(currency, rate * times)
            if not math.isclose(known, rate * times, rel_tol=1e-3):
                problems.append(_two_rates(currency, known, rate * times))
    return {currency: rate for currency, rate in found.items() if currency != base}, problems


def _loose(book: Book, base: str) -> Said:
    return Said(
        "Exchange rates in {theirs} have no link to {base}; add a rate of {theirs} in {base}.",
        {"theirs": book.base, "base": base},
    )


def _two_rates(currency: str, known: float, other: float) -> Said:
    return Said(
        "The exchange rate of {currency} is {known} in one file and {other} in another; "
        "give files of one date.",
        {"currency": currency, "known": Amount(known, "number"), "other": Amount(other, "number")},
    )


def _accounts_twice(book: Book) -> Iterator[Said]:
    seen: set[str] = set()
    for one in book.accounts:
        if one.account in seen:
            yield Said(
                "Account {account} is stated twice; give each account once.",
                {"account": one.account},
            )
        seen.add(one.account)


def _days(books: Sequence[Book]) -> set[date]:
    """Days of the books that hold something; prices or exchange rates alone have none."""
    return {one.on for one in books if one.accounts or one.positions} or {books[0].on}


def _dates(books: Sequence[Book]) -> Iterator[Said]:
    dates = sorted(_days(books))
    if len(dates) > 1:
        yield Said(
            "The files are of several dates, from {first} to {last}; give files of one date.",
            {"first": str(dates[0]), "last": str(dates[-1])},
        )


def _prices_twice(book: Book, files: Sequence[str]) -> Iterator[Finding]:
    prices: dict[str, float] = {}
    for one, file in zip(book.positions, files, strict=True):
        known = prices.setdefault(one.symbol, one.price)
        if not math.isclose(known, one.price, rel_tol=CLOSE):
            said = Said(
                "{symbol} has the price {price} here and {known} before; give one.",
                {
                    "symbol": one.symbol,
                    "price": Amount(one.price, "number"),
                    "known": Amount(known, "number"),
                },
            )
            yield Finding(file, one.line, said)
