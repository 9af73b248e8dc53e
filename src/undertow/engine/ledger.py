"""The exact ledger: what each account lost to news, to forced selling and to hikes.

Per column and unit held, slack lost in one bar with p̄ = (p₁ − p₀)/ln(p₁/p₀), b = s·h − m:

    news −b·p̄·Δln F    forced −b·p̄·Δln π (per underlying)    fx −b·p̄·Δln fx    hikes p₁·Δm + Δk

They add up to −s·Δw, the change of the column's weight, to rounding. Each column carries a
running sum of every cause (a clock); an account that was last touched at bar t₀ has lost
Σ|q|·(clock(t) − clock(t₀)), so calm costs nothing until a call.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.columns import Columns
from undertow.core.shapes import Flags, Floats, IndexPerAccount, PerInstrument, Rows
from undertow.engine.weights import Weights

NEWS, HIKE, FX, FORCED = 0, 1, 2, 3
"""Order of the causes in a column's clock; from FORCED on, one entry per underlying."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Why prices moved in one bar, in logs, besides news: `fx` [instrument], `forced` [a, u]."""

    fx: PerInstrument
    forced: Floats


def log_mean(before: Floats, after: Floats) -> Floats:
    """(after − before)/ln(after/before); the value itself where both are equal."""
    ratio = np.log(after / before)
    flat = np.abs(ratio) < 1e-9
    return np.where(flat, 0.5 * (before + after), (after - before) / np.where(flat, 1.0, ratio))


@dataclass(slots=True)
class Clocks:
    """Running sums of slack lost per unit, for the columns of one segment.

    sources: the origins that occur here, as indices of `origin_names`
    origin: which of them each entry is, [column, entry]; −1 where there is none, as for all
    columns that are not pledged;  moved: entries that have cost anyone anything so far
    sums: [bar, move, column, entry], filled up to `now` by `tick`
    gap: largest difference between the sum of the causes and −s·Δw, relative to value and margin
    """

    columns: Columns
    lookthrough: Floats
    origin: np.ndarray = field(init=False)
    sources: np.ndarray = field(init=False)
    moved: Flags = field(init=False)
    underlying: np.ndarray = field(init=False)
    sums: Floats = field(init=False)
    now: int = 0
    gap: float = 0.0

    def __post_init__(self) -> None:
        count = len(self.lookthrough)
        instrument = self.columns.instruments
        pledged = zip(instrument, self.columns.pledged, strict=True)
        linked = [np.flatnonzero(self.lookthrough[own] * within) for own, within in pledged]
        most = max(1, *(len(links) for links in linked))
        self.underlying = np.full((self.columns.count, most), -1, dtype=np.int64)
        for column, links in enumerate(linked):
            self.underlying[column, : len(links)] = links
        forced = np.where(self.underlying >= 0, FORCED * count + self.underlying, -1)
        causes = [kind * count + instrument for kind in (NEWS, HIKE, FX)]
        origin = np.column_stack([*causes, forced])
        origin[~self.columns.pledged] = -1
        self.sources = np.unique(origin[origin >= 0])
        self.origin = np.where(origin >= 0, np.searchsorted(self.sources, origin), -1)
        self.moved = np.zeros(origin.shape[1], dtype=np.bool_)

    def start(self, test: Weights, bars: int) -> None:
        """Begin at zero, with room for `bars` ticks."""
        self.sums = np.zeros((bars + 1, *test.weight.shape, self.origin.shape[1]))

    def tick(self, before: Weights, after: Weights, value: tuple[PerInstrument, PerInstrument],
             causes: Causes) -> None:  # fmt: skip
        """Add one bar's losses; `value` is the value of a unit before and after."""
        if before is after and not (causes.forced.any() or causes.fx.any()):
            self.sums[self.now + 1] = self.sums[self.now]
            self.now += 1
            return
        instrument = self.columns.instruments
        sign = self.columns.sign
        v0, v1 = (np.maximum(v, 1e-300)[instrument] for v in value)
        backing = sign * (before.weight + sign * before.money) / v0
        scale = -backing * log_mean(v0, v1)
        step = np.empty_like(self.sums[0])
        converted = before.money * np.expm1(causes.fx[instrument])
        step[:, :, HIKE] = (after.rate - before.rate) * v1 + (after.money - before.money)
        step[:, :, HIKE] -= converted
        step[:, :, FX] = scale * causes.fx[instrument] + converted
        step[:, :, FORCED:] = scale[:, :, None] * self._forced(causes.forced)
        rest = np.log(v1 / v0) - causes.fx[instrument] - causes.forced.sum(axis=1)[instrument]
        step[:, :, NEWS] = scale * rest
        largest = np.maximum(v0, v1) + before.money + after.money
        self._check(step, sign * (after.weight - before.weight), largest)
        self.sums[self.now + 1] = self.sums[self.now] + step
        self.moved |= step.any(axis=(0, 1))
        self.now += 1

    def going(self) -> tuple[Rows, Rows, Rows]:
        """Entries that moved, their sources, and which of these each one is, [column, entry]."""
        entries = np.flatnonzero(self.moved)
        origin = self.origin[:, entries]
        used = np.unique(origin[origin >= 0])
        return entries, used, np.where(origin >= 0, np.searchsorted(used, origin), -1)

    def _forced(self, forced: Floats) -> Floats:
        known = self.underlying >= 0
        rows = self.columns.instruments[:, None]
        return np.where(known, forced[rows, np.where(known, self.underlying, 0)], 0.0)

    def _check(self, step: Floats, moved: Floats, scale: Floats) -> None:
        self.gap = max(self.gap, float(np.max(np.abs(step.sum(axis=2) + moved) / scale)))


@dataclass(slots=True)
class Memory:
    """What the ledger knows of accounts in call since they were last made whole.

    touched: tick of the clocks at which each account was last looked at, per home row
    losses: [line, source], a line for each call that outlives its bar;  free: unused lines
    """

    touched: IndexPerAccount
    losses: Floats
    free: Rows = field(default_factory=lambda: np.empty(0, np.int64))

    def claim(self, count: int) -> Rows:
        """So many lines that nobody uses, all zero."""
        missing = count - len(self.free)
        if missing > 0:
            old = len(self.losses)
            room = max(missing, old, 1024)
            self.losses = np.vstack([self.losses, np.zeros((room, self.losses.shape[1]))])
            self.free = np.concatenate([np.arange(old + room - 1, old - 1, -1), self.free])
        lines = self.free[len(self.free) - count :]
        self.free = self.free[: len(self.free) - count]
        return lines

    def release(self, lines: Rows) -> None:
        """Forget what these lines say."""
        if len(lines):
            self.losses[lines] = 0.0
            self.free = np.concatenate([self.free, lines])


def fresh_memory(accounts: int = 0, sources: int = 0) -> Memory:
    """A memory in which nobody has been called."""
    return Memory(np.zeros(accounts, np.int32), np.zeros((0, sources)))


def origin_names(instruments: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the origins in the order of the clocks' `origin`, with the opening last."""
    kinds = ("news", "margin hike", "currency", "forced selling")
    return (*(f"{name}: {kind}" for kind in kinds for name in instruments), "opening")
