"""Connectors: one file asks one provider and reads its answer; the only network below the doors."""

from undertow.core.family import Family
from undertow.data.sources.base import Provider

SOURCES: Family[Provider] = Family("source", "undertow.data.sources", Provider)  # type: ignore[type-abstract]
