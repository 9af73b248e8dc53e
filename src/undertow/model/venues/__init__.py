"""Venues: when one can trade, and when one cannot."""

from undertow.core.family import Family
from undertow.model.venues.base import Brake, Venue

VENUES: Family[Venue] = Family("venues", __name__, Venue)  # type: ignore[type-abstract]

__all__ = ["VENUES", "Brake", "Venue"]
