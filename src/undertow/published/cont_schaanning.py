"""Cont, Schaanning: nobody sells below the cap, and overlap of books is what spreads losses.

Above Λ_max a bank sells Γ = (Π + Θ − Λ_b·C)/Π of its marketable assets Π (Θ is not sold);
Ψ(q) = (1 − B/p)(1 − e^{−q/δ}), δ = (1 − B/p)·D;  loss = Σ(1 − Γ)ΠΨ + Σ½ΓΠΨ;
first round, small sales: loss_i = Σ_j Ω_ij·Γ_j with Ω_ij = Σ_k Π_ik·Π_jk/D_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats, PerAccount, PerInstrument
from undertow.engine.prices import dealt_price
from undertow.engine.run import until_calm
from undertow.engine.state import State
from undertow.model.impact.exponential_floor import ExponentialFloor
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Row, claim, close, exactly, without_data
from undertow.published.stage import Holders, after_rounds, bonds_and_loans, cap, stage

FLOOR, MOST, BACK_TO = 0.5, 33.0, 31.0
"""B/p₀ = ½ and Λ_max = 33 as published; the target Λ_b below it is the scenario's choice."""


@dataclass(frozen=True, slots=True)
class Books:
    """Marketable assets at price one [bank, asset], illiquid ones, equity, market depth D."""

    marketable: Floats
    illiquid: PerAccount
    equity: PerAccount
    depth: PerInstrument

    @property
    def total(self) -> PerAccount:
        """Everything a bank owns."""
        return self.marketable.sum(axis=1) + self.illiquid


def books(seed: int, leverage: PerAccount) -> Books:
    """Random overlapping books of banks with the given leverage."""
    rng = np.random.default_rng(seed)
    marketable = rng.exponential(50.0, (len(leverage), 5))
    illiquid = rng.uniform(200.0, 600.0, len(leverage))
    equity = (marketable.sum(axis=1) + illiquid) / leverage
    return Books(marketable, illiquid, equity, rng.uniform(2e3, 8e3, 5))


def scene(given: Books, most: float = MOST, target: float = BACK_TO) -> Scenario:
    """Depth is (1 − B/p)·D in units at the opening price and stays what it was."""
    holdings = np.column_stack([given.marketable, given.illiquid])
    holders = Holders("banks", holdings, given.total - given.equity, cap(most, target))
    market = bonds_and_loans((1.0 - FLOOR) * given.depth)
    return stage(market, [holders], ExponentialFloor(floor=FLOOR, fill="mid"))


def shares_sold(given: Books, target: float = BACK_TO) -> PerAccount:
    """Γ as published."""
    excess = given.total - target * given.equity
    share = np.clip(excess / given.marketable.sum(axis=1), 0.0, 1.0)
    return np.where(given.total > MOST * given.equity, share, 0.0)


def published_losses(given: Books) -> PerAccount:
    """One round: what is kept falls by Ψ, what is sold is paid the mean of both prices."""
    share = shares_sold(given)
    sold = share @ given.marketable
    fall = (1.0 - FLOOR) * -np.expm1(-sold / ((1.0 - FLOOR) * given.depth))
    return (1.0 - 0.5 * share) * (given.marketable @ fall)


def losses(given: Books, state: State) -> PerAccount:
    """Equity lost since the opening, at the prices after the round's sales."""
    group = state.desks[0].group
    price = dealt_price(state.rules.impact, state.market)
    return given.equity - (group.cash + group.quantity @ price)


def overlap(given: Books) -> Floats:
    """Ω as published."""
    return (given.marketable / given.depth) @ given.marketable.T


def measured_overlap(given: Books, share: float = 1e-7) -> Floats:
    """Ω[i, j]: loss of i when j alone sells a small share, per share."""
    columns = []
    for seller in range(len(given.equity)):
        acting = np.arange(len(given.equity)) == seller
        sale = share * given.marketable.sum(axis=1)
        equity = np.where(acting, (given.total - sale) / MOST, 1.01 * given.total / MOST)
        poorer = Books(given.marketable, given.illiquid, equity, given.depth)
        columns.append(losses(poorer, after_rounds(scene(poorer, MOST, MOST))) / share)
    return np.column_stack(columns)


def play() -> list[Row]:
    """The threshold, one round of sales and losses, the overlap matrix and the floor."""
    return [*_threshold(), *_round(), *_overlap(), *_limits()]


def _threshold() -> list[Row]:
    below = books(1, np.array([5.0, 20.0, 32.0, MOST * (1.0 - 1e-12)]))
    trace = until_calm(scene(below))
    # Powers of two make assets = Λ·C an equality of floating-point numbers.
    exact = Books(np.array([[64.0]]), np.array([64.0]), np.array([4.0]), np.array([1e6]))
    at, above = (until_calm(scene(exact, most, most)) for most in (32.0, 32.0 * (1.0 - 1e-9)))
    return [
        exactly("leverage ≤ Λ_max: units sold", 0.0, float(np.abs(trace.paths.sold).max())),
        exactly("leverage ≤ Λ_max: prices", 1.0, float(trace.paths.price.min())),
        exactly("leverage = Λ_max: units sold", 0.0, float(np.abs(at.paths.sold).max())),
        claim(
            "a hair above Λ_max",
            "> 0",
            f"{above.paths.sold.sum():.3g} units",
            holds=bool(above.paths.sold.sum() > 0.0),
        ),
    ]


def _round() -> list[Row]:
    given = books(2, np.array([10.0, 30.0, 33.5, 34.0, 36.0, 60.0]))
    state = after_rounds(scene(given))
    share = 1.0 - state.desks[0].group.quantity[:, :-1] / given.marketable
    return [
        close("Γ", shares_sold(given), share.mean(axis=1), within=1e-12),
        close("Γ, the same of every asset", 0.0, float(np.ptp(share, axis=1).max()), within=1e-12),
        close("losses of one round", published_losses(given), losses(given, state), within=1e-10),
    ]


def _overlap() -> list[Row]:
    given = books(3, np.full(6, MOST))
    paper, ours = overlap(given), measured_overlap(given)
    least = float(np.linalg.eigvalsh(0.5 * (ours + ours.T))[0])
    return [
        close("Ω, by first-round losses", paper, ours, within=1e-5, relative=True),
        close("Ω symmetric", ours, ours.T, within=1e-5, relative=True),
        claim(
            "Ω positive semidefinite", "≥ 0", f"least eigenvalue {least:.4g}", holds=least > -1e-6
        ),
    ]


def _limits() -> list[Row]:
    apart = books(4, np.full(3, MOST))
    disjoint = Books(np.diag(apart.marketable[:, 0]), apart.illiquid, apart.equity, apart.depth[:3])
    cross = measured_overlap(disjoint) - np.diag(np.diag(measured_overlap(disjoint)))
    dumped = Books(np.array([[1e9]]), np.array([0.0]), np.array([1e-3]), np.array([1.0]))
    floor = after_rounds(scene(dumped))
    lowest = float(dealt_price(floor.rules.impact, floor.market)[0])
    return [
        close("no common asset: Ω off the diagonal", 0.0, np.abs(cross).max(), within=1e-6),
        close("everything sold: price at the floor", FLOOR, lowest, within=1e-12),
    ]


CHECK = Check(
    name="cont-schaanning",
    title="Threshold deleveraging, its exact zero, and the overlap matrix",
    source=(
        "Cont, Schaanning, SSRN 2541114 (2017) and J. Banking and Finance 104 (2019) 85; formulas "
        "on random books, no published figure"
    ),
    play=without_data(play),
)
