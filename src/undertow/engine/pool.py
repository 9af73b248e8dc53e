"""Work on fixed chunks: the same chunks in the same order, whatever the number of threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import TypeVar

CHUNK, BLOCK, BATCH = 32_768, 262_144, 16_384
"""Least and most accounts scanned at a time, and called accounts asked at a time."""

Task = TypeVar("Task")
Answer = TypeVar("Answer")


def chunks(count: int, size: int = CHUNK) -> list[tuple[int, int]]:
    """Bounds of the fixed chunks of `count` rows."""
    return [(start, min(start + size, count)) for start in range(0, count, size)]


def blocks(count: int) -> list[tuple[int, int]]:
    """Bounds of the blocks in which `count` accounts are scanned and called: four, or more."""
    size = CHUNK
    while 4 * size < count and size < BLOCK:
        size *= 2
    return chunks(count, size)


@dataclass(slots=True)
class Pool:
    """Maps a function over tasks on `threads` threads; answers come in the order of the tasks."""

    threads: int = 1
    _workers: ThreadPoolExecutor | None = None

    def __enter__(self) -> Pool:
        if self.threads > 1:
            self._workers = ThreadPoolExecutor(self.threads, thread_name_prefix="undertow")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._workers is not None:
            self._workers.shutdown(cancel_futures=True)
            self._workers = None

    def map(self, work: Callable[[Task], Answer], tasks: Iterable[Task]) -> list[Answer]:
        """Answers of `work` in the order of `tasks`."""
        todo = list(tasks)
        if self._workers is None or len(todo) < 2:
            return [work(task) for task in todo]
        return list(self._workers.map(work, todo))
