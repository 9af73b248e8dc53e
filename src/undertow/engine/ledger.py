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

from undertow.core.shapes import Flags, Floats, IndexPerAccount, PerInstrument, Rows
from undertow.engine.board import Board, bounds
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


@dataclass(frozen=True, slots=True)
class Going:
    """Sources of a desk that have cost anyone anything, and which of them each entry is, or −1."""

    used: Rows
    place: Rows
    moves: int


@dataclass(slots=True)
class Face:
    """What one desk reads off the clocks: the clocks of its pledged columns.

    row: which of its clocks tells of a column under a move, [move, column]; −1 where nothing is
    pledged;  first: entries of `Clocks.sums` of clock r are those in [first[r], first[r + 1])
    origin: which of `sources` each of its entries is;  sources: origins that occur, as in
    `origin_names`
    going: what of it moved when that was last asked
    """

    row: Rows
    first: Rows
    origin: Rows
    sources: Rows
    going: Going | None = None


@dataclass(slots=True)
class Clocks:
    """Running sums of slack lost per unit, for the pledged columns of all desks.

    One clock for each row of a desk's trigger test and each of its pledged columns.
    at: its place in the flattened test of all desks;  own, sign: of its column
    link, linked: clocks and underlyings (flattened [a, u]) of the forced entries
    order: of news, hikes and fx of all clocks, then forced: clock by clock
    sums: [bar, entry], those of one clock side by side;  filled up to `now`
    moved: entries that have cost anyone anything so far;  moves: how often more of them moved
    gap: largest difference between the sum of the causes and −s·Δw, relative to value and margin
    """

    at: Rows
    own: Rows
    sign: Floats
    link: Rows
    linked: Rows
    order: Rows
    sums: Floats
    moved: Flags = field(init=False)
    moves: int = 0
    now: int = 0
    gap: float = 0.0

    def __post_init__(self) -> None:
        self.moved = np.zeros(self.sums.shape[1], dtype=np.bool_)

    def tick(self, before: Weights, after: Weights, value: tuple[PerInstrument, PerInstrument],
             causes: Causes) -> None:  # fmt: skip
        """Add one bar's losses; `value` is the value of a unit before and after."""
        self.now += 1
        self.sums[self.now] = self.sums[self.now - 1]
        if before is after and not (causes.forced.any() or causes.fx.any()):
            return
        own, sign, at = self.own, self.sign, self.at
        v0, v1 = (np.maximum(v, 1e-300) for v in value)
        old, new, money = (
            before.weight.ravel()[at],
            after.weight.ravel()[at],
            before.money.ravel()[at],
        )
        scale = -(sign * (old + sign * money) / v0[own]) * log_mean(v0, v1)[own]
        largest = np.maximum(v0, v1)[own] + money
        hike, converted = np.zeros_like(scale), money * np.expm1(causes.fx)[own]
        if after.rate is not before.rate:
            more = after.money.ravel()[at]
            hike = (after.rate - before.rate).ravel()[at] * v1[own] + (more - money)
            largest += more
        else:
            largest += money
        rest = np.log(v1 / v0) - causes.fx - causes.forced.sum(axis=1)
        forced = scale[self.link] * causes.forced.ravel()[self.linked]
        news, hike, fx = scale * rest[own], hike - converted, scale * causes.fx[own] + converted
        step = np.concatenate([news, hike, fx, forced])[self.order]
        self.sums[self.now] += step
        self._note(step)
        lost = news + hike + fx + np.bincount(self.link, forced, len(own))
        gap = np.abs(lost + sign * (new - old)) / largest
        self.gap = max(self.gap, float(np.max(gap, initial=0.0)))

    def going(self, face: Face) -> Going:
        """The sources of one desk that have cost anyone anything."""
        if face.going is None or face.going.moves < self.moves:
            moved = self.moved[face.first[0] : face.first[-1]]
            used = np.unique(face.origin[moved])
            place = np.where(moved, np.searchsorted(used, face.origin), -1)
            face.going = Going(used, place, self.moves)
        return face.going

    def _note(self, step: Floats) -> None:
        fresh = (step != 0.0) > self.moved
        if fresh.any():
            self.moved |= fresh
            self.moves += 1


def clocks_of(board: Board, lookthrough: Floats, bars: int) -> tuple[Clocks, list[Face]]:
    """Clocks at zero for all desks of a board, with room for `bars` ticks, and their faces."""
    count, width = len(lookthrough), board.trigger.weight.shape[1]
    rows, at = [], []
    for part, bound, (moves, _) in zip(board.parts, board.bounds, board.rows, strict=True):
        row = np.full((len(moves), part.count), -1, dtype=np.int64)
        row[:, part.pledged] = np.arange(len(moves) * np.count_nonzero(part.pledged)).reshape(
            len(moves), -1
        )
        place = np.array(moves)[:, None] * width + np.arange(bound.start, bound.stop)
        rows.append(row)
        at.append(place[row >= 0])
    every = np.concatenate([np.empty(0, np.int64), *at])
    own = board.all.instruments[every % width]
    link, under = np.nonzero(lookthrough[own])
    clock = np.concatenate([*(np.arange(len(own)),) * 3, link])
    order = np.argsort(clock, kind="stable")
    sums, sign = np.zeros((bars + 1, len(clock))), board.all.sign[every % width]
    clocks = Clocks(every, own, sign, link, own[link] * count + under, order, sums)
    first = np.searchsorted(clock[order], np.arange(len(own) + 1))
    origin = np.concatenate(
        [own + kind * count for kind in (NEWS, HIKE, FX)] + [FORCED * count + under]
    )
    parts = [first[part.start : part.stop + 1] for part in bounds([len(part) for part in at])]
    return clocks, [_face(row, part, origin[order]) for row, part in zip(rows, parts, strict=True)]


def _face(row: Rows, first: Rows, origin: Rows) -> Face:
    sources, places = np.unique(origin[first[0] : first[-1]], return_inverse=True)
    return Face(row, first, places, sources)


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
