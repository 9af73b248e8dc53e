"""What an episode file says about reading a run: its ceiling, its checks, what moves together."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from undertow.episodes.tables import Moment, Number, Part, Positive


class Loss(Part):
    """Who lost in a source: so many units were held long on leverage at the start."""

    instrument: str
    units: Positive


class Check(Part):
    """A reported figure on selling, set beside the engine's own.

    measure: `units` or `usd` of the instruments that the sellers sold, or `accounts` called
    sellers: segments and traders, empty for all segments;  reported: in the same unit, sold is
    above 0;  note: what one of the two includes and the other cannot
    """

    title: str
    begin: Moment
    end: Moment
    measure: Literal["units", "usd", "accounts"]
    reported: Number
    sellers: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _sold_something(self) -> Self:
        if (self.measure == "accounts") == bool(self.instruments):
            raise ValueError("name the instruments sold, unless accounts are counted")
        if self.measure == "units" and len(self.instruments) != 1:
            raise ValueError("units of several instruments do not add up; name one")
        if self.end <= self.begin:
            raise ValueError("the end must come after the begin")
        return self


class Reading(Part):
    """How a run is read.

    until: nothing later was used for any choice;  losses: what the ceiling rests on
    coefficient: Y of the square-root law in the ceiling, a fact with a range
    """

    until: Moment | None = None
    coefficient: Positive = 1.0
    losses: tuple[Loss, ...] = ()
    checks: tuple[Check, ...] = ()


class Ranges(Part):
    """Assumed facts that move as one input, as patterns over their ids; all others move alone."""

    together: dict[str, Annotated[tuple[str, ...], Field(min_length=1)]] = Field(
        default_factory=dict
    )
