"""Indicators: how strained a market is, computed from what was known on each day."""

from undertow.core.family import Family
from undertow.indicators.base import Indicator, Series

INDICATORS: Family[Indicator] = Family("indicator", __name__, Indicator)  # type: ignore[type-abstract]

__all__ = ["INDICATORS", "Indicator", "Series"]
