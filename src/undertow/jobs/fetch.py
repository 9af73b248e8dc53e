"""`undertow fetch`: ask a provider, keep its raw answer, write the long form, check it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from undertow.core.answers.fetched import FetchAnswer, Fetched
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadDate, BadNumber, NoAnswer
from undertow.core.history import Bars, History
from undertow.data.cache import Cache, Kept, raw_answers
from undertow.data.fetch import as_bars, file_name, rising, write_long
from undertow.data.history import read_history
from undertow.data.quality import doubts
from undertow.data.sources import SOURCES
from undertow.data.sources._wire import Wire
from undertow.data.sources.base import Ask, Bar, Provider
from undertow.jobs.answer import Json, digest, told, wrapped
from undertow.jobs.days import utc_now

FRESH = timedelta(hours=12)
"""A kept answer to the very same question is used again for so long."""


@dataclass(frozen=True, slots=True)
class FetchRequest:
    """What is asked of which provider.

    out: folder of the files;  against: another source's prices, for the checks
    again: even if an answer is kept;  at: address in place of the provider's own
    as_of: the day on which the values were known, None for as they are now
    wire: how patiently it is asked;  now: the clock
    """

    provider: str
    symbols: tuple[str, ...]
    first: date
    last: date
    out: Path
    step: str = "1d"
    against: Path | None = None
    again: bool = False
    at: str = ""
    as_of: date | None = None
    wire: Wire = field(default_factory=Wire)
    now: Callable[[], datetime] = utc_now

    @property
    def source(self) -> str:
        """Provider, and after an @ the day of knowledge: what stands in the files."""
        return self.provider if self.as_of is None else f"{self.provider}@{self.as_of}"


@dataclass(frozen=True, slots=True)
class FetchDone:
    """What came, and what went in."""

    answer: FetchAnswer
    inputs: dict[str, Json]

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        names = (one.name for one in fields(self.answer) if one.name != "said")
        found = {name: told(getattr(self.answer, name)) for name in names}
        return wrapped("fetch", self.inputs, {"outcome": self.answer.outcome, **found})


@dataclass(frozen=True, slots=True)
class _Came:
    """One symbol's answer, read."""

    kept: Kept
    cached: bool
    rows: Mapping[str, list[Bar]]
    skipped: int


def fetch(request: FetchRequest) -> FetchDone:
    """Fetch all symbols; one that gives nothing does not stop the others.

    NoAnswer if none gives anything.
    """
    provider = _provider(request)
    against = _against(request)
    came: dict[str, _Came] = {}
    failed: dict[str, str] = {}
    for symbol in dict.fromkeys(request.symbols):
        ask = Ask(symbol, request.first, request.last, request.step, request.as_of)
        try:
            came[symbol] = _came(provider, ask, request)
        except NoAnswer as error:
            failed[symbol] = str(error)
    if not came:
        raise NoAnswer(next(iter(failed.values())))
    bars = {name: one for each in came.values() for name, one in _bars(each, request).items()}
    fetched = tuple(
        _written(one, name, bars, (request, against)) for one in came.values() for name in one.rows
    )
    answer = FetchAnswer(_said(request, fetched, failed), request.provider, fetched, failed)
    return FetchDone(answer, _inputs(request, fetched))


def _provider(request: FetchRequest) -> Provider:
    provider = SOURCES.make(request.provider, {})
    if request.first > request.last:
        raise BadDate(f"{request.first} is after {request.last}; write --from before --to.")
    if request.step not in provider.steps:
        known = ", ".join(provider.steps)
        raise BadNumber(f"{request.provider} has no bars of {request.step!r}; it has {known}.")
    if request.as_of is not None:
        _of_the_past(request, request.as_of, vintages=provider.vintages)
    if not request.symbols or not all(one.strip() for one in request.symbols):
        raise NoAnswer("a symbol is empty, or none is given; name at least one.")
    return provider


def _of_the_past(request: FetchRequest, as_of: date, *, vintages: bool) -> None:
    if not vintages:
        able = ", ".join(name for name in SOURCES.members() if SOURCES.member(name).vintages)
        raise BadNumber(f"{request.provider} keeps no vintages; leave --as-of out, or use {able}.")
    if not request.first <= as_of <= request.now().date():
        raise BadDate(f"--as-of {as_of} is before --from or in the future; name a day between.")


def _against(request: FetchRequest) -> History:
    if request.against is None:
        return History({})
    return read_history(request.against, intraday=request.step != "1d")


def _came(provider: Provider, ask: Ask, request: FetchRequest) -> _Came:
    """The answer, from the cache if it is fresh; only one that can be read is kept."""
    cache, name = raw_answers(), request.provider
    question = {
        "provider": name,
        "symbol": ask.symbol,
        "from": ask.first.isoformat(),
        "to": ask.last.isoformat(),
        "step": ask.step,
        **({"at": request.at} if request.at else {}),
        **({"as_of": request.as_of.isoformat()} if request.as_of else {}),
    }
    old = None if request.again else cache.newest(name, question, request.now(), FRESH)
    wire = replace(request.wire, at=request.at)
    content = provider.answer(ask, wire) if old is None else old.content
    rows, skipped = rising(provider.bars(content, ask))
    if not rows:
        raise NoAnswer(
            f"{name} has nothing of {ask.symbol!r} from {ask.first} to {ask.last}; check the"
            " symbol and the days."
        )
    kept = old or _keep(cache, question, content, request.now())
    return _Came(kept, old is not None, rows, skipped)


def _keep(cache: Cache, question: dict[str, str], content: bytes, moment: datetime) -> Kept:
    return cache.keep(question["provider"], question, content, moment)


def _bars(came: _Came, request: FetchRequest) -> dict[str, Bars]:
    return {name: as_bars(name, rows, request.step) for name, rows in came.rows.items()}


def _written(
    came: _Came, name: str, bars: Mapping[str, Bars], asked: tuple[FetchRequest, History]
) -> Fetched:
    """One symbol's file, and what the checks say of it."""
    request, against = asked
    rows = came.rows[name]
    file = request.out / file_name(request.source, name, request.step)
    write_long(rows, file, request.source, request.step)
    return Fetched(
        symbol=name, rows=len(rows), first=rows[0].moment, last=rows[-1].moment, file=file.name,
        raw=came.kept.file.name, moment=came.kept.moment, sha256=came.kept.sha256,
        cached=came.cached, skipped=came.skipped, as_of=request.as_of,
        doubts=doubts(bars[name], History(bars), against),
    )  # fmt: skip


def _said(
    request: FetchRequest, fetched: tuple[Fetched, ...], failed: Mapping[str, str]
) -> tuple[Said, ...]:
    rows = Amount(sum(one.rows for one in fetched), "count")
    found = sum(len(one.doubts) for one in fetched)
    first = Said(
        "{provider} gave {rows} {rows:row|rows} of {symbols} {symbols:symbol|symbols}.",
        {"provider": request.provider, "rows": rows, "symbols": Amount(len(fetched), "count")},
    )
    second = (
        Said(
            "The checks find {count} {count:thing|things} to look at.",
            {"count": Amount(found, "count")},
        )
        if found
        else Said("The checks find nothing.")
    )
    lost = Said(
        "{count} {count:symbol|symbols} gave nothing.", {"count": Amount(len(failed), "count")}
    )
    return (first, second, lost) if failed else (first, second)


def _inputs(request: FetchRequest, fetched: tuple[Fetched, ...]) -> dict[str, Json]:
    return {
        "sha256": digest(one.sha256.encode() for one in fetched),
        "seed": None,
        "provider": request.provider,
        "symbols": list(request.symbols),
        "from": request.first.isoformat(),
        "to": request.last.isoformat(),
        "step": request.step,
        "as_of": request.as_of.isoformat() if request.as_of else None,
        "against": request.against.name if request.against else None,
    }
