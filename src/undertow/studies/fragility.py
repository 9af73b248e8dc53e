"""How fragile valuations are: each sign ranked in its own past, and their mean."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from undertow.core.answers.fragility import Fragility, FragilityPart
from undertow.core.answers.said import Amount, Said
from undertow.core.shapes import Floats
from undertow.indicators._composite import ranks
from undertow.indicators.base import Series

FEWEST = 20
"""Readings that the rank of a part rests on."""
STALE_DAYS = 400
"""For so long a reading stands for the days after it: a year and what its report takes."""
BASIS_POINTS = 0.01


@dataclass(frozen=True, slots=True)
class Sign:
    """A part: what it is computed from, which side of it is fragile, what it shares a weight with.

    group: the groups weigh the same, so do the parts of a group
    """

    name: str
    group: str
    inputs: tuple[str, ...]
    unit: str
    worse: int
    of: Callable[..., Floats]


def _itself(value: Floats) -> Floats:
    return value


def duration(discount_pct: Floats, growth_pct: Floats) -> Floats:
    """1/(r − g) in years; NaN where growth is not below the rate, where no price is finite."""
    apart = 0.01 * (discount_pct - growth_pct)
    return np.where(apart > 0.0, 1.0 / np.where(apart > 0.0, apart, 1.0), np.nan)


SIGNS = (
    Sign("excess_cape_yield", "yield", ("cape", "real_yield_pct"), "percent", -1,
         lambda cape, real: 100.0 / cape - real),
    Sign("earnings_yield_gap", "yield", ("earnings_yield_pct", "bond_yield_pct"), "percent", -1,
         lambda earned, bond: earned - bond),
    Sign("equity_duration", "duration", ("discount_rate_pct", "growth_rate_pct"), "years", 1,
         duration),
    Sign("top10_weight", "concentration", ("top10_weight",), "share", 1, _itself),
    Sign("herfindahl", "concentration", ("herfindahl",), "share", 1, _itself),
    Sign("absorption", "absorption", ("absorption",), "share", 1, _itself),
    Sign("margin_debt", "margin", ("margin_debt_usd", "market_cap_usd"), "share", 1,
         lambda debt, cap: debt / cap),
    Sign("ps_above_10", "prices", ("ps_above_10",), "share", 1, _itself),
)  # fmt: skip


def fragility(given: Mapping[str, Series], on: date) -> Fragility:
    """Of what was known at the end of `on`: level, percentile and parts."""
    known = {name: _until(series, on) for name, series in given.items()}
    read = {sign: _reading(sign, known) for sign in SIGNS}
    used = {
        sign: series
        for sign, series in read.items()
        if len(series) >= FEWEST and _days_since(series, on) <= STALE_DAYS
    }
    weights = _weights(tuple(used))
    rank = {sign: ranks(sign.worse * series.value) for sign, series in used.items()}
    levels = _levels(used, rank, weights)
    parts = tuple(_part(sign, series, rank[sign], weights[sign]) for sign, series in used.items())
    years = next((part.value for part in parts if part.name == "equity_duration"), None)
    return Fragility(
        level=float(levels[-1]) if len(levels) else float("nan"),
        percentile=float(np.mean(levels[:-1] < levels[-1])) if len(levels) > FEWEST else np.nan,
        days=max(len(levels) - 1, 0),
        loss_for_100bp=None if years is None else loss(years),
        parts=parts,
        missing=tuple(sign.name for sign in SIGNS if sign not in used),
    )


def loss(years: float) -> float:
    """Share of a price D/(r − g) that goes if r rises by 1 %: 0.01/(r − g + 0.01)."""
    return BASIS_POINTS / (1.0 / years + BASIS_POINTS)


def sentences(found: Fragility) -> Iterator[Said]:
    """The outcome, if there is one."""
    if found.parts:
        yield Said(
            "Valuation fragility is {level}, from {parts} of {all} parts: a vulnerability, no"
            " stress.",
            {
                "level": Amount(found.level, "number"),
                "parts": Amount(len(found.parts), "count"),
                "all": Amount(len(SIGNS), "count"),
            },
        )


def warnings(found: Fragility) -> Iterator[Said]:
    """What is missing, and from what it would be computed."""
    needs = {sign.name: f"{sign.name} ({', '.join(sign.inputs)})" for sign in SIGNS}
    if found.missing:
        yield Said(
            "Valuation fragility is without {names}: not given, with fewer than {fewest} readings,"
            " or older than {days} days; the others weigh more.",
            {
                "names": ", ".join(needs[name] for name in found.missing),
                "fewest": Amount(FEWEST, "count"),
                "days": Amount(STALE_DAYS, "count"),
            },
        )
    if found.parts and np.isnan(found.percentile):
        yield Said("Valuation fragility has too few earlier days with all its parts to rank it.")


def _until(series: Series, on: date) -> Series:
    kept = (series.date.astype("datetime64[D]") <= np.datetime64(on)) & np.isfinite(series.value)
    return Series(series.date[kept].astype("datetime64[D]"), series.value[kept])


def _reading(sign: Sign, known: Mapping[str, Series]) -> Series:
    """A reading on each day that brings one of its inputs, with the newest of the others."""
    if any(name not in known for name in sign.inputs):
        return Series(np.array([], dtype="datetime64[D]"), np.array([]))
    inputs = [known[name] for name in sign.inputs]
    days = np.unique(np.concatenate([one.date for one in inputs]))
    return Series(days, sign.of(*(_carried(one.date, one.value, days) for one in inputs))).known()


def _carried(date: np.ndarray, value: Floats, days: np.ndarray) -> Floats:
    """The newest value on each day; NaN before the first and where it is too old."""
    at = np.searchsorted(date, days, "right") - 1
    found = np.full(len(days), np.nan)
    has = at >= 0
    fresh = days[has] - date[at[has]] <= np.timedelta64(STALE_DAYS, "D")
    found[has] = np.where(fresh, value[at[has]], np.nan)
    return found


def _days_since(series: Series, on: date) -> int:
    newest: date = series.date[-1].item()
    return (on - newest).days


def _weights(used: Sequence[Sign]) -> dict[Sign, float]:
    groups = [sign.group for sign in used]
    return {sign: 1.0 / len(set(groups)) / groups.count(sign.group) for sign in used}


def _levels(
    used: Mapping[Sign, Series], rank: Mapping[Sign, Floats], weights: Mapping[Sign, float]
) -> Floats:
    """Level on every day that brings a reading and has all parts, each with enough before it."""
    if not used:
        return np.array([])
    days = np.unique(np.concatenate([series.date for series in used.values()]))
    each = [
        weights[sign] * _carried(series.date[FEWEST - 1 :], rank[sign][FEWEST - 1 :], days)
        for sign, series in used.items()
    ]
    whole: Floats = np.sum(each, axis=0)
    return whole[np.isfinite(whole)]


def _part(sign: Sign, series: Series, rank: Floats, weight: float) -> FragilityPart:
    return FragilityPart(
        name=sign.name,
        value=series.last,
        unit=sign.unit,
        date=series.date[-1].item(),
        rank=float(rank[-1]),
        worse=sign.worse,
        weight=weight,
        readings=len(series),
    )
