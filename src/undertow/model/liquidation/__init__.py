"""Liquidation policies: what a called account sells."""

from undertow.core.family import Family
from undertow.model.liquidation.base import Called, LiquidationPolicy, Terms

LIQUIDATION: Family[LiquidationPolicy] = Family(
    "liquidation",
    __name__,
    LiquidationPolicy,  # type: ignore[type-abstract]
)

__all__ = ["LIQUIDATION", "Called", "LiquidationPolicy", "Terms"]
