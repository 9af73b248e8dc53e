"""Small systems for published models: holders of instruments under one impact law, and rounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from undertow.core.accounts import Accounts, plain_group
from undertow.core.clock import Clock
from undertow.core.columns import pledged_columns
from undertow.core.market import Instruments, Market, calm_market, plain_instruments
from undertow.core.shapes import Floats, PerInstrument
from undertow.engine.books import Settled
from undertow.engine.call import call
from undertow.engine.clear import Cleared, Flow, Limits, clear
from undertow.engine.mark import mark
from undertow.engine.pace import Pace, round_of
from undertow.engine.pool import Pool
from undertow.engine.state import State, opened
from undertow.engine.step import cleared_now, ordered, settle_all
from undertow.model.impact.base import ImpactLaw
from undertow.model.liquidation.base import LiquidationPolicy
from undertow.model.liquidation.pro_rata import ProRata
from undertow.model.makers.constant import Constant
from undertow.model.margin.base import MarginRule
from undertow.model.margin.leverage_cap import LeverageCap
from undertow.model.scenario import Regime, Rules, Scenario, Segment, quiet

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""Published models have no date; their clock has to start somewhere."""


NOT_FOR_SALE = 4.0
"""A spread of which one half is more than any sale can release."""


@dataclass(frozen=True, slots=True)
class Holders:
    """Accounts under one rule and one policy.

    quantity: units, [account, instrument];  debt: base currency, all that is not equity
    """

    name: str
    quantity: Floats
    debt: Floats
    rule: MarginRule
    policy: LiquidationPolicy = field(default_factory=ProRata)


def cap(leverage: float, target: float | None = None) -> LeverageCap:
    """A leverage cap that leads back to itself, or to a lower target."""
    return LeverageCap(leverage, leverage if target is None else target)


def stage(
    market: Market, holders: Sequence[Holders], law: ImpactLaw, *, name: str = "published"
) -> Scenario:
    """A scenario of one date: no news, no traders, no venue, depth as it was."""
    segments = tuple(Segment(h.name, Regime(h.rule), h.policy, h.policy) for h in holders)
    groups = tuple(plain_group(h.name, h.quantity, -h.debt) for h in holders)
    return Scenario(
        name=name,
        clock=Clock(LONG_AGO, timedelta(days=1), 1),
        market=market,
        columns=pledged_columns(len(market.instruments)),
        accounts=Accounts(groups),
        rules=rules_of(law, segments),
        news=quiet(1, len(market.instruments)),
    )


def rules_of(law: ImpactLaw, segments: tuple[Segment, ...] = ()) -> Rules:
    """An impact law, makers who never leave, and sellers who do not foresee their own impact."""
    return Rules(segments, law, Constant(), foresight=0.0)


def shocked(market: Market, factor: PerInstrument | float) -> Market:
    """The market after news: fundamentals times `factor`."""
    return replace(market, fundamental=market.fundamental * factor)


def resting(instruments: Instruments, price: PerInstrument | float = 1.0) -> Market:
    """A calm market; one price for all where only one is given."""
    return calm_market(instruments, np.full(len(instruments), price, dtype=np.float64))


def bonds_and_loans(depth: PerInstrument, sigma: PerInstrument | None = None) -> Market:
    """Bonds at price one and, last, loans that nobody sells: they fetch less than nothing."""
    names = (*(f"bond {k + 1}" for k in range(len(depth))), "loans")
    steady = np.ones(len(depth)) if sigma is None else sigma
    instruments = plain_instruments(
        names,
        depth=np.append(depth, np.inf),
        sigma=np.append(steady, 1.0),
        spread=np.append(np.zeros(len(depth)), NOT_FOR_SALE),
    )
    return resting(instruments)


def after_rounds(scenario: Scenario, rounds: int = 1) -> State:
    """The engine's state after so many rounds of one date."""
    state = opened(scenario, bars=rounds, ledger=False)
    with Pool() as pool:
        for number in range(rounds):
            pace = round_of(number, len(state.market.price))
            mark(state, pace)
            trade(state, pace, pool)
    return state


def trade(state: State, pace: Pace, pool: Pool) -> list[Settled | None]:
    """Call, order, clear and settle at the present marks."""
    for desk in state.desks:
        call(desk, state.market, pace, pool)
    orders = ordered(state, pace, pool)
    cleared = cleared_now(state, orders, pace)
    settled = settle_all(state, orders, cleared, pool)
    after = cleared.market
    state.market = replace(state.market, pressure=after.pressure, lasting=after.lasting)
    state.factor = cleared.factor
    return settled


def sold_at_once(market: Market, units: PerInstrument, law: ImpactLaw) -> Cleared:
    """What the engine's clearing makes of a sale in which no time passes."""
    return sold_over(market, units, law, days=0.0)


def sold_over(market: Market, units: PerInstrument, law: ImpactLaw, *, days: float) -> Cleared:
    """What the engine's clearing makes of a sale (negative: purchase) spread over a bar."""
    count = len(market.instruments)
    flags = np.ones(count, dtype=np.bool_)
    pace = Pace(0, np.full(count, days), flags, ~flags, days)
    flow = Flow(np.maximum(units, 0.0), np.zeros_like(units), np.maximum(-units, 0.0))
    limits = Limits(np.zeros(count), np.full(count, np.inf))
    return clear(market, flow, rules_of(law), pace, limits)
