"""Impact laws: where prices go under pressure and what the seller is paid."""

from undertow.core.family import Family
from undertow.model.impact._curves import known_fill, line_mean, piecewise
from undertow.model.impact.base import Fill, ImpactLaw

IMPACT: Family[ImpactLaw] = Family("impact", __name__, ImpactLaw)  # type: ignore[type-abstract]

__all__ = ["IMPACT", "Fill", "ImpactLaw", "known_fill", "line_mean", "piecewise"]
