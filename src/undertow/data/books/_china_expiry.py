"""The last day of an option on a Chinese future, which a settlement statement does not say."""

from __future__ import annotations

import re
from datetime import date, timedelta

from undertow.model.rulebook import rates_of

TABLE = "shfe"
RULE = "option_last_day"
SATURDAY = 5


def option_expiry(contract: str, on: date) -> date | None:
    """The n-th last weekday of the month before delivery; None if n is not known.

    n is a row of the table of rates. Holidays are not known here, so around the Spring Festival and
    the first days of October the exchange's day is earlier.
    """
    found = re.fullmatch(r"([A-Za-z]+)(\d\d)(0[1-9]|1[0-2])", contract)
    table = rates_of(TABLE)
    if not found or not table.has((found[1].upper(),), RULE, on):
        return None
    left = int(table.value((found[1].upper(),), RULE, on))
    day = date(2000 + int(found[2]), int(found[3]), 1)
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < SATURDAY
    return day
