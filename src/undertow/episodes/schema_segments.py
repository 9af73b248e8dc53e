"""What an episode file says about people: segments, their regimes and what they hold."""

from __future__ import annotations

from datetime import time
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from undertow.episodes.tables import Choice, Moment, NotNegative, Part, Positive, Share

Vintages = Annotated[tuple[Positive | Moment, ...], Field(min_length=1)]


class Excess(Part):
    """Gamma distribution of (equity − requirement)/requirement over a segment's accounts."""

    mean: NotNegative
    shape: Positive


class Regime(Part):
    """How a segment's broker tests, calls and closes out; see `model.scenario.Regime`.

    tests: at `every_bar`, at the `end_of_day` of the venue `settles_on`, or at times of day (UTC)
    on the days that venue opens (every day without one)
    """

    margin: Choice
    tests: Literal["every_bar", "end_of_day"] | tuple[time, ...] = "every_bar"
    settles_on: str | None = None
    grace_hours: NotNegative = 0.0
    owner_lag_hours: NotNegative = 0.0
    broker_lag_hours: NotNegative = 0.0
    willing: Share = 1.0
    transfer_hours: NotNegative = 0.0
    minimum_transfer: NotNegative = 0.0
    cash_test: bool = False
    credit_line: NotNegative = 0.0
    recourse: bool = False
    heeds_notice: bool = False

    @model_validator(mode="after")
    def _day_has_an_end(self) -> Self:
        if self.tests == "end_of_day" and self.settles_on is None:
            raise ValueError("a test at the end of the day needs the venue it settles_on")
        return self


class Held(Part):
    """Something a segment holds, as a total over all its real accounts.

    instrument or basket: what; a basket's total is split by its weights, one slot each
    vintages: entry prices, as shares of the opening price or as dates whose price is looked up in
    the path, by default those of [population];  held_by: share of accounts that hold it
    released: share of the proceeds that reaches this account (only for `elsewhere`)
    """

    instrument: str | None = None
    basket: str | None = None
    way: Literal["pledged", "free", "elsewhere"] = "pledged"
    side: Literal["long", "short"] = "long"
    total_units: NotNegative | None = None
    total_usd: NotNegative | None = None
    held_by: Annotated[Share, Field(gt=0.0)] = 1.0
    vintages: Vintages | None = None
    released: Share = 1.0

    @model_validator(mode="after")
    def _one_total(self) -> Self:
        if (self.instrument is None) == (self.basket is None):
            raise ValueError("name either an instrument or a basket")
        if (self.total_units is None) == (self.total_usd is None):
            raise ValueError("give either total_units or total_usd")
        if self.basket is not None and self.total_usd is None:
            raise ValueError("the total of a basket is split by value; give total_usd")
        if self.released != 1.0 and self.way != "elsewhere":
            raise ValueError("only what is held elsewhere can be partly released")
        return self


class Segment(Part):
    """Accounts that share a regime; `share` of the simulated ones, standing for `count` real ones.

    spread, mixing: inequality of wealth and of mixtures, by default those of [population]
    free_cash_usd: what all of them could pay in;  insurance_usd: fund that pays bad debt first
    excess: how far accounts start from a call
    """

    title: str
    share: Annotated[Share, Field(gt=0.0)]
    count: Positive
    regime: Regime
    owner: Choice
    broker: Choice
    excess: Excess
    holds: Annotated[tuple[Held, ...], Field(min_length=1)]
    free_cash_usd: NotNegative = 0.0
    insurance_usd: NotNegative = 0.0
    spread: NotNegative | None = None
    mixing: Positive | None = None


class Population(Part):
    """How unequal accounts are.

    spread: standard deviation of ln wealth;  mixing: gamma shape of each account's weights
    vintages: entry prices of holdings that name none; see `Held`
    """

    spread: NotNegative
    mixing: Positive
    vintages: Vintages = (1.0,)
