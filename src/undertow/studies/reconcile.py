"""The question before all others: do we see the account as its broker does?"""

from __future__ import annotations

import math
from dataclasses import replace

from undertow.core.answers.book import Reconciled
from undertow.core.answers.said import Amount, Said
from undertow.core.book import NAN, Position
from undertow.model.rulebook import Levels, Pool, Rulebook

NEAR = 0.005
"""Risk ratios that differ by no more than this agree."""

ALIKE = 0.005
"""Relative difference of two margins that counts as none."""


def reconciled(rulebook: Rulebook, pool: Pool) -> Reconciled | None:
    """What the broker says beside what we say; None where it says nothing.

    The broker's ratio is `broker_says`, else `margin_used` by equity.
    """
    account = pool.account
    says = account.broker_says
    if math.isnan(says) and pool.equity > 0.0:
        says = account.margin_used / pool.equity
    if math.isnan(says):
        return None
    levels = rulebook.levels(pool, pool.opening)
    ours = _ratio(levels)
    bare = _ratio(rulebook.levels(_unhoused(pool), pool.opening))
    cause, symbol, said = _explained(rulebook, pool, levels, says)
    return Reconciled(says, ours, bare, ours - says, cause, symbol, said)


def _explained(
    rulebook: Rulebook, pool: Pool, levels: Levels, says: float
) -> tuple[str, str, Said]:
    """Why the two differ, as far as one rate or the equity explains it."""
    ours = _ratio(levels)
    heard: dict[str, Amount | str] = {
        "account": pool.account.account,
        "broker": Amount(says, "share"),
        "ours": Amount(ours, "share"),
    }
    if abs(ours - says) <= NEAR:
        text = "{account}: the broker says {broker} of the equity is used, we say {ours}."
        return "agrees", "", Said(text, heard)
    used = pool.account.margin_used
    stated = used / says if not math.isnan(used) and says > 0.0 else levels.equity
    if abs(stated / levels.equity - 1.0) > ALIKE:
        text = (
            "{account}: the broker says {broker} of the equity is used, we say {ours}: its ratio is"
            " one of an equity of {stated}, and the book has {equity}; a price or a line differs."
        )
        money = {"stated": Amount(stated, "count"), "equity": Amount(levels.equity, "count")}
        return "equity", "", Said(text, {**heard, **money})
    return _by_rate(rulebook, pool, says * levels.equity, heard)


def _by_rate(
    rulebook: Rulebook, pool: Pool, used: float, heard: dict[str, Amount | str]
) -> tuple[str, str, Said]:
    """The one position whose rate would explain the margin that is used."""
    lines = rulebook.lines(pool, pool.opening)
    gap = used - rulebook.levels(pool, pool.opening).maintenance
    if not pool.positions:
        text = (
            "{account}: the broker says {broker} of the equity is used, we say {ours}: the file"
            " has no position of it; a line is missing."
        )
        return "unknown", "", Said(text, heard)
    at = max(range(len(lines)), key=lambda k: pool.size(pool.positions[k], pool.opening))
    one, size = pool.positions[at], pool.size(pool.positions[at], pool.opening)
    rate, asked = lines[at] / size, (lines[at] + gap) / size
    heard = {**heard, "symbol": one.symbol, "rate": Amount(rate, "share")}
    heard["asked"] = Amount(asked, "share")
    if not 0.0 < asked < 1.0:
        text = (
            "{account}: the broker says {broker} of the equity is used, we say {ours}: no rate of"
            " {symbol} explains it; a line is missing, or one too many."
        )
        return "unknown", "", Said(text, heard)
    text = (
        "{account}: the broker says {broker} of the equity is used, we say {ours}: it is explained"
        " by a margin of {asked} on {symbol}, where we have {rate}; give it as broker_rate."
    )
    return "rate", one.symbol, Said(text, heard)


def _ratio(levels: Levels) -> float:
    return levels.maintenance / levels.equity if levels.equity > 0.0 else math.inf


def _unhoused(pool: Pool) -> Pool:
    """The pool without house rates."""
    held = tuple(_plain(p) for p in pool.positions)
    return replace(pool, account=replace(pool.account, broker_rate=NAN), positions=held)


def _plain(position: Position) -> Position:
    return replace(position, broker_rate=NAN)
