"""News and mark: what comes from outside, and the prices everyone decides on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import numpy as np

from undertow.core.columns import Columns
from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.shapes import Floats, PerInstrument, Rows
from undertow.engine.clear import Limits
from undertow.engine.desk import Desk
from undertow.engine.ledger import Causes
from undertow.engine.pace import Pace
from undertow.engine.prices import priced
from undertow.engine.state import State
from undertow.model.margin.base import MarginRule
from undertow.model.scenario import Hike
from undertow.model.venues.base import Brake, Phase


def hear(state: State, pace: Pace) -> None:
    """Take in the bar's news: fundamentals, currencies, and hikes that take effect."""
    news, market = state.news, state.market
    if pace.elapsed == 0.0:
        return
    fx = market.fx if news.fx is None else news.fx[pace.bar]
    forced = market.instruments.lookthrough @ state.factor
    moved = np.where(news.given, 0.0, news.shock[pace.bar])
    given = np.where(news.given, news.fundamental(pace.bar, forced), market.fundamental)
    moved = moved + np.log(given / market.fundamental)
    if moved.any():
        moved = moved + np.where(news.linked, state.links @ moved, 0.0)
    fundamental = np.where(news.given, given, market.fundamental * np.exp(moved))
    state.market = replace(market, fundamental=fundamental, fx=fx)
    if any(pace.bar in {hike.notice, hike.effect} for hike in news.hikes):
        for desk in state.desks:
            _rehear(desk, news.hikes, pace.bar, state.market)


def _rehear(desk: Desk, hikes: Sequence[Hike], bar: int, market: Market) -> None:
    """Set the rates of this bar: those in effect, and higher ones that a broker asks already."""
    regime, mine = desk.segment.regime, [h for h in hikes if desk.segment.name in h.segments]
    rule = regime.rule
    for hike in (h for h in mine if h.effect == bar):
        rule = rule.hiked(hike.instrument, hike.rate)
    for hike in (h for h in mine if regime.heeds_notice and h.notice <= bar < h.effect):
        asked = rule.hiked(hike.instrument, hike.rate)
        rule = asked if _is_higher(asked, rule, market, desk.columns) else rule
    if rule is not regime.rule:
        desk.segment = replace(desk.segment, regime=replace(regime, rule=rule))


def _is_higher(new: MarginRule, old: MarginRule, market: Market, columns: Columns) -> bool:
    """Whether no position needs less under the new rule than under the old one."""
    asked, before = (rule.table(market, columns, target=False) for rule in (new, old))
    more = asked.rate.max(axis=0) >= before.rate.max(axis=0)
    return bool(more.all() and (asked.money >= before.money).all())


def mark(state: State, pace: Pace) -> None:
    """Deal the bar's opening prices, re-test weights and tick the ledger's clocks."""
    before = state.market
    dealt = priced(before, state.factor)
    if pace.elapsed > 0.0:
        dealt = np.where(state.news.pinned, state.news.actual[pace.bar], dealt)
    _check(dealt, before)
    price = np.clip(dealt, state.limits.low, state.limits.high)
    price = np.where(pace.open, price, before.price)
    state.market = _quoted(_seen(before, price, pace, state), pace, state)
    causes = _causes(state, pace, _let_through(before.price, dealt, price))
    values = (before.price * np.exp(state.shown_fx), state.market.value)
    if state.desks:
        board, clocks = state.desks[0].board, state.desks[0].clocks
        old = board.trigger
        board.retest([desk.segment.regime for desk in state.desks], state.market)
        if clocks is not None:
            clocks.tick(old, board.trigger, values, causes)
    state.shown_fx = np.log(state.market.fx)


def _check(dealt: PerInstrument, before: Market) -> None:
    for at in np.flatnonzero(~(np.isfinite(dealt) & (dealt > 0.0))):
        raise BadNumber(
            f"the price of {before.instruments.names[at]!r} became {dealt[at]:g}: what is sold is"
            " too much for its depth under this impact law; give it more depth or another law."
        )


def _let_through(before: PerInstrument, dealt: PerInstrument, price: PerInstrument) -> Floats:
    """Share of each price's move that its limits let through; the rest shows when they lift."""
    free, shown = np.log(dealt / before), np.log(price / before)
    held = (dealt != price) & (free != 0.0)
    return np.where(held, np.clip(shown / np.where(held, free, 1.0), 0.0, 1.0), 1.0)


def _seen(market: Market, price: PerInstrument, pace: Pace, state: State) -> Market:
    """The market at its new price, with the volatility everyone sees: EWMA per trading day.

    A price that follows an actual path shows all its moves (n bars that share one move between
    two facts show n times the square of their part); a free one has its ordinary moves (normal
    variance) on top of those simulated.
    """
    days = np.where(pace.days > 0.0, pace.days, 1.0)
    keep = 0.5 ** (pace.days / state.rules.memory)
    move = np.log(price / market.price)
    spacing = 1.0 if state.news.spacing is None else state.news.spacing[pace.bar]
    seen = spacing * move**2 / days
    seen = seen + np.where(state.followed, 0.0, market.instruments.sigma**2)
    variance = keep * market.sigma**2 + (1.0 - keep) * seen
    return replace(
        market, price=price, sigma=np.where(pace.days > 0.0, np.sqrt(variance), market.sigma)
    )


def _quoted(market: Market, pace: Pace, state: State) -> Market:
    """The market as venues and makers see it: who may trade, and the depth that makers show.

    Sellers wait at the lower limit, buyers at the upper, everyone where it is closed.
    """
    (sell, buy), makers = state.admitted, state.rules.makers
    sell, buy = (admitted * pace.open for admitted in (sell, buy))
    available = makers.available(market, maker_share(market, state), pace.days)
    return replace(
        market,
        sellable=sell * (market.price > state.limits.low),
        buyable=buy * (market.price < state.limits.high),
        available=available,
        depth=makers.depth(market, available),
    )


def maker_share(market: Market, state: State) -> float:
    """The makers' equity as a share of what they started with; 0 when it is gone."""
    start = state.rules.maker_capital
    if not np.isfinite(start):
        return 1.0
    profit = state.absorber.cash + float(state.absorber.units @ market.value)
    return max(0.0, 1.0 + profit / start)


def _causes(state: State, pace: Pace, let_through: PerInstrument) -> Causes:
    """Logs of what moved each price since it was last dealt; closed prices have not moved."""
    factor = state.market.instruments.lookthrough * state.factor
    shown = (pace.open * let_through)[:, None]
    forced = shown * (factor - state.shown_forced)
    state.shown_forced = state.shown_forced + forced
    fx = np.log(state.market.fx) - state.shown_fx
    return Causes(fx=fx, forced=forced)


def brake(state: State, pace: Pace, closing: PerInstrument, moment: datetime) -> None:
    """Let every venue see the bar's closing price (0 where closed) and set the next limits."""
    market, limits = state.market, state.limits
    moved: list[tuple[Rows, Brake]] = []
    for number, (listing, before) in enumerate(
        zip(state.rules.listings, state.brakes, strict=True)
    ):
        own = listing.instruments
        if not pace.open[own[0]]:
            continue
        phase = Phase.CLOSING if pace.closing[own[0]] else Phase.OPEN
        after = listing.venue.after(before, closing[own], int(phase), moment)
        state.brakes[number] = after
        if after is not before:
            moved.append((own, after))
    if moved:
        low, high, settlement = limits.low.copy(), limits.high.copy(), market.settlement.copy()
        for own, after in moved:
            low[own], high[own], settlement[own] = after.low, after.high, after.settlement
        state.limits = Limits(low, high)
        state.market = replace(market, settlement=settlement)
