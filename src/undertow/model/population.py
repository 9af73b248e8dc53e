"""Draws the accounts of a segment so that its totals are met to the last unit."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

from undertow.core.accounts import NO_CALL, Group
from undertow.core.columns import Columns, Way
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.shapes import ColumnPerPosition, Flags, Floats, PerAccount, PerPosition
from undertow.model.margin.base import MarginRule

BATCH = 32_768
# Equity is set from the requirement by other sums than the margin test makes: an account without
# excess must not be called for the last digit.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing a segment holds; an account that holds it uses one slot.

    pairs: the pair of each entry vintage, drawn with equal chance;  units: segment total, ≥ 0
    short: the other side;  held_by: share of accounts that hold it, in (0, 1]
    """

    pairs: tuple[int, ...]
    units: float
    short: bool = False
    held_by: float = 1.0


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """What a segment's accounts own together and how unequal they are.

    accounts: how many are simulated;  count: how many they stand for
    excess: mean of (equity − requirement)/requirement;  excess_shape: of its gamma distribution
    spread: standard deviation of ln wealth;  mixing: gamma shape of the weights that split an
    account's wealth over what it holds (large: everyone holds the same mixture)
    free_cash: segment total, base currency
    """

    name: str
    accounts: int
    count: float
    holdings: tuple[Holding, ...]
    excess: float
    excess_shape: float
    spread: float
    mixing: float
    free_cash: float = 0.0

    def __post_init__(self) -> None:
        if self.accounts < 1 or not self.count > 0.0:
            raise BadNumber(
                f"segment {self.name!r} is empty ({self.accounts} simulated accounts for"
                f" {self.count:g} real ones); give it at least one of each or remove it."
            )


def draw(plan: SegmentPlan, columns: Columns, market: Market, rule: MarginRule, seed: int) -> Group:
    """The accounts of one segment: totals met exactly, nobody below maintenance.

    units_i ∝ wealth_i·γ_i, Σ weight·units = total;  equity = requirement·(1 + excess_i),
    cash = equity − Σ h q p, so that loans and the entry value of futures are negative cash
    """
    wealth = _stream(seed, plan, "wealth").lognormal(0.0, plan.spread, plan.accounts)
    weight = np.full(plan.accounts, plan.count / plan.accounts)
    free_cash = _shares(wealth, plan.mixing, _stream(seed, plan, "free")) * plan.free_cash / weight
    quantity, column = _positions(plan, wealth, seed)
    required = requirement(quantity, column, market, columns, rule)
    inside = market.value[columns.instruments] * columns.held(Way.PLEDGED)
    net = _sum_over_slots(quantity, column, inside * columns.sign)
    gross = _sum_over_slots(quantity, column, inside)
    excess = plan.excess * _gamma_of_mean_one(
        plan.excess_shape, plan.accounts, _stream(seed, plan, "excess")
    )
    return Group(
        segment=plan.name,
        quantity=quantity,
        column=column,
        cash=required * (1.0 + excess) - net + ROUNDING * gross,
        free_cash=free_cash,
        owed=np.zeros(plan.accounts),
        weight=weight,
        opened=np.full(plan.accounts, NO_CALL, dtype=np.int32),
    )


def _stream(seed: int, plan: SegmentPlan, use: str, slot: int = 0) -> Generator:
    """A stream for one use alone, so that another segment, use or holding moves no other."""
    key = (crc32(plan.name.encode()), crc32(use.encode()), slot)
    return default_rng(SeedSequence(seed, spawn_key=key))


def _gamma_of_mean_one(shape: float, accounts: int, rng: Generator) -> PerAccount:
    return rng.standard_gamma(shape, accounts) / shape


def _shares(wealth: PerAccount, mixing: float, rng: Generator) -> PerAccount:
    raw = wealth * _gamma_of_mean_one(mixing, len(wealth), rng)
    return raw / raw.sum()


def _positions(
    plan: SegmentPlan, wealth: PerAccount, seed: int
) -> tuple[PerPosition, ColumnPerPosition]:
    held = _held(plan, seed)
    quantity = np.zeros(held.shape)
    column = np.zeros(held.shape, dtype=np.uint16)
    for slot, holding in enumerate(plan.holdings):
        vintage = _stream(seed, plan, "vintage", slot).integers(len(holding.pairs), size=len(held))
        rng = _stream(seed, plan, "share", slot)
        units = holding.units * plan.accounts / plan.count
        quantity[:, slot] = units * _shares(wealth * held[:, slot], plan.mixing, rng)
        column[:, slot] = 2 * np.asarray(holding.pairs)[vintage]
        if holding.short:
            column[:, slot] += quantity[:, slot] > 0.0
            quantity[:, slot] = 0.0 - quantity[:, slot]
    return quantity, column


def _held(plan: SegmentPlan, seed: int) -> Flags:
    """Who holds what: by chance, but each thing has a holder and each account holds a thing."""
    chance = np.array([h.held_by for h in plan.holdings])
    slots = range(len(chance))
    luck = np.column_stack([_stream(seed, plan, "held", k).random(plan.accounts) for k in slots])
    luck /= chance
    held = luck < 1.0
    held[np.arange(plan.accounts), luck.argmin(axis=1)] = True
    held[luck.argmin(axis=0), np.arange(len(chance))] = True
    return held


def requirement(
    quantity: PerPosition,
    column: ColumnPerPosition,
    market: Market,
    columns: Columns,
    rule: MarginRule,
) -> PerAccount:
    """Maintenance requirement of each account: Σ|q|·money + max over moves of Σ|q|·value·rate."""
    table = rule.table(market, columns, target=False)
    value = market.value[columns.instruments]
    per_move = [_sum_over_slots(quantity, column, value * rate) for rate in table.rate]
    ceiling = np.maximum.reduce(per_move) + _sum_over_slots(quantity, column, table.money)
    batches = range(0, len(quantity), BATCH)
    exact = [
        rule.exact(quantity[b : b + BATCH], column[b : b + BATCH], market, columns) for b in batches
    ]
    known = [part for part in exact if part is not None]
    return np.concatenate(known) if known else ceiling


def _sum_over_slots(quantity: PerPosition, column: ColumnPerPosition, per_unit: Floats) -> Floats:
    total = np.zeros(len(quantity))
    for slot in range(quantity.shape[1]):
        total += np.abs(quantity[:, slot]) * per_unit[column[:, slot]]
    return total
