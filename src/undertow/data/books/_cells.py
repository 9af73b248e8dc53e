"""What stands in a cell: numbers and days as people and brokers write them."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime

from undertow.core.errors import BadDate, BadNumber

PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
BRACKETS = re.compile(r"\((.+)\)")
DAYS = ("%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%B %d, %Y", "%d%b%y")


LARGEST = 1e15
"""No number of a book is larger: products of two stay far within what can be added up."""

SMALLEST = 1e-12
"""None but 0 is smaller."""


def number(text: str) -> float:
    """A number; BadNumber if it is none, or may be read in two ways.

    Thousands may be parted by commas, a minus may be brackets or a typographic one, digits may be
    full width, a share may be written in per cent. A decimal comma is not understood.
    """
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace(" ", "")
    bracketed = BRACKETS.fullmatch(plain)
    if bracketed:
        return -number(bracketed[1])
    if plain.endswith("%"):
        return number(plain[:-1]) / 100.0
    if GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not PLAIN.fullmatch(plain) or math.isinf(float(plain)):
        raise BadNumber(f"{text!r} is no number; write one, as -1234.5.")
    return float(plain)


def day(text: str) -> date:
    """A day; BadDate if it is none. The order day, month, year is not understood."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for form in DAYS:
        try:
            return datetime.strptime(plain, form).date()
        except ValueError:
            continue
    raise BadDate(f"{text!r} is no day; write 2026-01-30.")
