"""Workers: the same answers in the same order, and nobody is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from math import factorial
from operator import mod
from pathlib import Path

import pytest

from undertow.core.errors import BadNumber
from undertow.core.numbers import positive
from undertow.studies.workers import WorkerEnded, answers

TASKS = (5, 3, 9, 1, 7)
PATIENCE_S = 20.0

# A parent that asks two workers for long work; it says who they are, and when both are busy.
PARENT = """
import sys, time
from undertow.studies import workers
from undertow.studies.workers import answers

started = workers._started
def told():
    worker = started()
    print(worker.process.pid, flush=True)
    return worker

workers._started = told
answers(time.sleep, [0.0, 0.0, 60.0, 60.0], workers=2,
        advance=lambda done: done == 2 and print("busy", flush=True))
"""


@pytest.mark.parametrize("workers", [1, 2, 3, 9])
def test_answers_come_in_the_order_of_the_tasks(workers: int) -> None:
    assert answers(factorial, TASKS, workers=workers) == [120, 6, 362880, 1, 5040]


@pytest.mark.parametrize("workers", [1, 2])
def test_no_tasks_have_no_answers(workers: int) -> None:
    assert answers(factorial, (), workers=workers) == []


@pytest.mark.parametrize("workers", [1, 2])
def test_everyone_hears_how_many_are_done(workers: int) -> None:
    told: list[int] = []
    answers(factorial, TASKS, workers=workers, advance=told.append)

    assert told == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_goes_wrong_there_is_raised_here(workers: int) -> None:
    with pytest.raises(BadNumber, match=r"the number is -1.0; give a finite number above 0\."):
        answers(partial(positive, "the number"), (1.0, -1.0, 2.0), workers=workers)


def test_a_mistake_of_ours_is_raised_with_where_it_happened() -> None:
    with pytest.raises(RuntimeError, match=r"(?s)Traceback.*ZeroDivisionError"):
        answers(partial(mod, 7), (1, 0, 2), workers=2)


def test_a_worker_that_ends_early_is_said() -> None:
    with pytest.raises(WorkerEnded, match=r"exit code 3\); use fewer accounts, or one worker\."):
        answers(os._exit, (3, 3), workers=2)


def test_what_a_worker_prints_is_no_answer(capfd: pytest.CaptureFixture[str]) -> None:
    assert answers(print, ("one", "two"), workers=2) == [None, None]
    assert capfd.readouterr().out == ""


def test_the_work_is_done_by_other_processes() -> None:
    mine = {os.getpid()}

    assert set(map(int, answers(os.readlink, ["/proc/self"] * 4, workers=1))) == mine
    assert mine.isdisjoint(map(int, answers(os.readlink, ["/proc/self"] * 4, workers=2)))


def running(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be noticed as gone."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def soon(claim: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE_S
    while not claim() and time.monotonic() < end:
        time.sleep(0.05)
    return claim()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_worker_outlives_its_parent(how: signal.Signals) -> None:
    """Interrupted or terminated as the command does it, or gone without a word."""
    terminates = "import signal\nsignal.signal(signal.SIGTERM, signal.default_int_handler)\n"
    task = "0.5" if how is signal.SIGKILL else "60.0"
    parent = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", terminates + PARENT.replace("60.0", task)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        lines = [parent.stdout.readline().strip() for _ in range(3)]
        workers = [int(line) for line in lines[:2]]
        assert lines[2] == "busy"
        assert all(map(running, workers))
        parent.send_signal(how)

    assert soon(lambda: not any(map(running, workers)))
    assert parent.returncode != 0
