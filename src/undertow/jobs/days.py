"""Days as a person writes them."""

from __future__ import annotations

from datetime import UTC, date, datetime

from undertow.core.errors import BadDate


def day(text: str, option: str) -> date | None:
    """The day that is asked for; None if none is."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadDate(f"{text!r} is no day; write it like {option} 2026-01-30.") from None


def utc_now() -> datetime:
    """The moment, for doors."""
    return datetime.now(UTC)
