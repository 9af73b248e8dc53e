"""Market makers: how much depth there is."""

from undertow.core.family import Family
from undertow.model.makers.base import Makers

MAKERS: Family[Makers] = Family("makers", __name__, Makers)  # type: ignore[type-abstract]

__all__ = ["MAKERS", "Makers"]
