"""The question: what is the cheapest thing to do so that a call is as unlikely as I want?

The farthest move of all prices against the account is looked for that need not be survived: with
the trades that bring the call just beyond it, the odds of no call are what is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from undertow.core.answers.remedy import Likely, Remedy
from undertow.core.answers.survival import Survival
from undertow.core.book import Book, BookAccount, Mode
from undertow.core.errors import BadNumber
from undertow.model.rulebook import Pool, Rulebook, pools, rulebook_of
from undertow.studies.directions import against
from undertow.studies.remedy import Means, Wanted, remedy
from undertow.studies.returns import DailyReturns
from undertow.studies.survival import Drawing, survival

STEPS = 10
FARTHEST = 0.95


@dataclass(frozen=True, slots=True)
class Chances:
    """Where odds come from, and which are wanted. wanted: probability of no call"""

    returns: DailyReturns
    drawing: Drawing
    wanted: float

    def __post_init__(self) -> None:
        if not 0.0 < self.wanted < 1.0:
            raise BadNumber(
                f"a probability of {self.wanted:g} cannot be wanted; give one between 0 and 1."
            )


def likely(
    book: Book, chances: Chances, rulebooks: Mapping[str, Rulebook] | None = None
) -> tuple[Likely, ...]:
    """What brings the odds of each account's cross positions to what is wanted.

    rulebooks: by account, where they are not the shipped ones
    """
    own = rulebooks or {}
    return tuple(
        _Asked(
            book, account, own.get(account.account) or rulebook_of(account), pool, chances
        ).answer()
        for account in book.accounts
        for pool in pools(book, account)
        if pool.positions[0].mode is Mode.CROSS
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """One account's cross positions and what is wanted of them."""

    book: Book
    account: BookAccount
    rulebook: Rulebook
    pool: Pool
    chances: Chances

    def answer(self) -> Likely:
        """By halving; the odds rise with the move that is survived."""
        now = self.odds(self.pool)
        if now.no_call.value >= self.chances.wanted:
            return Likely(self.account.account, self.chances.wanted, now.no_call, None, None)
        low, high = 0.0, FARTHEST
        best: tuple[Remedy, Survival] | None = None
        for _ in range(STEPS):
            middle = 0.5 * (low + high)
            tried = self.tried(middle)
            if tried is None or tried[1].no_call.value >= self.chances.wanted:
                high, best = middle, tried or best
            else:
                low = middle
        way, after = best or (None, None)
        chance = None if after is None else after.no_call
        return Likely(self.account.account, self.chances.wanted, now.no_call, way, chance)

    def tried(self, beyond: float) -> tuple[Remedy, Survival] | None:
        """The cheapest trades for one move and the odds after them; None if no sale does."""
        wanted = Wanted(against(self.rulebook, self.pool), beyond)
        found = remedy(self.rulebook, self.pool, wanted, Means())
        return None if found.trades is None else (found, self.odds(self.traded(found)))

    def traded(self, found: Remedy) -> Pool:
        """The pool after the trades, their cost paid."""
        trades = found.trades.trades if found.trades else ()
        change = {one.at: one.share for one in trades}
        held = tuple(
            replace(p, quantity=p.quantity * (1.0 - change.get(at, 0.0)))
            for at, p in enumerate(self.pool.positions)
        )
        cost = found.trades.cost if found.trades else 0.0
        return replace(self.pool, positions=held, equity=self.pool.equity - cost)

    def odds(self, pool: Pool) -> Survival:
        """How likely the pool survives alone."""
        account = replace(self.account, equity=pool.equity)
        alone = replace(self.book, positions=pool.positions, accounts=(account,))
        (found,) = survival(
            alone,
            self.chances.returns,
            drawing=self.chances.drawing,
            rulebooks={account.account: self.rulebook},
        )
        return found
