"""The contract of a margin regime, exact for one account."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from undertow.core.answers.said import Amount, Said
from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.core.columns import Way
from undertow.core.errors import BadNumber
from undertow.model.rulebook._worth import notional, pinned, profit, worth

OWNED = frozenset({Kind.STOCK, Kind.ETF, Kind.OPTION, Kind.BOND, Kind.REPO})


class Timing(StrEnum):
    """When the requirement is tested."""

    TICK = "tick"
    END_OF_DAY = "end of day"
    TWO_CYCLES = "intraday and end of day"
    SETTLEMENT = "daily settlement"


class RestoredTo(StrEnum):
    """What a called account must be brought back to."""

    INITIAL = "initial"
    MAINTENANCE = "maintenance"
    NOTHING = "nothing"


class Seller(StrEnum):
    """Who closes the position."""

    OWNER_THEN_BROKER = "owner, then broker"
    BROKER = "broker"
    ENGINE = "liquidation engine"
    PROVIDER = "provider"
    LENDER = "lender"


class Absorber(StrEnum):
    """Who bears what is missing after all is sold."""

    CLIENT_THEN_BROKER = "client, then broker"
    CLIENT_BROKER_CLEARING = "client, broker, then clearing house"
    INSURANCE_THEN_ADL = "insurance fund, then auto-deleveraging"
    PROVIDER = "provider"
    LENDER = "lender"


@dataclass(frozen=True, slots=True)
class Terms:
    """How a regime tests, calls and closes out: to be printed, the engine does not read it.

    grace_days: calendar days from call to sale, NaN where the broker decides
    """

    tested: Timing
    grace_days: float
    restored_to: RestoredTo
    sells: Seller
    absorbs: Absorber
    source: str


@dataclass(frozen=True, slots=True)
class Levels:
    """What a pool has and what it must have, in its account's currency.

    initial: to open the positions, or what a call restores
    maintenance: the call, equity below it;  liquidation: below it positions are closed for it
    Law: liquidation ≤ maintenance ≤ initial.
    """

    equity: float
    initial: float
    maintenance: float
    liquidation: float


@dataclass(frozen=True, slots=True)
class Pool:
    """Positions that share one equity: those of an account together, or an isolated one alone.

    equity: at the prices `opening`, in the account's currency
    """

    account: BookAccount
    positions: tuple[Position, ...]
    equity: float
    opening: Marks

    def equity_at(self, marks: Marks) -> float:
        """equity + Σ gain since `opening`.

        Of what is owned the whole value is exchanged (a loan is in the account's currency), of
        futures, perpetuals and CFDs only the profit.
        """
        return self.equity + sum(self._gain(one, marks) for one in self.positions)

    def size(self, position: Position, marks: Marks) -> float:
        """Unsigned size of a position in the account's currency."""
        return notional(position, marks.price[position.symbol]) * self.fx(position, marks)

    def gross(self, marks: Marks) -> float:
        """Size of all positions, longs and shorts added."""
        return sum(self.size(p, marks) for p in self.positions)

    def fx(self, position: Position, marks: Marks) -> float:
        """Account's currency per unit of the position's."""
        return marks.rate(position.currency, self.account.currency)

    def house(self, position: Position) -> float:
        """House margin of a position, its own before its account's; NaN if neither is given."""
        own = position.broker_rate
        return self.account.broker_rate if math.isnan(own) else own

    def _gain(self, position: Position, marks: Marks) -> float:
        before, after = self.opening.price[position.symbol], marks.price[position.symbol]
        gained = profit(position, before, after) * self.fx(position, marks)
        if position.kind not in OWNED or position.currency == self.account.currency:
            return gained
        change = self.fx(position, marks) - self.fx(position, self.opening)
        return gained + worth(position, before) * change

    def at(self, marks: Marks) -> Pool:
        """The same pool once prices are there."""
        return replace(self, equity=self.equity_at(marks), opening=marks)

    def scaled(self, times: float) -> Pool:
        """All positions times a factor, the equity unchanged."""
        held = tuple(replace(p, quantity=times * p.quantity) for p in self.positions)
        return replace(self, positions=held)


def pools(book: Book, account: BookAccount) -> tuple[Pool, ...]:
    """The pools of one account: its cross positions if any, then each isolated one.

    Only what is pledged in the account counts. Isolated equity = isolated_margin + profit.
    Options without a volatility get the one that the book's prices imply, and keep it.
    """
    marks = book.marks
    held = (p for p in book.of(account.account) if p.held is Way.PLEDGED)
    pledged = tuple(pinned(p, marks) for p in held)
    shared = tuple(p for p in pledged if p.mode is Mode.CROSS)
    alone = (p for p in pledged if p.mode is Mode.ISOLATED)
    cross = (Pool(account, shared, account.equity, marks),) if shared else ()
    return (*cross, *(_isolated(account, p, marks) for p in alone))


def netted(positions: tuple[Position, ...]) -> tuple[Position, ...]:
    """One position per symbol, longs less shorts, in order of first appearance."""
    units: dict[str, float] = {}
    for one in positions:
        units[one.symbol] = units.get(one.symbol, 0.0) + one.quantity * one.multiplier
    firsts = {p.symbol: p for p in reversed(positions)}
    return tuple(
        replace(firsts[symbol], quantity=count / firsts[symbol].multiplier)
        for symbol, count in units.items()
    )


def _isolated(account: BookAccount, position: Position, marks: Marks) -> Pool:
    if math.isnan(position.isolated_margin) or math.isnan(position.entry):
        raise BadNumber(
            f"{position.symbol!r} is isolated in {account.account!r} without a margin or an entry "
            "price of its own; give isolated_margin and entry."
        )
    gained = profit(position, position.entry, marks.price[position.symbol])
    equity = position.isolated_margin + gained * marks.rate(position.currency, account.currency)
    return Pool(account, (position,), equity, marks)


class Rulebook(ABC):
    """A margin regime, exact and dated, for one account; a frozen part without state.

    Every number about the world is a dated row of its table of rates. Levels depend on the prices
    and on the date of `marks`; equity is the pool's, moved by profit, unless the regime values
    positions otherwise.

    kinds: products the regime knows
    proportional: levels scale with the positions (no tiers, no minimums, no money per account)
    shorts: whether a position of the example may be short under it
    settles: currency in which all its contracts are, empty if they are in several
    """

    __slots__ = ()

    kinds: ClassVar[frozenset[Kind]]
    proportional: ClassVar[bool] = True
    shorts: ClassVar[bool] = True
    settles: ClassVar[str] = ""

    @classmethod
    def example(cls) -> Self:
        """A member with its shipped rates."""
        return cls()

    @classmethod
    @abstractmethod
    def example_pool(cls) -> Pool:
        """A solvent pool with a long position that the rates know: for docs and contract tests."""

    @abstractmethod
    def terms(self, on: date) -> Terms:
        """When it tests, whom it calls, who sells and who pays, on a date."""

    @abstractmethod
    def levels(self, pool: Pool, marks: Marks) -> Levels:
        """Equity and the three requirements at given prices on the date of `marks`."""

    @abstractmethod
    def hiked(self, symbol: str, rate: float, on: date) -> Self:
        """The same regime with `symbol`'s maintenance at a share of its value from `on`."""

    def breaks(self, pool: Pool, on: date) -> Mapping[str, tuple[float, ...]]:
        """Prices by symbol at which a level has a kink, such as tier edges; none by default.

        Between them and along one direction levels of linear products are straight, so a price is
        solved exactly.
        """
        return {}

    def close_fee(self, position: Position, on: date) -> float:
        """Fee on what is closed out by force, a share of its size; none by default."""
        return 0.0

    def first_order(
        self, position: Position, price: float, on: date, *, cooling: bool = False
    ) -> float:
        """Units that a venue's engine closes first of a position in call; NaN for what ends it.

        cooling: it has just closed a part
        """
        del position, price, on, cooling
        return math.nan

    def lines(self, pool: Pool, marks: Marks) -> tuple[float, ...]:
        """Maintenance of each position held alone, in their order; offsets make the sum less."""
        return tuple(
            self.levels(replace(pool, positions=(one,)), marks).maintenance
            for one in pool.positions
        )

    def findings(self, pool: Pool, marks: Marks) -> tuple[Said, ...]:
        """Why the regime does not allow what the pool holds, one sentence each; empty if it may."""
        return not_carried(pool, self.kinds)


def with_house(listed: float, house: float) -> float:
    """A rate or requirement as listed, or the house's where that is more; NaN is no house rate."""
    return listed if math.isnan(house) else max(listed, house)


def not_carried(pool: Pool, kinds: frozenset[Kind]) -> tuple[Said, ...]:
    """A sentence for each position of a kind that the regime does not know."""
    return tuple(
        Said(
            "{regime} does not carry {kind} such as {symbol}.",
            {"regime": pool.account.regime, "kind": p.kind, "symbol": p.symbol},
        )
        for p in pool.positions
        if p.kind not in kinds
    )


def beyond_maintenance(pool: Pool, levels: Levels, gross: float) -> tuple[Said, ...]:
    """That a pool is too levered, if its equity is below the maintenance margin."""
    is_held = levels.equity >= levels.maintenance
    return () if is_held else (too_levered(pool, levels, gross),)


def too_levered(pool: Pool, levels: Levels, gross: float) -> Said:
    """The sentence for a pool that the regime would never have let open."""
    if levels.equity <= 0.0:
        return Said(
            "{regime} opens nothing without equity, and the account has {equity}.",
            {"regime": pool.account.regime, "equity": Amount(levels.equity, "count")},
        )
    return Said(
        "{regime} does not allow {leverage} times leverage: to open it takes {initial} of equity, "
        "and the account has {equity}.",
        {
            "regime": pool.account.regime,
            "leverage": Amount(gross / levels.equity, "number"),
            "initial": Amount(levels.initial, "price"),
            "equity": Amount(levels.equity, "price"),
        },
    )
