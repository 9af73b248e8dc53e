"""The answer of `undertow explain`: one instrument, why it went as it did."""

from __future__ import annotations

from dataclasses import dataclass

from undertow.core.answers.said import Said


@dataclass(frozen=True, slots=True)
class Flow:
    """Dollars sold by force: by whom, of what, because of what.

    origin: such as "SI: news"; empty where a mechanical trader sold without a call
    """

    seller: str
    origin: str
    sold: str
    usd: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """How much of one price was news, how much forced, by whom and from what.

    news, forced, simulated, actual: shares of the opening price over the window
    low, high: `forced` over the assumed inputs, None where they were not varied
    deepest: the largest fall by forced selling on the way, at the hour `when`
    ceiling: what forced sales could have done at most, None for sources
    sold_usd: all forced sales of it;  by_seller, from_what: the largest parts, the rest in one row
    onward: what its own forced falls made others sell
    """

    said: tuple[Said, ...]
    instrument: str
    role: str
    news: float
    forced: float
    low: float | None
    high: float | None
    simulated: float
    actual: float | None
    unexplained: float | None
    ceiling: float | None
    deepest: float
    when: str
    sold_usd: float
    by_seller: tuple[Flow, ...]
    from_what: tuple[Flow, ...]
    onward: tuple[Flow, ...]
