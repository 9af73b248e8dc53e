"""What is said of dealers' gamma, and where it cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterator

from undertow.core.answers.gamma import BySign, Counted, SkewAdjusted
from undertow.core.answers.said import Amount, Said


def sentences(name: str, net: BySign, flips: list[float], spot: float) -> Iterator[Said]:
    values: dict[str, Amount | str] = {
        "name": name,
        "usd": Amount(abs(net.naive), "dollars"),
        "bound": Amount(abs(net.all_short), "dollars"),
    }
    if net.naive < 0.0:
        yield Said(
            "If dealers are long calls and short puts, they sell {usd} of {name} into a fall of"
            " 1 % and add to it; at most it is {bound}.",
            values,
        )
    else:
        yield Said(
            "If dealers are long calls and short puts, they buy {usd} of {name} in a fall of 1 %"
            " and dampen it; if they have sold everything, they sell {bound}.",
            values,
        )
    if flips:
        yield Said(
            "The sign flips at {flip}, {distance} from spot.",
            {
                "flip": Amount(flips[0], "price"),
                "distance": Amount(flips[0] / spot - 1.0, "percent"),
            },
        )


def warnings(
    counted: Counted,
    guessed: bool,
    share: float | None,
    ours: tuple[float, float],
    model: tuple[float, float],
) -> Iterator[Said]:
    yield Said("Who holds which option is not known: the sign is an assumption, see all three.")
    if guessed:
        yield Said("The file has no spot; it is taken from puts and calls of the first expiry.")
    if counted.unknown_interest:
        yield Said(
            "{count} of {contracts} contracts have no open interest in the file and are left out:"
            " unknown is not zero.",
            {
                "count": Amount(counted.unknown_interest, "count"),
                "contracts": Amount(counted.contracts, "count"),
            },
        )
    if counted.recomputed or counted.borrowed or counted.without_volatility:
        yield Said(
            "Volatilities: {recomputed} recomputed from prices, {borrowed} taken from the other"
            " right, {without} contracts left out ({lost} of the open interest).",
            {
                "recomputed": Amount(counted.recomputed, "count"),
                "borrowed": Amount(counted.borrowed, "count"),
                "without": Amount(counted.without_volatility, "count"),
                "lost": Amount(counted.lost_interest / max(counted.interest, 1.0), "share"),
            },
        )
    if share is None:
        yield Said("The volume of the underlying is not given, so its share is not known: --adv.")
    nets = [calls - puts for calls, puts in (ours, model)]
    if abs(nets[0] - nets[1]) > 0.05 * abs(nets[0]):
        yield Said(
            "Without the file's own gammas the net is {usd} instead of {net}: it is a difference of"
            " two large sums.",
            {"usd": Amount(nets[1], "dollars"), "net": Amount(nets[0], "dollars")},
        )


def skew_warnings(found: SkewAdjusted, model: tuple[float, float]) -> Iterator[Said]:
    plain, skewed = model[0] - model[1], found.net_usd_per_1pct.naive
    if not found.with_smile:
        yield Said(
            "No expiry has enough strikes for a smile: what a volatility that moves with spot would"
            " change is not known."
        )
    elif plain * skewed < 0.0:
        yield Said(
            "If volatilities move with spot along the smile, the sign turns: {skewed} instead of"
            " {plain} for 1 %.",
            {"skewed": Amount(skewed, "dollars"), "plain": Amount(plain, "dollars")},
        )
