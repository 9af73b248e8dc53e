"""The question: what is assumed, and between what may it lie?"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from undertow.core.errors import InputError
from undertow.episodes.episode import Episode
from undertow.episodes.facts import Fact
from undertow.episodes.fits import fits

WRONG_BY = 0.5
"""An assumption may be wrong by half."""
SHARE = re.compile(r"share( |$)")
HALVINGS = 20


@dataclass(frozen=True, slots=True)
class Extremes:
    """One assumed fact: its value, and its values at the low and the high end of its input."""

    name: str
    value: float
    low: float
    high: float

    def at(self, place: float) -> float:
        """Value at a place from −1 (low) over 0 (as assumed) to 1 (high), linear on each side."""
        end = self.high if place > 0.0 else self.low
        return float(self.value + abs(place) * (end - self.value))


@dataclass(frozen=True, slots=True)
class Input:
    """Assumed facts that move as one: all to their low ends, or all to their high ends.

    cut: why an end does not lie as far out as it should
    """

    name: str
    facts: tuple[Extremes, ...]
    cut: tuple[str, ...] = ()

    def at(self, place: float) -> dict[str, float]:
        """Facts by name at a place from −1 (low) over 0 (as assumed) to 1 (high)."""
        return {fact.name: fact.at(place) for fact in self.facts}

    def moves(self, place: float) -> bool:
        """Whether any of its facts is another there than as assumed."""
        return any(fact.at(place) != fact.value for fact in self.facts)

    @property
    def multiples(self) -> tuple[float, float]:
        """The outermost ends as multiples of what is assumed; NaN where that is 0."""
        ends = [(f.low / f.value, f.high / f.value) for f in self.facts if f.value != 0.0]
        if not ends:
            return math.nan, math.nan
        return min(low for low, _ in ends), max(high for _, high in ends)


def inputs_of(episode: Episode) -> tuple[Input, ...]:
    """All assumed facts that enter a scenario, those of `[ranges] together` joined.

    ends: 0.5 and 1.5 times the value, or the fact's stated range where that reaches further; a
    fact of 0 has its stated range. No share rises above 1. An end that the episode refuses, or
    that is a forbidden fit, is pulled in: to the stated range, or as far as is needed.
    """
    found: dict[str, list[Fact]] = {}
    for fact in episode.assumed:
        found.setdefault(_input(episode, fact), []).append(fact)
    inputs = (_within(episode, name, facts) for name, facts in found.items())
    return tuple(one for one in inputs if one.moves(-1.0) or one.moves(1.0))


def _input(episode: Episode, fact: Fact) -> str:
    """The name of those that a fact moves together with, or its own."""
    patterns = episode.plan.ranges.together.items()
    together = (name for name, own in patterns if any(fnmatchcase(fact.id, p) for p in own))
    return next(together, _name(episode, fact))


def _name(episode: Episode, fact: Fact) -> str:
    """The id of a fact, with its moment where the id alone would mean another row."""
    if fact.moment is None or episode.facts.fact(fact.id).line == fact.line:
        return fact.id
    return f"{fact.id}@{fact.moment:%Y-%m-%dT%H:%M:%SZ}"


def _within(episode: Episode, name: str, facts: list[Fact]) -> Input:
    """The input with ends that the episode can take."""
    wide = Input(name, tuple(_extremes(episode, fact, _half(fact)) for fact in facts))
    stated = Input(name, tuple(_extremes(episode, fact, ()) for fact in facts))
    (low, why_low), (high, why_high) = (_end(episode, wide, stated, place) for place in (-1.0, 1.0))
    taken = tuple(replace(f, low=low[f.name], high=high[f.name]) for f in wide.facts)
    return Input(name, taken, tuple(why for why in (why_low, why_high) if why))


def _end(
    episode: Episode, wide: Input, stated: Input, place: float
) -> tuple[dict[str, float], str | None]:
    """Values of one end, and why it is not the wide one."""
    why = _refusal(episode, wide.at(place))
    if why is None:
        return wide.at(place), None
    if stated.moves(place) and _refusal(episode, stated.at(place)) is None:
        return stated.at(place), why
    inside, outside = 0.0, place
    for _ in range(HALVINGS):
        middle = 0.5 * (inside + outside)
        refused = _refusal(episode, wide.at(middle)) is not None
        inside, outside = (inside, middle) if refused else (middle, outside)
    return wide.at(inside), why


def _refusal(episode: Episode, values: Mapping[str, float]) -> str | None:
    """Why the episode cannot have these facts: it has no such plan, or the plan is a new fit."""
    try:
        new = fits(episode.with_facts(values).plan)
    except InputError as error:
        return str(error).rstrip(".")
    used = fits(episode.plan)
    return next((finding for name, finding in new.items() if name not in used), None)


def _half(fact: Fact) -> tuple[float, float]:
    return (1.0 - WRONG_BY) * fact.value, (1.0 + WRONG_BY) * fact.value


def _extremes(episode: Episode, fact: Fact, more: tuple[float, ...]) -> Extremes:
    stated = (end for end in (fact.low, fact.high) if not math.isnan(end))
    ends = (fact.value, *stated, *more)
    low, high = min(ends), max(ends)
    if SHARE.match(fact.unit):
        high = max(min(high, 1.0), fact.value)
    # For a negative value the low end is the one nearer to 0: 0.5 times, not 1.5 times.
    ordered = (low, high) if fact.value >= 0.0 else (high, low)
    return Extremes(_name(episode, fact), fact.value, *ordered)
