"""A second process that compiles kernels of settlement, ledger and policies into the cache.

Compiling keeps Python to itself, so threads do not help. The process is a plain new interpreter:
it works where there is no fork, and whatever becomes of it, the first one compiles what is missing.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np

from undertow.core.compiled import collect_seldom, nothing_cached
from undertow.engine.origins import book_origins
from undertow.engine.settle import book_sales
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms

LONGEST_S = 60.0
"""A process that takes longer than this is not waited for."""


@dataclass(slots=True)
class Ahead:
    """The second process, if there is one; what is asked of none is done by nobody."""

    process: subprocess.Popen[bytes] | None

    def also(self, policies: Iterable[LiquidationPolicy]) -> None:
        """Let it compile the kernels of these policies too; they are asked for once."""
        stream = self.process.stdin if self.process else None
        if stream is not None:
            names = sorted({f"{type(p).__module__}:{type(p).__qualname__}" for p in policies})
            with suppress(OSError):
                stream.write("".join(f"{name}\n" for name in names).encode())
                stream.close()

    def done(self) -> None:
        """Wait until it has compiled all."""
        if self.process is not None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(LONGEST_S)


@contextmanager
def compiling() -> Iterator[Ahead]:
    """Let a second process compile while the block runs; at its end the process is ended.

    Only where no kernel is cached yet and there is a processor to spare.
    """
    process = _started() if nothing_cached() and (os.cpu_count() or 1) > 1 else None
    try:
        yield Ahead(process)
    finally:
        if process is not None:
            process.terminate()
            process.communicate()


def _started() -> subprocess.Popen[bytes] | None:
    words, nowhere = [sys.executable, "-m", "undertow.engine.ahead"], subprocess.DEVNULL
    with suppress(OSError):
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere)  # noqa: S603
    return None


def sell_once(policy: LiquidationPolicy) -> None:
    """Ask a policy for one small sale, so that its kernels are there."""
    one, column = np.ones((1, 1)), np.zeros((1, 1), np.uint16)
    called = Called(one, column, np.full(1, 0.5), np.zeros(1, np.int64), np.ones(1))
    both = np.ones(2)
    terms = Terms(both, np.ones((1, 2)), 0.0 * both, 0.0 * both, both, both, both, both)
    policy.sales(called, terms, np.zeros((1, 1)))


def book_once() -> None:
    """Book one small sale over the origins of its seller's losses, so that the kernel is there."""
    one, row, column = np.ones((1, 1)), np.zeros(1, np.int64), np.zeros((1, 1), np.uint16)
    book_origins(
        one, one.copy(), column, row, np.ones(1), row, row, np.zeros(1, np.int32), one.copy(),
        np.zeros((2, 1)), 1, np.zeros((1, 1), np.int64), np.arange(2), row, row, np.ones(1), row,
        np.zeros((1, 2)),
    )  # fmt: skip


def settle_once() -> None:
    """Settle one small sale, so that the kernel is there."""
    one, row, column = np.ones((1, 1)), np.zeros(1, np.int64), np.zeros((1, 1), np.uint16)
    unit, table = np.ones(2), np.ones((1, 2))
    book_sales(
        one, np.ones(1), row, one.copy(), one.copy(), column, row, np.ones(1), unit, unit, table,
        table, np.zeros(1), np.ones(2, np.bool_), (0.0, 0.0), np.zeros(1, np.int8),
    )  # fmt: skip


def main() -> None:
    """Compile for the policies of the classes that are named on the way in, as module:class.

    They need no parameters. What everyone needs comes first.
    """
    collect_seldom()
    settle_once()
    book_once()
    for line in sys.stdin:
        module, _, member = line.strip().partition(":")
        sell_once(getattr(importlib.import_module(module), member)())


if __name__ == "__main__":
    main()
