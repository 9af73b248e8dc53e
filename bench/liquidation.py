"""Time of every liquidation policy: nanoseconds per called account of eight positions.

Each batch is compared with copying its quantities and columns, the least a policy must read.
"""

from __future__ import annotations

from time import perf_counter

import numpy as np

from undertow.model.liquidation import LIQUIDATION, Called, Terms

ACCOUNTS, SLOTS, BATCH, COLUMNS = 1_000_000, 8, 32_768, 100
RUNS = 4


def accounts(rng: np.random.Generator) -> Called:
    """Called accounts with positions in half of the columns' instruments."""
    quantity = 100.0 * rng.normal(size=(ACCOUNTS, SLOTS))
    pair = np.sort(rng.integers(0, COLUMNS // 2, (ACCOUNTS, SLOTS)), axis=1)
    column = (2 * pair + (quantity < 0.0)).astype(np.uint16)
    nothing = np.zeros(ACCOUNTS)
    return Called(quantity, column, nothing, nothing.astype(np.int64), np.ones(ACCOUNTS))


def market(rng: np.random.Generator, slope: float) -> Terms:
    """Terms with spreads up to 2 % where there is a slope, and without cost where there is none."""
    price = rng.uniform(1.0, 200.0, COLUMNS)
    return Terms(
        price=price,
        release=(price * rng.uniform(0.05, 0.3, COLUMNS))[None],
        spread=(0.02 * price * rng.uniform(size=COLUMNS)) * (slope > 0.0),
        slope=slope * price * rng.uniform(size=COLUMNS),
        sellable=np.ones(COLUMNS),
        gain=rng.normal(size=COLUMNS),
        risk=rng.uniform(size=COLUMNS),
        depth=rng.uniform(size=COLUMNS),
    )


def batches(called: Called, need: np.ndarray) -> list[Called]:
    """The accounts in batches as the engine makes them."""
    cuts = [slice(start, start + BATCH) for start in range(0, ACCOUNTS, BATCH)]
    return [
        Called(called.quantity[c], called.column[c], need[c], called.move[c], called.weight[c])
        for c in cuts
    ]


def nanoseconds(work, parts: list[Called]) -> float:
    """Best time per account over a few runs; the first one compiles."""
    out = np.empty((BATCH, SLOTS))
    best = np.inf
    for _ in range(RUNS):
        start = perf_counter()
        for part in parts:
            work(part, out[: len(part.need)])
        best = min(best, perf_counter() - start)
    return 1e9 * best / ACCOUNTS


def copied(part: Called, out: np.ndarray) -> None:
    """Read what a policy reads and write what it writes."""
    np.add(part.quantity, part.column, out=out)


def ratio(name: str, called: Called, slope: float) -> str:
    """Time of one policy, and the same over the time of copying."""
    rng = np.random.default_rng(1)
    policy, terms = LIQUIDATION.member(name)(), market(rng, slope)
    release = (np.abs(called.quantity) * terms.release[0][called.column]).sum(axis=1)
    parts = batches(called, release * rng.uniform(0.0, 0.8, ACCOUNTS))
    time = nanoseconds(lambda part, out: policy.sales(part, terms, out), parts)
    return f"{time:8.1f} (× {time / nanoseconds(copied, parts):5.1f})"


def main() -> None:
    """Print one line per policy."""
    called = accounts(np.random.default_rng(0))
    print(f"{'policy':22s}{'no cost':>18s}{'slopes':>18s}   ns per account (× copying)")
    for name in LIQUIDATION.members():
        print(f"{name:22s}", *(ratio(name, called, slope) for slope in (0.0, 1e-4)), flush=True)


if __name__ == "__main__":
    main()
