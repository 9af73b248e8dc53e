"""A small answer for tests of what people read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from undertow.core.answers.reading import (
    Ceiling,
    FactCheck,
    Later,
    Range,
    Ranges,
    Rest,
    Window,
)
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.simulation import InstrumentAnswer, SegmentAnswer, Simulation
from undertow.core.trace import Contagion, Finding

START = datetime(2026, 1, 29, tzinfo=UTC)


def answer(*, gap: float = 1e-15, actual: float | None = -0.05) -> Simulation:
    unexplained = None if actual is None else actual + 0.01
    return Simulation(
        said=(Said("{calls} margin calls pushed A by −1 %.", {"calls": Amount(5.0, "count")}),),
        window=Window(START, START, START),
        accounts=10,
        bars=4,
        rounds=4,
        truncated=False,
        instruments={
            "A": InstrumentAnswer(
                "free", 0.0, -0.01, -0.02, 0.0, -0.01, actual, unexplained, 0.5, 3.0
            )
        },
        segments={"retail": SegmentAnswer(10, 1000.0, 5.0, 2.5e9, 1.0, 2e6, 1e6, 1e6, 0.0)},
        contagion=Contagion(
            ("B: news", "B: forced selling", "opening"), ("A", "B"), ("retail",),
            np.array([[[3.0e9, 0.0], [1.0e6, 0.0], [0.0, 0.0]]]),
        ),
        audit=(Finding("cash in = cash out", gap < 1e-9, gap),),
        warnings=(Said("something to know."),),
    )  # fmt: skip


def full() -> Simulation:
    """The same with a source, a ceiling, ranges, later days, reported figures and a base."""
    base = answer()
    source = InstrumentAnswer("given", -0.3, -0.02, -0.04, 0.0, -0.31, -0.31, 0.0, 0.2, 9.0)
    rests = tuple(
        Rest(f"input {k}", 1, 0.5, 1.5, -0.01 * k, -0.001 * k, 1e9, 2e9) for k in range(9, 0, -1)
    )
    ranges = Ranges(
        runs=21,
        accounts=2_000,
        bar_minutes=60.0,
        target="A",
        base={"A": -0.01},
        forced={"A": Range(-0.01, -0.03, 0.002)},
        totals={"calls": Range(5.0, 1.0, 9.0)},
        tornado=rests,
    )
    checks = (
        FactCheck("longs cut", 2e9, 1e9, "USD", 2.0, "reported", "a report", "a note"),
        FactCheck("nothing reported", 5.0, 0.0, "ounce", float("nan"), "reported", "a report", ""),
    )
    return replace(
        base,
        instruments={"S": source, **base.instruments},
        window=Window(START, START + timedelta(days=9), START + timedelta(days=16)),
        losses={"S": 3e10},
        ceiling={"A": Ceiling(3e10, 2.0, -0.12, -0.18, -0.06)},
        ranges=ranges,
        facts_check=checks,
        out_of_sample={"A": Later(-0.001, -0.002, 0.07, 0.072), "S": Later(0.0, 0.1, 0.1, 0.0)},
        changes=("--hike S=22%@2026-02-09",),
        beside=replace(base, instruments={"S": source, "A": base.instruments["A"]}),
    )
