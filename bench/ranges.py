"""The ranges of an episode: seconds per small run, and the whole with two workers.

Usage: python bench/ranges.py [--episode feb-2026] [--accounts N] [--bar 1h] [--draws N]
[--workers N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
from time import perf_counter, process_time

from undertow.engine.run import How
from undertow.engine.warm import warm_up
from undertow.episodes import Episode, compile_episode, load
from undertow.studies.assumed import inputs_of
from undertow.studies.ranges import ranges
from undertow.studies.simulate import Seen, simulate
from undertow.studies.trial import Design, Trial


def one_run(episode: Episode, design: Design, runs: int = 5) -> dict[str, float]:
    """Wall and processor seconds of setting a small run up, and of the run with it."""
    trial, first = Trial(episode, design), inputs_of(episode)[0]
    warm_up(trial.scenario({}))
    trial(first.at(0.1))
    told = {}
    for name, work in (("build", trial.scenario), ("run", trial)):
        wall, cpu = perf_counter(), process_time()
        for number in range(1, runs + 1):
            work(first.at(number / runs))
        told[f"{name}_s"] = (perf_counter() - wall) / runs
        told[f"{name}_cpu_s"] = (process_time() - cpu) / runs
    return told


def whole(episode: Episode, design: Design) -> dict[str, float]:
    """All runs of the ranges, beside a base of the same size."""
    base, _ = simulate(
        compile_episode(episode, accounts=design.accounts, bar=design.bar), Seen(), how=How()
    )
    wall, cpu = perf_counter(), _of_all_processes()
    found = ranges(episode, design, base)
    return {
        "ranges_s": perf_counter() - wall,
        "ranges_cpu_s": _of_all_processes() - cpu,
        "runs": found.ranges.runs,
    }


def _of_all_processes() -> float:
    """Processor seconds of this process and of all that have ended."""
    return sum(os.times()[:4])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    usual = Design()
    parser.add_argument("--episode", default="feb-2026")
    parser.add_argument("--accounts", type=int, default=usual.accounts)
    parser.add_argument("--bar", default=usual.bar)
    parser.add_argument("--draws", type=int, default=usual.draws)
    parser.add_argument("--workers", type=int, default=usual.workers)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    episode = load(asked.episode)
    design = Design(asked.accounts, asked.bar, asked.draws, asked.workers)
    answer = {"load": os.getloadavg(), **one_run(episode, design), **whole(episode, design)}
    if asked.json:
        print(json.dumps(answer, indent=1))
        return
    print(
        f"{asked.episode}, {design.accounts} accounts, bars of {design.bar}, load"
        f" {answer['load'][0]:.1f}: a run {answer['run_s']:.2f} s ({answer['run_cpu_s']:.2f} s of a"
        f" core), {answer['build_s']:.2f} s of it to set it up; {answer['runs']:.0f} runs with"
        f" {design.workers} workers {answer['ranges_s']:.0f} s"
        f" ({answer['ranges_cpu_s']:.0f} s of a core)"
    )


if __name__ == "__main__":
    main()
