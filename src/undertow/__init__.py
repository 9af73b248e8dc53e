"""Undertow simulates, measures and explains cross-asset margin-call contagion."""

__version__ = "0.1.0"
