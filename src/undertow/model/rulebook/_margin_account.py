"""What margin accounts at a stock broker share: when they are tested, and who sells."""

from __future__ import annotations

from datetime import date

from undertow.model.rulebook._rates import Rates
from undertow.model.rulebook.base import Absorber, RestoredTo, Seller, Terms, Timing


def margin_account_terms(rates: Rates, on: date, source: str, *, at_once: bool) -> Terms:
    """Tested all day by a broker that sells at once, else at the close with days to pay."""
    return Terms(
        tested=Timing.TICK if at_once else Timing.END_OF_DAY,
        grace_days=0.0 if at_once else rates.value((), "grace_days", on),
        restored_to=RestoredTo.MAINTENANCE,
        sells=Seller.BROKER if at_once else Seller.OWNER_THEN_BROKER,
        absorbs=Absorber.CLIENT_THEN_BROKER,
        source=source,
    )
