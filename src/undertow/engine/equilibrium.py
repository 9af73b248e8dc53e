"""Equilibrium: one final price at which everybody re-evaluates from opening holdings.

z = sold(p(z))/depth. The least fixed point is reached from no pressure, the greatest from the
pressure of selling everything (Tarski). Breuer, Summer, Urosevic, OeNB WP 235 (2021). It is not
the end of `until_calm`, which lets accounts sell in sequence at falling prices.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from undertow.core.market import Market
from undertow.core.shapes import Floats, PerInstrument
from undertow.engine.call import call, order, terms_now
from undertow.engine.pace import round_of
from undertow.engine.pool import Pool
from undertow.engine.prices import dealt_price, pressed
from undertow.engine.state import State, near_lists, opened
from undertow.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Equilibrium:
    """A fixed point of the cascade.

    price, discount: per instrument, discount = 1 − price/F;  sold: units per instrument
    fractions: share of each position closed, one array [account, slot] per group
    iterations: updates that moved the discount by the tolerance or more;  converged: whether the
    last one moved it by less
    """

    price: PerInstrument
    discount: PerInstrument
    sold: PerInstrument
    fractions: tuple[Floats, ...]
    iterations: int
    converged: bool


def equilibrium(
    scenario: Scenario,
    *,
    start: Literal["least", "greatest"] = "least",
    tolerance: float = 1e-9,
    max_iterations: int = 10_000,
) -> Equilibrium:
    """Iterate prices until ‖Δ discount‖₂ < tolerance, everyone deciding on opening holdings."""
    state = opened(scenario, bars=1, ledger=False)
    near_lists(state, plain=True)
    opening = state.market
    pressure = _everything(state) if start == "greatest" else np.zeros(len(opening.price))
    sold, fractions = pressure, _nothing(state)
    discount = _at(state, opening, sold)
    moved, iterations = np.inf, -1
    while moved >= tolerance and iterations < max_iterations:
        sold, fractions = _sold(state)
        before, discount = discount, _at(state, opening, sold)
        moved, iterations = float(np.linalg.norm(discount - before)), iterations + 1
    return Equilibrium(
        price=state.market.price,
        discount=discount,
        sold=sold,
        fractions=fractions,
        iterations=iterations,
        converged=moved < tolerance,
    )


def _at(state: State, opening: Market, sold: PerInstrument) -> PerInstrument:
    """Set the state to the price that these sales make; returns the discount."""
    after = pressed(opening, sold, np.zeros(len(sold)))
    price = dealt_price(state.rules.impact, after)
    state.market = replace(after, price=price)
    if state.desks:
        board = state.desks[0].board
        board.retest([desk.segment.regime for desk in state.desks], state.market)
    return 1.0 - price / opening.fundamental


def _everything(state: State) -> PerInstrument:
    """Units of every long position that can be sold."""
    total = np.zeros(len(state.market.price))
    for desk in state.desks:
        long = desk.columns.sign > 0.0
        np.add.at(total, desk.columns.instruments[long], desk.held[long])
    return total * state.market.sellable


def _nothing(state: State) -> tuple[Floats, ...]:
    return tuple(np.zeros_like(desk.group.quantity) for desk in state.desks)


def _sold(state: State) -> tuple[PerInstrument, tuple[Floats, ...]]:
    """Units everyone would sell at the present price, starting from opening holdings."""
    total = np.zeros(len(state.market.price))
    fractions = _nothing(state)
    pace = round_of(0, len(total))
    with Pool() as pool:
        for desk, shares in zip(state.desks, fractions, strict=True):
            cash, free = desk.group.cash.copy(), desk.group.free_cash.copy()
            call(desk, state.market, pace, pool)
            terms = terms_now(desk.board, state.market, state.rules)
            for batch in order([desk], terms, pace, pool)[0]:
                held, rows = np.abs(batch.called.quantity), desk.live.at_home(batch.places)
                shares[rows] = batch.sales / np.where(held > 0.0, held, 1.0)
                np.add.at(total, desk.columns.instruments, batch.closing * desk.columns.sign)
            desk.close_calls(desk.open)
            desk.group.cash[:], desk.group.free_cash[:] = cash, free
    return total, fractions
