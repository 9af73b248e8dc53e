"""What a book comes to, in a few sentences; the nearest close-out first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from undertow.core.answers.book import AccountAnswer, PositionAnswer, StateAnswer
from undertow.core.answers.said import Amount, Said, money


def sentences(
    accounts: Sequence[AccountAnswer], hikes: Sequence[tuple[str, float]]
) -> Iterator[Said]:
    """The account whose nearest position is closest to the end, then what was asked for."""
    held = [one for one in accounts if one.positions]
    if not held:
        yield Said("No position is pledged, so that nothing can be called.")
        return
    first = min(held, key=lambda one: (not one.called, _distance(one)))
    if first.called:
        yield _below(first)
    if first.nearest is not None:
        yield _nearest(first, first.nearest)
    for at, (symbol, rate) in enumerate(hikes):
        yield _hiked(held, at, symbol, rate)
    if first.nearest is not None:
        yield from _rate(first, first.nearest)
    if first.shocked is not None:
        yield _shocked([one.shocked for one in held if one.shocked], held)


def _name(account: AccountAnswer) -> str:
    """The account, with the symbol of an isolated position."""
    return account.account if account.pool == "cross" else f"{account.account}: {account.pool}"


def _distance(account: AccountAnswer) -> float:
    nearest = account.nearest
    return math.inf if nearest is None else min(nearest.reach.liquidation, nearest.reach.call)


def _below(account: AccountAnswer) -> Said:
    return Said(
        "{account} is below its requirement now: {equity} of equity, {needed} required.",
        {
            "account": _name(account),
            "equity": money(account.equity),
            "needed": money(account.requirement),
        },
    )


def _nearest(account: AccountAnswer, one: PositionAnswer) -> Said:
    """The liquidation price, the distance, and the call before it."""
    values: dict[str, Amount | str] = {
        "account": account.account,
        "symbol": one.follows,
        "price": Amount(one.liquidation_price, "price"),
        "move": Amount(one.direction * one.reach.liquidation, "percent"),
        "call": Amount(one.call_price, "price"),
        "to_call": Amount(one.direction * one.reach.call, "percent"),
    }
    if not math.isfinite(one.reach.liquidation):
        return Said("No price of {symbol} alone closes {account} out.", values)
    if one.reach.call < one.reach.liquidation:
        return Said(
            "Liquidation price of {symbol} in {account}: {price}, {move} from here; the call comes"
            " at {call}, {to_call}.",
            values,
        )
    return Said("Liquidation price of {symbol} in {account}: {price}, {move} from here.", values)


def _rate(account: AccountAnswer, one: PositionAnswer) -> Iterator[Said]:
    """The margin rate that alone is a call."""
    if account.called or not math.isfinite(one.calling_rate) or math.isnan(one.rate):
        return
    yield Said(
        "At today's prices a margin of {rate} on {symbol} is a call; it is {now} now.",
        {
            "rate": Amount(one.calling_rate, "share"),
            "symbol": one.symbol,
            "now": Amount(one.rate, "share"),
        },
    )


def _hiked(held: Sequence[AccountAnswer], at: int, symbol: str, rate: float) -> Said:
    """What a hike does at today's prices: the accounts that it calls, or the least excess."""
    touched = [one for one in held if one.hiked[at] in one.touched]
    after = [(one, one.hiked[at]) for one in touched or held]
    values: dict[str, Amount | str] = {"rate": Amount(rate, "share"), "symbol": symbol}
    worst, state = min(after, key=lambda pair: pair[1].excess / max(pair[0].gross, 1.0))
    values |= {
        "account": _name(worst),
        "currency": worst.currency,
        "money": money(abs(state.excess)),
    }
    if state.excess < 0.0 and symbol:
        return Said(
            "At a margin of {rate} on {symbol}, {account} is called for {money} {currency}.", values
        )
    if state.excess < 0.0:
        return Said("At a margin of {rate}, {account} is called for {money} {currency}.", values)
    if symbol:
        return Said(
            "At a margin of {rate} on {symbol}, {account} keeps {money} {currency} of excess.",
            values,
        )
    return Said("At a margin of {rate}, {account} keeps {money} {currency} of excess.", values)


def _shocked(after: Sequence[StateAnswer], held: Sequence[AccountAnswer]) -> Said:
    """Whom the shock calls, closes out and leaves owing."""
    pairs = list(zip(held, after, strict=True))
    names = {
        "owing": "; ".join(_name(one) for one, s in pairs if s.owed > 0.0),
        "sold": "; ".join(_name(one) for one, s in pairs if s.liquidated),
        "called": "; ".join(_name(one) for one, s in pairs if s.called),
    }
    if names["owing"]:
        return Said("The shock leaves {owing} owing money.", names)
    if names["sold"]:
        return Said("The shock closes out {sold}.", names)
    if names["called"]:
        return Said("The shock calls {called}.", names)
    return Said("The shock calls no account.")
