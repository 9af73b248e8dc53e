"""What an episode file says about markets: instruments, currencies, dealing, news and hikes."""

from __future__ import annotations

import math
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from undertow.episodes.tables import Moment, NotNegative, Number, Part, Positive, Share

DEFAULTS = {
    "path": "{symbol}.price",
    "volume": "@{symbol}.volume_day",
    "sigma": "@{symbol}.sigma_day",
    "spread": "@{symbol}.spread",
    "resilience": "@impact.resilience_days",
}


class Currency(Part):
    """`path`: fact with the units of this currency per unit of the base currency.

    moves: the rate follows its path during the run; otherwise it stays as it opened.
    """

    path: str
    moves: bool = False


class Instrument(Part):
    """One instrument; `DEFAULTS` name the facts behind what the file does not say.

    role: `given` (its price is its actual path), `linked` (it inherits the news of what it looks
    through to) or `free`;  path: fact with its prices;  settlement: fact with the settlement
    before the start, if that is not the opening price
    volume: units on a normal day;  sigma: daily volatility as a share, before the start
    resilience: τ in trading days;  depth: units, calibrated from volume and resilience if absent
    permanent: fall of ln price that stays, per normal depth sold
    outstanding: units in existence, needed by some impact laws only
    look_through: weight on each underlying;  rest_on_itself: what is left to one stays its own
    """

    title: str
    role: Literal["given", "linked", "free"]
    unit: str
    path: str
    volume: Positive
    sigma: Positive
    spread: NotNegative
    resilience: Positive
    venue: str | None = None
    currency: str = "USD"
    future: bool = False
    settlement: str | None = None
    permanent: NotNegative = 0.0
    outstanding: Positive | None = None
    depth: Positive | None = None
    look_through: dict[str, Number] = Field(default_factory=dict)
    rest_on_itself: bool = False

    @model_validator(mode="after")
    def _linked_to_something(self) -> Self:
        if self.role == "linked" and not self.look_through:
            raise ValueError("a linked instrument needs a look_through to inherit from")
        return self


class Dealing(Part):
    """How orders are dealt with everywhere; see `Rules`."""

    overnight: Share = 0.0
    participation: Positive | None = None
    fee: Share = 0.0
    foresight: Share = 1.0
    memory: Positive = 1.0
    maker_capital_usd: Positive | None = None


class Bulletin(Part):
    """Dated news on one instrument, as `log` (Δln F) or `percent` of the price.

    News on a `given` instrument is already in its path: it counts only when origins are free.
    """

    time: Moment
    instrument: str
    title: str
    source: str
    log: Number | None = None
    percent: Annotated[Number, Field(gt=-100.0)] | None = None

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        if (self.log is None) == (self.percent is None):
            raise ValueError("give the size either as log or as percent")
        return self

    @property
    def shock(self) -> float:
        """Δln F."""
        return math.log1p((self.percent or 0.0) / 100.0) if self.log is None else self.log


class Hike(Part):
    """A margin change; `rate` is in the unit of the segments' margin rule."""

    instrument: str
    rate: Positive
    notice: Moment
    effect: Moment
    segments: Annotated[tuple[str, ...], Field(min_length=1)]
    source: str

    @model_validator(mode="after")
    def _notice_comes_first(self) -> Self:
        if self.effect < self.notice:
            raise ValueError("a margin change cannot take effect before its notice")
        return self
