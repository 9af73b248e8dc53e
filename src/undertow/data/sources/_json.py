"""An answer that should be JSON."""

from __future__ import annotations

import json

from undertow.core.errors import NoAnswer


def read_json(answer: bytes, who: str) -> object:
    """An answer as JSON; NoAnswer where it is cut short or is something else, such as a page."""
    try:
        found: object = json.loads(answer)
    except (ValueError, RecursionError):
        begins = answer.lstrip()[:1] in {b"{", b"["}
        kind = "half an answer" if begins else "something that is no JSON"
        raise NoAnswer(f"{who} gives {kind} ({len(answer)} bytes); ask again later.") from None
    return found


def rows_of(found: object, who: str) -> list[dict[str, object]]:
    """Records of an answer; NoAnswer where it is no list of records."""
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise NoAnswer(
            f"{who} answers with something that is no list of records; its form has changed, so"
            " update undertow or use another provider."
        )
    return found
