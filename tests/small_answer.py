"""A small answer for tests of what people read."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from undertow.core.answers.reading import Window
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
