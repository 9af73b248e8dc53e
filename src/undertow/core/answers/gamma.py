"""What `undertow measure gamma` answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from undertow.core.answers.said import Said


@dataclass(frozen=True, slots=True)
class BySign:
    """One figure under three assumptions about who holds what.

    naive: dealers are long calls and short puts;  reversed: short calls and long puts
    all_short: dealers have sold everything, the worst bound
    """

    naive: float
    reversed: float
    all_short: float


@dataclass(frozen=True, slots=True)
class Counted:
    """Contracts by what is known of them.

    contracts: not yet expired;  interest: open of them;  unknown_interest: without a figure of open
    interest, left out;  recomputed: whose volatility is from the price;  borrowed: from the other
    right of the same strike;  without_volatility: left out, with `lost_interest` open
    """

    contracts: int
    expired: int
    interest: float
    unknown_interest: int
    recomputed: int
    borrowed: int
    without_volatility: int
    lost_interest: float


@dataclass(frozen=True, slots=True)
class SkewAdjusted:
    """Dollars and shares for 1 % where each volatility keeps to its moneyness, not to its strike.

    Our gamma everywhere, to be compared with `model_*`;  flip: as of those, along the smile
    with_smile: share of the gamma, both sides, whose expiry has strikes enough for a smile; the
    rest is as it is with volatilities kept by strike
    """

    net_usd_per_1pct: BySign
    net_shares_per_1pct: BySign
    call_usd_per_1pct: float
    put_usd_per_1pct: float
    flip: float | None
    with_smile: float


@dataclass(frozen=True, slots=True)
class GammaAnswer:
    """`measure gamma`: what dealers must trade when the underlying moves.

    net_usd_per_1pct: dollars of gamma for a move of 1 %, Σ sign · OI · Γ · multiplier · S² · 0.01;
    below 0 dealers sell into a fall;  net_shares_per_1pct: the same over S;  call_usd_per_1pct,
    put_usd_per_1pct: of calls and of puts, both without sign, with the file's gamma where it agrees
    with ours;  model_*: with ours everywhere, as the flip is;  file_*: with the file's everywhere,
    right or wrong
    skew_adjusted: the same where the smile moves with spot
    flip: spot nearest to now where the naive net is zero;  flip_low, flip_high: with volatilities
    a tenth lower and higher;  flips: all of them between 0.7 and 1.3 of spot
    adv_shares: shares a day, as given;  share_of_adv: |naive shares for 1 %| over them
    calls_above: share of call interest with strikes up to 5 % above spot
    squeeze: whether the naive net is below 0 and its share of volume, or the calls above, are large
    """

    underlying: str
    moment: datetime
    spot: float
    net_usd_per_1pct: BySign
    net_shares_per_1pct: BySign
    call_usd_per_1pct: float
    put_usd_per_1pct: float
    model_call_usd_per_1pct: float
    model_put_usd_per_1pct: float
    file_call_usd_per_1pct: float | None
    file_put_usd_per_1pct: float | None
    skew_adjusted: SkewAdjusted
    flip: float | None
    flip_low: float | None
    flip_high: float | None
    flips: tuple[float, ...]
    adv_shares: float | None
    share_of_adv: float | None
    calls_above: float
    squeeze: bool
    counted: Counted
    rate: float
    said: tuple[Said, ...]
    warnings: tuple[Said, ...]
