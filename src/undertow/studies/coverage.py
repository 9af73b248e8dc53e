"""Whether a fund can pay what is redeemed: liquid assets over net redemptions."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from undertow.core.answers.measured import CoverageAnswer, Covered
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber
from undertow.core.holdings import Holding
from undertow.core.shapes import Floats
from undertow.studies.hqla import capped, hqla_caps, hqla_weights, weight_of

BANDS = ((1.5, "ok"), (1.0, "watch"), (0.5, "warning"), (0.0, "critical"))
"""Our choice: no regulator sets them."""
BAND_SAID = {
    "ok": Said("ok"),
    "watch": Said("watch"),
    "warning": Said("warning"),
    "critical": Said("critical"),
}
BUCKETS = {"within 3 days": 3.0, "within 5 days": 5.0, "within 20 days": 20.0}
STALE_DAYS = 10
"""Age of a close from which on a symbol counts as no longer traded."""
LATE_DAYS = 100
"""Age of a list of holdings that is said."""
MOST_WEIGHT, FEW_WEIGHT = 1.05, 0.95
"""Sum of weights that is refused above, and said below."""
SCALE = frozenset({"AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"})
OFF = 0.2
"""How far shares · price may be from weight · fund before prices are taken as adjusted."""


@dataclass(frozen=True, slots=True)
class Market:
    """Last price and usual units a day of a symbol; NaN where it is not known."""

    price: float
    volume: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A redemption.

    redemption: share of the fund;  in_kind: share of it that is paid in securities
    days: horizon;  participation: share of volume that can be sold
    """

    on: date
    redemption: float
    in_kind: float
    days: float
    participation: float


@dataclass(frozen=True, slots=True)
class Line:
    """A holding in money: per day of selling, NaN where no volume is known."""

    holding: Holding
    value: float
    daily: float


def coverage_answer(
    holdings: Sequence[Holding], market: Mapping[str, Market], asked: Asked
) -> CoverageAnswer:
    """RCR = liquid / net redemption, by quality and by time to sell.

    quality: Σ weight(class, rating) · value, once more with the caps of banks
    time: Σ min(value, participation · volume · price · days) · (1 − haircut).
    A holding without volume counts as not liquid, in `rcr_high` as liquid.
    """
    _weights_fit(holdings)
    sizes = _sizes(holdings, market)
    lines, adjusted = _lines(holdings, market, sizes)
    nav = sum(line.value for line in lines)
    net = asked.redemption * (1.0 - asked.in_kind) * nav
    sold, unknown = _sold(lines, asked, asked.days)
    weights = np.array([line.value / nav for line in lines])
    sellable = min(sold / nav / max(1.0 - asked.in_kind, 1e-12), 1.0)
    levels = _levels(lines)
    hqla, time = _covered(sum(levels.values()), 0.0, net, nav), _covered(sold, unknown, net, nav)
    return CoverageAnswer(
        on=asked.on,
        holdings=len(lines),
        nav=nav,
        redemption=asked.redemption,
        in_kind=asked.in_kind,
        net_redemption=net,
        horizon_days=asked.days,
        participation=asked.participation,
        hqla=hqla,
        hqla_capped=_covered(capped(levels, hqla_caps()), 0.0, net, nav),
        liquidation=time,
        largest_met=sellable,
        buckets=_buckets(lines, asked, nav),
        top10=float(np.sort(weights)[::-1][:10].sum()),
        herfindahl=float((weights**2).sum()),
        said=(_said(asked, hqla, time),),
        warnings=(
            *_dated(holdings, asked.on),
            *_listed(holdings),
            *_sized(holdings, sizes),
            *_warnings(lines, adjusted, nav),
        ),
    )


def _sizes(holdings: Sequence[Holding], market: Mapping[str, Market]) -> list[float]:
    """What shares, price and weight of each holding say of the size of the fund."""
    found = (
        h.units * market[h.symbol].price / h.weight
        for h in holdings
        if h.weight > 0.0 and h.symbol in market
    )
    return [size for size in found if math.isfinite(size)]


def _lines(
    holdings: Sequence[Holding], market: Mapping[str, Market], known: Sequence[float]
) -> tuple[list[Line], int]:
    """Holdings in money, and how many have prices that are not those of the file's day."""
    nothing = Market(math.nan, math.nan)
    # Weights alone say shares of a fund of 1.
    bare = all(math.isnan(h.value) and math.isnan(h.units) for h in holdings)
    fund = float(np.median(known)) if known else 1.0 if bare else math.nan
    lines, adjusted = [], 0
    values = [_value(h, market.get(h.symbol, nothing), fund) for h in holdings]
    whole = defaultdict[str, float](float)
    for holding, value in zip(holdings, values, strict=True):
        whole[holding.symbol] += value
    for holding, value in zip(holdings, values, strict=True):
        found = market.get(holding.symbol, nothing)
        own = holding.units * found.price
        adjusted += int(abs(own - value) > OFF * value)
        # Volume is in units of the price beside it, so their product is money whatever the splits.
        part = value / whole[holding.symbol] if whole[holding.symbol] > 0.0 else 1.0
        daily = math.inf if holding.kind == "cash" else found.price * found.volume * part
        lines.append(Line(holding, value, daily))
    if not sum(line.value for line in lines) > 0.0:
        raise BadNumber("the holdings are worth nothing; give shares with prices, or values.")
    return lines, adjusted


def _weights_fit(holdings: Sequence[Holding]) -> None:
    """BadNumber if the weights are more than the fund."""
    whole = _weight(holdings)
    if whole > MOST_WEIGHT:
        percent = " (in per cent? write 70 % as 0.7)" if whole > 10.0 * MOST_WEIGHT else ""
        raise BadNumber(
            f"the weights sum to {whole:.4g} times the fund{percent}; give weights that sum to 1."
            " Borrowed money is not covered here."
        )


def _weight(holdings: Sequence[Holding]) -> float:
    """Sum of the weights; NaN if there are none."""
    given = [h.weight for h in holdings if math.isfinite(h.weight)]
    return sum(given) if given else math.nan


def _value(holding: Holding, found: Market, fund: float) -> float:
    """Money of a holding: as the file says, else by weight, else by shares; cash is its units."""
    price = 1.0 if holding.kind == "cash" else found.price
    for value in (holding.value, holding.weight * fund, holding.units * price):
        if math.isfinite(value):
            return value
    raise BadNumber(
        f"{holding.symbol} has no value, no weight and no price of the last {STALE_DAYS} days; add"
        " one or leave it out."
    )


def _sold(lines: Sequence[Line], asked: Asked, days: float) -> tuple[float, float]:
    """Money from selling for so many days, and what of unknown volume would add."""
    sold = unknown = 0.0
    for line in lines:
        kept = 1.0 - line.holding.haircut
        if math.isnan(line.daily):
            unknown += line.value * kept
        else:
            sold += min(line.value, asked.participation * line.daily * days) * kept
    return sold, unknown


def _levels(lines: Sequence[Line]) -> dict[str, float]:
    """Weighted money by level of quality."""
    table = hqla_weights()
    found = dict.fromkeys(("1", "2A", "2B"), 0.0)
    for line in lines:
        if (level := weight_of(line.holding, table)) is not None:
            found[level.name] += line.value * level.weight
    return found


def _covered(liquid: float, unknown: float, net: float, nav: float) -> Covered:
    rcr = liquid / net
    return Covered(
        liquid=liquid,
        rcr=rcr,
        rcr_high=(liquid + unknown) / net,
        gap=(net - liquid) / nav,
        band=band_of(rcr),
    )


def band_of(coverage: float) -> str:
    """How serious a coverage is."""
    return next(name for least, name in BANDS if coverage >= least)


def _buckets(lines: Sequence[Line], asked: Asked, nav: float) -> dict[str, float]:
    """Share of the fund by how long a whole position takes."""
    pace = asked.participation * np.array([line.daily for line in lines])
    money = np.array([line.value for line in lines])
    days = np.divide(money, pace, out=np.where(money > 0.0, np.inf, 0.0), where=pace != 0.0)
    value: Floats = np.array([line.value for line in lines]) / nav
    found, before = {}, -1.0
    for name, most in BUCKETS.items():
        found[name] = float(value[(days > before) & (days <= most)].sum())
        before = most
    return {**found, "later or not known": 1.0 - sum(found.values())}


def _said(asked: Asked, hqla: Covered, time: Covered) -> Said:
    worst = min((hqla, time), key=lambda one: one.rcr)
    values: dict[str, Amount | str | Said] = {
        "share": Amount(asked.redemption, "share"),
        "quality": Amount(hqla.rcr, "number"),
        "time": Amount(time.rcr, "number"),
        "band": BAND_SAID[worst.band],
    }
    return Said(
        "A redemption of {share} is covered {quality} times by the quality of the assets and {time}"
        " times by what can be sold in time: {band}.",
        values,
    )


def _dated(holdings: Sequence[Holding], on: date) -> Iterator[Said]:
    """Holdings of another time than the day."""
    newest = max((h.day for h in holdings if h.day), default=None)
    if newest is None:
        return
    values: dict[str, Amount | str] = {"day": newest.isoformat(), "on": on.isoformat()}
    if newest > on:
        yield Said("The holdings are of {day}, after {on}: they were not known then.", values)
    elif (on - newest).days > LATE_DAYS:
        yield Said("The holdings are of {day}, long before {on}.", values)


def _sized(holdings: Sequence[Holding], sizes: Sequence[float]) -> Iterator[Said]:
    """Where the size of the fund comes from prices that do not agree on it."""
    if not sizes or all(math.isfinite(h.value) for h in holdings):
        return
    middle = float(np.median(sizes))
    off = sum(abs(size - middle) > OFF * middle for size in sizes)
    if 2 * off > len(sizes):
        yield Said(
            "Shares, weights and prices do not agree on the size of the fund: {low} to {high} times"
            " the one that is used; what can be sold in time is over it.",
            {
                "low": Amount(min(sizes) / middle, "number"),
                "high": Amount(max(sizes) / middle, "number"),
            },
        )


def _listed(holdings: Sequence[Holding]) -> Iterator[Said]:
    """Weights that leave a part of the fund out."""
    whole = _weight(holdings)
    if whole < FEW_WEIGHT:
        yield Said(
            "The weights sum to {share}: the rest of the fund is not in the file, and nothing is"
            " said of it.",
            {"share": Amount(whole, "share")},
        )


def _warnings(lines: Sequence[Line], adjusted: int, nav: float) -> Iterator[Said]:
    unknown = [line for line in lines if math.isnan(line.daily)]
    if unknown:
        yield Said(
            "{count} of {holdings} holdings, {share} of the fund, have no volume: they count as not"
            " liquid, at most as liquid.",
            {
                "count": Amount(len(unknown), "count"),
                "holdings": Amount(len(lines), "count"),
                "share": Amount(sum(line.value for line in unknown) / nav, "share"),
            },
        )
    still = sum(line.daily == 0.0 for line in lines)
    if still:
        yield Said(
            "{count} of {holdings} holdings have a volume of 0: nothing of them is sold in time.",
            {"count": Amount(still, "count"), "holdings": Amount(len(lines), "count")},
        )
    bonds = [line for line in lines if line.holding.kind in {"government", "corporate"}]
    unrated = [line for line in bonds if line.holding.rating.rstrip("+-") not in SCALE]
    if unrated:
        yield Said(
            "{count} {count:bond,|bonds,} {share} of the fund, {count:has|have} no"
            " rating from AAA to D: by quality they weigh nothing.",
            {
                "count": Amount(len(unrated), "count"),
                "share": Amount(sum(line.value for line in unrated) / nav, "share"),
            },
        )
    if adjusted:
        yield Said(
            "{count}"
            " {count:holding has prices that do not fit its|holdings have prices that do not"
            " fit their}"
            " shares and weights (adjusted for splits or dividends?); weights are"
            " used, and the size of the fund is not sure.",
            {"count": Amount(adjusted, "count")},
        )
    yield from _simple(lines)


def _simple(lines: Sequence[Line]) -> Iterator[Said]:
    """What both measures leave out of shares."""
    if any(line.holding.kind == "equity" for line in lines):
        yield Said(
            "By quality, shares count half whatever their volume; by time, every sale is taken to"
            " leave the price as it is but for the haircut."
        )
