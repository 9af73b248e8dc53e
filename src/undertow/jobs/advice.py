"""What `undertow book` adds to prices: the way out, the odds, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from undertow.core.answers.leaving import Leaving
from undertow.core.answers.remedy import Likely, Remedy
from undertow.core.answers.survival import Survival
from undertow.core.book import Book, Kind, Position
from undertow.core.errors import BadNumber, UnknownName
from undertow.data.closes import Closes, read_closes
from undertow.episodes import list_episodes
from undertow.jobs.inside import Crowd, Inside, crowd_of
from undertow.model.rulebook import pools, rulebook_of
from undertow.studies.directions import against, projected
from undertow.studies.leaving import leaving
from undertow.studies.likely import Chances, likely
from undertow.studies.remedy import Means, Wanted, remedy
from undertow.studies.returns import DailyReturns, returns_of
from undertow.studies.survival import Drawing, survival

FEWEST = 100
"""Accounts of a crowd that is not played: only its markets are asked."""


def way_out(book: Book, crowd: Crowd | None) -> tuple[Leaving | None, str]:
    """The way out by the markets of an episode, and its name; None if they list nothing of it.

    crowd: whose markets, None for those of the latest episode that comes with Undertow
    """
    there = crowd or crowd_of(Inside(list_episodes()[-1], accounts=FEWEST))
    try:
        found = leaving(there.exchanged(book), there.scenario)
    except UnknownName:
        # A currency that neither the book nor the episode exchanges: nothing is said.
        return None, ""
    return (found, there.name) if found.normal.lines else (None, "")


def remedies(
    book: Book, beyond: float, shock: Mapping[str, float], hedges: Sequence[Position]
) -> tuple[Remedy, ...]:
    """What brings each pool's call beyond a move of all prices against it, or beyond a shock.

    Empty if neither is asked for.
    """
    if beyond <= 0.0 and not shock:
        return ()
    found = []
    for account in book.accounts:
        rulebook = rulebook_of(account)
        for pool in pools(book, account):
            along = projected(pool, shock) if beyond <= 0.0 else against(rulebook, pool)
            wanted = Wanted(along, beyond if beyond > 0.0 else 1.0)
            mine = tuple(p for p in hedges if p.account == account.account)
            if any(along.values()):
                found.append(remedy(rulebook, pool, wanted, Means(hedges=mine, whole=True)))
    return tuple(found)


def returns_for(book: Book, file: Path) -> DailyReturns:
    """Returns of what the book holds or follows; BadNumber if the file has none of it."""
    closes, named = read_closes(file), {}
    for one in book.positions:
        # A geared fund or an option does not return what it follows returns.
        alike = one.names if one.leverage == 1.0 and one.kind is not Kind.OPTION else one.names[:1]
        name = next((name for name in alike if name in closes), None)
        if name is not None:
            named[one.symbol] = closes[name]
    named |= {symbol: closes[symbol] for symbol in book.quotes if symbol in closes}
    if not named:
        held = ", ".join(sorted({p.symbol for p in book.positions}))
        raise BadNumber(
            f"{file.name} has closes of {_few(closes)}, and the book holds {held}; name them alike."
        )
    return returns_of(named)


def odds(book: Book, returns: DailyReturns, days: int) -> tuple[Survival, ...]:
    """How likely each pool is neither called nor closed out over so many trading days.

    Returns later than the book's day are not known to it.
    """
    return survival(book, returns.until(book.on), drawing=Drawing(days=days))


def safer(book: Book, returns: DailyReturns, days: int, wanted: float) -> tuple[Likely, ...]:
    """What brings the odds of no call to `wanted`; empty if that is 0."""
    if wanted <= 0.0:
        return ()
    return likely(book, Chances(returns.until(book.on), Drawing(days=days), wanted))


def _few(closes: Closes) -> str:
    names = sorted(closes)
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
