"""McMillan: the SPAN array of a future against a short call, and its scanning risk."""

from __future__ import annotations

from datetime import date

from undertow.core.book import Kind, Marks, Position
from undertow.model.rulebook.span import Span, scan_risk, span_rates
from undertow.published.check import Check, Row, exactly, without_data

FUTURE, CALL = "S&P fut", "Dec410 call"
TOGETHER = (
    -460, 610, 690, 1600, -2060, -990, 1460, 2130, -4130, -3240, 1940, 2360, -6620, -6010, 3870,
    -5500,
)  # fmt: skip
ON = date(2026, 2, 9)
"""Any day: the book's rows have no dates."""


def array(symbol: str) -> tuple[float, ...]:
    """What one contract gains in each scenario."""
    contract = Position("book", symbol, 1.0, 0.0, Kind.FUTURE)
    rulebook = Span(rates=span_rates("span_mcmillan"))
    return rulebook.array(contract, (symbol,), Marks(ON, {symbol: 0.0}))


def play() -> list[Row]:
    """Sixteen sums, the worst of them, and which it is."""
    pairs = zip(array(FUTURE), array(CALL), strict=True)
    found = tuple(round(future - call) for future, call in pairs)
    return [
        exactly("long future, short call, 16 scenarios", TOGETHER, found),
        exactly("scanning risk", 6620, round(scan_risk(found))),
        exactly("worst scenario", 13, found.index(min(found)) + 1),
        exactly("scanning risk of the future alone", 10_000, round(scan_risk(array(FUTURE)))),
    ]


CHECK = Check(
    name="span",
    title="The SPAN array and scanning risk of a covered write",
    source="McMillan, Options as a Strategic Investment, ch. 34, pp. 668 to 670",
    play=without_data(play),
)
