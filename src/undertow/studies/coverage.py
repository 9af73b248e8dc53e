"""Whether a fund can pay what is redeemed: liquid assets over net redemptions."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import numpy as np

from undertow.core.answers.measured import CoverageAnswer, Covered
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber
from undertow.core.holdings import Holding
from undertow.core.shapes import Floats

BANDS = ((1.5, "ok"), (1.0, "watch"), (0.5, "warning"), (0.0, "critical"))
"""Our choice: no regulator sets them."""
BAND_SAID = {
    "ok": Said("ok"),
    "watch": Said("watch"),
    "warning": Said("warning"),
    "critical": Said("critical"),
}
BUCKETS = {"within 3 days": 3.0, "within 5 days": 5.0, "within 20 days": 20.0}
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

    quality: Σ weight(class, rating) · value;  time: Σ min(value, participation · volume · price ·
    days) · (1 − haircut).  A holding without volume counts as not liquid, in `rcr_high` as liquid.
    """
    lines, adjusted = _lines(holdings, market)
    nav = sum(line.value for line in lines)
    net = asked.redemption * (1.0 - asked.in_kind) * nav
    sold, unknown = _sold(lines, asked, asked.days)
    weights = np.array([line.value / nav for line in lines])
    sellable = min(sold / nav / max(1.0 - asked.in_kind, 1e-12), 1.0)
    hqla, time = _covered(_quality(lines), 0.0, net, nav), _covered(sold, unknown, net, nav)
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
        liquidation=time,
        largest_met=sellable,
        buckets=_buckets(lines, asked, nav),
        top10=float(np.sort(weights)[::-1][:10].sum()),
        herfindahl=float((weights**2).sum()),
        said=(_said(asked, hqla, time),),
        warnings=tuple(_warnings(lines, adjusted, nav)),
    )


def _lines(holdings: Sequence[Holding], market: Mapping[str, Market]) -> tuple[list[Line], int]:
    """Holdings in money, and how many have prices that are not those of the file's day."""
    nothing = Market(math.nan, math.nan)
    ratios = [
        h.units * market.get(h.symbol, nothing).price / h.weight for h in holdings if h.weight > 0.0
    ]
    known = [r for r in ratios if math.isfinite(r)]
    # Weights alone say shares of a fund of 1.
    bare = all(math.isnan(h.value) and math.isnan(h.units) for h in holdings)
    fund = float(np.median(known)) if known else 1.0 if bare else math.nan
    lines, adjusted = [], 0
    for holding in holdings:
        found = market.get(holding.symbol, nothing)
        value = _value(holding, found, fund)
        own = holding.units * found.price
        adjusted += int(abs(own - value) > OFF * value)
        # Volume is in units of the price beside it, so their product is money whatever the splits.
        daily = math.inf if holding.kind == "cash" else found.price * found.volume
        lines.append(Line(holding, value, daily))
    if not sum(line.value for line in lines) > 0.0:
        raise BadNumber("the holdings are worth nothing; give shares with prices, or values.")
    return lines, adjusted


def _value(holding: Holding, found: Market, fund: float) -> float:
    """Money of a holding: as the file says, else by weight, else by shares; cash is its units."""
    price = 1.0 if holding.kind == "cash" else found.price
    for value in (holding.value, holding.weight * fund, holding.units * price):
        if math.isfinite(value):
            return value
    raise BadNumber(
        f"{holding.symbol} has no value, no weight and no price; add one or leave it out."
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


def _quality(lines: Sequence[Line]) -> float:
    table = hqla_weights()
    return sum(line.value * weight_of(line.holding, table) for line in lines)


def hqla_weights() -> dict[tuple[str, str], float]:
    """Weights by class and rating, from the dated rows beside this file."""
    text = files("undertow.studies").joinpath("hqla.csv").read_text(encoding="utf-8")
    return {(r["kind"], r["rating"]): float(r["weight"]) for r in csv.DictReader(text.splitlines())}


def weight_of(holding: Holding, table: Mapping[tuple[str, str], float]) -> float:
    """Weight of a holding: AA+ is AA; what the table does not have weighs nothing."""
    rating = holding.rating.rstrip("+-")
    return table.get((holding.kind, "*"), table.get((holding.kind, rating), 0.0))


def _covered(liquid: float, unknown: float, net: float, nav: float) -> Covered:
    rcr = liquid / net
    return Covered(
        liquid=liquid,
        rcr=rcr,
        rcr_high=(liquid + unknown) / net,
        gap=(net - liquid) / nav,
        band=next(name for least, name in BANDS if rcr >= least),
    )


def _buckets(lines: Sequence[Line], asked: Asked, nav: float) -> dict[str, float]:
    """Share of the fund by how long a whole position takes."""
    days = np.array([line.value / (asked.participation * line.daily) for line in lines])
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
    if adjusted:
        yield Said(
            "{count} holdings have prices that do not fit their shares and weights (adjusted for"
            " splits or dividends?); weights are used, and the size of the fund is not sure.",
            {"count": Amount(adjusted, "count")},
        )
    if any(line.holding.kind == "equity" for line in lines):
        yield Said(
            "By quality, shares count half whatever their volume; by time, every sale is taken to"
            " leave the price as it is but for the haircut."
        )
