"""What accounts at a futures clearing broker share: terms, and initial margin over maintenance."""

from __future__ import annotations

from datetime import date

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.model.rulebook._rates import Rates
from undertow.model.rulebook.base import Absorber, Pool, RestoredTo, Seller, Terms, Timing


def cleared_terms(rates: Rates, on: date) -> Terms:
    """Settled twice a day; a call is met to initial margin within a day or so."""
    return Terms(
        tested=Timing.TWO_CYCLES,
        grace_days=rates.value((), "grace_days", on),
        restored_to=RestoredTo.INITIAL,
        sells=Seller.OWNER_THEN_BROKER,
        absorbs=Absorber.CLIENT_BROKER_CLEARING,
        source="CME clearing cycles, margin.md 1.3 and 1.10",
    )


def initial_factor(rates: Rates, on: date, *, heightened: bool) -> float:
    """Initial margin as a multiple of maintenance, more than 1 for clients of heightened risk."""
    return rates.value((), "initial_factor", on) if heightened else 1.0


def a_silver_future(regime: str) -> Pool:
    """One silver future at a quarter of equity, on 2026-02-09."""
    account = BookAccount("futures", regime, 100_000.0)
    held = Position("futures", "SI", 1.0, 80.0, Kind.FUTURE, multiplier=5000.0)
    return Pool(account, (held,), account.equity, Marks(date(2026, 2, 9), {"SI": 80.0}))
