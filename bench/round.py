"""One plain round of margin tests against the read bandwidth measured in the same run.

1 M accounts × 10 positions × 50 instruments, float64: every byte of quantity, column and cash is
read once. Bandwidth: the sum of 384 MB, on the same number of threads.
Usage: python bench/round.py [--accounts N] [--threads T]… [--json]
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable
from time import perf_counter

import numpy as np

from undertow.core.accounts import plain_group
from undertow.core.compiled import compiled
from undertow.engine.pool import Pool, chunks
from undertow.engine.scan import short_of

SLOTS, INSTRUMENTS, RUNS = 10, 50, 15
NUMBERS = 48_000_000


@compiled
def summed(numbers: np.ndarray, start: int, stop: int) -> float:
    """Sum of a stretch, in four lanes so that memory and not addition is the limit."""
    one = two = three = four = 0.0
    for place in range(start, stop - 3, 4):
        one += numbers[place]
        two += numbers[place + 1]
        three += numbers[place + 2]
        four += numbers[place + 3]
    return one + two + three + four


def best(work: Callable[[], object]) -> float:
    """Seconds of the fastest of several runs."""
    work()
    times = []
    for _ in range(RUNS):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def bandwidth(threads: int) -> float:
    """Bytes read per second."""
    numbers = np.ones(NUMBERS)
    parts = np.linspace(0, NUMBERS, 8 * threads + 1).astype(int) // 8 * 8
    spans = list(zip(parts[:-1].tolist(), parts[1:].tolist(), strict=True))
    with Pool(threads) as pool:
        return numbers.nbytes / best(lambda: pool.map(lambda s: summed(numbers, *s), spans))


def one_round(accounts: int, threads: int) -> tuple[float, int]:
    """Bytes tested per second by the scan kernel, and how many accounts are short."""
    rng = np.random.default_rng(7)
    pair = rng.integers(0, INSTRUMENTS, (accounts, SLOTS))
    short = rng.random((accounts, SLOTS)) < 0.2
    quantity = rng.lognormal(0.0, 1.0, (accounts, SLOTS)) * np.where(short, -1.0, 1.0)
    column = (2 * pair + short).astype(np.uint16)
    group = plain_group("all", quantity, rng.gamma(4.0, 8.0, accounts), column=column)
    weight = np.repeat(rng.uniform(0.5, 1.5, INSTRUMENTS), 2)[None] * np.tile(
        [0.9, 1.1], INSTRUMENTS
    )
    found = [np.empty(stop - start, np.int64) for start, stop in chunks(accounts)]
    offset = np.zeros(1)

    def scan(task: tuple[int, tuple[int, int]]) -> int:
        number, (start, stop) = task
        return short_of(
            group.quantity, group.column, group.cash, weight, offset, start, stop, found[number], 0
        )

    tasks = list(enumerate(chunks(accounts)))
    with Pool(threads) as pool:
        seconds = best(lambda: pool.map(scan, tasks))
        count = sum(pool.map(scan, tasks))
    return (group.quantity.nbytes + group.column.nbytes + group.cash.nbytes) / seconds, count


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, action="append")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    for threads in asked.threads or [1, 2]:
        read = bandwidth(threads)
        tested, short = one_round(asked.accounts, threads)
        share = tested / read
        rows.append({"threads": threads, "read_gb_s": read / 1e9, "round_gb_s": tested / 1e9,
                     "share": share, "short": short})  # fmt: skip
    answer = {"accounts": asked.accounts, "load": os.getloadavg(), "rows": rows}
    if asked.json:
        print(json.dumps(answer, indent=1))
        return
    for row in rows:
        print(
            f"{row['threads']} thread(s): a round reads {row['round_gb_s']:.1f} GB/s,"
            f" {row['share']:.0%} of the {row['read_gb_s']:.1f} GB/s that a sum reads"
        )


if __name__ == "__main__":
    main()
