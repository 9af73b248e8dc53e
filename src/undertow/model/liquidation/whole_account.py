"""Close the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from undertow.core.shapes import PerSlot
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms


@dataclass(frozen=True, slots=True)
class WholeAccount(LiquidationPolicy):
    """Sells everything sellable of an account in need, whatever the need.

    x_k = sellable·|quantity| where release > spread, else 0

    A clearing broker that flattens an account after its grace, or an engine that closes a position
    in one order. Slopes do not stop it. A hedge that would release nothing stays: the contract
    forbids its sale.
    """

    whole: ClassVar[bool] = True

    def sales(self, called: Called, terms: Terms, out: PerSlot) -> None:
        """Write all that each row in need can close."""
        release = terms.release[called.move[:, None], called.column]
        worth = (release > terms.spread[called.column]) & (called.need > 0.0)[:, None]
        np.multiply(terms.sellable[called.column], np.abs(called.quantity), out=out)
        out[~worth] = 0.0
