"""How two markets move together within days, each price at its own moments."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from undertow.core.answers.intraday import IntradayAnswer, OnGrid
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber
from undertow.core.shapes import Floats
from undertow.core.ticks import Ticks

NORMAL_95 = 1.959963984540054
FEWEST = 30
"""Moves of each, and steps of a grid, that are the least."""
BLOCKS = 20
"""Blocks that an interval rests on, days where there are as many."""
THIN = 5
"""Moves of a block below which neighbours are not independent."""
BOUNCE = -0.2
"""Correlation of one move with the next from which on prices are said to bounce."""
GRID = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0)
MS = 1000.0
DAY_MS = 86_400_000

Milliseconds = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Path:
    """Log prices of one day at their moments, milliseconds, both from its first one on."""

    time: Milliseconds
    log: Floats

    def moves(self) -> Floats:
        """From each moment to the next."""
        return np.diff(self.log)


@dataclass(frozen=True, slots=True)
class Sums:
    """Products of both, squares of the first, squares of the second, of each block."""

    both: Floats
    first: Floats
    second: Floats

    def value(self) -> float:
        """Correlation of all blocks together."""
        return float(self.both.sum() / math.sqrt(self.first.sum() * self.second.sum()))

    def deviation(self) -> float:
        """Of the value: √(K/(K − 1) Σψ²), ψ = c/√(AB) − ρ/2·(a/A + b/B) of each of K blocks.

        Linear in the blocks and taken as independent from block to block, whatever their variance.
        Source: Künsch (1989), Annals of Statistics 17; that the estimate is normal in the limit:
        Hayashi and Yoshida (2008), Annals of the Institute of Statistical Mathematics 60.
        """
        whole = self.first.sum(), self.second.sum()
        own = self.first / whole[0] + self.second / whole[1]
        psi = self.both / math.sqrt(whole[0] * whole[1]) - 0.5 * self.value() * own
        return math.sqrt(float((psi * psi).sum()) * len(psi) / max(len(psi) - 1, 1))


def intraday_answer(first: Ticks, second: Ticks, every_seconds: float = 0.0) -> IntradayAnswer:
    """Hayashi and Yoshida's correlation over days in UTC, and what fixed grids say.

    ρ = Σᵢⱼ rᵢ sⱼ 1{their times overlap} / √(Σ r² · Σ s²), within each day in the time both have.
    every_seconds: the last observation of each span of so long alone is kept, at its own moment
    Source: Hayashi and Yoshida (2005), On covariance estimation of non-synchronously observed
    diffusion processes, Bernoulli 11; Epps (1979), JASA 74.
    """
    pairs = list(_days(*(_thinned(one, every_seconds) for one in (first, second))))
    x, y = [one for _, one, _ in pairs], [one for _, _, one in pairs]
    counts = [sum(len(path.time) for path in side) for side in (x, y)]
    moved = [sum(float((path.moves() ** 2).sum()) for path in side) for side in (x, y)]
    for ticks, count, size in zip((first, second), counts, moved, strict=True):
        if count - len(pairs) < FEWEST or not size > 0.0:
            raise BadNumber(
                f"{ticks.symbol} has {max(count - len(pairs), 0)} moves in the time that both have;"
                f" {FEWEST} that are not all 0 are the least. Give more, or a shorter --every."
            )
    sums, length = _blocks(pairs)
    value, deviation, blocks = sums.value(), sums.deviation(), len(sums.both)
    low, high = interval(value, deviation, blocks)
    # Steps between the observations of both would only add zeros.
    fine = min(float(np.median(np.concatenate([np.diff(p.time) for p in side]))) for side in (x, y))
    steps = (on_grid(pairs, seconds) for seconds in GRID if MS * seconds >= fine)
    grids = tuple(one for one in steps if one.returns >= FEWEST)
    return IntradayAnswer(
        symbols=(first.symbol, second.symbol),
        first=pairs[0][0],
        last=pairs[-1][0],
        days=len(pairs),
        observations=(counts[0], counts[1]),
        value=value,
        low=low,
        high=high,
        deviation=deviation,
        blocks=blocks,
        block_seconds=length,
        every_seconds=every_seconds,
        volatility=(math.sqrt(moved[0] / len(pairs)), math.sqrt(moved[1] / len(pairs))),
        on_grid=grids,
        said=tuple(_said((first.symbol, second.symbol), (value, low, high), counts, len(pairs))),
        warnings=(
            *_warnings((first, second), (x, y), blocks),
            *_lagging(grids, value, (low, high)),
        ),
    )


def overlapping(x: Path, y: Path) -> Floats:
    """Of each move of x: that of y over all of its own moves that overlap it in time.

    Moves (t₀, t₁] and (s₀, s₁] overlap where s₀ < t₁ and t₀ < s₁, so the sum of y's moves is one
    difference: from the last moment at or before t₀ to the first at or after t₁.
    """
    start = np.searchsorted(y.time, x.time[:-1], "right") - 1
    end = np.searchsorted(y.time, x.time[1:], "left")
    return np.asarray(y.log[np.minimum(end, len(y.log) - 1)] - y.log[np.maximum(start, 0)])


def interval(value: float, deviation: float, blocks: int) -> tuple[float, float]:
    """tanh(artanh ρ ± t·s/(1 − ρ²)), t of so many blocks less 1; NaN beyond ±1 or of one block."""
    if not abs(value) < 1.0 or blocks < 2:
        return math.nan, math.nan
    half = student(blocks - 1) * deviation / (1.0 - value * value)
    return math.tanh(math.atanh(value) - half), math.tanh(math.atanh(value) + half)


def student(freedom: int) -> float:
    """What 97.5 % of Student's t lies below; to 1e-3 from 8 degrees of freedom on.

    z + (z³ + z)/4ν + (5z⁵ + 16z³ + 3z)/96ν² + (3z⁷ + 19z⁵ + 17z³ − 15z)/384ν³
    Source: Abramowitz and Stegun (1964), 26.7.5.
    """
    z, n = NORMAL_95, float(freedom)
    terms = (
        (z**3 + z) / (4.0 * n),
        (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / (96.0 * n**2),
        (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / (384.0 * n**3),
    )
    return z + sum(terms)


def on_grid(pairs: list[tuple[date, Path, Path]], seconds: float) -> OnGrid:
    """Realised correlation of steps of one length, each price the last one seen."""
    moves = [
        np.stack([np.diff(one.log[_seen(one, x, y, seconds)]) for one in (x, y)])
        for _, x, y in pairs
    ]
    r, s = np.concatenate(moves, axis=1)
    size = math.sqrt(float((r * r).sum() * (s * s).sum()))
    return OnGrid(seconds, float((r * s).sum()) / size if size > 0.0 else math.nan, len(r))


def _seen(one: Path, x: Path, y: Path, seconds: float) -> NDArray[np.intp]:
    """Place of the last observation at each point of the grid, from where both are known."""
    start, end = max(x.time[0], y.time[0]), min(x.time[-1], y.time[-1])
    grid = np.arange(start, end + 1, round(MS * seconds))
    return np.asarray(np.searchsorted(one.time, grid, "right") - 1)


def _thinned(ticks: Ticks, seconds: float) -> Ticks:
    if not seconds or not len(ticks):
        return ticks
    span = ticks.time.astype(np.int64) // round(MS * seconds)
    return ticks.where(np.append(span[1:] != span[:-1], True))


def _days(first: Ticks, second: Ticks) -> Iterator[tuple[date, Path, Path]]:
    """Both of each day that both move on, from where both are known to where one of them ends."""
    times = [one.time.astype(np.int64) for one in (first, second)]
    logs = [np.log(one.price) for one in (first, second)]
    days = np.intersect1d(times[0] // DAY_MS, times[1] // DAY_MS)
    for day in days.tolist():
        spans = [slice(*np.searchsorted(t, (day * DAY_MS, (day + 1) * DAY_MS))) for t in times]
        own = [time[span] for time, span in zip(times, spans, strict=True)]
        start, end = max(t[0] for t in own), min(t[-1] for t in own)
        kept = [
            slice(np.searchsorted(t, start, "left"), np.searchsorted(t, end, "right")) for t in own
        ]
        x, y = (
            Path(t[k], log[span][k] - log[span][0])
            for t, k, log, span in zip(own, kept, logs, spans, strict=True)
        )
        if min(len(x.time), len(y.time)) > 1:
            yield np.datetime64(day, "D").item(), x, y


def _blocks(pairs: list[tuple[date, Path, Path]]) -> tuple[Sums, float]:
    """Sums of each block, and the longest block in seconds: a day, or equal parts of each."""
    parts = 1 if len(pairs) >= BLOCKS else math.ceil(BLOCKS / len(pairs))
    rows, longest = [], 0.0
    for _, x, y in pairs:
        start = min(x.time[0], y.time[0])
        length = (max(x.time[-1], y.time[-1]) - start) / parts
        longest = max(longest, length / MS)
        of = [np.minimum((p.time[1:] - 1 - start) // length, parts - 1) for p in (x, y)]
        r, s = x.moves(), y.moves()
        # Half by the moments of each: neither symbol is the first.
        both = [_by(0.5 * own, k, parts) for own, k in
                zip((r * overlapping(x, y), s * overlapping(y, x)), of, strict=True)]  # fmt: skip
        rows.append((both[0] + both[1], _by(r * r, of[0], parts), _by(s * s, of[1], parts)))
    both_, first, second = (np.concatenate(column) for column in zip(*rows, strict=True))
    return Sums(both_, first, second), longest if parts > 1 else float(DAY_MS / MS)


def _by(values: Floats, block: Floats, parts: int) -> Floats:
    return np.asarray(np.bincount(block.astype(np.int64), weights=values, minlength=parts), float)


def _said(
    names: tuple[str, str],
    found: tuple[float, float, float],
    counts: Sequence[int],
    days: int,
) -> Iterator[Said]:
    rho, low, high = (f"{one:+.2f}".replace("-", "−") for one in found)
    values: dict[str, Amount | str] = {
        "first": names[0],
        "second": names[1],
        "rho": rho,
        "low": low,
        "high": high,
        "n": Amount(counts[0], "count"),
        "m": Amount(counts[1], "count"),
        "days": Amount(days, "count"),
    }
    if abs(found[0]) < 1.0:
        yield Said(
            "Within {days} {days:day|days} {first} and {second} correlate {rho}"
            " ({low} to {high}), from {n} and {m} observations at moments of their"
            " own.",
            values,
        )
    else:
        yield Said(
            "Within {days} {days:day|days} the estimate for {first} and {second} is"
            " {rho}, which is no correlation: {n} and {m} observations are too few,"
            " or their clocks differ.",
            values,
        )


def _warnings(
    ticks: tuple[Ticks, Ticks], paths: tuple[list[Path], list[Path]], blocks: int
) -> Iterator[Said]:
    for one, side in zip(ticks, paths, strict=True):
        moves = [path.moves() for path in side]
        squares = sum(float((r * r).sum()) for r in moves)
        back = sum(float((r[1:] * r[:-1]).sum()) for r in moves) / squares
        if back < BOUNCE:
            yield Said(
                "Moves of {symbol} turn back at once (correlation {back}): its variance counts the"
                " bounce between bid and ask, and the estimate is too near 0. Give quotes, or"
                " --every 1min.",
                {"symbol": one.symbol, "back": Amount(back, "number")},
            )
        if sum(map(len, moves)) < THIN * blocks:
            yield Said(
                "{symbol} has fewer than {fewest} moves a block: the interval is too narrow.",
                {"symbol": one.symbol, "fewest": Amount(THIN, "count")},
            )
        if one.skipped:
            yield Said(
                "{count} {count:row|rows} of {symbol} without a price that counts"
                " {count:is|are} left out.",
                {"count": Amount(one.skipped, "count"), "symbol": one.symbol},
            )


def _lagging(
    grids: tuple[OnGrid, ...], value: float, between: tuple[float, float]
) -> Iterator[Said]:
    """Longer steps that say more than the interval allows."""
    far = [g for g in grids if value * g.value > value * between[1 if value > 0.0 else 0]]
    if far:
        yield Said(
            "Steps of {seconds} s correlate {more}, beyond the interval: prices bounce, one of the"
            " two follows the other later, or their clocks differ.",
            {
                "seconds": Amount(far[-1].seconds, "count"),
                "more": f"{far[-1].value:+.2f}".replace("-", "−"),
            },
        )
    else:
        yield Said(
            "A lag between the two would lower the estimate: that news reach both at once is taken"
            " for granted."
        )
