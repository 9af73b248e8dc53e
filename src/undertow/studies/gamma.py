"""Dealers' gamma from an option chain: the hedge for 1 %, its sign, and the spot where it flips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from undertow.core import black
from undertow.core.answers.gamma import BySign, Counted, GammaAnswer, SkewAdjusted
from undertow.core.chain import Chain
from undertow.core.errors import BadNumber
from undertow.core.shapes import Flags, Floats
from undertow.studies._gamma_said import sentences, skew_warnings, warnings
from undertow.studies.smile import Skewed, Smile, smile_of

USABLE = (0.005, 5.0)
"""Volatilities per year that a vendor's figure is believed in."""
NEAR_SPOT = 0.2
"""Largest distance of a forward from spot that parity is believed in."""
LIKE = 0.3
"""Largest logarithm of vendor's over our volatility that the vendor's is believed in."""
AGREES, ROUNDED = 0.15, 1e-4
"""Largest distance of the vendor's gamma from ours, of ours, or in the last place it prints."""
NEAR_STRIKES = 5
LEAST_YEARS = 1.0 / (24.0 * 365.0)
"""An hour: nearer to the end gamma at the money has no bound."""
GRID = np.linspace(0.7, 1.3, 241)
WIDER = 0.1
PER_CENT = 0.01
ABOVE = 1.05


@dataclass(frozen=True, slots=True)
class Terms:
    """What is assumed.

    rate: per year, of the discount;  adv_shares: shares of the underlying traded a day, if known
    squeeze_volume, squeeze_calls: shares of volume for 1 %, and of call interest within 5 % above
    spot, from which on a squeeze is flagged: our choice, no source sets them
    """

    rate: float = 0.0
    adv_shares: float | None = None
    squeeze_volume: float = 0.05
    squeeze_calls: float = 0.5


@dataclass(frozen=True, slots=True)
class Priced:
    """Contracts that count, with forward, deviation σ√T and interest in units of the underlying."""

    spot: float
    forward: Floats
    strike: Floats
    spread: Floats
    call: Flags
    units: Floats
    vendor: Floats
    smile: Smile

    def gamma(self, spot: float, stretch: float = 1.0) -> Floats:
        """Gamma of each contract at a spot, its volatility kept (sticky strike) or stretched."""
        forward = self.forward * (spot / self.spot)
        here = np.full(forward.shape, spot)
        return black.gamma(here, forward, self.strike, stretch * self.spread)

    def dollars(self, spot: float, stretch: float = 1.0) -> Floats:
        """Dollars of gamma of each contract for 1 %, without sign."""
        return self.gamma(spot, stretch) * self.units * spot * spot * PER_CENT

    def headline(self) -> Floats:
        """Dollars for 1 % now: with the file's gamma where it agrees with ours, else with ours."""
        ours = self.gamma(self.spot)
        agrees = np.abs(self.vendor - ours) <= np.maximum(ROUNDED, AGREES * ours)
        chosen = np.where(agrees, self.vendor, ours)
        return np.asarray(chosen * self.units * self.spot * self.spot * PER_CENT)

    def net(self, spot: float, stretch: float = 1.0) -> float:
        """Calls less puts."""
        return float((np.where(self.call, 1.0, -1.0) * self.dollars(spot, stretch)).sum())

    def skewed(self, spot: float) -> Floats:
        """Dollars of gamma for 1 % where volatility keeps to moneyness, without sign of a side."""
        moved = Skewed(self.spot, self.forward, self.strike, self.spread, self.smile)
        return np.asarray(moved.gamma(spot) * self.units * spot * spot * PER_CENT)

    def skewed_net(self, spot: float) -> float:
        """Calls less puts of the same."""
        return float((np.where(self.call, 1.0, -1.0) * self.skewed(spot)).sum())


def gamma_answer(chain: Chain, terms: Terms = Terms()) -> GammaAnswer:
    """Dollars and shares of gamma under three signs, and the flip of the naive one.

    dollars for 1 % = Σ ± OI · Γ · multiplier · S² · 0.01;  Γ = φ(d₁) / (S σ √T)
    Forwards by parity at the strikes nearest to spot; years are calendar days over 365. European:
    early exercise is left out. Rows with the same strike and expiry all count: classes of one index
    list side by side.
    """
    spot, guessed = _spot(chain)
    alive = chain.where(chain.years > 0.0)
    _doubted(alive, spot)
    priced, counted = _priced(alive, spot, terms.rate, expired=len(chain) - len(alive))
    (calls, puts), model = (_sides(d, priced) for d in (priced.headline(), priced.dollars(spot)))
    net, flips = _by_sign(calls, puts), _flips(priced)
    skewed, above = _skew_adjusted(priced), _calls_above(alive, spot)
    known = [one[0] for one in flips if one]
    share = abs(net.naive) / spot / terms.adv_shares if terms.adv_shares else None
    large = (share or 0.0) > terms.squeeze_volume or above > terms.squeeze_calls
    return GammaAnswer(
        underlying=chain.underlying,
        moment=chain.moment,
        spot=spot,
        net_usd_per_1pct=net,
        net_shares_per_1pct=_by_sign(calls / spot, puts / spot),
        skew_adjusted=skewed,
        call_usd_per_1pct=calls,
        put_usd_per_1pct=puts,
        model_call_usd_per_1pct=model[0],
        model_put_usd_per_1pct=model[1],
        file_call_usd_per_1pct=_told(alive, alive.call, spot),
        file_put_usd_per_1pct=_told(alive, ~alive.call, spot),
        flip=flips[0][0] if flips[0] else None,
        flip_low=min(known) if known else None,
        flip_high=max(known) if known else None,
        flips=tuple(sorted(flips[0])),
        adv_shares=terms.adv_shares,
        share_of_adv=share,
        calls_above=above,
        squeeze=net.naive < 0.0 and large,
        counted=counted,
        rate=terms.rate,
        said=tuple(sentences(chain.underlying, net, flips[0], spot)),
        warnings=(
            *warnings(counted, guessed, share, (calls, puts), model),
            *skew_warnings(skewed, model),
        ),
    )


def _by_sign(calls: float, puts: float) -> BySign:
    return BySign(calls - puts, puts - calls, -(calls + puts))


def _skew_adjusted(priced: Priced) -> SkewAdjusted:
    """The same under the assumption that each volatility keeps to its moneyness."""
    spot, known = priced.spot, priced.smile.known
    calls, puts = _sides(priced.skewed(spot), priced)
    plain = priced.dollars(spot)
    flips = _nearest(spot, priced.skewed_net) if known.any() else []
    return SkewAdjusted(
        net_usd_per_1pct=_by_sign(calls, puts),
        net_shares_per_1pct=_by_sign(calls / spot, puts / spot),
        call_usd_per_1pct=calls,
        put_usd_per_1pct=puts,
        flip=flips[0] if flips else None,
        with_smile=float(plain[known].sum() / plain.sum()) if plain.sum() > 0.0 else 0.0,
    )


def _spot(chain: Chain) -> tuple[float, bool]:
    """Spot of the file, else the forward of the first expiry; whether it had to be guessed."""
    if chain.spot > 0.0:
        return chain.spot, False
    first = chain.where(
        chain.expiry == chain.expiry[chain.years > 0.0].min(initial=chain.expiry[0])
    )
    sums = _parity(first, 1.0)
    if not len(sums):
        raise BadNumber(f"{chain.underlying} has no spot and no pair to know it from; add --spot.")
    gaps = np.abs(sums[:, 1])
    guessed = float(np.median(sums[np.argsort(gaps)[:NEAR_STRIKES], 0]))
    if not guessed > 0.0:
        raise BadNumber(f"the prices of {chain.underlying} give a spot of {guessed:g}; add --spot.")
    return guessed, True


def _doubted(chain: Chain, spot: float) -> None:
    """Refuse a chain without a future, or a spot that its first puts and calls contradict."""
    if not len(chain):
        raise BadNumber(f"every option of {chain.underlying} has expired; give a later chain.")
    first = chain.where(chain.expiry == chain.expiry.min())
    pairs = _parity(first, 1.0)
    if len(pairs) < NEAR_STRIKES:
        return
    near = pairs[np.argsort(np.abs(pairs[:, 1]))[:NEAR_STRIKES], 0]
    forward = float(np.median(near))
    if abs(forward / spot - 1.0) > NEAR_SPOT:
        raise BadNumber(
            f"the spot of {chain.underlying} is {spot:g}, its puts and calls say {forward:.6g};"
            " check --spot and the units of the file."
        )


def _parity(chain: Chain, growth: float) -> Floats:
    """Forward K + (C − P)·growth and C − P, for each strike that has both, [pair, 2]."""
    known = np.isfinite(chain.price) & (chain.price > 0.0)
    calls = dict(_pairs(chain, known & chain.call))
    puts = dict(_pairs(chain, known & ~chain.call))
    both = sorted(calls.keys() & puts.keys())
    gaps = [(k + growth * (calls[k] - puts[k]), calls[k] - puts[k]) for k in both]
    return np.array(gaps, dtype=np.float64).reshape(-1, 2)


def _pairs(chain: Chain, kept: Flags) -> Iterator[tuple[float, float]]:
    yield from zip(chain.strike[kept].tolist(), chain.price[kept].tolist(), strict=True)


def _forwards(chain: Chain, spot: float, rate: float) -> Floats:
    """Forward of each contract: by parity where pairs near the money agree, else S e^{rT}."""
    found = spot * np.exp(rate * chain.years)
    for expiry in np.unique(chain.expiry):
        own = chain.expiry == expiry
        growth = float(np.exp(rate * chain.years[own][0]))
        pairs = _parity(chain.where(own), growth)
        near = pairs[np.argsort(np.abs(pairs[:, 1]))[:NEAR_STRIKES], 0]
        forward = float(np.median(near)) if len(near) else np.nan
        if abs(forward / spot - 1.0) < NEAR_SPOT:
            found[own] = forward
    return found


def _priced(chain: Chain, spot: float, rate: float, expired: int) -> tuple[Priced, Counted]:
    years = np.maximum(chain.years, LEAST_YEARS)
    forward = _forwards(chain, spot, rate)
    # An option without interest counts for nothing and needs no volatility.
    open_ones = np.nan_to_num(chain.interest) > 0.0
    grown = chain.price * np.exp(rate * chain.years)
    ours = black.implied(grown, forward, chain.strike, years, chain.call)
    given, believed = _vendors(chain.volatility, ours)
    volatility = np.where(believed, chain.volatility, ours)
    lacking = open_ones & np.isnan(volatility)
    other = _other_right(chain, volatility)
    volatility[lacking] = np.where(np.isnan(other) & given, chain.volatility, other)[lacking]
    kept = open_ones & np.isfinite(volatility)
    priced = Priced(
        spot=spot,
        forward=forward[kept],
        strike=chain.strike[kept],
        spread=(volatility * np.sqrt(years))[kept],
        call=chain.call[kept],
        units=(chain.interest * chain.multiplier)[kept],
        vendor=chain.gamma[kept],
        smile=smile_of(chain, forward, volatility, years).of(kept),
    )
    lost = open_ones & ~kept
    counted = Counted(
        contracts=len(chain),
        expired=expired,
        interest=float(chain.interest[open_ones].sum()),
        unknown_interest=int(np.isnan(chain.interest).sum()),
        recomputed=int((open_ones & ~believed & ~lacking).sum()),
        borrowed=int((lacking & kept).sum()),
        without_volatility=int(lost.sum()),
        lost_interest=float(chain.interest[lost].sum()),
    )
    return priced, counted


def _vendors(theirs: Floats, ours: Floats) -> tuple[Flags, Flags]:
    """Which of the vendor's volatilities can be one, and which of those the price agrees with."""
    given = (theirs > USABLE[0]) & (theirs < USABLE[1])
    both = given & (ours > 0.0)
    apart = np.full(ours.shape, np.inf)
    apart[both] = np.abs(np.log(theirs[both] / ours[both]))
    return given, apart < LIKE


def _other_right(chain: Chain, volatility: Floats) -> Floats:
    """Volatility of the other right with the same expiry and strike: by parity it is the same."""
    keys = list(zip(chain.expiry.tolist(), chain.strike.tolist(), chain.call.tolist(), strict=True))
    known = {k: v for k, v in zip(keys, volatility.tolist(), strict=True) if np.isfinite(v)}
    return np.array([known.get((expiry, k, not c), np.nan) for expiry, k, c in keys])


def _told(chain: Chain, chosen: Flags, spot: float) -> float | None:
    """Dollars for 1 % with the file's gammas as they stand; None if it has none."""
    both = chosen & np.isfinite(chain.gamma) & np.isfinite(chain.interest)
    if not both.any():
        return None
    units = (chain.interest * chain.multiplier)[both]
    return float((chain.gamma[both] * units).sum() * spot * spot * PER_CENT)


def _sides(dollars: Floats, priced: Priced) -> tuple[float, float]:
    """Sums of calls and of puts."""
    return float(dollars[priced.call].sum()), float(dollars[~priced.call].sum())


def _flips(priced: Priced) -> list[list[float]]:
    """Where the naive net is zero, and with volatilities a tenth lower and higher."""
    stretches = (1.0, 1.0 - WIDER, 1.0 + WIDER)
    return [_nearest(priced.spot, partial(priced.net, stretch=k)) for k in stretches]


def _nearest(spot: float, net: Callable[[float], float]) -> list[float]:
    """Spots where the net is zero, the one nearest to spot first."""
    spots = spot * GRID
    nets = np.array([net(one) for one in spots.tolist()])
    at = np.flatnonzero((nets[:-1] < 0.0) != (nets[1:] < 0.0))
    found = [_root(net, spots[k], spots[k + 1]) for k in at]
    return sorted(found, key=lambda one: abs(one - spot))


def _root(net: Callable[[float], float], low: float, high: float) -> float:
    falling = net(low) > 0.0
    for _ in range(30):
        middle = 0.5 * (low + high)
        if (net(middle) > 0.0) == falling:
            low = middle
        else:
            high = middle
    return float(0.5 * (low + high))


def _calls_above(chain: Chain, spot: float) -> float:
    """Share of call interest with strikes from spot to 5 % above."""
    interest = np.where(chain.call, np.nan_to_num(chain.interest), 0.0)
    near = (chain.strike >= spot) & (chain.strike <= ABOVE * spot)
    total = float(interest.sum())
    return float(interest[near].sum()) / total if total > 0.0 else 0.0
