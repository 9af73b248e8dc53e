"""Indicators from daily prices on one day, each beside its own past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from undertow.core.answers.measured import DailyAnswer, IndicatorReading
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber
from undertow.core.history import Bars, History
from undertow.core.shapes import Floats
from undertow.indicators import INDICATORS, Indicator, Series
from undertow.indicators._fevd import CHOLESKY
from undertow.indicators.connectedness import Connectedness
from undertow.studies.price_doubts import price_warnings

FEWEST = 60
"""Readings before today that a percentile rests on."""
STALE_DAYS = 7
FLAT_DAYS = 21
EXTREME = 0.95
VARIANTS: Mapping[str, Indicator] = {"connectedness_cholesky": Connectedness(kind=CHOLESKY)}
"""Members once more, with another choice than their first; the order of symbols matters here."""


def daily_answer(history: History, symbols: Sequence[str], on: date) -> DailyAnswer:
    """Every indicator that the columns allow, with what was known at the end of `on`."""
    known = history.until(on)
    for symbol in symbols:
        if not len(known[symbol]):
            raise BadNumber(f"{symbol} has no bar up to {on}; name a later day.")
    found = {symbol: dict(_single(known, symbol)) for symbol in symbols}
    together = dict(_together(known, symbols)) if len(symbols) > 1 else {}
    return DailyAnswer(
        on=on,
        symbols=found,
        together=together,
        said=tuple(_said(found, together, on)),
        warnings=tuple(_warnings(known, symbols, found, together, on)),
    )


def reading(indicator: Indicator, series: Series) -> IndicatorReading | None:
    """The newest reading beside those before it; None if it is no number."""
    known = series.known()
    if not len(known) or not np.isfinite(series.last):
        return None
    before = known.value[:-1]
    low, usual, high = _quantiles(before)
    return IndicatorReading(
        value=series.last,
        unit=indicator.unit,
        date=series.date[-1].astype("datetime64[D]").item(),
        usual=usual,
        low=low,
        high=high,
        percentile=series.percentile() if len(before) >= FEWEST else float("nan"),
        readings=len(before),
        worse=indicator.worse,
    )


def _quantiles(before: Floats) -> tuple[float, float, float]:
    if len(before) < FEWEST:
        return float("nan"), float("nan"), float("nan")
    low, usual, high = np.quantile(before, (0.05, 0.5, 0.95))
    return float(low), float(usual), float(high)


def _single(history: History, symbol: str) -> Iterator[tuple[str, IndicatorReading]]:
    bars = history[symbol]
    for name, part in INDICATORS.discover().items():
        if part.most == 1 and _has(bars, part.fields):
            indicator = part()
            found = reading(indicator, indicator.series(history, [symbol]))
            if found is not None:
                yield name, found


def _has(bars: Bars, fields: Sequence[str]) -> bool:
    """Whether the newest bar has all of these columns."""
    return all(np.isfinite(getattr(bars, field)[-1]) for field in fields)


def _together(history: History, symbols: Sequence[str]) -> Iterator[tuple[str, IndicatorReading]]:
    members = {n: part() for n, part in INDICATORS.discover().items() if part.most is None}
    for name, indicator in {**members, **VARIANTS}.items():
        found = reading(indicator, indicator.series(history, symbols))
        if found is not None:
            yield name, found


def _high(found: Mapping[str, IndicatorReading]) -> list[str]:
    return [n for n, one in found.items() if one.worse * (one.percentile - 0.5) > EXTREME - 0.5]


def _said(
    found: Mapping[str, Mapping[str, IndicatorReading]],
    together: Mapping[str, IndicatorReading],
    on: date,
) -> Iterator[Said]:
    high: list[Said | str] = [
        Said("{symbol} ({names})", {"symbol": symbol, "names": "; ".join(_high(one))})
        for symbol, one in found.items()
        if _high(one)
    ]
    high += _high(together)
    count = sum(map(len, found.values())) + len(together)
    values: dict[str, Amount | str | Said] = {
        "count": Amount(count, "count"),
        "on": on.isoformat(),
    }
    if high:
        yield Said(
            "On {on} beyond 95 % of their own past, of {count} {count:reading:|readings:} {high}.",
            {**values, "high": _in_turn(high)},
        )
    else:
        yield Said("On {on} none of {count} readings is beyond 95 % of its own past.", values)


def _in_turn(parts: Sequence[Said | str]) -> Said | str:
    """Parts with a semicolon between them."""
    first, *others = parts
    if not others:
        return first
    return Said("{first}; {rest}", {"first": first, "rest": _in_turn(others)})


def _warnings(
    history: History,
    symbols: Sequence[str],
    found: Mapping[str, Mapping[str, IndicatorReading]],
    together: Mapping[str, IndicatorReading],
    on: date,
) -> Iterator[Said]:
    yield from price_warnings(history, symbols)
    single = {name for name, part in INDICATORS.discover().items() if part.most == 1}
    for symbol in symbols:
        yield from _of_symbol(history[symbol], sorted(single - found[symbol].keys()), on)
    lacking = sorted(INDICATORS.discover().keys() - single - together.keys())
    if lacking and len(symbols) > 1:
        yield Said(
            "Of all together there is no reading of {names}: too few symbols, too few days in"
            " common, or a price not above 0 in their windows.",
            {"names": "; ".join(lacking)},
        )
    readings = (one.readings for each in (*found.values(), together) for one in each.values())
    if min(readings, default=FEWEST) < FEWEST:
        yield Said(
            "Some readings have fewer than {fewest} before them: too few for a percentile.",
            {"fewest": Amount(FEWEST, "count")},
        )


def _of_symbol(bars: Bars, lacking: Sequence[str], on: date) -> Iterator[Said]:
    values: dict[str, Amount | str] = {"symbol": bars.symbol, "names": "; ".join(lacking)}
    if lacking:
        yield Said(
            "{symbol} has no reading of {names}: its columns or days do not suffice.", values
        )
    newest = bars.date[-1].astype("datetime64[D]").item()
    if (on - newest).days > STALE_DAYS:
        yield Said(
            "The newest bar of {symbol} is of {newest}.", {**values, "newest": newest.isoformat()}
        )
    late = bars.last(FLAT_DAYS)
    flat = int(np.sum((late.high == late.low) & (late.volume > 0.0)))
    if flat:
        yield Said(
            "{symbol} has {flat} {flat:bar|bars} without a range in its last {days}:"
            " measures of ranges and spreads are too low.",
            {**values, "flat": Amount(flat, "count"), "days": Amount(len(late), "count")},
        )
