"""Worked examples of repo: what is lent, at which leverage, and what a fall or a haircut calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from undertow.core.book import Marks
from undertow.model.rulebook import moves
from undertow.model.rulebook.repo import Repo, lent, margin_due
from undertow.published.margin._adapter import Adapter, Inputs, Results

DAY: Final = date(2026, 1, 30)
HAIRCUTS: Final = ("haircut", "haircut_pct", "h", "margin", "initial_margin")
VALUES: Final = ("value_now", "value", "collateral", "notional", "position_value")
AFTER: Final = ("new_haircut", "haircut_after", "haircut_new")


def repo(given: Inputs) -> Results:
    """Cash, leverage and equity of a repo at its haircut, and what is due at another value."""
    haircut = _first(given, HAIRCUTS, 0.02)
    value = _first(given, VALUES, 1.0)
    then = given.number("value_then", given.number("purchase", value))
    cash = given.number("cash", given.number("loan", lent(then, haircut)))
    later = _first(given, AFTER, haircut)
    due = margin_due(cash, value, later)
    return {
        "cash": cash,
        "loan": cash,
        "equity": value - cash,
        "requirement": later * value,
        "leverage": 1.0 / haircut if haircut else float("inf"),
        "call": max(0.0, due),
        "margin_due": due,
        "called": due > 0.0,
        "move_to_call": _move(value, value - cash, haircut),
        "move_to_zero": 1.0 - cash / value,
    }


def _move(value: float, equity: float, haircut: float) -> float:
    """How far a long falls until its haircut is not covered any more."""
    rules, example = Repo(), Repo.example_pool()
    symbol = example.positions[0].symbol
    held = replace(example.positions[0], quantity=1.0, price=value)
    pool = replace(example, positions=(held,), equity=equity, opening=Marks(DAY, {symbol: value}))
    return moves(rules.hiked(symbol, haircut, DAY), pool, {symbol: -1.0}).call


def _first(given: Inputs, names: tuple[str, ...], otherwise: float) -> float:
    """The number under the first name that is there."""
    return next((given.number(name) for name in names if name in given), otherwise)


ADAPTERS: Final = (Adapter(r"(reverse )?repo\b", ("|".join((*HAIRCUTS, "cash")),), repo),)
