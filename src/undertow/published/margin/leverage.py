"""Worked examples of leverage: what a move leaves, where the call is, what a hike does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook import Pool, adverse, moves, restoring_share, with_own_rate
from undertow.model.rulebook.us_fx import UsFx
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = date(2026, 1, 30)
HELD: Final = "position"
MOVE: Final = ("move", "x", "price_move", "fall", "drop", "decline")
RATES: Final = ("mmr", "maint_pct", "maintenance", "m", "rate", "margin")
HIKED: Final = ("hike", "hiked", "new_rate", "new_mmr", "m_new", "after")


def claim(given: Inputs) -> Results:
    """A position of a multiple of equity, at maintenance by its value now, after a move.

    A fall hurts a long and a rise a short; a move is read as the one that hurts.
    """
    rate = _first(given, RATES)
    table = with_own_rate(UsFx().rates, HELD, "maintenance", rate, DAY)
    rules, pool = UsFx(rates=table), _pool(given)
    side = 1.0 if pool.positions[0].quantity > 0.0 else -1.0
    found = moves(rules, pool, adverse(rules, pool, HELD))
    price = pool.opening.price[HELD] * (1.0 - side * abs(_first(given, MOVE, 0.0)))
    now = pool.at(replace(pool.opening, price={HELD: price}))
    hiked = _first(given, HIKED, rate)
    rules = UsFx(rates=with_own_rate(table, HELD, "maintenance", hiked, DAY))
    levels = rules.levels(now, now.opening)
    left, size = levels.equity, now.gross(now.opening)
    cost = given.number("cost", given.number("slippage", 0.0))
    return {
        "equity": left,
        "loss": pool.equity - left,
        "loss_share": 1.0 - left / pool.equity,
        "leverage": size / left if left > 0.0 else float("inf"),
        "margin_ratio": left / size,
        "requirement": levels.maintenance,
        "shortfall": max(0.0, levels.maintenance - left),
        "called": left < levels.maintenance,
        "move_to_call": found.call,
        "move_to_zero": found.zero,
        "sale_to_cure": restoring_share(rules, now, cost=cost),
    }


def critical(given: Inputs) -> Results:
    """Leverage from which a move is a call: 1/(m + x·(1 − m)) of longs, 1/(m + x·(1 + m))."""
    rate, move = _first(given, RATES), abs(_first(given, MOVE))
    side = -1.0 if given.text("side").lower() in {"short", "sell", "-1"} else 1.0
    found = 1.0 / (rate + move * (1.0 - side * rate))
    return {"leverage": found, "critical_leverage": found, "max_leverage": found}


def _pool(given: Inputs) -> Pool:
    equity = given.number("equity", 1.0)
    size = given.number("notional", given.number("leverage", 1.0) * equity)
    is_short = given.text("side").lower() in {"short", "sell", "-1"}
    held = Position("", HELD, -1.0 if is_short else 1.0, size, Kind.CFD, size)
    return Pool(BookAccount("", "", equity), (held,), equity, Marks(DAY, {HELD: size}))


def _first(given: Inputs, names: tuple[str, ...], otherwise: float | None = None) -> float:
    """The number under the first name that is there."""
    named = next((name for name in names if name in given), names[0])
    return given.number(named, otherwise)


ANY: Final = r".*(leverage|claim|move to call|hike|wiped)"
ADAPTERS: Final = (
    Adapter(r".*critical", ("|".join(RATES), "|".join(MOVE)), critical),
    Adapter(ANY, ("leverage|notional", "|".join(RATES)), claim),
    Adapter(ANY, ("|".join(RATES), "|".join(MOVE)), critical),
)
