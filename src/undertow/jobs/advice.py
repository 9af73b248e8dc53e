"""What `undertow book` adds to prices: the way out, the odds, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from undertow.core.answers.book import BookAnswer
from undertow.core.answers.leaving import Leaving
from undertow.core.answers.remedy import Remedy
from undertow.core.answers.said import Said
from undertow.core.answers.survival import Survival
from undertow.core.book import Book, Kind, Position
from undertow.core.errors import BadNumber, UnknownName
from undertow.data.closes import Closes, read_closes
from undertow.episodes import list_episodes
from undertow.jobs.inside import Crowd, Inside, crowd_of
from undertow.model.rulebook import Rulebook, pools, rulebook_of
from undertow.studies.changed import Hike, rulebooks, shocked
from undertow.studies.directions import against, projected
from undertow.studies.filtered import LEAST
from undertow.studies.leaving import Out, leaving
from undertow.studies.likely import Chances, likely
from undertow.studies.remedy import Means, Wanted, remedy
from undertow.studies.returns import DailyReturns, returns_of
from undertow.studies.survival import Drawing, survival

FEWEST = 100
"""Accounts of a crowd that is not played: only its markets are asked."""


@dataclass(frozen=True, slots=True)
class Counsel:
    """What is asked about ways out, odds and what to do.

    shock, hikes: what happens first, empty for nothing
    beyond: move of all prices that is to be survived, 0 for the shock itself;  hedges: what may be
    opened;  returns: odds come from, None for no odds;  days: of the odds
    wanted: odds of no call that are wanted, 0 for none
    """

    shock: Mapping[str, float]
    hikes: tuple[Hike, ...]
    beyond: float
    hedges: tuple[Position, ...]
    returns: DailyReturns | None
    days: int
    wanted: float


def counselled(answer: BookAnswer, book: Book, asked: Counsel, crowd: Crowd | None) -> BookAnswer:
    """The answer with the way out, the odds and what to do, of the book after what happens first.

    What survives a shock is asked of the book before it.
    """
    after, hedges = shocked(book, asked.shock, asked.hedges)
    rules = rulebooks(book, asked.hikes, book.on)
    left, markets = way_out(after, crowd, rules)
    answer = replace(
        answer,
        leaving=left,
        markets=markets,
        remedies=(
            remedies(after, asked.beyond, {}, hedges, rules)
            if asked.beyond > 0.0
            else remedies(book, 0.0, asked.shock, asked.hedges, rules)
        ),
    )
    if asked.returns is None:
        return answer
    known, drawing = asked.returns, Drawing(days=asked.days)
    found = survival(after, known, drawing=drawing, rulebooks=rules)
    answer = replace(answer, survival=found, warnings=(*answer.warnings, *_still(found)))
    if asked.wanted <= 0.0:
        return answer
    return replace(answer, likely=likely(after, Chances(known, drawing, asked.wanted), rules))


def _still(found: Sequence[Survival]) -> Iterator[Said]:
    """What the odds hold at its price, for nothing is known of its returns."""
    names = dict.fromkeys(name for one in found for name in one.without)
    if names:
        yield Said(
            "The odds hold {names} at today's prices: there are no closes of it.",
            {"names": "; ".join(names)},
        )


def way_out(
    book: Book, crowd: Crowd | None, rules: Mapping[str, Rulebook] | None = None
) -> tuple[Leaving | None, str]:
    """The way out by the markets of an episode, and its name; None if they list nothing of it.

    crowd: whose markets, None for those of the latest episode that comes with Undertow
    """
    there = crowd or crowd_of(Inside(list_episodes()[-1], accounts=FEWEST))
    try:
        found = leaving(there.exchanged(book), there.scenario, out=Out(rulebooks=rules))
    except UnknownName:
        # A currency that neither the book nor the episode exchanges: nothing is said.
        return None, ""
    return (found, there.name) if found.normal.lines else (None, "")


def remedies(
    book: Book,
    beyond: float,
    shock: Mapping[str, float],
    hedges: Sequence[Position],
    rules: Mapping[str, Rulebook] | None = None,
) -> tuple[Remedy, ...]:
    """What brings each pool's call beyond a move of all prices against it, or beyond a shock.

    rules: by account, where they are not the shipped ones. Empty if neither move is asked for.
    """
    if beyond <= 0.0 and not shock:
        return ()
    found = []
    for account in book.accounts:
        rulebook = (rules or {}).get(account.account) or rulebook_of(account)
        for pool in pools(book, account):
            along = projected(pool, shock) if beyond <= 0.0 else against(rulebook, pool)
            wanted = Wanted(along, beyond if beyond > 0.0 else 1.0)
            mine = tuple(p for p in hedges if p.account == account.account)
            if any(along.values()):
                found.append(remedy(rulebook, pool, wanted, Means(hedges=mine, whole=True)))
    return tuple(found)


def returns_for(book: Book, file: Path) -> DailyReturns:
    """Returns of what the book holds or follows, until its day: nothing later is known to it.

    BadNumber if the file has none of it, or too few.
    """
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
    known = returns_of(named).until(book.on)
    if len(known.log) < LEAST:
        raise BadNumber(
            f"{file.name} has {len(known.log)} daily returns until {book.on}, the day of the book; "
            f"give at least {LEAST}."
        )
    return known


def _few(closes: Closes) -> str:
    names = sorted(closes)
    return ", ".join(names[:8]) + (" …" if len(names) > 8 else "")
