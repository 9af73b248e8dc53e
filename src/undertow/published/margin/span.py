"""Worked examples of SPAN: risk arrays, scan risk and the price scan range."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from undertow.core.book import Kind, Marks, Position
from undertow.core.errors import BadNumber
from undertow.model.rulebook.span import (
    Span,
    scan_points,
    scan_risk,
    span_rates,
    span_requirement,
)
from undertow.published.margin._adapter import Adapter, Inputs, Results
from undertow.published.margin._legs import number

DAY: Final = date(2026, 1, 30)
BOOK: Final = "span_mcmillan"
"""Rates of McMillan's chapter: its future's range, its call's array, its weights."""

CHARGES: Final = (
    "intra_spread", "spread_charge", "intra_commodity", "intra_commodity_charge",
    "intra_commodity_spread_charge", "spot_charge", "delivery_charge", "intra", "delivery", "spot",
)  # fmt: skip
CREDITS: Final = (
    "inter_credit", "inter_commodity_credit", "inter_commodity_spread_credit", "credit", "inter",
)  # fmt: skip
RANGE: Final = ("maintenance", "price_scan_range", "scan_range", "psr")
ARRAY: Final = ("risk_array_pl", "risk_array", "array")


def scanned(given: Inputs) -> Results:
    """Array and scan risk of a position: by the row's arrays, else by those that are published."""
    held = given.of("position")
    if not isinstance(held, dict):
        raise BadNumber(f"position {held!r} is not contracts by name; give an object.")
    contracts = {name: Inputs(held).number(name) for name in held}
    arrays = {name: _array(given, name, len(held)) for name in held}
    total = tuple(
        sum(contracts[name] * gain for name, gain in zip(arrays, gains, strict=True))
        for gains in zip(*arrays.values(), strict=True)
    )
    return _risks(given, total)


def array_alone(given: Inputs) -> Results:
    """Scan risk of an array of gains, of one contract or of several."""
    times = given.number("contracts", given.number("quantity", 1.0))
    return _risks(given, tuple(times * gain for gain in _given(given)))


def points(given: Inputs) -> Results:
    """Price scan range in points."""
    factor = number(given, "contract_value_factor", "value_factor", "multiplier")
    return {"scan_points": scan_points(number(given, *RANGE), factor)}


def money(given: Inputs) -> Results:
    """Price scan range in money, of one in points."""
    factor = number(given, "contract_value_factor", "value_factor", "multiplier")
    found = given.number("scan_points") * factor
    return {"maintenance": found, "price_scan_range": found, "scan_range": found}


def requirement(given: Inputs) -> Results:
    """Total of a scan risk, a short option minimum and a net option value."""
    return _total(given, given.number("scan_risk"))


def _risks(given: Inputs, total: tuple[float, ...]) -> Results:
    return {"array": total, **_total(given, scan_risk(total))}


def _total(given: Inputs, risk: float) -> dict[str, object]:
    charges = sum(given.number(key) for key in CHARGES if key in given)
    credit = next((given.number(key) for key in CREDITS if key in given), 0.0)
    asked = span_requirement(
        risk + charges - credit,
        short_minimum=given.number("som", given.number("short_option_minimum", 0.0)),
        option_value=given.number("nov", given.number("net_option_value", 0.0)),
    )
    return {"scan_risk": risk, "requirement": asked, "total": asked, "margin": asked}


def _given(given: Inputs) -> tuple[float, ...]:
    return next(given.numbers(key) for key in ARRAY if key in given)


def _array(given: Inputs, name: str, names: int) -> tuple[float, ...]:
    """A contract's array: by name, the row's only one, or of a published table."""
    for key in ("risk_arrays", "arrays"):
        found = given.of(key)
        if isinstance(found, Mapping) and name in found:
            return Inputs(found).numbers(name)
    if names == 1 and any(key in given for key in ARRAY):
        return _given(given)
    return _published(name)


def _published(name: str) -> tuple[float, ...]:
    rulebook = Span(rates=span_rates(BOOK))
    one = Position("", name, 1.0, 0.0, Kind.FUTURE)
    return rulebook.array(one, (name,), Marks(DAY, {name: 0.0}))


ADAPTERS: Final = (
    Adapter(r"span", ("position",), scanned),
    Adapter(r"span", ("risk_array_pl|risk_array|array",), array_alone),
    Adapter(
        r"span",
        ("|".join(RANGE), "contract_value_factor|value_factor|multiplier"),
        points,
    ),
    Adapter(r"span", ("scan_points", "contract_value_factor|value_factor|multiplier"), money),
    Adapter(r"span", ("scan_risk",), requirement),
)
