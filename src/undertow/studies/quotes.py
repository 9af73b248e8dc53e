"""Minute quotes of a stress day against calm days: how much wider, how much thinner."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from undertow.core.answers.measured import (
    QuotesAnswer,
    QuotesBaseline,
    QuotesHour,
    QuotesWorst,
)
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber
from undertow.core.quotes import Quotes
from undertow.core.shapes import Floats

JUMP = np.log(3.0)
"""Largest logarithm of a move from one quote to the next; beyond it units have changed."""
FEWEST_HOURS = 3
FEWEST_MINUTES = 30
"""Quotes that an hour needs to count."""
MANY_DAYS = 20
"""Baseline days from which on each hour of the day has its own baseline."""
APART = 5.0
"""Factor between the prices of both days from which on their units are doubted."""
BOUND = 0.5
"""Share of minutes at one tick from which on the tick binds."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours that have enough quotes; `thin` is the number of those that have not."""

    start: np.ndarray
    minutes: np.ndarray
    spread: Floats
    depth: Floats
    thin: int


def quotes_answer(baseline: Quotes, stress: Quotes) -> QuotesAnswer:
    """Hourly mean spreads and hourly median depths of the stress day over those of the baseline.

    multiple = mean spread of the hour / median over baseline hours
    loss = 1 − median depth of the hour / median over baseline hours
    With 20 baseline days or more the median is over the same hour of the day.
    """
    _of_one_instrument(baseline, stress)
    calm, bad = _uncrossed(baseline), _uncrossed(stress)
    _steady_units(baseline, stress)
    before = hours_of(calm, "the baseline", len(baseline) - len(calm))
    after = hours_of(bad, "the stress day", len(stress) - len(bad))
    spreads, depths = _normal(before, after)
    rows = tuple(_hours(after, spreads, depths))
    widest = max(rows, key=lambda row: row.spread_multiple)
    thinnest = max(rows, key=lambda row: row.depth_loss)
    found = _baseline(calm, before)
    wide = found.spread_bps / found.spread_low if found.spread_low > 0.0 else np.inf
    narrow = found.spread_bps / found.spread_high
    return QuotesAnswer(
        symbol=stress.symbol,
        spread_multiple=widest.spread_multiple,
        spread_multiple_low=widest.spread_multiple * narrow,
        spread_multiple_high=widest.spread_multiple * wide,
        depth_loss=thinnest.depth_loss,
        baseline=found,
        worst=QuotesWorst(
            spread_hour=widest.hour,
            spread_bps=widest.spread_bps,
            depth_hour=thinnest.hour,
            depth_usd=thinnest.depth_usd,
            max_minute_bps=float(bad.spread_bps.max()),
            mid_min=float(bad.mid.min()),
            mid_change=float(bad.mid.min() / calm.mid[0] - 1.0),
        ),
        hours=rows,
        said=tuple(_said(stress.symbol, widest, thinnest)),
        warnings=tuple(_warnings(baseline, stress, found, before, after)),
    )


def _of_one_instrument(baseline: Quotes, stress: Quotes) -> None:
    """Refuse a stress day of another instrument than the baseline's, or in other ticks."""
    if baseline.symbol != stress.symbol:
        raise BadNumber(
            f"the baseline is of {baseline.symbol}, the stress day of {stress.symbol}; give one"
            " instrument."
        )
    apart = float(np.median(stress.mid) / np.median(baseline.mid))
    if not 1.0 / APART < apart < APART:
        raise BadNumber(
            f"{stress.symbol} is {apart:.3g} times its baseline; one of the files is in other"
            " ticks, or of another instrument."
        )


def _steady_units(baseline: Quotes, stress: Quotes) -> None:
    """Refuse prices whose units change inside a side."""
    for quotes, what in ((baseline, "the baseline"), (stress, "the stress day")):
        steady(quotes, what)


def steady(quotes: Quotes, what: str) -> None:
    """BadNumber if the price triples or falls to a third from one row to the next."""
    moves = np.abs(np.diff(np.log(quotes.mid)))
    if moves.max(initial=0.0) > JUMP:
        at = int(moves.argmax()) + 1
        raise BadNumber(
            f"{what} goes from {quotes.mid[at - 1]:g} to {quotes.mid[at]:g} at"
            f" {quotes.time[at]} UTC; its ticks change there: give files with one unit."
        )


def hours_of(quotes: Quotes, what: str, left_out: int = 0) -> Hours:
    """Mean spread and median depth of each hour; BadNumber if there are fewer than three."""
    starts, minutes = np.unique(quotes.hour, return_counts=True)
    kept = minutes >= FEWEST_MINUTES
    if kept.sum() < FEWEST_HOURS:
        crossed = f" ({left_out} crossed minutes are left out)" if left_out else ""
        raise BadNumber(
            f"{what} has {kept.sum()} hours with at least {FEWEST_MINUTES} quotes{crossed}; give"
            f" a longer file, {FEWEST_HOURS} hours are the least."
        )
    return Hours(
        start=starts[kept],
        minutes=minutes[kept],
        spread=_hourly(quotes, quotes.spread_bps, np.mean)[kept],
        depth=_hourly(quotes, quotes.depth, np.median)[kept],
        thin=int((~kept).sum()),
    )


def _hourly(quotes: Quotes, values: Floats, over: Callable[[Floats], float]) -> Floats:
    at = np.flatnonzero(np.diff(quotes.hour).astype(np.int64)) + 1
    return np.array([float(over(part)) for part in np.split(values, at)])


def _uncrossed(quotes: Quotes) -> Quotes:
    return quotes.where(quotes.bid <= quotes.ask)


def _normal(before: Hours, after: Hours) -> tuple[Floats, Floats]:
    """Normal spread and depth for each hour of the stress day."""
    clock, wanted = _of_day(before.start), _of_day(after.start)
    if len(np.unique(before.start.astype("datetime64[D]"))) < MANY_DAYS:
        clock, wanted = np.zeros_like(clock), np.zeros_like(wanted)
    pairs = [(before.spread[clock == h], before.depth[clock == h]) for h in wanted]
    if not all(len(spreads) for spreads, _ in pairs):
        raise BadNumber("an hour of the stress day is in no baseline day; give days alike.")
    normal = np.array([[np.median(spreads), np.median(depths)] for spreads, depths in pairs])
    for name, values in zip(("spread", "depth"), normal.T, strict=True):
        if not np.all(values > 0.0):
            raise BadNumber(
                f"the {name} of the baseline is 0, so nothing can be a multiple of it; check the"
                " columns of the files."
            )
    return normal[:, 0], normal[:, 1]


def _of_day(starts: np.ndarray) -> np.ndarray:
    return np.asarray(starts.astype(np.int64) % 24)


def _hours(after: Hours, spreads: Floats, depths: Floats) -> Iterator[QuotesHour]:
    columns = (after.start, after.minutes, after.spread, spreads, after.depth, depths)
    for start, minutes, spread, normal, depth, deep in zip(*columns, strict=True):
        yield QuotesHour(
            hour=_moment(start),
            minutes=int(minutes),
            spread_bps=float(spread),
            spread_multiple=float(spread / normal),
            depth_usd=float(depth),
            depth_loss=float(1.0 - depth / deep),
        )


def _moment(start: np.datetime64) -> datetime:
    found: datetime = start.astype("datetime64[s]").item()
    return found


def _baseline(calm: Quotes, before: Hours) -> QuotesBaseline:
    low, high = median_interval(before.spread)
    tick = tick_of(calm)
    return QuotesBaseline(
        first=_moment(calm.time[0]).date(),
        last=_moment(calm.time[-1]).date(),
        spread_bps=float(np.median(before.spread)),
        spread_low=low,
        spread_high=high,
        depth_usd=float(np.median(before.depth)),
        hours=len(before.start),
        minutes=len(calm),
        minute_median_bps=float(np.median(calm.spread_bps)),
        tick=tick,
        at_tick=float(np.mean(calm.ask - calm.bid < 1.5 * tick)),
    )


def median_interval(values: Floats) -> tuple[float, float]:
    """Interval of a median with at least 95 %, free of distribution: two order statistics.

    Of few values it is their whole range, and covers less.
    """
    n, ordered = len(values), np.sort(values)
    odds = np.cumsum(_binomial(n))
    below = int(np.searchsorted(odds, 0.025, side="right"))
    at = max(below - 1, 0)
    return float(ordered[at]), float(ordered[n - 1 - at])


def _binomial(n: int) -> Floats:
    """Probabilities of 0 … n heads."""
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    return np.exp(logs[n] - logs - logs[::-1] - n * np.log(2.0))


def tick_of(quotes: Quotes) -> float:
    """Smallest step between the prices of a file, without what rounding leaves."""
    prices = np.unique(np.concatenate([quotes.bid, quotes.ask]))
    steps = np.diff(prices)
    real = steps[steps > 1e-9 * prices[-1]]
    return float(np.round(real.min(), 10)) if len(real) else 0.0


def _said(symbol: str, widest: QuotesHour, thinnest: QuotesHour) -> Iterator[Said]:
    yield Said(
        "{symbol}: the spread of the worst hour, {hour} UTC, is {multiple} times its baseline.",
        {
            "symbol": symbol,
            "hour": f"{widest.hour:%Y-%m-%d %H:%M}",
            "multiple": Amount(widest.spread_multiple, "number"),
        },
    )
    yield Said(
        "Depth at the touch falls by {loss} in the worst hour, {hour} UTC.",
        {
            "loss": Amount(thinnest.depth_loss, "share"),
            "hour": f"{thinnest.hour:%Y-%m-%d %H:%M}",
        },
    )


def _warnings(
    baseline: Quotes, stress: Quotes, found: QuotesBaseline, before: Hours, after: Hours
) -> Iterator[Said]:
    if found.at_tick >= BOUND:
        yield Said(
            "The tick binds in {share} of the baseline's minutes: a multiple of the median minute"
            " would count ticks ({multiple} times), so means over hours are compared.",
            {
                "share": Amount(found.at_tick, "share"),
                "multiple": Amount(float(after.spread.max()) / found.minute_median_bps, "number"),
            },
        )
    if baseline.time[-1] >= stress.time[0]:
        yield Said("The baseline does not end before the stress day begins: it looks ahead.")
    days = len(np.unique(before.start.astype("datetime64[D]")))
    if days < MANY_DAYS:
        yield Said(
            "The baseline has {days} {days:day|days}, fewer than {wanted}: hours are"
            " compared with all hours, not with the same hour of the day.",
            {"days": Amount(days, "count"), "wanted": Amount(MANY_DAYS, "count")},
        )
    left = {
        "one": baseline.skipped + stress.skipped,
        "crossed": int(sum((q.bid > q.ask).sum() for q in (baseline, stress))),
        "thin": before.thin + after.thin,
    }
    yield from _left_out(left)


def _left_out(left: Mapping[str, int]) -> Iterator[Said]:
    if any(left.values()):
        yield Said(
            "Left out: {one} {one:minute|minutes} with one side only, {crossed}"
            " crossed {crossed:minute|minutes}, {thin} {thin:hour|hours} with fewer"
            " than {least} quotes.",
            {
                **{name: Amount(count, "count") for name, count in left.items()},
                "least": Amount(FEWEST_MINUTES, "count"),
            },
        )
