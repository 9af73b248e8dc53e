"""Varies what is assumed, on a small copy of the system that was run."""

from __future__ import annotations
