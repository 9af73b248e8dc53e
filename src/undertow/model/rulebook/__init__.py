"""Rulebooks: what a margin regime asks of one account, exact and dated."""

from undertow.core.book import BookAccount
from undertow.core.family import Family
from undertow.model.rulebook._adl import Closed, Standing, by_growth, by_profit, deleveraged
from undertow.model.rulebook._classes import with_own_rate
from undertow.model.rulebook._listed import dearer
from undertow.model.rulebook._perpetual import mark_liquidation_price
from undertow.model.rulebook._rates import Rate, Rates, rates_of, read_rates
from undertow.model.rulebook._solve import (
    NO_COST,
    Exit,
    Moves,
    adverse,
    calling_rate,
    moves,
    price_at,
    restoring_share,
)
from undertow.model.rulebook._tiers import Tiers, tiers_up_to
from undertow.model.rulebook._worth import (
    black_scholes,
    moved,
    notional,
    option_price,
    pinned,
    profit,
)
from undertow.model.rulebook.base import (
    Absorber,
    Levels,
    Pool,
    RestoredTo,
    Rulebook,
    Seller,
    Terms,
    Timing,
    netted,
    not_carried,
    pools,
    too_levered,
)

RULEBOOK: Family[Rulebook] = Family("rulebook", __name__, Rulebook)  # type: ignore[type-abstract]


def rulebook_of(account: BookAccount) -> Rulebook:
    """The regime that an account names, with its shipped rates; UnknownName if there is none."""
    return RULEBOOK.make(account.regime, {}, f"account {account.account!r}")


__all__ = [
    "NO_COST",
    "RULEBOOK",
    "Absorber",
    "Closed",
    "Exit",
    "Levels",
    "Moves",
    "Pool",
    "Rate",
    "Rates",
    "RestoredTo",
    "Rulebook",
    "Seller",
    "Standing",
    "Terms",
    "Tiers",
    "Timing",
    "adverse",
    "black_scholes",
    "by_growth",
    "by_profit",
    "calling_rate",
    "dearer",
    "deleveraged",
    "mark_liquidation_price",
    "moved",
    "moves",
    "netted",
    "not_carried",
    "notional",
    "option_price",
    "pinned",
    "pools",
    "price_at",
    "profit",
    "rates_of",
    "read_rates",
    "restoring_share",
    "rulebook_of",
    "tiers_up_to",
    "too_levered",
    "with_own_rate",
]
