"""`undertow run`: load an episode, simulate it, store it, wrap it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from undertow.core.answers.simulation import Simulation
from undertow.core.trace import Trace
from undertow.data.store import run_name, runs_folder, whole_folder, write_tables, write_texts
from undertow.engine.ahead import Ahead, compiling
from undertow.engine.run import How
from undertow.engine.warm import warm_up
from undertow.jobs.answer import Json, simulation_json, stored_json, wrapped
from undertow.jobs.reading import beside_the_facts, seen
from undertow.jobs.report import BESIDE, PAGE, can_draw, page_of
from undertow.jobs.system import Request, System, system_of
from undertow.jobs.tables import tables_of
from undertow.jobs.vary import varied
from undertow.studies.ranges import Ranged
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
    """A finished run: its answer, where it is stored, what went in and how long it took.

    page: its page, None where none was drawn;  titles: of instruments and segments
    """

    answer: Simulation
    folder: Path
    page: Path | None
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
    with compiling() as ahead:
        return _run(request, ahead, progress)


def _run(request: Request, ahead: Ahead, progress: Progress | None) -> Done:
    started = perf_counter()
    system = system_of(request)
    built = perf_counter()
    name = run_name(datetime.now(UTC), system.scenario.name, str(system.inputs["sha256"]))
    with whole_folder(request.out or runs_folder(), name) as place:
        warm_up(system.scenario, ahead)
        ready = perf_counter()
        answer, trace = _played(request, system, progress)
        if request.changes:
            base = _beside(request, place.path / BESIDE, progress)
            answer = replace(answer, changes=request.changes, beside=base)
        ended = perf_counter()
        spread = varied(request, system, answer, progress) if request.ranges else None
        if spread is not None:
            answer = ranged(answer, spread.ranges, spread.warnings)
        over = perf_counter()
        _store(place.path, system, trace, answer, spread)
        drawn = _draw(request, place.path)
    seconds = (built - started, ready - built, ended - ready, over - ended)
    timing = Timing(*seconds, trace.account_rounds)
    drawing = place.path / PAGE if drawn else None
    return Done(answer, place.path, drawing, system.inputs, timing, system.titles)


def _played(
    request: Request, system: System, progress: Progress | None
) -> tuple[Simulation, Trace]:
    """The run, set beside the facts."""
    how = How(threads=request.threads, progress=progress)
    answer, trace = simulate(system.scenario, seen(system.episode), how=how)
    return beside_the_facts(answer, system.episode, system.scenario, trace), trace


def _beside(request: Request, folder: Path, progress: Progress | None) -> Simulation:
    """The run without the changes, stored within the one that has them."""
    system = system_of(request.unchanged())
    answer, trace = _played(request, system, progress)
    folder.mkdir()
    _store(folder, system, trace, answer, None)
    return answer


def _store(
    folder: Path, system: System, trace: Trace, answer: Simulation, spread: Ranged | None
) -> None:
    write_tables(folder, tables_of(system, trace, spread.bands if spread else None))
    summary = wrapped("run", system.inputs, stored_json(answer))
    write_texts(folder, summary, system.episode.files())


def _draw(request: Request, folder: Path) -> bool:
    """Write the page if it is wanted and can be drawn."""
    if not (request.page and can_draw()):
        return False
    (folder / PAGE).write_text(page_of(folder, lang=request.lang), encoding="utf-8")
    return True
