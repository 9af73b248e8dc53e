"""`undertow episodes`: what comes with the package."""

from __future__ import annotations

from undertow.episodes.shelf import titles
from undertow.jobs.answer import Json, wrapped


def episodes_answer() -> dict[str, Json]:
    """Names and titles of the bundled episodes."""
    found: dict[str, Json] = dict(titles())
    return wrapped("episodes", {}, {"outcome": f"{len(found)} bundled", "episodes": found})
