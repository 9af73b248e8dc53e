"""What listed options and the stock beneath them ask together, per contract, under rule 4210."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leg:
    """Listed options of one series.

    right: C or P;  price: of the option, money a share;  quantity: contracts, short negative
    multiplier: shares a contract;  expires: day number
    rate, floor: of a naked short, share of the underlying (floor of a put: of its strike)
    """

    right: str
    strike: float
    price: float
    quantity: float
    multiplier: float = 100.0
    expires: int = 0
    rate: float = 0.2
    floor: float = 0.1

    def payoff(self, spot: float) -> float:
        """Money a contract pays at expiry."""
        return self.multiplier * max(0.0, (spot - self.strike) * self.sign)

    @property
    def sign(self) -> float:
        """Side on which it is in the money: 1 above the strike, −1 below."""
        return 1.0 if self.right == "C" else -1.0

    @property
    def premium(self) -> float:
        """Money a contract is worth now."""
        return self.multiplier * self.price


@dataclass(frozen=True, slots=True)
class Shares:
    """The stock beneath: spot price, signed units, and what one unit asks alone, in money.

    protected: share of the strike that a stock with a bought option asks, None for no relief
    """

    spot: float
    units: float = 0.0
    each: float = 0.0
    protected: float | None = None


def naked(leg: Leg, spot: float) -> float:
    """Gross requirement of one short contract: premium + max(rate·S − OTM, floor·(S or K)).

    Gross: the premium is in it, against equity without options, as Interactive Brokers prints.
    Net of proceeds, as Cboe prints: less the premium, against equity with options at their value.
    Source: FINRA rule 4210(f)(2)(E), Cboe margin manual; margin.md 1.1.
    """
    beyond = max(0.0, (leg.strike - spot) * leg.sign)
    base = spot if leg.right == "C" else leg.strike
    return leg.premium + leg.multiplier * max(leg.rate * spot - beyond, leg.floor * base)


def strangle(put: Leg, call: Leg, spot: float) -> float:
    """Gross requirement of a short put with a short call: the greater, and the other's premium.

    As the rule is written it jumps where the two are equal and their premiums are not.
    Source: FINRA rule 4210(f)(2)(G).
    """
    alone = ((naked(put, spot), call.premium), (naked(call, spot), put.premium))
    return sum(max(alone))


def written(leg: Leg, stock: Shares) -> float:
    """Stock with a short option it covers, gross a contract: its own on at most the strike, + ITM.

    Source: FINRA rule 4210(f)(2)(H): the stock counts at most its exercise price.
    """
    inside = max(0.0, (stock.spot - leg.strike) * leg.sign)
    counted = leg.strike / stock.spot if inside and leg.right == "C" else 1.0
    return leg.multiplier * (stock.each * counted + inside)


def protected(leg: Leg, stock: Shares) -> float:
    """Stock with a bought option against it, gross: min(10 % of strike + OTM, its own).

    Source: FINRA rule 4210(f)(2)(H).
    """
    return leg.multiplier * _shielded(leg, stock, stock.spot)


def collared(bought: Leg, sold: Leg, stock: Shares) -> float:
    """Stock between a bought and a sold option, gross: as protected, up to the sold strike, + ITM.

    min(10 % of the bought strike + OTM, its own on the sold strike); a conversion has one strike.
    Source: FINRA rule 4210(f)(2)(H).
    """
    inside = max(0.0, (stock.spot - sold.strike) * sold.sign)
    held = stock.spot - inside * sold.sign
    return bought.multiplier * (_shielded(bought, stock, held) + inside)


def _shielded(leg: Leg, stock: Shares, held: float) -> float:
    beyond = max(0.0, (leg.strike - held) * leg.sign)
    share = 0.0 if stock.protected is None else stock.protected
    return min(share * leg.strike + beyond, stock.each * min(1.0, held / max(stock.spot, 1e-300)))
