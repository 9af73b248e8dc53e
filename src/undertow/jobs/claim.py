"""`undertow book --leverage L --move M`: what every regime makes of a claim."""

from __future__ import annotations

from dataclasses import dataclass, fields

from undertow.core.answers.book import ClaimAnswer
from undertow.core.errors import BadNumber
from undertow.jobs.answer import Json, digest, told, wrapped
from undertow.jobs.book import share
from undertow.studies.claim import claim


@dataclass(frozen=True, slots=True)
class Claimed:
    """An answer about a leverage and a move."""

    answer: ClaimAnswer

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        answer = self.answer
        asked: dict[str, Json] = {"leverage": answer.leverage, "move": answer.move}
        inputs: dict[str, Json] = {"sha256": digest([repr(asked).encode()]), "seed": None, **asked}
        names = (field.name for field in fields(answer) if field.name != "said")
        found = {name: told(getattr(answer, name)) for name in names}
        return wrapped("book", inputs, {"outcome": answer.outcome, "warnings": [], **found})


def claim_of(leverage: float, move: str) -> Claimed:
    """Ask every regime; BadNumber where there is nothing to ask."""
    if leverage <= 0.0:
        raise BadNumber(f"a leverage of {leverage:g} holds nothing; give one above 0.")
    change = share(move, "--move -7%")
    if change == 0.0:
        raise BadNumber("a move of 0 does nothing; write it like --move -7%.")
    return Claimed(claim(leverage, change))
