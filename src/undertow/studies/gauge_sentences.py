"""What a gauge says in sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from undertow.core.answers.gauge import GaugeAnswer, LevelClaim
from undertow.core.answers.said import Amount, Said

HALF = 0.5


def sentences(answer: GaugeAnswer) -> tuple[Said, ...]:
    """The level, where it comes from, and what the peaks say of the claim."""
    return tuple(_sentences(answer))


def warnings(answer: GaugeAnswer) -> tuple[Said, ...]:
    """What to keep in mind."""
    return tuple(_warnings(answer))


def _sentences(answer: GaugeAnswer) -> Iterator[Said]:
    yield Said(
        "On {day} the Liquidity Stress Index is {index} of 100, at or above {share} of all sessions"
        " up to then.",
        {
            "day": answer.session.isoformat(),
            "index": points(answer.index),
            "share": Amount(answer.percentile, "share"),
        },
    )
    if not math.isnan(answer.change):
        yield Said(
            "Five sessions before it was {index}.", {"index": points(answer.index - answer.change)}
        )
    most = max(answer.segments, key=lambda one: one.points)
    if most.points > 0.0:
        yield Said(
            "The largest part is {segment} with {points} {points:point|points}.",
            {"segment": most.name, "points": points(most.points)},
        )
    if answer.claim is not None:
        yield from _of_claim(answer.claim)


def _of_claim(claim: LevelClaim) -> Iterator[Said]:
    reached = {
        "was": points(claim.peak_2008.level),
        "day": claim.peak_2008.day.isoformat(),
        "later": points(claim.peak_2020.level),
        "later_day": claim.peak_2020.day.isoformat(),
        "claimed": points(claim.level),
    }
    if claim.reached:
        yield Said(
            "By computation 2008 reaches {was} ({day}) and March 2020 {later} ({later_day}), so"
            " {claimed} was reached in 2008 on this scale.",
            reached,
        )
    else:
        yield Said(
            "By computation 2008 reaches {was} ({day}) and March 2020 {later} ({later_day}): no"
            " session of 2008 reaches {claimed}, so calling that the peak of 2008 means nothing on"
            " this scale.",
            reached,
        )
    if not math.isnan(claim.vix_2008 + claim.vix_2020):
        yield Said(
            "The VIX has such numbers: its highest close of March 2020 is {later}, of 2008 {was}.",
            {"later": Amount(claim.vix_2020, "price"), "was": Amount(claim.vix_2008, "price")},
        )


def _warnings(answer: GaugeAnswer) -> Iterator[Said]:
    for name in answer.missing:
        yield Said(
            "The segment {segment} has no reading; the others carry its weight.", {"segment": name}
        )
    for one in answer.segments:
        if 0 < one.members < HALF * one.of:
            yield Said(
                "Of the segment {segment} only {members} of {of} members have a reading.",
                {
                    "segment": one.name,
                    "members": Amount(one.members, "count"),
                    "of": Amount(one.of, "count"),
                },
            )
    if answer.session.isoformat() <= answer.reference[1]:
        yield Said(
            "The scale comes from {first} to {last}, which ends after this day; the readings do not"
            " look ahead, the scale does.",
            {"first": answer.reference[0], "last": answer.reference[1]},
        )
    if (answer.on - answer.session).days > 4:
        yield Said(
            "The last session of the data is {days} {days:day|days} before {on}.",
            {
                "days": Amount((answer.on - answer.session).days, "count"),
                "on": answer.on.isoformat(),
            },
        )


def points(value: float) -> str:
    """A level of the index."""
    return f"{value:.1f}"
