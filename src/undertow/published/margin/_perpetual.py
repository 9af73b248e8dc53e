"""Inputs that worked examples of perpetuals share, under the names that exchanges use."""

from __future__ import annotations

import re
from typing import Final

from undertow.core.book import Kind, Position
from undertow.model.rulebook import Tiers, tiers_up_to
from undertow.published.margin._adapter import Inputs, row_of

ENTRY: Final = ("entry", "price", "mark", "mark_price")
UNITS: Final = ("qty", "qty_usd", "contracts", "size", "units", "szi")
RATE: Final = ("mmr",)
AMOUNT: Final = ("cum",)
FEE: Final = ("taker",)
SIZE: Final = ("notional", "value", "size")
CAP: Final = ("cap", "notional_cap", "qty_cap", "max", "upper", "limit", "to")
MARGIN: Final = (
    "isolated_margin", "isolated_wallet", "margin", "collateral", "wallet", "balance",
    "balance_btc", "account_balance", "equity",
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
    if "short" in given:
        return -1.0 if given.flag("short") else 1.0
    if "side" in given:
        said = given.text("side").lower()
        return -1.0 if said in {"-1", "-1.0", "short", "sell", "s", "ask"} else 1.0
    return -1.0 if first_of(given, UNITS, 1.0) < 0.0 else 1.0


def position(given: Inputs, kind: Kind = Kind.PERPETUAL) -> Position:
    """The position of a row; one unit where no quantity is said."""
    face = given.number("contract_size", given.number("multiplier", 1.0))
    units = side(given) * abs(first_of(given, UNITS, 1.0)) * face
    entry = first_of(given, ENTRY)
    return Position("", given.text("symbol"), units, entry, kind, entry)


def value(held: Position) -> float:
    """Unsigned value at the entry price, in what it settles in."""
    units = abs(held.quantity)
    return units / held.entry if held.kind is Kind.INVERSE else units * held.entry


def tiers_of(given: Inputs) -> Tiers:
    """The row's own table of tiers: upper edges and rates, as two lists, as pairs or as objects."""
    told = given.of("tiers")
    if not isinstance(told, list):
        return tiers_up_to(given.numbers("caps"), given.numbers("mmr"))
    rows = [row_of(one) if isinstance(one, dict) else Inputs({"tier": one}) for one in told]
    pairs = [
        (first_of(row, CAP), first_of(row, RATE)) if "tier" not in row else row.numbers("tier")[:2]
        for row in rows
    ]
    return tiers_up_to(tuple(pair[0] for pair in pairs), tuple(pair[1] for pair in pairs))


def in_tiers(given: Inputs) -> dict[str, object]:
    """Deductions of the row's own tiers, and what a size in them requires if it has one."""
    tiers = tiers_of(given)
    found: dict[str, object] = {"cum": tiers.amounts}
    size = next((abs(given.number(name)) for name in SIZE if name in given), None)
    if size is None:
        return found
    return found | {"mm": tiers.required(size), "mmr": tiers.rate(size)}


def kind_of(given: Inputs) -> Kind:
    """Coin-margined where the regime says so or the symbol is against plain dollars."""
    words = f"{given.text('regime')} {given.text('margin_type')}".lower()
    inverse = re.search(r"coin.?m|inverse|coin.?margin|/usd\b|usd-swap", words)
    symbol = given.text("symbol").upper()
    dollars = re.search(r"USD(_|-SWAP|$)", symbol) is not None
    return Kind.INVERSE if inverse or (dollars and "qty_usd" in given) else Kind.PERPETUAL


def margin(given: Inputs, held: Position) -> float:
    """Margin behind a position: as stated, else value by leverage; with what was added."""
    extra = first_of(given, EXTRA, 0.0)
    if any(name in given for name in MARGIN):
        return first_of(given, MARGIN) + extra
    return value(held) / given.number("leverage") + extra
