"""What one table alone cannot know: names must exist, weights must sum, dates must fit."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping

from undertow.core.errors import BadDate, BadFile, BadNumber, unknown
from undertow.episodes.schema import Plan
from undertow.episodes.schema_market import Instrument
from undertow.episodes.schema_segments import Held

SUM_TOLERANCE = 1e-9


def check(plan: Plan, file: str) -> None:
    """Refuse a plan whose parts do not fit together."""
    for kind, name, known, where in _names(plan):
        if name not in known:
            raise unknown(kind, name, known, f"{file} [{where}]")
    if plan.end <= plan.start:
        raise BadDate(
            f"{file} ends at {plan.end:%Y-%m-%d %H:%M} UTC, not after its start"
            f" {plan.start:%Y-%m-%d %H:%M}; move one of them."
        )
    _check_shares(plan, file)
    _check_look_through(plan, file)
    _check_news(plan, file)
    _check_reading(plan, file)


def _names(plan: Plan) -> Iterator[tuple[str, str, Collection[str], str]]:
    """Every name the file uses: its kind, itself, what is known and where it stands."""
    instruments, venues = plan.instruments, plan.venues
    for symbol, one in instruments.items():
        where = f"instruments.{symbol}"
        yield from (("instrument", name, instruments, where) for name in one.look_through)
        yield from (("venue", name, venues, where) for name in _given(one.venue))
        if one.currency != "USD":
            yield "currency", one.currency, plan.currencies, where
    for basket, weights in plan.baskets.items():
        yield from (("instrument", name, instruments, f"baskets.{basket}") for name in weights)
    for name, segment in plan.segments.items():
        where = f"segments.{name}"
        yield from (("venue", v, venues, where) for v in _given(segment.regime.settles_on))
        for held in segment.holds:
            yield from _held(held, plan, where)
    for bulletin in plan.news:
        yield "instrument", bulletin.instrument, instruments, "news"
    for hike in plan.hikes:
        yield "instrument", hike.instrument, instruments, "hikes"
        yield from (("segment", name, plan.segments, "hikes") for name in hike.segments)
    yield from _read(plan)


def _read(plan: Plan) -> Iterator[tuple[str, str, Collection[str], str]]:
    reading, sellers = plan.reading, (*plan.segments, *plan.traders)
    for loss in reading.losses:
        yield "instrument", loss.instrument, plan.instruments, "reading.losses"
    for one in reading.checks:
        where = f"reading.checks {one.title!r}"
        yield from (("instrument", name, plan.instruments, where) for name in one.instruments)
        yield from (("segment or trader", name, sellers, where) for name in one.sellers)


def _held(held: Held, plan: Plan, where: str) -> Iterator[tuple[str, str, Collection[str], str]]:
    yield from (("instrument", name, plan.instruments, where) for name in _given(held.instrument))
    yield from (("basket", name, plan.baskets, where) for name in _given(held.basket))


def _given(name: str | None) -> Iterable[str]:
    return () if name is None else (name,)


def _check_shares(plan: Plan, file: str) -> None:
    total = math.fsum(segment.share for segment in plan.segments.values())
    if abs(total - 1.0) > SUM_TOLERANCE:
        raise BadNumber(
            f"{file}: the shares of the segments sum to {total:g}, not to 1; mend"
            f" {', '.join(f'segments.{name}.share' for name in plan.segments)}."
        )


def _check_look_through(plan: Plan, file: str) -> None:
    for symbol, one in plan.instruments.items():
        total = math.fsum(one.look_through.values())
        if one.rest_on_itself and not 0.0 <= total <= 1.0 + SUM_TOLERANCE:
            raise BadNumber(
                f"{file}: the weights of instruments.{symbol}.look_through sum to {total:g}, so"
                " no rest is left for itself; mend them or drop rest_on_itself."
            )
        if ring := _ring(plan.instruments, (symbol,)):
            raise BadFile(
                f"{file}: the look_through of {' -> '.join(ring)} ends where it begins; name what"
                " lies beneath."
            )


def _ring(instruments: Mapping[str, Instrument], way: tuple[str, ...]) -> tuple[str, ...]:
    """The way down from its first name back to it, or nothing; a rest on itself is no way."""
    for name in instruments[way[-1]].look_through:
        if name == way[0] and len(way) > 1:
            return (*way, name)
        if name not in way and (ring := _ring(instruments, (*way, name))):
            return ring
    return ()


def _check_news(plan: Plan, file: str) -> None:
    for bulletin in plan.news:
        if plan.instruments[bulletin.instrument].role == "linked":
            raise BadFile(
                f"{file} has news for {bulletin.instrument!r}, which inherits the news of what it"
                " looks through to; drop it or make the instrument free."
            )


def _check_reading(plan: Plan, file: str) -> None:
    until = plan.reading.until
    if until is not None and not plan.start <= until <= plan.end:
        raise BadDate(
            f"{file} [reading]: until, {until:%Y-%m-%d %H:%M} UTC, lies outside the window"
            f" {plan.start:%Y-%m-%d %H:%M} to {plan.end:%Y-%m-%d %H:%M}; move it inside or drop it."
        )
