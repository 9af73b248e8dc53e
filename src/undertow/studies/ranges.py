"""The question: between what does every headline lie, given what is only assumed?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from undertow.core.answers.bands import Bands
from undertow.core.answers.reading import Range, Ranges, Rest
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.simulation import Simulation
from undertow.core.errors import InputError
from undertow.core.shapes import Floats
from undertow.episodes.episode import Episode
from undertow.studies.assumed import Input, inputs_of
from undertow.studies.latin import latin
from undertow.studies.simulate import headline
from undertow.studies.trial import TOTALS, Design, Outcome, Refused, Trial
from undertow.studies.workers import answers

Found: TypeAlias = Outcome | Refused


@dataclass(frozen=True, slots=True)
class Ranged:
    """What the assumed inputs leave open: headlines, paths, and what could not be tried."""

    ranges: Ranges
    bands: Bands
    warnings: tuple[Said, ...]


def ranges(
    episode: Episode,
    design: Design,
    base: Simulation,
    progress: Callable[[int, int], None] | None = None,
) -> Ranged:
    """Every headline over ±50 % on each assumed input: one at a time, and all together.

    base: the full run; its own values lie within the ranges too. All small runs have one seed, so
    that they differ by their inputs alone. A run that the episode refuses is named in a warning.
    """
    inputs = inputs_of(episode)
    seed = episode.plan.seed if design.seed is None else design.seed
    places = latin(design.draws, len(inputs), seed)
    together = drawn(inputs, places) if inputs else ()
    tasks = [{}, *_one_at_a_time(inputs), *together]
    found = answers(
        Trial(episode, design),
        tasks,
        workers=design.workers,
        advance=None if progress is None else lambda done: progress(done, len(tasks)),
    )
    assumed = found[0]
    if not isinstance(assumed, Outcome):
        raise InputError(f"{episode.file} has no ranges: {assumed.why if assumed else assumed}")
    all_runs = [assumed if one is None else one for one in found]
    return _read(episode, design, base, inputs, all_runs)


def _one_at_a_time(inputs: Sequence[Input]) -> Iterator[dict[str, float]]:
    """Each input at its low end and at its high end."""
    for one in inputs:
        yield one.at(-1.0)
        yield one.at(1.0)


def drawn(inputs: Sequence[Input], places: Floats) -> Iterator[dict[str, float]]:
    """The facts of each draw, in which every input stands somewhere."""
    for draw in places:
        parts = (one.at(float(place)) for one, place in zip(inputs, draw, strict=True))
        yield {name: value for part in parts for name, value in part.items()}


def _read(
    episode: Episode, design: Design, base: Simulation, inputs: Sequence[Input], found: list[Found]
) -> Ranged:
    runs = [one for one in found if isinstance(one, Outcome)]
    clock, symbols = episode.clock(design.bar), episode.symbols
    target = headline(base.instruments) or symbols[0]
    ends = np.array([one.forced[-1] for one in runs])
    paths = [one.forced for one in runs]
    answer = Ranges(
        runs=len(runs),
        accounts=design.accounts,
        bar_minutes=clock.step.total_seconds() / 60.0,
        target=target,
        base=dict(zip(symbols, ends[0].tolist(), strict=True)),
        forced={
            name: _range(base.instruments[name].forced, ends[:, at])
            for at, name in enumerate(symbols)
        },
        totals=_totals(base, runs),
        tornado=_tornado(inputs, found, symbols.index(target)),
    )
    bands = Bands(
        times=tuple(clock.time(bar) for bar in range(clock.bars)),
        instruments=symbols,
        low=np.minimum.reduce(paths),
        high=np.maximum.reduce(paths),
    )
    return Ranged(answer, bands, tuple(_warnings(inputs, found)))


def _range(value: float, runs: Floats) -> Range:
    return Range(value, min(value, float(runs.min())), max(value, float(runs.max())))


def _totals(base: Simulation, runs: Sequence[Outcome]) -> dict[str, Range]:
    segments = base.segments.values()
    full = (
        sum(one.called for one in segments),
        sum(one.forced_usd for one in segments),
        sum(one.bad_debt_usd for one in segments),
    )
    small = np.array([one.totals for one in runs])
    return {name: _range(full[at], small[:, at]) for at, name in enumerate(TOTALS)}


def _tornado(inputs: Sequence[Input], found: list[Found], target: int) -> tuple[Rest, ...]:
    """What each input does alone, the widest first; an end that was refused does nothing."""
    small = found[0]
    ends = found[1 : 1 + 2 * len(inputs)]
    rests = []
    for one, low, high in zip(inputs, ends[0::2], ends[1::2], strict=True):
        at_low, usd_at_low = _headlines(low, small, target)
        at_high, usd_at_high = _headlines(high, small, target)
        multiples = one.multiples
        rests.append(
            Rest(one.name, len(one.facts), *multiples, at_low, at_high, usd_at_low, usd_at_high)
        )
    base, _ = _headlines(small, small, target)
    return tuple(sorted(rests, key=lambda rest: -rest.swing(base)))


def _headlines(one: Found, otherwise: Found, target: int) -> tuple[float, float]:
    """Forced change of the target, and all forced sales."""
    if isinstance(one, Refused):
        return _headlines(otherwise, otherwise, target)
    return float(one.forced[-1, target]), one.totals[TOTALS.index("forced_usd")]


def _warnings(inputs: Sequence[Input], found: list[Found]) -> Iterator[Said]:
    """What could not be tried, and books that do not close."""
    for one in (one for one in inputs if one.cut):
        low, high = one.multiples
        yield Said(
            "{input} is moved between {low} and {high} of its base only: farther out the episode"
            " would be refused.",
            {"input": one.name, "low": Amount(low, "number"), "high": Amount(high, "number")},
        )
    ends, draws = found[1 : 1 + 2 * len(inputs)], found[1 + 2 * len(inputs) :]
    for number, end in enumerate(ends):
        if isinstance(end, Refused):
            name = inputs[number // 2].name
            yield Said(
                "{input} could not be tried at one end: {why}.", {"input": name, "why": end.why}
            )
    refused = [one for one in draws if isinstance(one, Refused)]
    if refused:
        yield Said(
            "{count} of {draws} joint draws could not be tried, the first because of this: {why}.",
            {
                "count": Amount(len(refused), "count"),
                "draws": Amount(len(draws), "count"),
                "why": refused[0].why,
            },
        )
    broken = sum(isinstance(one, Outcome) and not one.closes for one in found)
    if broken:
        yield Said(
            "in {count} small {count:run|runs} the books do not close.",
            {"count": Amount(broken, "count")},
        )
