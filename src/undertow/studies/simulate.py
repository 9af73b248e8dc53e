"""The question: what happens, to whom, and how much of it was forced?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from undertow.core.answers.simulation import InstrumentAnswer, SegmentAnswer, Simulation
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.model.scenario import Scenario

NOTHING = 5e-4
"""Forced changes below this share of the price are not worth a name in the sentence."""


def simulate(
    scenario: Scenario, actual: Mapping[str, float], *, how: How | None = None
) -> tuple[Simulation, Trace]:
    """Run a scenario and set it beside what happened; `actual` is only read after the run.

    actual: price at the end of the window over the opening price, minus one, by instrument
    """
    trace = run(scenario, how=how)
    return read(scenario, trace, actual), trace


def read(scenario: Scenario, trace: Trace, actual: Mapping[str, float]) -> Simulation:
    """The answer that a trace gives."""
    instruments = {
        name: _instrument(scenario, trace, at, actual.get(name))
        for at, name in enumerate(trace.instruments)
    }
    segments = {name: _segment(scenario, trace, at) for at, name in enumerate(trace.segments)}
    return Simulation(
        outcome=_outcome(instruments, segments),
        accounts=len(scenario.accounts),
        bars=scenario.clock.bars,
        rounds=trace.rounds,
        truncated=trace.truncated,
        instruments=instruments,
        segments=segments,
        contagion=trace.contagion,
        audit=trace.audit,
        warnings=tuple(_warnings(trace)),
    )


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
    return "linked" if scenario.news.linked[at] else "free"


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
) -> str:
    called = sum(s.called for s in segments.values())
    money = sum(s.forced_usd for s in segments.values())
    free = {name: a for name, a in instruments.items() if a.role == "free"}
    said = f"{called:,.0f} margin calls and {money / 1e9:,.1f} billion dollars of forced sales"
    if not free:
        return f"{said}; no instrument was left free to answer."
    furthest = {name: _furthest(answer) for name, answer in free.items()}
    worst = max(furthest, key=lambda name: abs(furthest[name]))
    if abs(furthest[worst]) < NOTHING:
        return f"{said} left every free market within {_said(NOTHING)[1:]} of where it was."
    pushed = f"pushed {worst} furthest, by {_said(furthest[worst])} at most"
    return f"{said} {pushed}{_beside(free[worst])}."


def _furthest(answer: InstrumentAnswer) -> float:
    """The largest forced change on the way, up or down."""
    low, high = answer.forced_low, answer.forced_high
    return high if high > -low else low


def _beside(answer: InstrumentAnswer) -> str:
    if answer.actual is None:
        return ""
    return (
        f"; over the window it moved {_said(answer.actual)}, of which the simulation accounts for"
        f" {_said(answer.simulated)}"
    )


def _said(change: float) -> str:
    return f"{100.0 * change:+.2f} %".replace("-", "−")


def _warnings(trace: Trace) -> list[str]:
    said = []
    if trace.truncated:
        said.append(f"the cascade had not come to rest after {trace.rounds} rounds.")
    broken = [finding.law for finding in trace.audit if not finding.holds]
    if broken:
        said.append(f"the books do not close: {'; '.join(broken)}.")
    stuck = float(trace.by_segment.unrescuable.sum(axis=1).max(initial=0.0))
    if stuck > 0.0:
        said.append(f"up to {stuck:,.0f} called accounts at once could not be rescued by selling.")
    return said
