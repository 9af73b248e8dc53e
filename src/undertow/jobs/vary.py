"""Varies what is assumed, on small copies of the system that was run."""

from __future__ import annotations

from collections.abc import Callable

from undertow.core.answers.simulation import Simulation
from undertow.jobs.system import Request, System
from undertow.studies.ranges import Ranged, ranges
from undertow.studies.trial import Design


def varied(
    request: Request,
    system: System,
    base: Simulation,
    progress: Callable[[int, int], None] | None = None,
) -> Ranged:
    """What the assumed inputs leave open of the headlines of `base`."""
    design = Design(
        accounts=min(Design().accounts, len(system.scenario.accounts)),
        origin=request.origin,
        allow=request.allow,
        off=request.off,
        seed=request.seed,
        workers=request.threads,
    )
    return ranges(system.episode, design, base, progress)
