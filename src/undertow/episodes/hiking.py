"""A margin change that a person asks for in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from undertow.core.clock import utc
from undertow.core.errors import BadDate, BadFile, BadNumber, InputError, unknown
from undertow.episodes.episode import Episode
from undertow.episodes.made import made, said_with_place
from undertow.episodes.schema_market import Hike
from undertow.episodes.schema_segments import Segment
from undertow.model.margin import MARGIN

HIKE = re.compile(
    r"(?P<symbol>[^=@]+)=(?P<rate>[^@%]+)(?P<percent>%?)@(?P<first>[^@]+?)(\.\.(?P<last>[^@]+))?"
)
LIKE = "write it like SI=22%@2026-02-09 or SI=22%@2026-02-05T22:00..2026-02-06T22:00 (UTC)"


@dataclass(frozen=True, slots=True)
class Asked:
    """A margin change as a person wrote it.

    rate: as written, so 22 where `percent`;  notice, effect: UTC
    """

    text: str
    symbol: str
    rate: float
    percent: bool
    notice: datetime
    effect: datetime

    @property
    def source(self) -> str:
        """What stands in the place of a source."""
        return f"asked for: {self.text}"


def hiked(episode: Episode, text: str) -> Episode:
    """The episode with one more margin change, as in "SI=22%@2026-02-09".

    SYMBOL=RATE@MOMENT or SYMBOL=RATE@NOTICE..EFFECT, days and times in UTC. The rate is what all
    accounts must hold that have the instrument on margin, with whatever their broker adds: in per
    cent of value, or as money per contract where the rule counts in money. From then on it is the
    least: a change of the episode at the same moment is replaced, a later one that is no higher is
    dropped, a later one that is higher stays. Segments under a rule without rates by name keep it.
    """
    asked = _asked(text)
    _check_moment(episode, asked)
    if asked.symbol not in episode.symbols:
        raise unknown("instrument", asked.symbol, episode.symbols, text)
    segments = [name for name in episode.plan.segments if _meets(episode, name, asked)]
    if not segments:
        raise InputError(
            f"{text}: nobody in {episode.file} holds {asked.symbol!r} on margin under a rule with a"
            f" rate for it; on margin are {', '.join(_on_margin(episode))}."
        )
    rate = asked.rate / 100.0 if asked.percent else asked.rate
    table: dict[str, object] = {
        "instrument": asked.symbol,
        "rate": rate,
        "notice": asked.notice,
        "effect": asked.effect,
        "segments": segments,
        "source": asked.source,
    }
    kept = list(_outlasting(episode, asked, rate, segments))
    return episode.changed({"hikes": [*kept, table]})


def _asked(text: str) -> Asked:
    match = HIKE.fullmatch(text.strip())
    if match is None:
        raise BadFile(f"{text!r} is no margin change; {LIKE}.")
    try:
        rate = float(match["rate"])
    except ValueError:
        raise BadNumber(f"{text}: {match['rate']!r} is not a number; {LIKE}.") from None
    if not 0.0 < rate < float("inf"):
        raise BadNumber(f"{text}: a margin of {rate:g} cannot be asked; give a number above 0.")
    notice = _moment(match["first"], text)
    effect = notice if match["last"] is None else _moment(match["last"], text)
    if effect < notice:
        raise BadDate(f"{text}: the margin takes effect before its notice; swap the two.")
    return Asked(text, match["symbol"].strip(), rate, bool(match["percent"]), notice, effect)


def _moment(written: str, text: str) -> datetime:
    try:
        return utc(datetime.fromisoformat(written.strip()))
    except ValueError:
        raise BadDate(f"{text}: {written!r} is no day or time; {LIKE}.") from None


def _check_moment(episode: Episode, asked: Asked) -> None:
    plan, clock = episode.plan, episode.clock()
    if not plan.start <= asked.effect <= clock.time(clock.bars - 1):
        raise BadDate(
            f"{asked.text}: nobody meets a margin of {asked.effect:%Y-%m-%d %H:%M} UTC, because"
            f" {episode.file} runs from {plan.start:%Y-%m-%d %H:%M} to {plan.end:%Y-%m-%d %H:%M};"
            " choose a day inside."
        )


def _meets(episode: Episode, name: str, asked: Asked) -> bool:
    """Whether a segment has the instrument on margin, under a rule that can take this rate."""
    segment, where = episode.plan.segments[name], f"{asked.text}: segments.{name}"
    if asked.symbol not in _pledged(episode, segment):
        return False
    rule = made(MARGIN, segment.regime.margin, where)
    if rule.rated == "nothing":
        return False
    if asked.percent != (rule.rated == "share"):
        unit = "per cent of value" if rule.rated == "share" else "money per contract, without %"
        raise BadNumber(f"{where} counts the margin of {asked.symbol!r} in {unit}; write it so.")
    with said_with_place(where):
        rule.hiked(asked.symbol, asked.rate / 100.0 if asked.percent else asked.rate)
    return True


def _pledged(episode: Episode, segment: Segment) -> set[str]:
    """Instruments that a segment holds on margin."""
    found: set[str] = set()
    for held in segment.holds:
        if held.way == "pledged" and held.instrument is not None:
            found.add(held.instrument)
        elif held.way == "pledged":
            found.update(episode.plan.baskets[str(held.basket)])
    return found


def _on_margin(episode: Episode) -> list[str]:
    held = set().union(*(_pledged(episode, s) for s in episode.plan.segments.values()))
    return [symbol for symbol in episode.symbols if symbol in held]


def _outlasting(
    episode: Episode, asked: Asked, rate: float, segments: list[str]
) -> Iterator[object]:
    """The episode's own changes, as written, without what the asked one stands for."""
    written = episode.raw.get("hikes", [])
    pairs = zip(written if isinstance(written, list) else [], episode.plan.hikes, strict=True)
    for raw, hike in pairs:
        if not _is_replaced(hike, asked, rate):
            yield raw
        elif others := [name for name in hike.segments if name not in segments]:
            yield {**raw, "segments": others}


def _is_replaced(hike: Hike, asked: Asked, rate: float) -> bool:
    if hike.instrument != asked.symbol or hike.effect < asked.effect:
        return False
    return hike.effect == asked.effect or hike.rate <= rate
