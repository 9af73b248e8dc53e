"""A run set beside what is known: its ceiling, reported facts, and what happened in the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from undertow.core.answers.simulation import Simulation
from undertow.core.shapes import PerInstrument
from undertow.core.trace import Trace
from undertow.episodes import Episode, Fact, given_news
from undertow.episodes.formulas import referred
from undertow.model.scenario import Scenario
from undertow.studies.ceiling import basket_ceilings, ceilings, lost
from undertow.studies.facts_check import facts_check
from undertow.studies.simulate import Seen


def seen(episode: Episode) -> Seen:
    """What really happened, over the window and over the days no choice was made with."""
    plan = episode.plan
    until = plan.reading.until
    opening, last = episode.actual(plan.start), episode.actual(plan.end)
    later = {} if until is None else _changes(episode, episode.actual(until), last)
    return Seen(_changes(episode, opening, last), until, later)


def _changes(episode: Episode, before: PerInstrument, after: PerInstrument) -> dict[str, float]:
    """Changes of the instruments whose price is known at both ends."""
    change = after / before - 1.0
    pairs = zip(episode.symbols, change, strict=True)
    return {name: float(x) for name, x in pairs if np.isfinite(x)}


def beside_the_facts(
    answer: Simulation, episode: Episode, scenario: Scenario, trace: Trace
) -> Simulation:
    """The answer with its ceiling, the reported facts and the names of what is assumed."""
    reading = episode.plan.reading
    news = given_news(episode, scenario.market, scenario.clock)
    losses = lost(scenario.market, news, reading.losses)
    raised, coefficients = sum(losses.values()), _coefficients(episode)
    baskets = episode.plan.baskets
    units = {name: one.unit for name, one in episode.plan.instruments.items()}
    pairs = zip(reading.checks, _reported(episode), strict=True)
    return replace(
        answer,
        losses=losses,
        ceiling=ceilings(scenario, raised, coefficients) if losses else {},
        ceiling_of_baskets=(
            basket_ceilings(scenario, raised, coefficients, baskets) if losses else {}
        ),
        facts_check=facts_check(scenario, trace, pairs, units),
        assumed=tuple(fact.id for fact in episode.assumed),
    )


def _coefficients(episode: Episode) -> tuple[float, float, float]:
    """Y as assumed, its lowest and its highest."""
    base = episode.plan.reading.coefficient
    behind = next(referred(_raw(episode).get("coefficient"), episode.facts), None)
    return (base, *behind.range) if behind else (base, base, base)


def _reported(episode: Episode) -> list[Fact]:
    """The fact behind each reported figure."""
    checks = _raw(episode).get("checks", [])
    return [next(referred(check, episode.facts)) for check in checks]


def _raw(episode: Episode) -> dict[str, list[object]]:
    """`[reading]` as written, with the names of its facts."""
    raw = episode.raw.get("reading", {})
    return raw if isinstance(raw, dict) else {}
