"""`undertow book`: read a person's positions, answer for them, wrap it in the one JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

from undertow.core.answers.book import Basis, BookAnswer
from undertow.core.answers.said import Amount, Said
from undertow.core.book import Book, Position
from undertow.core.errors import BadDate, BadNumber, RefusedBook
from undertow.data.books import Finding, Read, Source, housed, opened, read_sources
from undertow.data.books.tables import Tables
from undertow.jobs.advice import Counsel, counselled, returns_for
from undertow.jobs.answer import Json, digest, told, wrapped
from undertow.jobs.inside import Crowd, Inside, crowd_of, told_inside, with_crowd
from undertow.studies.book import Asked, book_answer
from undertow.studies.book_check import Objection, objections, without

MOST_POSITIONS = 2_000
MOST_FINDINGS = 50
"""Findings that are listed; of more, the number is said."""


@dataclass(frozen=True, slots=True)
class BookRequest:
    """What the caller asks of their positions.

    on: the day whose rules apply where the files say none, None for today
    lenient: bad lines are left out
    shock: such as SI=-26%,GC=-9%;  hikes: such as SI=15%, or 15% for all
    inside: how the book is put into an episode's crowd, if it is
    beyond: move of all prices that is to be survived, such as 15%;  hedges: what may be opened
    data: daily closes, for the odds over `days` and the first component
    likely: odds of no call that are wanted, such as 95%;  gap: of a close-out's fill, such as 2%
    """

    files: tuple[Path, ...]
    on: date | None = None
    shock: str = ""
    hikes: tuple[str, ...] = ()
    lenient: bool = False
    inside: Inside | None = None
    beyond: str = ""
    hedges: Path | None = None
    data: Path | None = None
    days: int = 20
    likely: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """An answer about a person's positions, and what went in."""

    answer: BookAnswer
    inputs: dict[str, Json]

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        names = (field.name for field in fields(self.answer) if field.name != "said")
        found = {name: told(getattr(self.answer, name)) for name in names}
        return wrapped("book", self.inputs, {"outcome": self.answer.outcome, **found})


def book_of(request: BookRequest, progress: Callable[[int, int], None] | None = None) -> Booked:
    """Read, check and answer; RefusedBook with everything that is wrong, unless lenient."""
    crowd = None if request.inside is None else crowd_of(request.inside)
    shock, hikes = shares(request.shock), tuple(map(hike, request.hikes))
    beyond = _positive(request.beyond, "--beyond 15%")
    wanted = _positive(request.likely, "--likely 95%")
    if wanted and request.data is None:
        raise BadNumber("--likely needs daily closes to know odds from; add --data FILE.")
    found = _read(request, crowd)
    if found.book is None:
        raise refused((*found.findings, *_refused_of_the_rest(request, crowd)))
    _short_enough(found.book)
    whole, dropped = _checked(found, found.book, lenient=request.lenient)
    book, hedges = _parted(whole, found, request.hedges)
    shock = {_as_held(name, book): change for name, change in shock.items()}
    hikes = tuple((_as_held(name, book), rate) for name, rate in hikes)
    returns = None if request.data is None else returns_for(book, request.data)
    asked = Asked(
        shock=shock,
        hikes=hikes,
        returns={} if returns is None else dict(zip(returns.symbols, returns.log.T, strict=True)),
        paths={} if crowd is None else {crowd.name: crowd.path_of(book)},
        gap=abs(share(request.gap, "--gap 2%")) if request.gap else 0.0,
    )
    counsel = Counsel(shock, hikes, beyond, hedges, returns, request.days, wanted)
    answer = book_answer(book, asked)
    answer = replace(
        answer,
        dropped=dropped,
        warnings=(*answer.warnings, *_other_day(book, request)),
        basis=Basis(request.shock, request.hikes, beyond > 0.0),
    )
    answer = counselled(answer, book, counsel, crowd)
    if crowd is not None:
        answer = with_crowd(answer, book, crowd, hikes=hikes, progress=progress)
    return Booked(answer, _inputs(request))


def _other_day(book: Book, request: BookRequest) -> Iterator[Said]:
    """That the files name the day, where another one was asked for."""
    if request.on is not None and request.on != book.on:
        yield Said(
            "The rules are those of {day}, as the book says; {asked} is for a book without a day.",
            {"day": str(book.on), "asked": str(request.on)},
        )


def _positive(text: str, form: str) -> float:
    """A share above 0 and at most 1; 0 if nothing is asked."""
    found = abs(share(text, form)) if text else 0.0
    if text and not 0.0 < found <= 1.0:
        raise BadNumber(f"{text!r} is out of range; write it like {form}.")
    return found


def _as_held(name: str, book: Book) -> str:
    """A symbol as the book writes it, whatever the case; as it is if the book has none such."""
    held = (n for p in book.positions for n in (*p.names, p.currency))
    known = {one.casefold(): one for one in (*book.fx, *book.quotes, *held)}
    return known.get(name.casefold(), name)


def _short_enough(book: Book) -> None:
    """Refuse a book that no person has: rulebooks look at every position many times."""
    if len(book.positions) > MOST_POSITIONS:
        count, most = len(book.positions), MOST_POSITIONS
        raise RefusedBook(
            Said(
                "The book has {count} {count:position|positions}, at most {most} are"
                " answered for; add up the lines of each symbol, or leave the small ones"
                " out.",
                {"count": Amount(count, "count"), "most": Amount(most, "count")},
            )
        )


def _parted(book: Book, found: Read, file: Path | None) -> tuple[Book, tuple[Position, ...]]:
    """The book without the hedges that a file offers, and these; their prices stay known."""
    if file is None:
        return book, ()
    offered = {
        (p.account, p.symbol, p.line)
        for p, name in zip(found.book.positions if found.book else (), found.files, strict=True)
        if name == file.name
    }
    hedges = tuple(p for p in book.positions if (p.account, p.symbol, p.line) in offered)
    held = tuple(p for p in book.positions if p not in hedges)
    quotes = {**{p.symbol: p.price for p in hedges}, **book.quotes}
    return replace(book, positions=held, quotes=quotes), hedges


def _read(request: BookRequest, crowd: Crowd | None) -> Read:
    """The files; prices that they do not have are those of the episode as it begins."""
    on = crowd.start if crowd else request.on or _today()
    paths = (*request.files, *((request.hedges,) if request.hedges else ()))
    found = [opened(path) for path in paths]
    files = tuple(replace(one, on=on) for one in found if isinstance(one, Source))
    failed = tuple(one for one in found if isinstance(one, Finding))
    read = read_sources(files, failed, lenient=request.lenient)
    if crowd is None or not read.findings or not Tables().claims(files):
        return read
    priced = (*files, Source(crowd.name, crowd.quotes))
    return read_sources(priced, failed, lenient=request.lenient)


def _refused_of_the_rest(request: BookRequest, crowd: Crowd | None) -> tuple[Finding, ...]:
    """What regimes have against the lines that can be read, so that all is said at once."""
    rest = _read(replace(request, lenient=True), crowd)
    if rest.book is None or len(rest.book.positions) > MOST_POSITIONS:
        return ()
    book = housed(rest.book, rest.stated)
    return tuple(_placed(rest, book, one) for one in objections(book))


def _checked(found: Read, book: Book, *, lenient: bool) -> tuple[Book, tuple[Said, ...]]:
    """The book with its house margins, without what its regimes refuse."""
    book = housed(book, found.stated)
    against = objections(book)
    findings = (*found.findings, *(_placed(found, book, one) for one in against))
    if findings and not lenient:
        raise refused(findings)
    return without(book, against), tuple(map(_said, findings))


def _placed(found: Read, book: Book, against: Objection) -> Finding:
    """An objection with the file and the line it is about."""
    account, line = against.account, against.line
    names = [
        file
        for p, file in zip(book.positions, found.files, strict=True)
        if p.account == account.account and line in {None, p.line}
    ]
    return Finding(names[0] if names else "", line or account.line, against.said)


def refused(findings: Sequence[Finding]) -> RefusedBook:
    """All findings as one error; of very many the first, and how many there are."""
    said = [_said(one) for one in findings[:MOST_FINDINGS]]
    if len(findings) > MOST_FINDINGS:
        rest = str(len(findings) - MOST_FINDINGS)
        said.append(
            Said("{count} more {count:finding is|findings are} not listed.", {"count": rest})
        )
    return RefusedBook(*said)


def _said(finding: Finding) -> Said:
    named: dict[str, Amount | str | Said] = {
        "file": finding.file,
        "line": str(finding.line),
        "finding": finding.said,
    }
    if not finding.line:
        return Said("{file}: {finding}", named) if finding.file else finding.said
    return Said("{file} line {line}: {finding}", named)


def shares(text: str) -> dict[str, float]:
    """Changes by name, from such as SI=-26%,GC=-9%."""
    parts = [part for part in text.split(",") if part.strip()]
    return dict(_named(part, "--shock SI=-26%,GC=-9%") for part in parts)


def hike(text: str) -> tuple[str, float]:
    """Symbol and rate, from such as SI=15%; no symbol, from such as 15%, means all."""
    form = "--hike SI=15%" if "=" in text else "--hike 15%"
    symbol, rate = _named(text, form) if "=" in text else ("", share(text, form))
    if rate <= 0.0:
        raise BadNumber(f"{text!r} is no margin, which is above 0; write it like {form}.")
    return symbol, rate


def _today() -> date:
    return datetime.now(UTC).date()


def day_of(text: str | None) -> date | None:
    """The day that is asked for, None if none is."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDate(f"{text!r} is no day; write it like --on 2026-01-30.") from None


def _named(text: str, form: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    if not name.strip() or not value.strip():
        raise BadNumber(f"{text!r} is no change of a symbol; write it like {form}.")
    return name.strip(), share(value, form)


def share(text: str, form: str) -> float:
    """A share, from such as 15% or 0.15; beyond −1 and 1 only with a per cent sign."""
    plain_text = text.strip().replace("−", "-").removesuffix("%")
    is_percent = text.strip().endswith("%")
    try:
        value = float(plain_text) / (100.0 if is_percent else 1.0)
    except ValueError:
        raise BadNumber(f"{text!r} is no share; write it like {form}.") from None
    if not -1.0 <= value <= (10.0 if is_percent else 1.0):
        raise BadNumber(f"{text!r} is out of range; write it like {form}.")
    return value


def _inputs(request: BookRequest) -> dict[str, Json]:
    asked: dict[str, Json] = {
        "files": [file.name for file in request.files],
        "shock": request.shock,
        "hikes": list(request.hikes),
        "lenient": request.lenient,
        "beyond": request.beyond,
        "hedges": request.hedges.name if request.hedges else None,
        "data": request.data.name if request.data else None,
        "days": request.days if request.data else None,
        "likely": request.likely,
        "gap": request.gap,
        **(told_inside(request.inside) if request.inside else {}),
    }
    others = (file for file in (request.hedges, request.data) if file)
    contents = (file.read_bytes() for file in (*request.files, *others))
    return {"sha256": digest([*contents, repr(asked).encode()]), "seed": None, **asked}
