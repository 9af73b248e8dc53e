"""Greenwood, Landier, Thesmar: aggregate vulnerability of banks that keep their leverage.

With assets a, weights m, target debt over equity b, illiquidity l and asset losses f:
sales φ = M′BAr, r = Mf;  AV = 1′AMLφ/E;  S_n, IV_n its parts by seller and by holder.
One round of the engine: each bank's cap is its opening leverage, the law is linear, depth = 1/l.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from undertow.core.market import plain_instruments
from undertow.core.shapes import Floats, PerAccount, PerInstrument
from undertow.engine.equilibrium import equilibrium
from undertow.engine.prices import dealt_price
from undertow.engine.run import until_calm
from undertow.model.impact.linear import Linear
from undertow.model.margin.leverage_cap import MOST_LEVERAGE
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Row, close, exactly, without_data
from undertow.published.stage import Holders, after_rounds, cap, resting, shocked, stage


@dataclass(frozen=True, slots=True)
class System:
    """Holdings at price one [bank, asset], equity, and illiquidity: price fall per unit sold."""

    holdings: Floats
    equity: PerAccount
    illiquidity: PerInstrument

    @property
    def leverage(self) -> PerAccount:
        """Assets over equity."""
        return self.holdings.sum(axis=1) / self.equity


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """AV, its parts by seller (systemicness) and each holder's own (indirect) vulnerability."""

    aggregate: float
    systemicness: PerAccount
    indirect: PerAccount


def system(seed: int, banks: int = 6, assets: int = 4) -> System:
    """A random system whose banks differ in size, leverage and books; some hold few assets."""
    rng = np.random.default_rng(seed)
    holdings = rng.exponential(100.0, (banks, assets)) * (rng.random((banks, assets)) < 0.7)
    holdings[:, 0] += 1.0
    equity = holdings.sum(axis=1) / rng.uniform(5.0, 25.0, banks)
    return System(holdings, equity, rng.uniform(1e-6, 1e-5, assets))


def published(given: System, fall: float) -> Vulnerability:
    """The paper's matrices for one loss rate on all assets."""
    assets = given.holdings.sum(axis=1)
    weights = given.holdings / assets[:, None]
    sales = (given.leverage - 1.0) * assets * fall
    total = given.equity.sum()
    by_seller = weights @ (given.illiquidity * given.holdings.sum(axis=0)) * sales / total
    by_holder = given.holdings @ (given.illiquidity * (weights.T @ sales)) / given.equity
    return Vulnerability(float(by_seller.sum()), by_seller, by_holder)


def scene(given: System, fall: float, sellers: Sequence[int] | None = None) -> Scenario:
    """Each bank a segment of its own; those that are not sellers are never called."""
    with np.errstate(divide="ignore"):
        depth = 1.0 / given.illiquidity
    names = tuple(f"asset {k}" for k in range(len(depth)))
    debt = given.holdings.sum(axis=1) - given.equity
    acting = range(len(debt)) if sellers is None else sellers
    caps = [float(v) if n in acting else MOST_LEVERAGE for n, v in enumerate(given.leverage)]
    holders = [
        Holders(f"bank {n}", given.holdings[[n]], debt[[n]], cap(caps[n])) for n in range(len(debt))
    ]
    market = shocked(resting(plain_instruments(names, depth=depth)), 1.0 - fall)
    return stage(market, holders, Linear("final"))


def losses(given: System, fall: float, sellers: Sequence[int] | None = None) -> PerAccount:
    """What one round of sales takes from each bank's opening holdings."""
    state = after_rounds(scene(given, fall, sellers))
    return given.holdings @ (1.0 - fall - dealt_price(state.rules.impact, state.market))


def measured(given: System, fall: float) -> Vulnerability:
    """The engine's figures: everybody sells once, and then each bank alone."""
    together, total = losses(given, fall), given.equity.sum()
    alone = [losses(given, fall, [n]).sum() / total for n in range(len(given.equity))]
    return Vulnerability(float(together.sum() / total), np.array(alone), together / given.equity)


def play() -> list[Row]:
    """The one-bank formula, both identities on random books, and the limits."""
    return [*_one_bank(), *(row for seed in range(3) for row in _identities(seed)), *_limits()]


def _one_bank() -> list[Row]:
    bank = System(np.array([[100.0]]), np.array([5.0]), np.array([1e-4]))
    ratio, small, shallow = 0.19, 1e-9, 3e-8
    statics = equilibrium(scene(bank, small), tolerance=1e-18)
    rounds = until_calm(scene(bank, shallow))
    one_price = (1.0 - float(statics.price[0])) / small
    in_rounds = (1.0 - float(rounds.paths.price[-1, 0])) / shallow
    # Rounds end when a need is rounding (1e-12 of what is at stake), so their shock is larger.
    same, near = (partial(close, within=w, relative=True) for w in (1e-6, 1e-5))
    return [
        close("one bank: AV = l·A²·b·f/E", 0.038, measured(bank, 0.01).aggregate, within=1e-12),
        same("one bank: loss over shock 1/(1 − lAb), at one price", 1.0 / (1.0 - ratio), one_price),
        near("one bank: loss over shock 1/(1 − lAb), in rounds", 1.0 / (1.0 - ratio), in_rounds),
    ]


def _identities(seed: int) -> list[Row]:
    given, head = system(seed), f"books {seed}"
    paper, ours = published(given, 0.01), measured(given, 0.01)
    weighted = float(given.equity @ ours.indirect / given.equity.sum())
    same = partial(close, within=1e-9, relative=True)
    return [
        same(f"{head}: AV", paper.aggregate, ours.aggregate),
        same(f"{head}: ΣS = AV", ours.aggregate, float(ours.systemicness.sum())),
        same(f"{head}: ΣeIV/E = AV", ours.aggregate, weighted),
        same(f"{head}: S by bank", paper.systemicness, ours.systemicness),
        same(f"{head}: IV by bank", paper.indirect, ours.indirect),
    ]


def _limits() -> list[Row]:
    given = system(0)
    unlevered = System(given.holdings, given.holdings.sum(axis=1), given.illiquidity)
    liquid = System(given.holdings, given.equity, 0.0 * given.illiquidity)
    thicker = System(given.holdings, given.equity, 3.0 * given.illiquidity)
    halves = System(
        np.vstack([given.holdings] * 2) / 2.0, np.tile(given.equity, 2) / 2.0, given.illiquidity
    )
    base, twice = (float(losses(given, fall).sum()) for fall in (0.01, 0.02))
    return [
        exactly("no debt: AV", 0.0, float(losses(unlevered, 0.01).sum())),
        exactly("infinite depth: AV", 0.0, float(losses(liquid, 0.01).sum())),
        close("l three times: AV three times", 3 * base, losses(thicker, 0.01).sum(), within=1e-9),
        close("shock twice: AV twice", 2.0 * base, twice, within=1e-9),
        close("banks split in two: AV", base, losses(halves, 0.01).sum(), within=1e-9),
    ]


CHECK = Check(
    name="greenwood",
    title="Aggregate vulnerability: one-bank formula and accounting identities",
    source=(
        "Greenwood, Landier, Thesmar, J. Financial Economics 115 (2015) 471; the algebra as in the "
        "public Matlab of Di Gangi, Lillo, Pirino; random books, no published figure"
    ),
    play=without_data(play),
)
