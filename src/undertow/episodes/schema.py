"""What an `episode.toml` may say, after facts have taken the place of "@id" and "= formula"."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from undertow.episodes.schema_market import Bulletin, Currency, Dealing, Hike, Instrument
from undertow.episodes.schema_reading import Ranges, Reading
from undertow.episodes.schema_segments import Population, Segment
from undertow.episodes.tables import Choice, Moment, Part, Positive

FOLDER = re.compile(r"\w[\w-]*")
Basket = Annotated[dict[str, Positive], Field(min_length=1)]


def _of_a_folder(name: str) -> str:
    """Runs are stored in folders of this name."""
    if not FOLDER.fullmatch(name):
        raise ValueError("a name has letters, digits, - and _ only, because folders are named so")
    return name


class Plan(Part):
    """The whole file.

    baskets: weights by instrument, of any sum.
    """

    schema_: Literal[1] = Field(alias="schema")
    name: Annotated[str, AfterValidator(_of_a_folder)]
    title: str
    start: Moment
    end: Moment
    bar: str
    seed: Annotated[int, Field(ge=0)]
    accounts: Annotated[int, Field(ge=1)]
    impact: Choice
    makers: Choice
    population: Population
    instruments: Annotated[dict[str, Instrument], Field(min_length=1)]
    segments: Annotated[dict[str, Segment], Field(min_length=1)]
    dealing: Dealing = Dealing()
    baskets: dict[str, Basket] = Field(default_factory=dict)
    currencies: dict[str, Currency] = Field(default_factory=dict)
    venues: dict[str, Choice] = Field(default_factory=dict)
    traders: dict[str, Choice] = Field(default_factory=dict)
    news: tuple[Bulletin, ...] = ()
    hikes: tuple[Hike, ...] = ()
    reading: Reading = Reading()
    ranges: Ranges = Ranges()
