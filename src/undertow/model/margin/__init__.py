"""Margin rules: how much equity each account must hold."""

from undertow.core.family import Family
from undertow.model.margin._columns import by_name, money_per_unit, on_pledged, share_of_value
from undertow.model.margin.base import MarginRule, Requirement

MARGIN: Family[MarginRule] = Family("margin", __name__, MarginRule)  # type: ignore[type-abstract]

__all__ = [
    "MARGIN",
    "MarginRule",
    "Requirement",
    "by_name",
    "money_per_unit",
    "on_pledged",
    "share_of_value",
]
