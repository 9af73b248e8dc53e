"""A future against its spot: the basis, how unusual it is, and whether that lasts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from undertow.core.answers.measured import BasisAnswer, ClockCheck, Extremes, Reference
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber
from undertow.core.history import Moments
from undertow.core.quotes import Quotes
from undertow.core.shapes import Floats
from undertow.studies.quotes import steady

THRESHOLD = 3.0
LASTING = 5
"""Minutes whose median must be beyond the threshold."""
FEWEST = 60
MAD = 1.4826
HOURS = range(-14, 15)
LIKE = 0.2
"""How far future / (multiplier · spot) may be from 1 before the units are doubted."""
WIDE = 1.5
"""Ask over bid from which on the mid says nothing."""
SURE = 0.2
"""Correlation at another hour that refutes a clock."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Days of the reference, first and last, and the units of spot in one of the future."""

    first: date
    last: date
    multiplier: float


@dataclass(frozen=True, slots=True)
class Scale:
    """What a basis is measured with."""

    mean: float
    sd: float
    median: float
    mad: float


def basis_answer(future: Quotes, spot: Quotes, session: Quotes, asked: Asked) -> BasisAnswer:
    """The basis of mid prices in minutes that both have, in deviations from the reference.

    basis = 1e4 · (F / (k S) − 1);  z = (basis − mean) / sd;  robust z = (basis − median) /
    (1.4826 · MAD).  session: the minutes of the spot that count; the clocks are tested on all.
    The mean of the reference absorbs carry, as long as the reference is near.
    """
    for quotes, what in ((future, "the future"), (spot, "the spot")):
        steady(quotes, what)
    clocks = _clocks(future, spot)
    time, basis = _basis(future, session, asked.multiplier)
    start, end = np.datetime64(asked.first), np.datetime64(asked.last) + np.timedelta64(1, "D")
    inside, later = (time >= start) & (time < end), time >= end
    reference, scale = _reference(time[inside], basis[inside], asked)
    whole = _extremes(time, basis, scale)
    after = _extremes(time[later], basis[later], scale) if later.any() else None
    persistent = after is not None and after.minutes_beyond > 0
    return BasisAnswer(
        future=future.symbol,
        spot=spot.symbol,
        z_max=whole.z_max,
        z_min=whole.z_min,
        robust_z_max=whole.robust_z_max,
        robust_z_min=whole.robust_z_min,
        persistent=persistent,
        threshold=THRESHOLD,
        reference=reference,
        after=after,
        whole=whole,
        clocks=clocks,
        said=tuple(_said(future.symbol, after)),
        warnings=tuple(_warnings(reference, after, (future, session), before=time < start)),
    )


def _basis(future: Quotes, spot: Quotes, multiplier: float) -> tuple[Moments, Floats]:
    time, ours, theirs = np.intersect1d(future.time, spot.time, return_indices=True)
    if len(time) < FEWEST:
        raise BadNumber(
            f"{future.symbol} and {spot.symbol} have {len(time)} minutes in common; give files of"
            f" the same days, {FEWEST} minutes are the least."
        )
    ratio = future.mid[ours] / (multiplier * spot.mid[theirs])
    usual = float(np.median(ratio))
    if abs(usual - 1.0) > LIKE:
        raise BadNumber(
            f"{future.symbol} is {usual:.4g} times {multiplier:g} of {spot.symbol}; check"
            f" --multiplier (about {usual * multiplier:.3g}?) and the ticks of the files."
        )
    return time, 1e4 * (ratio - 1.0)


def _reference(time: Moments, basis: Floats, asked: Asked) -> tuple[Reference, Scale]:
    if len(basis) < FEWEST:
        raise BadNumber(
            f"the reference {asked.first}:{asked.last} has {len(basis)} minutes, {FEWEST} are the"
            " least; name days that the files have."
        )
    mean, sd = float(basis.mean()), float(basis.std(ddof=1))
    median = float(np.median(basis))
    mad = MAD * float(np.median(np.abs(basis - median)))
    if sd == 0.0 or mad == 0.0:
        raise BadNumber("the basis does not move in the reference; give a longer one.")
    worth = effective(basis)
    half = 1.96 * sd / np.sqrt(worth)
    found = Reference(
        first=moment(time[0]),
        last=moment(time[-1]),
        n=len(basis),
        n_effective=worth,
        mean_bps=mean,
        sd_bps=sd,
        median_bps=median,
        mad_bps=mad,
        mean_low_bps=mean - half,
        mean_high_bps=mean + half,
    )
    return found, Scale(mean, sd, median, mad)


def effective(values: Floats) -> float:
    """Independent values that a series is worth: n (1 − ρ) / (1 + ρ), ρ its autocorrelation."""
    rho = float(np.corrcoef(values[1:], values[:-1])[0, 1])
    return len(values) * (1.0 - max(rho, 0.0)) / (1.0 + max(rho, 0.0))


def moment(at: np.datetime64) -> datetime:
    """A moment as Python has it."""
    found: datetime = at.astype("datetime64[s]").item()
    return found


def _extremes(time: Moments, basis: Floats, scale: Scale) -> Extremes:
    z, robust = (basis - scale.mean) / scale.sd, (basis - scale.median) / scale.mad
    lasting = _lasting(z)
    return Extremes(
        minutes=len(z),
        z_max=float(z.max()),
        z_max_at=moment(time[z.argmax()]),
        z_min=float(z.min()),
        z_min_at=moment(time[z.argmin()]),
        robust_z_max=float(robust.max()),
        robust_z_min=float(robust.min()),
        persistent_z_max=float(lasting.max(initial=-np.inf)),
        persistent_z_min=float(lasting.min(initial=np.inf)),
        minutes_beyond=int((np.abs(lasting) > THRESHOLD).sum()),
    )


def _lasting(z: Floats) -> Floats:
    """Median of each minute and those before it; none if there are fewer minutes."""
    if len(z) < LASTING:
        return np.empty(0)
    windows = np.lib.stride_tricks.sliding_window_view(z, LASTING)
    return np.asarray(np.median(windows, axis=1))


def _clocks(future: Quotes, spot: Quotes) -> ClockCheck:
    """Shift the spot by whole hours: returns must agree best where it is."""
    found = {hours: _likeness(future, spot, hours) for hours in HOURS}
    best = max(found, key=lambda hours: found[hours][0])
    at_zero, minutes = found[0]
    check = ClockCheck(minutes, at_zero, best, found[best][0])
    if best != 0 and check.at_best > max(SURE, 2.0 * at_zero):
        raise BadNumber(
            f"the clocks of {future.symbol} and {spot.symbol} differ: minute returns correlate"
            f" {at_zero:.2f} as the files say, {check.at_best:.2f} with {spot.symbol} {best:+d}"
            " hours; check the formats."
        )
    return check


def _likeness(future: Quotes, spot: Quotes, hours: int) -> tuple[float, int]:
    """Correlation of minute returns, and their number."""
    shifted = spot.time + np.timedelta64(hours, "h")
    time, ours, theirs = np.intersect1d(future.time, shifted, return_indices=True)
    next_minute = np.diff(time) == np.timedelta64(1, "m")
    if next_minute.sum() < FEWEST:
        return 0.0, int(next_minute.sum())
    mids = (future.mid[ours], spot.mid[theirs])
    moves = [np.diff(np.log(mid))[next_minute] for mid in mids]
    if min(float(np.std(move)) for move in moves) == 0.0:
        return 0.0, len(moves[0])
    return float(np.corrcoef(*moves)[0, 1]), len(moves[0])


def _said(symbol: str, after: Extremes | None) -> Iterator[Said]:
    if after is None:
        return
    high = abs(after.z_max) >= abs(after.z_min)
    z, at = (after.z_max, after.z_max_at) if high else (after.z_min, after.z_min_at)
    values: dict[str, Amount | str] = {
        "symbol": symbol,
        "z": Amount(z, "number"),
        "at": f"{at:%Y-%m-%d %H:%M}",
    }
    yield Said(
        "The basis of {symbol} is at most {z} deviations from the reference, at {at} UTC.", values
    )
    if after.minutes_beyond:
        yield Said(
            "It lasts: {minutes}"
            " {minutes:median of five minutes is|medians of five minutes are} beyond"
            " {threshold} deviations.",
            {
                "minutes": Amount(after.minutes_beyond, "count"),
                "threshold": Amount(THRESHOLD, "number"),
            },
        )
    else:
        yield Said("It does not last five minutes beyond three deviations.")


def _warnings(
    reference: Reference, after: Extremes | None, read: tuple[Quotes, ...], *, before: np.ndarray
) -> Iterator[Said]:
    if after is None:
        yield Said("No minute lies after the reference: nothing is measured against it.")
    if before.any():
        yield Said(
            "{minutes} {minutes:minute lies|minutes lie} before the reference;"
            " against them it looks ahead.",
            {"minutes": Amount(int(before.sum()), "count")},
        )
    if reference.n_effective < 0.5 * reference.n:
        yield Said(
            "The minutes of the reference hang together: {n} are worth {worth}, so deviations of 3"
            " or 4 occur on ordinary days.",
            {
                "n": Amount(reference.n, "count"),
                "worth": Amount(reference.n_effective, "count"),
            },
        )
    wide = sum(int((quotes.ask > WIDE * quotes.bid).sum()) for quotes in read)
    if wide:
        yield Said(
            "{count}"
            " {count:minute has an ask more than half above the bid; its|minutes have an ask"
            " more than half above the bid; their}"
            " mid is no price, and deviations in them are no basis.",
            {"count": Amount(wide, "count")},
        )
    crossed = sum(int((quotes.bid > quotes.ask).sum()) for quotes in read)
    skipped = sum(quotes.skipped for quotes in read)
    if crossed or skipped:
        yield Said(
            "{skipped}"
            " {skipped:minute with one side only was|minutes with one side only were}"
            " left out; {crossed} crossed {crossed:one was|ones were} kept.",
            {"skipped": Amount(skipped, "count"), "crossed": Amount(crossed, "count")},
        )
