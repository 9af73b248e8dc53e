"""Inputs that worked examples of perpetuals share, under the names that exchanges use."""

from __future__ import annotations

from typing import Final

from undertow.core.book import Kind, Position
from undertow.published.margin._adapter import Inputs

ENTRY: Final = (
    "entry", "entry_price", "avg_entry", "open_rate", "open_price", "price", "mark", "mark_price",
)  # fmt: skip
UNITS: Final = (
    "qty", "qty_usd", "quantity", "contracts", "size", "amount", "position_size",
)  # fmt: skip
RATE: Final = ("mmr", "mm_rate", "maintenance_rate", "maintenance_margin_rate", "mm_ratio")
AMOUNT: Final = ("cum", "deduction", "mm_deduction", "maint_amt", "maintenance_amount")
FEE: Final = ("taker", "taker_fee", "fee", "taker_rate", "fee_rate", "taker_fee_rate")
MARGIN: Final = (
    "isolated_margin", "margin", "collateral", "wallet", "wallet_balance", "balance",
    "balance_btc", "account_value", "account_balance", "equity",
)  # fmt: skip
EXTRA: Final = ("extra_margin", "extra", "added_margin", "margin_added")


def first_of(given: Inputs, names: tuple[str, ...], otherwise: float | None = None) -> float:
    """The number under the first name that is there."""
    for name in names:
        if name in given:
            return given.number(name)
    return given.number(names[0], otherwise)


def side(given: Inputs) -> float:
    """1 of a long, −1 of a short: said as `short`, as `side` or by the sign of the quantity."""
    if "short" in given or "is_short" in given:
        return -1.0 if given.flag("short") or given.flag("is_short") else 1.0
    if "side" in given or "direction" in given:
        said = given.text("side", given.text("direction")).lower()
        return -1.0 if said in {"-1", "-1.0", "short", "sell", "s"} else 1.0
    return -1.0 if first_of(given, UNITS, 1.0) < 0.0 else 1.0


def position(given: Inputs, kind: Kind = Kind.PERPETUAL) -> Position:
    """The position of a row; one unit where no quantity is said."""
    units = side(given) * abs(first_of(given, UNITS, 1.0)) * given.number("contract_size", 1.0)
    entry = first_of(given, ENTRY)
    return Position("", given.text("symbol"), units, entry, kind, entry)


def value(held: Position) -> float:
    """Unsigned value at the entry price, in what it settles in."""
    units = abs(held.quantity)
    return units / held.entry if held.kind is Kind.INVERSE else units * held.entry


def margin(given: Inputs, held: Position) -> float:
    """Margin behind a position: as stated, else value by leverage; with what was added."""
    extra = first_of(given, EXTRA, 0.0)
    if any(name in given for name in MARGIN):
        return first_of(given, MARGIN) + extra
    return value(held) / given.number("leverage") + extra
