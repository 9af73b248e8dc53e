"""The Commitments of Traders of the CFTC."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from undertow.core.errors import NoAnswer, unknown
from undertow.data.sources._json import read_json, rows_of
from undertow.data.sources._wire import Wire
from undertow.data.sources.base import NAN, Ask, Bar, Provider, Row, cell, moment, needed, within

WHO = "cftc"
REPORTS = {"legacy": "6dca-aqww", "financial": "gpe5-46if", "disaggregated": "72hh-3qpy"}
DAY = "report_date_as_yyyy_mm_dd"
KNOWN_AFTER = timedelta(days=3)
MOST = 50_000


@dataclass(frozen=True, slots=True)
class Cftc(Provider):
    """Weekly positions by kind of trader, futures only; symbol REPORT:CODE, such as legacy:088691.

    one row a field: symbol REPORT:CODE:FIELD, close = contracts, volume nan
    date = the report's Tuesday + 3 days, the Friday on which it is published, so that nothing
    downstream knows it before
    Limits: the Friday moves after holidays and moved for weeks in the shutdowns of 2013, 2018-19
    and 2025; the code of the disaggregated report was not checked against a live answer.
    Source: CFTC public reporting environment, https://publicreporting.cftc.gov
    """

    address: str = "https://publicreporting.cftc.gov"

    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """The JSON as it came."""
        report, code = _parts(ask)
        first, last = ask.first - KNOWN_AFTER, ask.last - KNOWN_AFTER
        asked = {
            "$where": f"cftc_contract_market_code='{code}' AND {DAY} between"
            f" '{first}T00:00:00' and '{last}T23:59:59'",
            "$order": DAY,
            "$limit": str(MOST),
        }
        return wire.get(WHO, f"{wire.at or self.address}/resource/{REPORTS[report]}.json", asked)

    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """One bar a week and field of positions, and the open interest."""
        rows = rows_of(read_json(answer, WHO), WHO)
        needed(rows, (DAY, "open_interest_all"), WHO)
        return within((bar for row in rows for bar in _fields(row, ask.symbol)), ask)


def _parts(ask: Ask) -> tuple[str, str]:
    report, _, code = ask.symbol.partition(":")
    if not code.isalnum():
        raise NoAnswer(f"{ask.symbol!r} is no symbol of {WHO}; write it like legacy:088691.")
    if report not in REPORTS:
        raise unknown("report of cftc", report, REPORTS)
    return report, code


def _fields(row: Row, symbol: str) -> Iterator[Bar]:
    try:
        known = moment(row[DAY], WHO) + KNOWN_AFTER
    except OverflowError:
        raise NoAnswer(f"{WHO} answers with a report of {row[DAY]}; ask again later.") from None
    for field in row:
        if "_positions_" in field or field == "open_interest_all":
            count = cell(row, field, WHO)
            yield Bar(known, f"{symbol}:{field}", NAN, NAN, NAN, count, NAN)
