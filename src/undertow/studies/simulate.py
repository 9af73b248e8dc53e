"""The question: what happens, to whom, and how much of it was forced?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from undertow.core.answers.reading import Later, Range, Ranges, Window
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.simulation import InstrumentAnswer, SegmentAnswer, Simulation
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.model.scenario import Scenario

NOTHING = 5e-4
"""Forced changes below this share of the price are not worth a name in the sentence."""

SHOWN = 5e-5
"""The smallest change that tables show."""

NEAR = 0.1
"""Share of an actual move from which on forced selling is counted as having reached it."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What really happened; it is only read after the run.

    change: price at the end of the window over the opening price, minus one, by instrument
    until: the first moment that no choice was made with;  later: change from there to the end
    """

    change: Mapping[str, float] = field(default_factory=dict)
    until: datetime | None = None
    later: Mapping[str, float] = field(default_factory=dict)


def simulate(scenario: Scenario, seen: Seen, *, how: How | None = None) -> tuple[Simulation, Trace]:
    """Run a scenario and set it beside what happened."""
    trace = run(scenario, how=how)
    return read(scenario, trace, seen), trace


def read(scenario: Scenario, trace: Trace, seen: Seen) -> Simulation:
    """The answer that a trace gives."""
    instruments = {
        name: _instrument(scenario, trace, at, seen.change.get(name))
        for at, name in enumerate(trace.instruments)
    }
    segments = {name: _segment(scenario, trace, at) for at, name in enumerate(trace.segments)}
    clock = scenario.clock
    return Simulation(
        said=tuple(_outcome(instruments, segments)),
        window=Window(clock.start, seen.until or clock.end, clock.end),
        accounts=len(scenario.accounts),
        bars=clock.bars,
        rounds=trace.rounds,
        truncated=trace.truncated,
        instruments=instruments,
        segments=segments,
        contagion=trace.contagion,
        audit=trace.audit,
        warnings=tuple(_warnings(trace)),
        out_of_sample=_out_of_sample(scenario, trace, seen),
    )


def _out_of_sample(scenario: Scenario, trace: Trace, seen: Seen) -> dict[str, Later]:
    """Every instrument over the days that no choice was made with."""
    clock, paths = scenario.clock, trace.paths
    if seen.until is None or not clock.start + clock.step <= seen.until < clock.end:
        return {}
    last = min((seen.until - clock.start) // clock.step, trace.rounds) - 1
    simulated = paths.price[-1] / paths.price[last] - 1.0
    forced = np.expm1(paths.forced[-1] - paths.forced[last])
    return {
        name: _later(float(forced[at]), float(simulated[at]), seen.later.get(name))
        for at, name in enumerate(trace.instruments)
    }


def _later(forced: float, simulated: float, actual: float | None) -> Later:
    return Later(forced, simulated, actual, None if actual is None else actual - simulated)


def _instrument(
    scenario: Scenario, trace: Trace, at: int, actual: float | None
) -> InstrumentAnswer:
    paths, opening = trace.paths, float(scenario.market.price[at])
    simulated = float(paths.price[-1, at]) / opening - 1.0
    forced = float(np.expm1(paths.forced[-1, at]))
    return InstrumentAnswer(
        role=_role(scenario, at),
        given=(1.0 + simulated) / (1.0 + forced) - 1.0,
        forced=forced,
        forced_low=float(np.expm1(paths.forced[:, at].min())),
        forced_high=float(np.expm1(paths.forced[:, at].max())),
        simulated=simulated,
        actual=actual,
        unexplained=None if actual is None else actual - simulated,
        depth_low=float(paths.displayed[:, at].min()),
        spread_high=float(paths.spread[:, at].max()),
    )


def _role(scenario: Scenario, at: int) -> str:
    if scenario.news.given[at]:
        return "given"
    return "free" if scenario.earned[at] else "linked"


def _segment(scenario: Scenario, trace: Trace, at: int) -> SegmentAnswer:
    paths, name = trace.by_segment, trace.segments[at]
    groups = [group for group in scenario.accounts if group.segment == name]
    return SegmentAnswer(
        accounts=sum(len(group) for group in groups),
        weight=float(sum(group.weight.sum() for group in groups)),
        called=float(paths.called[:, at].sum()),
        forced_usd=float(paths.sold[:, at].sum()),
        bankrupt=float(paths.bankrupt[:, at].sum()),
        bad_debt_usd=float(paths.bad_debt[:, at].sum()),
        insurance_usd=trace.waterfall.insurance.get(name, 0.0),
        broker_usd=trace.waterfall.broker.get(name, 0.0),
        unrescuable=float(paths.unrescuable[:, at].max(initial=0.0)),
    )


def _outcome(
    instruments: Mapping[str, InstrumentAnswer], segments: Mapping[str, SegmentAnswer]
) -> Iterator[Said]:
    """Calls and money, then the target that forced selling moved furthest."""
    values: dict[str, Amount | str] = {
        "calls": Amount(sum(s.called for s in segments.values()), "count"),
        "money": Amount(sum(s.forced_usd for s in segments.values()), "dollars"),
    }
    target = headline(instruments)
    if target is None:
        yield Said(
            "{calls} margin {calls:call|calls} and {money} of forced sales; no"
            " instrument was left free to answer.",
            values,
        )
        return
    if abs(furthest(instruments[target])) < NOTHING:
        yield Said(
            "{calls} margin {calls:call|calls} and {money} of forced sales left"
            " every free market within {little} of where it was.",
            {**values, "little": Amount(NOTHING, "share")},
        )
        return
    yield _pushed(instruments, target, values)
    yield from _beside(instruments[target], target)


def _pushed(
    instruments: Mapping[str, InstrumentAnswer], target: str, values: dict[str, Amount | str]
) -> Said:
    """How far no free market was pushed, and how many were reached."""
    far = Amount(furthest(instruments[target]), "percent")
    values = {**values, "target": target, "furthest": far}
    reached, known = _reached(instruments)
    if known < 2:
        return Said(
            "{calls} margin {calls:call|calls} and {money} of forced sales pushed"
            " {target} by {furthest} at most.",
            values,
        )
    return Said(
        "{calls} margin {calls:call|calls} and {money} of forced sales pushed no"
        " free market further than {furthest} ({target}), and reach a tenth of"
        " what really happened in {few} of {all}.",
        {**values, "few": Amount(reached, "count"), "all": Amount(known, "count")},
    )


def _beside(answer: InstrumentAnswer, target: str) -> Iterator[Said]:
    """What really happened to the headline's target."""
    if answer.actual is not None:
        yield Said(
            "Over the window {target} moved {actual}, of which the simulation accounts for"
            " {simulated}.",
            {
                "target": target,
                "actual": Amount(answer.actual, "percent"),
                "simulated": Amount(answer.simulated, "percent"),
            },
        )


def _reached(instruments: Mapping[str, InstrumentAnswer]) -> tuple[int, int]:
    """Free markets in which forced selling is `NEAR` to what happened, and all of them."""
    known = [a for a in instruments.values() if a.role == "free" and a.actual is not None]
    near = [a for a in known if a.actual is not None and _share(a.forced, a.actual) >= NEAR]
    return len(near), len(known)


def _share(part: float, whole: float) -> float:
    """Part of the whole, 0 where there is none or it went the other way."""
    return part / whole if whole * part > 0.0 else 0.0


def headline(instruments: Mapping[str, InstrumentAnswer]) -> str | None:
    """The free instrument that forced selling moved furthest."""
    free = [name for name, answer in instruments.items() if answer.role == "free"]
    return max(free, key=lambda name: abs(furthest(instruments[name])), default=None)


def furthest(answer: InstrumentAnswer) -> float:
    """The largest forced change on the way, up or down."""
    low, high = answer.forced_low, answer.forced_high
    return high if high > -low else low


def ranged(answer: Simulation, ranges: Ranges, warnings: tuple[Said, ...] = ()) -> Simulation:
    """The answer with what the assumed inputs leave open, said in its sentences too."""
    return replace(
        answer,
        ranges=ranges,
        said=(*answer.said, *_spread(ranges, answer.targets or tuple(answer.instruments))),
        warnings=(*answer.warnings, *warnings),
    )


def _spread(ranges: Ranges, names: Sequence[str]) -> Iterator[Said]:
    """Between what the headline lies, and which of the names have no settled sign."""
    found = ranges.forced.get(ranges.target)
    if found is None or not ranges.tornado:
        return
    yield Said(
        "With the assumed inputs varied, forced selling leaves {target} between {low} and {high}"
        " at the end.",
        {
            "target": ranges.target,
            "low": Amount(found.low, "percent"),
            "high": Amount(found.high, "percent"),
        },
    )
    open_signs = [name for name in names if _is_open(ranges.forced[name])]
    if open_signs:
        yield Said("The sign is not settled for {names}.", {"names": "; ".join(open_signs)})


def _is_open(found: Range) -> bool:
    """Whether both signs come out, neither of them too small for the tables."""
    return found.flips and min(-found.low, found.high) >= SHOWN


def _warnings(trace: Trace) -> Iterator[Said]:
    if trace.truncated:
        rounds = Amount(trace.rounds, "count")
        yield Said(
            "the cascade had not come to rest after {rounds} {rounds:round|rounds}.",
            {"rounds": rounds},
        )
    broken = [finding.law for finding in trace.audit if not finding.holds]
    if broken:
        yield Said("the books do not close: {laws}.", {"laws": "; ".join(broken)})
    stuck = float(trace.by_segment.unrescuable.sum(axis=1).max(initial=0.0))
    if stuck > 0.0:
        yield Said(
            "up to {accounts} called {accounts:account|accounts} at once could not"
            " be rescued by selling.",
            {"accounts": Amount(stuck, "count")},
        )
