"""The question: how do the engine's forced sales compare with what was reported?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import numpy as np

from undertow.core.answers.reading import FactCheck
from undertow.core.trace import Trace
from undertow.episodes.facts import Fact
from undertow.episodes.schema_reading import Check
from undertow.model.scenario import Scenario

NAMES = {"usd": "USD", "accounts": "accounts"}


def facts_check(
    scenario: Scenario,
    trace: Trace,
    checks: Iterable[tuple[Check, Fact]],
    units: Mapping[str, str],
) -> tuple[FactCheck, ...]:
    """Each reported figure beside the engine's own over the same days and sellers.

    checks: with the fact behind the figure;  units: what each instrument is counted in
    """
    return tuple(
        FactCheck(
            what=check.title,
            engine=(found := _engine(scenario, trace, check)),
            reported=check.reported,
            unit=NAMES.get(check.measure) or units[check.instruments[0]],
            ratio=found / check.reported if check.reported else np.nan,
            status=fact.status,
            source=fact.source,
            note=check.note,
        )
        for check, fact in checks
    )


def _engine(scenario: Scenario, trace: Trace, check: Check) -> float:
    bars = slice(_bar(scenario, check.begin), _bar(scenario, check.end))
    named = check.sellers or scenario.rules.names
    # A channel that is off has taken its traders with it: they sold nothing.
    sellers = [trace.segments.index(name) for name in named if name in trace.segments]
    if check.measure == "accounts":
        return float(trace.by_segment.called[bars, sellers].sum())
    columns = [trace.instruments.index(name) for name in check.instruments]
    sold = trace.by_segment.sold[bars][:, sellers][:, :, columns].sum(axis=1)
    if check.measure == "usd":
        return float(sold.sum())
    fx = scenario.market.fx if scenario.news.fx is None else scenario.news.fx[bars]
    value = trace.paths.price[bars] * fx
    return float((sold / value[:, columns]).sum())


def _bar(scenario: Scenario, moment: datetime) -> int:
    clock = scenario.clock
    return int(np.clip((moment - clock.start) / clock.step, 0, clock.bars))
