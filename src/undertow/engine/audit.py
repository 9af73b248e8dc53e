"""The books: what must be conserved, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats, PerColumn, PerInstrument
from undertow.core.trace import Finding
from undertow.engine.state import State

TOLERANCE = 1e-9
"""Largest relative error that rounding may leave."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Totals at the start: units per instrument, gross units, cash of accounts and traders.

    held: units per column of each desk
    """

    units: PerInstrument
    gross: PerInstrument
    cash: float
    gross_cash: float
    held: tuple[PerColumn, ...]


def opening_books(state: State) -> Opening:
    """The books before the first bar."""
    units, gross = _units(state)
    cash, gross_cash = _cash(state)
    held = tuple(desk.held.copy() for desk in state.desks)
    return Opening(units, gross, cash, gross_cash, held)


def audit(state: State, opening: Opening) -> tuple[Finding, ...]:
    """Compare the books with what they were."""
    return (
        _units_kept(state, opening),
        _cash_kept(state, opening),
        _held_kept(state, opening),
        _no_reversal(state),
        _ledger_adds_up(state),
    )


def _finding(law: str, worst: float) -> Finding:
    return Finding(law, bool(worst <= TOLERANCE), worst)


def _units(state: State) -> tuple[PerInstrument, PerInstrument]:
    count = len(state.market.instruments)
    units, gross = np.zeros(count), np.zeros(count)
    for desk in state.desks:
        own = desk.columns.instruments[desk.group.column].ravel()
        held = (desk.group.quantity * desk.group.weight[:, None]).ravel()
        units += np.bincount(own, held, count)
        gross += np.bincount(own, np.abs(held), count)
    for trader in state.traders:
        units, gross = units + trader.quantity, gross + np.abs(trader.quantity)
    return units, gross


def _cash(state: State) -> tuple[float, float]:
    total = gross = 0.0
    for desk in state.desks:
        cash = desk.group.weight * (desk.group.cash + desk.group.free_cash)
        total, gross = total + float(cash.sum()), gross + float(np.abs(cash).sum())
    for trader in state.traders:
        total, gross = total + trader.cash, gross + abs(trader.cash)
    return total, gross


def _units_kept(state: State, opening: Opening) -> Finding:
    units, gross = _units(state)
    absorbed = state.absorber.units
    lost = np.abs(units + absorbed - opening.units)
    scale = opening.gross + gross + np.abs(absorbed)
    return _finding("units sold = units absorbed", _worst(lost, scale))


def _cash_kept(state: State, opening: Opening) -> Finding:
    cash, _ = _cash(state)
    lost = abs(cash + state.absorber.total - opening.cash)
    return _finding("cash in = cash out", lost / max(opening.gross_cash, 1.0))


def _held_kept(state: State, opening: Opening) -> Finding:
    worst = 0.0
    for desk, before in zip(state.desks, opening.held, strict=True):
        held = np.zeros(desk.columns.count)
        kind = desk.group.column.astype(np.int64).ravel()
        np.add.at(held, kind, np.abs(desk.group.quantity * desk.group.weight[:, None]).ravel())
        worst = max(worst, _worst(np.abs(held - desk.held), before))
    return _finding("column totals = sum of accounts", worst)


def _no_reversal(state: State) -> Finding:
    wrong = 0.0
    for desk in state.desks:
        side = 1.0 - 2.0 * (desk.group.column % 2)
        wrong = max(wrong, float(np.max(-side * desk.group.quantity, initial=0.0)))
    return _finding("no sale turns a long into a short", wrong)


def _ledger_adds_up(state: State) -> Finding:
    gaps = [desk.clocks.gap for desk in state.desks if desk.clocks is not None]
    return _finding(
        "losses to news, forced selling and hikes = change of slack", max(gaps, default=0.0)
    )


def _worst(lost: Floats, scale: Floats) -> float:
    return float(np.max(lost / np.maximum(scale, 1e-300), initial=0.0, where=lost > 0.0))
