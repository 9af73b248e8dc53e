"""What happens to a book inside a cascade: calls, sales, and who caused the loss."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from undertow.core.shapes import Floats


@dataclass(frozen=True, slots=True)
class ForcedSale:
    """One position of a book sold (or a short bought back) by force in one bar.

    quantity: of the book's units, negative when sold;  price: paid for one, currency of the
    position;  mark: price at the bar's opening
    usd: money dealt, base currency
    """

    time: datetime
    account: str
    symbol: str
    quantity: float
    price: float
    mark: float
    usd: float


@dataclass(frozen=True, slots=True)
class Losses:
    """What was lost, account's currency; a gain is negative.

    news: along prices without any crowd;  crowd: more because of all others' trades under force
    footprint: more because its own sales move prices
    total: from the equity at the start to that at the end, debt included
    Law: news + crowd + footprint = total.
    """

    news: float
    crowd: float
    footprint: float
    total: float


@dataclass(frozen=True, slots=True)
class InsideAccount:
    """One pool of a book through a run: an account, or one isolated position.

    equity, excess: at each bar's opening prices and after its sales, account's currency;
    excess over what a call asks for;  times: when each bar begins (UTC)
    short: first bar with less equity than a call asks for, tested then or not;  called: first call
    sold: first forced sale;  ruined: first bar with less than nothing;  None if never
    left: equity at the end;  owed: debt at the end, account's currency
    """

    account: str
    pool: str
    regime: str
    currency: str
    opening: float
    times: tuple[datetime, ...]
    equity: Floats
    excess: Floats
    short: datetime | None
    called: datetime | None
    sold: datetime | None
    ruined: datetime | None
    sales: tuple[ForcedSale, ...]
    losses: Losses
    left: float
    owed: float


@dataclass(frozen=True, slots=True)
class Moved:
    """By how much a book's own sales changed one instrument's price: shares of it without them."""

    at_end: float
    deepest: float


@dataclass(frozen=True, slots=True)
class Within:
    """A book as one more account in a scenario's crowd.

    still: symbols held at their price, for the market has no instrument that they follow
    unsold: symbols that follow an instrument but cannot be dealt in the run, such as options
    outside: symbols that are not pledged in their account: not in the run
    losses: of all accounts, base currency
    """

    scenario: str
    start: datetime
    end: datetime
    accounts: tuple[InsideAccount, ...]
    losses: Losses
    footprint: dict[str, Moved]
    still: tuple[str, ...]
    unsold: tuple[str, ...]
    outside: tuple[str, ...]
