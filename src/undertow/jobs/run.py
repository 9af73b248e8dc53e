"""`undertow run`: load an episode, simulate it, store it, wrap it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from undertow.core.answers.simulation import Simulation
from undertow.core.compiled import home
from undertow.core.trace import Trace
from undertow.data.store import run_name, whole_folder, write_run
from undertow.engine.run import How
from undertow.engine.warm import warm_up
from undertow.episodes import Episode, compile_episode, load
from undertow.jobs.answer import Json, digest, simulation_json, wrapped
from undertow.jobs.reading import beside_the_facts, seen
from undertow.model.scenario import Scenario
from undertow.studies.simulate import simulate


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for; None takes what the episode says."""

    episode: str
    origin: str = "given"
    accounts: int | None = None
    seed: int | None = None
    bar: str | None = None
    out: Path | None = None
    threads: int = 2


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds: reading and drawing accounts, compiling kernels, the run itself."""

    build_s: float
    compile_s: float
    run_s: float
    account_rounds: int


@dataclass(frozen=True, slots=True)
class Done:
    """A finished run: its answer, where it is stored, what went in and how long it took."""

    answer: Simulation
    folder: Path
    inputs: dict[str, Json]
    timing: Timing

    def json(self, *, timing: bool = False) -> dict[str, Json]:
        """The one JSON, with `timing` only if asked for: it differs from run to run."""
        answer = simulation_json(self.answer)
        if timing:
            answer["timing"] = {
                "build_s": self.timing.build_s,
                "compile_s": self.timing.compile_s,
                "run_s": self.timing.run_s,
                "account_rounds": self.timing.account_rounds,
            }
        return wrapped("run", self.inputs, answer)


def run_episode(request: Request, progress: Callable[[int, int], None] | None = None) -> Done:
    """Run an episode as asked and store it as one folder, whole or not at all.

    The folder is opened first, so that a place that cannot be written is refused before the run.
    """
    started = perf_counter()
    episode = load(request.episode)
    scenario = compile_episode(
        episode,
        accounts=request.accounts,
        seed=request.seed,
        bar=request.bar,
        origin=request.origin,
    )
    inputs = _inputs(request, episode, scenario)
    built = perf_counter()
    name = run_name(datetime.now(UTC), scenario.name, str(inputs["sha256"]))
    with whole_folder(request.out or home() / "runs", name) as place:
        warm_up(scenario)
        ready = perf_counter()
        how = How(threads=request.threads, progress=progress)
        answer, trace = simulate(scenario, seen(episode), how=how)
        answer = beside_the_facts(answer, episode, scenario, trace)
        ended = perf_counter()
        _store(
            place.path, episode, scenario, trace, wrapped("run", inputs, simulation_json(answer))
        )
    timing = Timing(built - started, ready - built, ended - ready, trace.account_rounds)
    return Done(answer, place.path, inputs, timing)


def _store(
    folder: Path, episode: Episode, scenario: Scenario, trace: Trace, summary: dict[str, Json]
) -> None:
    times = [scenario.clock.time(bar) for bar in range(trace.rounds)]
    write_run(folder, trace, times, summary=summary, inputs=episode.files())


def _inputs(request: Request, episode: Episode, scenario: Scenario) -> dict[str, Json]:
    """What went in, as it was understood, so that equal hashes mean equal runs."""
    seed = episode.plan.seed if request.seed is None else request.seed
    said: dict[str, Json] = {
        "seed": seed,
        "origin": request.origin,
        "accounts": len(scenario.accounts),
        "bar_minutes": scenario.clock.step.total_seconds() / 60.0,
    }
    sha = digest([*episode.files().values(), repr(said).encode()])
    return {"sha256": sha, **said}
