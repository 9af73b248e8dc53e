"""The books: what must be conserved, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats, PerColumn, PerInstrument
from undertow.core.trace import Finding
from undertow.engine.state import State
from undertow.engine.totals import Totals, totals

TOLERANCE = 1e-9
"""Largest relative error that rounding may leave."""


@dataclass(frozen=True, slots=True)
class Books:
    """Totals at one moment: units per instrument, gross units, cash of accounts and traders.

    held: units per column of each desk
    """

    units: PerInstrument
    gross: PerInstrument
    cash: float
    gross_cash: float
    held: tuple[PerColumn, ...]


def opening_books(state: State) -> Books:
    """The books before the first bar."""
    return _books(state, [desk.opening for desk in state.desks])


def audit(state: State, opening: Books) -> tuple[Finding, ...]:
    """Compare the books with what they were."""
    now = [totals(desk.group, desk.columns.count) for desk in state.desks]
    books = _books(state, now)
    return (
        _units_kept(state, opening, books),
        _cash_kept(state, opening, books),
        _held_kept(state, opening, books),
        _finding(
            "no sale turns a long into a short", max((t.reversed_units for t in now), default=0.0)
        ),
        _ledger_adds_up(state),
    )


def _finding(law: str, worst: float) -> Finding:
    return Finding(law, bool(worst <= TOLERANCE), worst)


def _books(state: State, desks: list[Totals]) -> Books:
    count = len(state.market.instruments)
    units, gross = np.zeros(count), np.zeros(count)
    for desk, total in zip(state.desks, desks, strict=True):
        own = desk.columns.instruments
        units += np.bincount(own, total.net, count)
        gross += np.bincount(own, total.gross, count)
    for trader in state.traders:
        units, gross = units + trader.quantity, gross + np.abs(trader.quantity)
    cash = sum(t.cash for t in desks) + sum(t.cash for t in state.traders)
    gross_cash = sum(t.gross_cash for t in desks) + sum(abs(t.cash) for t in state.traders)
    return Books(units, gross, cash, gross_cash, tuple(t.gross for t in desks))


def _units_kept(state: State, opening: Books, now: Books) -> Finding:
    absorbed = state.absorber.units
    lost = np.abs(now.units + absorbed - opening.units)
    scale = opening.gross + now.gross + np.abs(absorbed)
    return _finding("units sold = units absorbed", _worst(lost, scale))


def _cash_kept(state: State, opening: Books, now: Books) -> Finding:
    lost = abs(now.cash + state.absorber.total - opening.cash)
    return _finding("cash in = cash out", lost / max(opening.gross_cash, 1.0))


def _held_kept(state: State, opening: Books, now: Books) -> Finding:
    worst = 0.0
    for desk, held, before in zip(state.desks, now.held, opening.held, strict=True):
        worst = max(worst, _worst(np.abs(held - desk.held), before))
    return _finding("column totals = sum of accounts", worst)


def _ledger_adds_up(state: State) -> Finding:
    gaps = [desk.clocks.gap for desk in state.desks[:1] if desk.clocks is not None]
    return _finding(
        "losses to news, forced selling and hikes = change of slack", max(gaps, default=0.0)
    )


def _worst(lost: Floats, scale: Floats) -> float:
    return float(np.max(lost / np.maximum(scale, 1e-300), initial=0.0, where=lost != 0.0))
