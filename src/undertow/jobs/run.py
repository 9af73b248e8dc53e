"""`undertow run`: load an episode, simulate it, store it, wrap it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from undertow.core.answers.simulation import Simulation
from undertow.core.compiled import home
from undertow.core.trace import Trace
from undertow.data.store import run_name, whole_folder, write_tables, write_texts
from undertow.engine.run import How
from undertow.engine.warm import warm_up
from undertow.jobs.answer import Json, simulation_json, stored_json, wrapped
from undertow.jobs.reading import beside_the_facts, seen
from undertow.jobs.system import Request, System, system_of
from undertow.jobs.tables import tables_of
from undertow.jobs.vary import varied
from undertow.studies.simulate import ranged, simulate

Progress: TypeAlias = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: reading and drawing accounts, compiling kernels, the run itself, its ranges."""

    build_s: float
    compile_s: float
    run_s: float
    ranges_s: float
    account_rounds: int


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run: its answer, where it is stored, what went in and how long it took."""

    answer: Simulation
    folder: Path
    inputs: dict[str, Json]
    timing: Timing
    titles: dict[str, str]

    def json(self, *, timing: bool = False) -> dict[str, Json]:
        """The one JSON, with `timing` only if asked for: it differs from run to run."""
        answer = simulation_json(self.answer)
        if timing:
            answer["timing"] = {
                "build_s": self.timing.build_s,
                "compile_s": self.timing.compile_s,
                "run_s": self.timing.run_s,
                "ranges_s": self.timing.ranges_s,
                "account_rounds": self.timing.account_rounds,
            }
        return wrapped("run", self.inputs, answer)


def run_episode(request: Request, progress: Progress | None = None) -> Done:
    """Run an episode as asked and store it as one folder, whole or not at all.

    The folder is opened first, so that a place that cannot be written is refused before the run.
    """
    started = perf_counter()
    system = system_of(request)
    built = perf_counter()
    name = run_name(datetime.now(UTC), system.scenario.name, str(system.inputs["sha256"]))
    with whole_folder(request.out or home() / "runs", name) as place:
        warm_up(system.scenario)
        ready = perf_counter()
        answer, trace = _answer(request, system, progress)
        ended = perf_counter()
        spread = varied(request, system, answer, progress) if request.ranges else None
        if spread is not None:
            answer = ranged(answer, spread.ranges, spread.warnings)
        over = perf_counter()
        write_tables(place.path, tables_of(system, trace, spread.bands if spread else None))
        summary = wrapped("run", system.inputs, stored_json(answer))
        write_texts(place.path, summary, system.episode.files())
    timing = Timing(
        built - started, ready - built, ended - ready, over - ended, trace.account_rounds
    )
    return Done(answer, place.path, system.inputs, timing, system.titles)


def _answer(
    request: Request, system: System, progress: Progress | None
) -> tuple[Simulation, Trace]:
    """The run set beside the facts and, if anything was changed, beside the run without it."""
    how = How(threads=request.threads, progress=progress)
    answer, trace = simulate(system.scenario, seen(system.episode), how=how)
    answer = beside_the_facts(answer, system.episode, system.scenario, trace)
    if not request.changes:
        return answer, trace
    base = system_of(request.unchanged())
    beside, _ = simulate(base.scenario, seen(base.episode), how=how)
    return replace(answer, changes=request.changes, beside=beside), trace
