"""An option chain: one row for each contract of one underlying, at one moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np

from undertow.core.history import Moments
from undertow.core.shapes import Flags, Floats


@dataclass(frozen=True, slots=True)
class Chain:
    """Contracts, in the order of the file; NaN where the file has no value.

    spot: NaN where the file has none;  moment: in UTC
    expiry: end of trading of each contract, in UTC;  call: whether it is a call
    price: middle of bid and ask, else the close;  interest: contracts open
    volatility, gamma: as the vendor has them, per year and per unit of spot
    multiplier: units of the underlying in one contract
    """

    underlying: str
    spot: float
    moment: datetime
    expiry: Moments
    strike: Floats
    call: Flags
    price: Floats
    interest: Floats
    volatility: Floats
    gamma: Floats
    multiplier: float = 100.0

    def __len__(self) -> int:
        return len(self.strike)

    @property
    def years(self) -> Floats:
        """Time to the end of trading, calendar days over 365."""
        left = self.expiry - np.datetime64(self.moment, "s")
        return np.asarray(left / np.timedelta64(365, "D"))

    def where(self, kept: Flags) -> Chain:
        """These contracts alone."""
        return replace(
            self,
            expiry=self.expiry[kept],
            strike=self.strike[kept],
            call=self.call[kept],
            price=self.price[kept],
            interest=self.interest[kept],
            volatility=self.volatility[kept],
            gamma=self.gamma[kept],
        )
