"""A book's own rulebook as a margin rule of the engine, and the segment that lives under it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, Literal, Self

import numpy as np

from undertow.core.book import Marks
from undertow.core.columns import Columns
from undertow.core.errors import InputError
from undertow.core.market import Market
from undertow.core.shapes import Flags, PerSlot
from undertow.model.liquidation import LIQUIDATION
from undertow.model.liquidation.base import Called, LiquidationPolicy
from undertow.model.liquidation.base import Terms as Offer
from undertow.model.margin.base import MarginRule, Requirement
from undertow.model.rulebook import Levels, RestoredTo, Seller, Terms, Timing
from undertow.model.scenario import Regime, Scenario, Segment
from undertow.model.venues.base import Phase
from undertow.studies.standing import Standing
from undertow.studies.steps import InSteps, steps_of


@dataclass(frozen=True, slots=True)
class BookMargin(MarginRule):
    """Equity must be what the rulebook asks of this one account, as it stands.

    Σ|q|·value·rate = requirement − (equity by the regime − equity by the engine)
    Exact at the positions held, tiers, offsets and options included, so that there is no ceiling
    to test again: a sale replaces the rule, as a hike does. Within one bar a sale is taken to
    release its position's share of the requirement.
    called: tested at the call, which the owner may still meet; else where positions are closed
    initial: a call asks for the initial margin
    """

    by_value: ClassVar[bool] = True
    rated: ClassVar[Literal["share", "money", "nothing"]] = "nothing"

    standing: Standing
    called: bool = True
    initial: bool = False

    def table(self, market: Market, columns: Columns, *, target: bool) -> Requirement:
        """The requirement at these prices, shared out over what can be sold."""
        standing = self.standing
        levels = standing.levels(market.value)
        needed = standing.per_unit * self._needed(levels, target=target)
        needed -= standing.beyond(levels, market.value)
        size = np.abs(standing.units) * market.value[columns.instrument]
        held = size > 0.0
        rate = np.where(held, needed * standing.shares / np.where(held, size, 1.0), 0.0)
        return Requirement(rate=np.repeat(rate, 2)[np.newaxis], money=np.zeros(columns.count))

    def hiked(self, instrument: str, rate: float) -> Self:
        """Refused: its rates are dated rows of the rulebook."""
        raise InputError(
            f"{instrument!r} cannot be hiked in a book's account; hike its rulebook instead."
        )

    def _needed(self, levels: Levels, *, target: bool) -> float:
        if target:
            return levels.initial if self.initial else levels.maintenance
        return levels.maintenance if self.called else levels.liquidation


@dataclass(frozen=True, slots=True)
class Waits(LiquidationPolicy):
    """An owner who does nothing about a call."""

    def sales(self, called: Called, terms: Offer, out: PerSlot) -> None:
        """Nothing is sold."""
        out[:] = 0.0


def regime_of(standing: Standing, terms: Terms, tests: Flags | None) -> Regime:
    """The rulebook's terms as the engine reads them: who tests when, and who sells how late."""
    owner_first = terms.sells is Seller.OWNER_THEN_BROKER
    rule = BookMargin(standing, owner_first, terms.restored_to is RestoredTo.INITIAL)
    grace = terms.grace_days if owner_first and np.isfinite(terms.grace_days) else 0.0
    return Regime(rule, tests=tests, grace_days=grace)


def segment_of(
    name: str, standing: Standing, scenario: Scenario, owner: LiquidationPolicy | None = None
) -> Segment:
    """A segment of one account; its broker is that of its regime.

    owner: what the owner sells in the grace; by default nothing
    """
    terms = standing.rulebook.terms(standing.pool.opening.on)
    tests = bars_tested(terms.tested, scenario, [one.instrument for one in standing.opening.placed])
    broker = broker_of(standing, standing.pool.opening)
    return Segment(name, regime_of(standing, terms, tests), owner or Waits(), broker)


def broker_of(standing: Standing, marks: Marks) -> LiquidationPolicy:
    """Who closes the account: all of it, in the steps of a venue's engine, or what frees most."""
    rulebook, held = standing.rulebook, standing.pool.positions
    if rulebook.terms(marks.on).restored_to is RestoredTo.NOTHING:
        return LIQUIDATION.make("whole_account", {})
    steps = tuple(steps_of(rulebook, held[p.position], marks) for p in standing.opening.placed)
    return InSteps(steps) if any(steps) else LIQUIDATION.make("margin_relief_first", {})


def kept_up(segment: Segment, standing: Standing, levels: Levels, tests: Flags | None) -> Segment:
    """The segment once its account stands elsewhere.

    Where nothing is left, or less than the level at which positions are closed if that is another
    than the call's, nobody waits for the next test or for the grace to pass.
    """
    terms = standing.rulebook.terms(standing.pool.opening.on)
    regime = regime_of(standing, terms, tests)
    if levels.equity < 0.0 or levels.equity < levels.liquidation < levels.maintenance:
        regime = replace(regime, grace_days=0.0, tests=None)
    was = segment.regime
    same = regime.grace_days == was.grace_days and regime.tests is was.tests
    if same and _same(was.rule, standing):
        return segment
    return replace(segment, regime=regime)


def in_steps(segment: Segment, standing: Standing, marks: Marks) -> Segment:
    """The segment with the steps in which its engine closes what is left at these prices."""
    if not isinstance(segment.broker, InSteps):
        return segment
    broker = broker_of(standing, marks)
    return segment if broker == segment.broker else replace(segment, broker=broker)


def _same(rule: MarginRule, standing: Standing) -> bool:
    return isinstance(rule, BookMargin) and rule.standing is standing


def bars_tested(tested: Timing, scenario: Scenario, instruments: list[int]) -> Flags | None:
    """Bars in which the account is tested; None for all.

    At the settlements of the venues that list what it holds, or at the end of the day (UTC) where
    none strikes one; with an intraday cycle also at the end of each session.
    """
    if tested is Timing.TICK:
        return None
    clock = scenario.clock
    ends = np.zeros(clock.bars, dtype=np.bool_)
    for listing in scenario.rules.listings:
        if np.isin(instruments, listing.instruments).any():
            phases = np.asarray(listing.venue.phases(clock))
            ends |= phases == Phase.CLOSING
            if tested is Timing.TWO_CYCLES:
                ends[:-1] |= (phases[:-1] != Phase.CLOSED) & (phases[1:] == Phase.CLOSED)
    if not ends.any():
        days = [clock.time(bar).date() for bar in range(clock.bars + 1)]
        ends[:] = [a != b for a, b in pairwise(days)]
    return ends
