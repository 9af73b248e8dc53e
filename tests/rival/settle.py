"""Settle: pay accounts, tell makers, close calls, write off debts, set limits."""

from __future__ import annotations

import numpy as np

from rival.calls import DUST, at_stake, offered_by, reachable, released, slacks, tradable
from rival.clear import dealt
from rival.world import Account, Bar, World, add
from undertow.model.venues.base import Phase


def settle(world: World, bar: Bar, orders: list, cleared: dict, row: dict) -> None:
    """Pay each account, tell the makers, close calls, write off what is owed."""
    row["sold"] = [0.0] * len(world.market["price"])
    row["money"] = {}
    failed = []
    for account, owner, need, sales, move in orders:
        could = any(
            q != 0.0 and tradable(world, k) and reachable(world, account, k, owner=owner)
            for q, k in zip(offered_by(account, owner=owner), account.columns, strict=True)
        )
        dust = DUST * at_stake(world, account, move)
        raised, left, stuck = _deal(world, account, (owner, need, sales, move), cleared, row)
        regime = world.segments[account.segment].regime
        least = max(regime.minimum_transfer, dust)
        slack = slacks(world, account, target=True)
        met = need - raised <= least and (len(slack) == 1 or min(slack) >= -least)
        if left == 0.0 and account.cash < 0.0:
            failed.append(account)
        elif met or left == 0.0:
            _whole(account)
        if could and stuck and left > 0.0 and not met:
            add(row["stuck"], account.segment, account.weight)
    for account in failed:
        _write_off(world, account, row)


def _deal(world: World, account: Account, ordered: tuple, cleared: dict, row: dict) -> tuple:
    """Book one account's sales; slack raised at the opening mark, units left, nothing to sell."""
    columns, rules, market = world.scenario.columns, world.scenario.rules, world.market
    owner, need, sales, move = ordered
    release = released(world, account)
    raised, left, paid, traded = 0.0, 0.0, 0.0, []
    for slot, kind in enumerate(account.columns):
        a, short = int(columns.instrument[kind // 2]), bool(kind % 2)
        side, size = (-1.0 if short else 1.0), abs(account.units[slot])
        share = float(columns.released[kind // 2])
        value = market["price"][a] * market["fx"][a]
        each = (cleared["paid"][a] - side * cleared["half"][a]) * market["fx"][a]
        filled = cleared["buy" if short else "forced"][a]
        units = min(sales[slot] * filled, size) if sales[slot] > 0.0 else 0.0
        if units > 0.0:
            money = side * each * share - rules.fee * value
            paid += units * money
            # Against a sale at the mark, slack is short of what the dealt price is below it.
            raised += units * (release[move][kind] + money - side * value * share)
            size -= units
            account.units[slot] = side * size
            _tell_makers(world, account.weight * units, (side, a, each, share, value))
            row["sold"][a] += account.weight * side * units
            traded.append((a, account.weight * units * abs(each)))
        if reachable(world, account, kind, owner=owner):
            left += size
    account.cash += paid
    for a, money in traded:
        add(row["money"], (account.segment, a), money)
    _book_causes(world, account, traded)
    return raised, left, need > 0.0 and sum(sales) == 0.0


def _tell_makers(world: World, units: float, deal: tuple) -> None:
    side, a, each, share, value = deal
    fee = world.scenario.rules.fee * value
    world.makers_units[a] += side * units
    world.makers_cash -= units * side * each
    world.others_cash += units * (side * each * (1.0 - share) + fee)


def _book_causes(world: World, account: Account, traded: list) -> None:
    """A sale is booked over all origins with weights loss⁺/Σ loss⁺, or to the opening."""
    lost = {cause: x for cause, x in account.losses.items() if x > 0.0}
    total = sum(lost.values())
    for a, money in traded:
        if total > 0.0:
            for (cause, source), x in lost.items():
                add(world.matrix, (cause, source, a), money * x / total)
        else:
            add(world.matrix, ("opening", 0, a), money)


def _whole(account: Account) -> None:
    account.called = None
    account.losses = {}


def _write_off(world: World, account: Account, row: dict) -> None:
    """Cash becomes debt; the insurance fund pays first, then the broker."""
    debt, name = -account.cash, account.segment
    account.owed += debt
    account.cash = 0.0
    left = world.scenario.rules.insurance.get(name, 0.0) - world.fund_paid.get(name, 0.0)
    paid = min(left, debt * account.weight)
    add(world.fund_paid, name, paid)
    add(world.broker_paid, name, debt * account.weight - paid)
    add(row["bankrupt"], name, account.weight)
    add(row["debt"], name, debt * account.weight)
    _whole(account)


def record(world: World, row: dict) -> None:
    """Keep the bar."""
    for account in world.accounts:
        if account.called is not None:
            add(row["open"], account.segment, account.weight)
    row["price"] = list(world.market["price"])
    row["pressure"] = list(world.market["pressure"])
    world.history.append(row)


def set_limits(world: World, bar: Bar) -> None:
    """Show every venue the closing price of its instruments and take its next limits."""
    scenario = world.scenario
    moment = scenario.clock.start + (bar.number + 1) * scenario.clock.step
    for number, listing in enumerate(scenario.rules.listings):
        own = [int(a) for a in listing.instruments]
        if not bar.open[own[0]]:
            continue
        closing = []
        for a in own:
            price = dealt(world, world.market["pressure"], world.market["lasting"], a)
            price = world.market["price"][a] if scenario.news.given[a] else price
            closing.append(min(max(price, world.low[a]), world.high[a]))
        phase = Phase.CLOSING if bar.closing[own[0]] else Phase.OPEN
        brake = listing.venue.after(world.brakes[number], np.array(closing), int(phase), moment)
        world.brakes[number] = brake
        for place, a in enumerate(own):
            world.low[a], world.high[a] = float(brake.low[place]), float(brake.high[place])
            world.market["settlement"][a] = float(brake.settlement[place])
