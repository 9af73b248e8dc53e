"""`undertow episodes`: what comes with the package."""

from __future__ import annotations

from undertow.episodes import list_episodes, load
from undertow.jobs.answer import Json, wrapped


def episodes_answer() -> dict[str, Json]:
    """Names and titles of the bundled episodes."""
    found: dict[str, Json] = {name: load(name).plan.title for name in list_episodes()}
    return wrapped("episodes", {}, {"outcome": f"{len(found)} bundled", "episodes": found})
