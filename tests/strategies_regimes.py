"""Random regimes for random systems: a margin rule, two policies, delays and conditions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from numpy.random import Generator

from undertow.core.clock import Clock
from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.model.liquidation import LIQUIDATION
from undertow.model.margin import MARGIN, MarginRule
from undertow.model.scenario import Regime, Segment

if TYPE_CHECKING:
    from strategies import Wish


def segment_of(
    draw: st.DrawFn,
    rng: Generator,
    name: str,
    market: Market,
    columns: Columns,
    frame: tuple[Clock, Wish],
) -> Segment:
    """A segment under a rule and two policies of the wish, sometimes slow or conditional."""
    clock, wish = frame
    rule = _rule(rng, draw(st.sampled_from(wish.rules)), market)
    owner, broker = (draw(st.sampled_from(wish.policies)) for _ in range(2))
    regime = Regime(rule, grace_days=0.0, heeds_notice=wish.delays and draw(st.booleans()))
    if wish.ways or wish.delays:
        grace = draw(st.sampled_from((0.0, 2.0 * clock.days_per_bar, 1e3)))
        transfer = draw(st.sampled_from((0.0, 0.5, 2.0)))
        regime = replace(
            regime, grace_days=grace, recourse=draw(st.booleans()), transfer_days=transfer
        )
    if wish.delays and draw(st.booleans()):
        regime = _slow(rng, regime, market, clock)
        regime = replace(regime, cash_test=regime.cash_test and wish.cash_tests)
        if not wish.minimums:
            regime = replace(regime, minimum_transfer=0.0)
    return Segment(name, regime, LIQUIDATION.make(owner, {}), LIQUIDATION.make(broker, {}))


def _slow(rng: Generator, regime: Regime, market: Market, clock: Clock) -> Regime:
    """Lags, a smallest transfer, a cash test, a schedule of tests, unwilling owners."""
    lags = rng.choice([0.0, 0.5, 3.0], 2) * clock.days_per_bar
    return replace(
        regime,
        owner_lag=float(lags[0]),
        broker_lag=float(lags[1]),
        willing=float(rng.choice([1.0, 0.6, 0.0])),
        minimum_transfer=float(rng.choice([0.0, 1.0])) * float(market.value.mean()),
        cash_test=bool(rng.random() < 0.5),
        credit_line=float(rng.choice([0.0, 50.0])) * float(market.value.mean()),
        tests=rng.random(clock.bars) < 0.7 if rng.random() < 0.5 else None,
    )


def _rule(rng: Generator, kind: str, market: Market) -> MarginRule:
    names, size = market.instruments.names, len(market.instruments)
    rates = dict(zip(names, rng.uniform(0.05, 0.4, size).tolist(), strict=True))
    target = float(rng.uniform(1.05, 1.3))
    if kind == "percent_of_notional":
        shorts = {names[0]: 1.2 * rates[names[0]]}
        return MARGIN.make(kind, {"rates": rates, "target": target, "short_rates": shorts})
    if kind == "money_per_contract":
        price = dict(zip(names, market.price.tolist(), strict=True))
        money = {n: 50.0 * rates[n] * price[n] for n in names}
        return MARGIN.make(
            kind, {"money": money, "contract": dict.fromkeys(names, 50.0), "target": target}
        )
    if kind == "percent_of_entry":
        return MARGIN.make(kind, {"rates": rates, "close_out": float(rng.uniform(0.5, 0.9))})
    if kind == "leverage_cap":
        cap = float(rng.uniform(2.0, 20.0))
        return MARGIN.make(kind, {"trigger_leverage": cap, "target_leverage": cap / target})
    if kind == "product_groups":
        ranges = {n: (rate, rate * float(rng.uniform(0.5, 2.0))) for n, rate in rates.items()}
        group = {n: "metals" for n in names if rng.random() < 0.6}
        return MARGIN.make(kind, {"ranges": ranges, "groups": group, "target": target})
    moves = {n: tuple((rng.choice([-1, 1], 4) * rates[n]).tolist()) for n in names}
    return MARGIN.make(kind, {"moves": moves, "weights": (1.0, 1.0, 1.0, 0.5), "target": target})


def hiked_rate(rule: MarginRule, name: str, factor: float) -> float | None:
    """The rate of an instrument `factor` times as high, in the rule's unit; None if it has none."""
    if hasattr(rule, "rates"):
        return min(1.0, factor * rule.rates[name])
    if hasattr(rule, "money"):
        return factor * rule.money[name]
    if hasattr(rule, "ranges"):
        return min(1.0, factor * max(rule.ranges[name]))
    if hasattr(rule, "moves"):
        return factor * max(w * abs(m) for w, m in zip(rule.weights, rule.moves[name], strict=True))
    return None
