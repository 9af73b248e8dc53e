"""Work in processes of its own: the same answers in the same order, whatever their number.

A worker is this module, run by this interpreter. It reads tasks from its standard input and writes
answers to its standard output: nobody's `__main__` is imported, and a worker whose parent is gone
reads the end of its input and ends too.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TypeVar, cast

import undertow
from undertow.core.compiled import collect_seldom
from undertow.core.errors import UndertowError

LAST_WORDS_S = 1.0
"""Seconds in which a process that has closed its output should be gone."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")


class WorkerEnded(UndertowError):
    """A worker process ended before it had answered."""


def answers(
    work: Callable[[Task], Answer],
    tasks: Sequence[Task],
    *,
    workers: int = 2,
    advance: Callable[[int], None] | None = None,
) -> list[Answer]:
    """The answer to every task, in the order of the tasks; `advance` hears how many are done.

    work: pickled once for each worker. With one worker the work is done here. The first error
    ends all and is raised here, and so does an interruption; no worker is left behind.
    """
    count, told = min(workers, len(tasks)), advance or _nobody
    if count < 2:
        return [_told(work(task), done, told) for done, task in enumerate(tasks, 1)]
    pool = ThreadPoolExecutor(count, thread_name_prefix="undertow-worker")
    try:
        with _crew(work, count) as ask:
            return _heard([pool.submit(ask, task) for task in tasks], told)
    finally:
        pool.shutdown(cancel_futures=True)


def _heard(futures: list[Future[Answer]], advance: Callable[[int], None]) -> list[Answer]:
    """The answers as they were asked for, heard as they come; after an error no more are begun."""
    try:
        for done, future in enumerate(as_completed(futures), 1):
            _told(future.result(), done, advance)
    finally:
        for future in futures:
            future.cancel()
    return [future.result() for future in futures]


def _nobody(done: int) -> None:
    """Nobody wants to hear it."""


def _told(answer: Answer, done: int, advance: Callable[[int], None]) -> Answer:
    advance(done)
    return answer


@dataclass(frozen=True, slots=True)
class _Worker:
    """A process, and the two ends of its pipes."""

    process: subprocess.Popen[bytes]
    to: IO[bytes]
    back: IO[bytes]

    def ask(self, task: object) -> object:
        """The worker's answer; what went wrong there is raised here."""
        try:
            self.send(task)
            well, answer = pickle.load(self.back)  # noqa: S301 - from our own process
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(LAST_WORDS_S)
            raise WorkerEnded(
                "a worker process ended before it had answered (exit code"
                f" {self.process.returncode}); use fewer accounts, or one worker."
            ) from error
        if not well:
            raise cast("Exception", answer)
        return answer

    def send(self, thing: object) -> None:
        """Write to the worker's input."""
        pickle.dump(thing, self.to, pickle.HIGHEST_PROTOCOL)
        self.to.flush()

    def end(self) -> None:
        """Stop the process at once and wait until it is gone."""
        self.process.terminate()
        self.process.wait()
        self.back.close()
        # What was not yet read by the worker cannot be flushed any more.
        with suppress(OSError):
            self.to.close()


@contextmanager
def _crew(work: Callable[[Task], Answer], workers: int) -> Iterator[Callable[[Task], Answer]]:
    """Start workers; gives a function that asks whoever is idle, callable from any thread."""
    crew: list[_Worker] = []
    idle: SimpleQueue[_Worker] = SimpleQueue()

    def ask(task: Task) -> Answer:
        worker = idle.get()
        try:
            return cast("Answer", worker.ask(task))
        finally:
            idle.put(worker)

    try:
        for _ in range(workers):
            crew.append(_started())
            crew[-1].send(work)
            idle.put(crew[-1])
        yield ask
    finally:
        for worker in crew:
            worker.end()


def _started() -> _Worker:
    """A worker that finds this very package, and hears no Ctrl-C: its parent ends it."""
    beside = str(Path(undertow.__file__).parents[1])
    found = os.pathsep.join(filter(None, (beside, os.environ.get("PYTHONPATH"))))
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": found},
        process_group=0,
    )
    return _Worker(process, cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout))


def _serve() -> None:
    """Answer tasks until the input ends; what others print goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    back = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    work = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
    try:
        while True:
            task = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own parent
            pickle.dump(_tried(work, task), back, pickle.HIGHEST_PROTOCOL)
            back.flush()
    except (EOFError, BrokenPipeError):
        os._exit(0)


def _tried(work: Callable[[object], object], task: object) -> tuple[bool, object]:
    try:
        return True, work(task)
    except UndertowError as error:
        return False, error
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        return False, RuntimeError("".join(traceback.format_exception(error)))


if __name__ == "__main__":
    _serve()
