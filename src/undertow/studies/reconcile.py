"""The question before all others: do we see the account as its broker does?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from undertow.core.answers.book import Reconciled
from undertow.core.answers.said import Amount, Said, money
from undertow.core.book import NAN, Position
from undertow.core.errors import InputError
from undertow.model.rulebook import Levels, Pool, Rulebook, moved

NEAR = 0.005
"""Risk ratios that differ by no more than this agree."""

ALIKE = 0.005
"""Relative difference of two margins that counts as none."""

SMALL = 1e-3
"""Relative change of a price by which what it moves is measured."""

FARTHEST = 0.5
"""Relative difference of a price beyond which it is not thought to be the reason."""


def reconciled(rulebook: Rulebook, pool: Pool) -> Reconciled | None:
    """What the broker says beside what we say; None where it says nothing.

    The broker's ratio is `broker_says`, else `margin_used` by equity.
    """
    account = pool.account
    says = account.broker_says
    if math.isnan(says) and pool.equity > 0.0:
        says = account.margin_used / pool.equity
    levels = rulebook.levels(pool, pool.opening)
    if math.isnan(says) or levels.equity <= 0.0:
        return None
    ours = _ratio(levels)
    bare = _ratio(rulebook.levels(_unhoused(rulebook, pool), pool.opening))
    heard = Said(
        "{account}: the broker says {broker} of the equity is used, we say {ours}.",
        {
            "account": account.account,
            "broker": Amount(says, "share"),
            "ours": Amount(ours, "share"),
        },
    )
    own = tuple(_own(ours, bare))
    if abs(ours - says) <= NEAR:
        return Reconciled(says, ours, bare, ours - says, "agrees", "", (heard, *own))
    cause, symbol, why = _explained(rulebook, pool, levels, says)
    return Reconciled(says, ours, bare, ours - says, cause, symbol, (heard, why, *own))


def _own(ours: float, bare: float) -> Iterator[Said]:
    """What of the requirement is the broker's and not the exchange's."""
    if abs(ours - bare) > NEAR:
        yield Said(
            "By the exchange's rates alone it is {exchange}: the rest is the broker's own margin.",
            {"exchange": Amount(bare, "share")},
        )


def _explained(
    rulebook: Rulebook, pool: Pool, levels: Levels, says: float
) -> tuple[str, str, Said]:
    """Why the two differ, as far as one rate or the equity explains it."""
    if abs(levels.initial / levels.equity - says) <= NEAR:
        return "initial", "", Said("The broker counts initial margin, which is more.")
    used = pool.account.margin_used
    stated = used / says if not math.isnan(used) and says > 0.0 else levels.equity
    if abs(stated / levels.equity - 1.0) > ALIKE:
        return _by_price(pool, levels.equity, stated)
    if not pool.positions:
        said = Said("The book has no position of this account: a line is missing.")
        return "unknown", "", said
    return _by_rate(rulebook, pool, says * levels.equity)


def _by_price(pool: Pool, equity: float, stated: float) -> tuple[str, str, Said]:
    """The price that would explain an equity: of all positions the one that differs least."""
    figures: dict[str, Amount | str] = {"stated": money(stated), "equity": money(equity)}
    shares = {
        one.symbol: _share_that_gains(pool, one.symbol, stated - equity) for one in pool.positions
    }
    symbol = min(shares, key=lambda name: abs(shares[name]), default="")
    if not symbol or abs(shares[symbol]) > FARTHEST:
        said = Said(
            "The ratio is one of an equity of {stated}, and the book has {equity}: a price or a"
            " line differs.",
            figures,
        )
        return "equity", "", said
    price = pool.opening.price[symbol]
    asked = Amount(price * (1.0 + shares[symbol]), "price")
    said = Said(
        "The ratio is one of an equity of {stated}, and the book has {equity}: a price of {asked}"
        " for {symbol} explains it, where the book has {price}; or a line differs.",
        {**figures, "asked": asked, "symbol": symbol, "price": Amount(price, "price")},
    )
    return "equity", symbol, said


def _share_that_gains(pool: Pool, symbol: str, money: float) -> float:
    """Relative change of one price that changes the equity so much; inf if none does."""
    gained = pool.equity_at(moved(pool.opening, {symbol: 1.0}, SMALL, pool.positions)) - pool.equity
    return SMALL * money / gained if gained != 0.0 else math.inf


def _by_rate(rulebook: Rulebook, pool: Pool, used: float) -> tuple[str, str, Said]:
    """The rate of the largest position that would explain the margin that is used."""
    lines = rulebook.lines(pool, pool.opening)
    gap = used - rulebook.levels(pool, pool.opening).maintenance
    at = max(range(len(lines)), key=lambda k: pool.size(pool.positions[k], pool.opening))
    one, size = pool.positions[at], pool.size(pool.positions[at], pool.opening)
    rate, asked = lines[at] / size, (lines[at] + gap) / size
    told: dict[str, Amount | str] = {
        "symbol": one.symbol,
        "rate": Amount(rate, "share"),
        "asked": Amount(asked, "share"),
    }
    if not 0.0 < asked < 1.0:
        said = Said(
            "No margin of {symbol} explains it: a line is missing, or there is one too many.", told
        )
        return "unknown", "", said
    said = Said(
        "A margin of {asked} on {symbol} explains it, where we have {rate}; give it as"
        " broker_rate.",
        told,
    )
    return "rate", one.symbol, said


def _ratio(levels: Levels) -> float:
    return levels.maintenance / levels.equity if levels.equity > 0.0 else math.inf


def _unhoused(rulebook: Rulebook, pool: Pool) -> Pool:
    """The pool without house rates, but where the regime has no rate of its own."""
    bare = replace(pool, account=replace(pool.account, broker_rate=NAN))
    held = tuple(_plain(rulebook, bare, one, pool.house(one)) for one in pool.positions)
    return replace(bare, positions=held)


def _plain(rulebook: Rulebook, bare: Pool, position: Position, house: float) -> Position:
    alone = replace(position, broker_rate=NAN)
    try:
        rulebook.levels(replace(bare, positions=(alone,)), bare.opening)
    except InputError:
        return replace(position, broker_rate=house)
    return alone
