"""What would put a call farther away: trades, hedges and money, each with what it costs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from undertow.core.answers.survival import Chance


@dataclass(frozen=True, slots=True)
class Trade:
    """One position made smaller, or one line opened as a hedge.

    quantity: signed change of units or contracts;  share: of the position that is closed, 0 for
    a hedge;  price: mark, currency of the position
    value: unsigned, and cost: spread and impact, account's currency
    at: place of the position in its pool, −1 for a hedge
    """

    symbol: str
    quantity: float
    share: float
    price: float
    value: float
    cost: float
    at: int = -1


@dataclass(frozen=True, slots=True)
class Way:
    """One way out, and where the calls are once it is taken.

    deposit: money brought in;  cost: of all trades, account's currency
    call, liquidation: moves along the direction after it, solved anew, inf if never
    """

    trades: tuple[Trade, ...]
    deposit: float
    cost: float
    call: float
    liquidation: float


@dataclass(frozen=True, slots=True)
class Remedy:
    """What brings the call of one pool beyond a chosen move.

    pool: symbol of an isolated position, empty for what the account holds together
    along: direction, share per move of 1;  beyond: the move that is to be survived
    call, liquidation: moves along it as things are
    need: money short at the worst point up to `beyond`, account's currency; 0: nothing to do
    trades: the cheapest set of sales (and covers);  pro_rata: the same share of every position
    deposit: money alone;  hedges: of the candidates that can do it, the cheapest first
    trades and pro_rata are None where no sale rescues: closing costs more than it releases
    unable: symbols of candidates that cannot do it at any size
    """

    account: str
    pool: str
    regime: str
    currency: str
    along: dict[str, float]
    beyond: float
    call: float
    liquidation: float
    need: float
    trades: Way | None
    pro_rata: Way | None
    deposit: Way
    hedges: tuple[Way, ...]
    unable: tuple[str, ...]

    @property
    def selling_rescues(self) -> bool:
        """Whether closing positions can bring the call beyond the move at all."""
        return self.trades is not None

    @property
    def restoring_share(self) -> float:
        """Share of every position whose sale does it: 0 if none is needed, inf if none does."""
        if self.pro_rata is None:
            return math.inf
        return max((trade.share for trade in self.pro_rata.trades), default=0.0)


@dataclass(frozen=True, slots=True)
class Likely:
    """What brings the odds of no call to what is wanted.

    now: odds as things are;  remedy: the cheapest that does it, with the move it survives
    after: odds once its trades are done;  None where there is nothing to do, or nothing does it
    """

    account: str
    wanted: float
    now: Chance
    remedy: Remedy | None
    after: Chance | None
