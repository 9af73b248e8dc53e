"""Venues: when one can trade, and when one cannot."""

from undertow.core.family import Family
from undertow.model.venues._limits import (
    LuldTier,
    bounds,
    limit_by_price,
    limit_days,
    limit_width,
    widened,
    yen_bounds,
)
from undertow.model.venues.base import Brake, Venue

VENUES: Family[Venue] = Family("venues", __name__, Venue)  # type: ignore[type-abstract]

__all__ = [
    "VENUES",
    "Brake",
    "LuldTier",
    "Venue",
    "bounds",
    "limit_by_price",
    "limit_days",
    "limit_width",
    "widened",
    "yen_bounds",
]
