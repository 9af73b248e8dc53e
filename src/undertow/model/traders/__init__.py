"""Mechanical traders: those who must trade without a margin call."""

from undertow.core.family import Family
from undertow.model.traders.base import Moment, Trader, TraderState

TRADERS: Family[Trader] = Family("traders", __name__, Trader)  # type: ignore[type-abstract]

__all__ = ["TRADERS", "Moment", "Trader", "TraderState"]
