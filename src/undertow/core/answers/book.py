"""The answer of `undertow book`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from undertow.core.answers.leaving import Leaving
from undertow.core.answers.remedy import Likely, Remedy
from undertow.core.answers.said import Said
from undertow.core.answers.survival import Survival
from undertow.core.answers.within import Within


@dataclass(frozen=True, slots=True)
class Reach:
    """How far prices go along a direction until something happens; shares, inf if it never does.

    call, liquidation: equity meets the requirement (0: it is below already);  zero: nothing is left
    out: nothing is left once the fee and the gap of the close-out are paid
    left: equity after the close-out, account's currency, NaN if there is none
    """

    call: float
    liquidation: float
    zero: float
    out: float
    left: float


@dataclass(frozen=True, slots=True)
class PositionAnswer:
    """One line of a book and its three prices; money in the account's currency.

    follows: symbol whose price moves here, an option's underlying, else its own;  price: of it
    direction: −1 if a fall of that price costs excess, +1 if a rise does
    size: unsigned value;  requirement: of the line alone;  rate: requirement by size
    (of an option by the size of its underlying, as its hikes are)
    house: whether a broker's own rate was given for it
    reach: moves to the three prices, the others' prices unmoved;  *_price: NaN if never reached
    calling_rate: margin rate of it that alone is a call, inf if none is
    """

    symbol: str
    kind: str
    quantity: float
    currency: str
    follows: str
    price: float
    direction: float
    size: float
    requirement: float
    rate: float
    house: bool
    reach: Reach
    call_price: float
    liquidation_price: float
    zero_price: float
    out_price: float
    calling_rate: float
    line: int


@dataclass(frozen=True, slots=True)
class DirectionAnswer:
    """The whole account along one direction.

    name: `all against`, `first component` or the episode's;  along: share by symbol at a move of 1
    """

    name: str
    along: dict[str, float]
    reach: Reach


@dataclass(frozen=True, slots=True)
class StateAnswer:
    """An account after something happened to it; money in its currency.

    name: what happened, as it was asked for;  owed: what is missing, 0 unless equity is negative
    """

    name: str
    equity: float
    requirement: float
    excess: float
    leverage: float
    called: bool
    liquidated: bool
    owed: float


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the broker says beside what we say; shares are requirement by equity, NaN if not said.

    ours: with house rates;  exchange: with the rates of the regime alone
    cause: `agrees`, `rate`, `equity`, `initial` or `unknown`
    symbol: whose rate explains a gap, if it is one
    """

    broker: float
    ours: float
    exchange: float
    gap: float
    cause: str
    symbol: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class TermsAnswer:
    """How the regime tests and closes out. grace_days: NaN where the broker decides."""

    tested: str
    grace_days: float
    restored_to: str
    sells: str
    absorbs: str
    source: str


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """What shares one equity: an account's cross positions, or one isolated position.

    pool: `cross`, or the symbol that is isolated;  initial: to open it, or what a call restores
    requirement: the call;  liquidation: below it positions are closed
    excess: equity − requirement;  leverage: gross size by equity
    free: value of what is owned but not pledged
    """

    account: str
    pool: str
    regime: str
    currency: str
    equity: float
    initial: float
    requirement: float
    liquidation: float
    excess: float
    gross: float
    leverage: float
    called: bool
    liquidated: bool
    free: float
    terms: TermsAnswer
    reconciled: Reconciled | None
    positions: tuple[PositionAnswer, ...]
    directions: tuple[DirectionAnswer, ...]
    shocked: StateAnswer | None = None
    hiked: tuple[StateAnswer, ...] = ()

    @property
    def touched(self) -> tuple[StateAnswer, ...]:
        """Those of `hiked` in which the requirement is another one."""
        return tuple(one for one in self.hiked if one.requirement != self.requirement)

    @property
    def nearest(self) -> PositionAnswer | None:
        """The position whose own price is closest to a close-out, else to a call."""
        return min(self.positions, key=lambda p: (p.reach.liquidation, p.reach.call), default=None)


@dataclass(frozen=True, slots=True)
class Basis:
    """What the way out, the odds and what to do stand on, if not on the book as it is.

    shock: that they come after, as it was asked for;  margins: that all hold, as asked for; inside
    an episode too, from its first bar on
    remedies_after: whether `remedies` come after the shock; else they are what survives it
    """

    shock: str = ""
    margins: tuple[str, ...] = ()
    remedies_after: bool = False


@dataclass(frozen=True, slots=True)
class BookAnswer:
    """What a person's own positions come to; `said` says it in a few sentences.

    on: the date whose rules apply;  dropped: lines that were left out;  warnings: to keep in mind
    within: the book as one more account of an episode's crowd, if that was asked for
    survival_inside: the odds over small runs of that episode, if asked for
    leaving: the way out by an episode's markets, None if they list nothing of the book
    markets: name of that episode
    remedies: what brings each call beyond a move;  survival: the odds over some days; if asked for
    likely: what brings the odds to what is wanted, if asked for
    basis: the shock and the margins that these answers stand on
    """

    said: tuple[Said, ...]
    on: date
    accounts: tuple[AccountAnswer, ...]
    dropped: tuple[Said, ...] = ()
    warnings: tuple[Said, ...] = ()
    within: Within | None = None
    leaving: Leaving | None = None
    markets: str = ""
    remedies: tuple[Remedy, ...] = ()
    survival: tuple[Survival, ...] = ()
    likely: tuple[Likely, ...] = ()
    basis: Basis = Basis()
    survival_inside: tuple[Survival, ...] = ()

    @property
    def outcome(self) -> str:
        """What it comes to, in English."""
        return " ".join(map(str, self.said))


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One regime on one date, asked whether a move calls, liquidates or ends an account.

    leverage: at which it is asked;  leverage_max: at which it can be opened
    margin: what the call asks for at the start, share of the value;  feasible: whether the leverage
    can be opened; where it cannot, the moves are as if it were, and `at_most` is the same case at
    the most leverage
    call, liquidation, zero: moves, shares, inf if never;  does_it: leverage at which the move calls
    note: why the margin is as it is, empty if there is nothing to say
    """

    case: str
    regime: str
    symbol: str
    on: date
    leverage: float
    margin: float
    leverage_max: float
    feasible: bool
    call: float
    liquidation: float
    zero: float
    called: bool
    liquidated: bool
    wiped: bool
    does_it: float
    note: str = ""
    at_most: ClaimRow | None = None


@dataclass(frozen=True, slots=True)
class ClaimAnswer:
    """What a leverage and a move come to under every regime.

    lost: share of equity that the move costs;  left: leverage after it
    """

    said: tuple[Said, ...]
    leverage: float
    move: float
    lost: float
    after: float
    rows: tuple[ClaimRow, ...]

    @property
    def outcome(self) -> str:
        """What it comes to, in English."""
        return " ".join(map(str, self.said))
