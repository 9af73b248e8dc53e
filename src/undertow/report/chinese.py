"""Chinese, simplified, as financial papers on the mainland write it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from undertow.core.answers.said import Amount, Kind
from undertow.report.idiom import Idiom

UNITS = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
DIGITS = 3
"""Digits that an amount of money has at least."""

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Za-z0-9%+−–$±]")


@dataclass(frozen=True, slots=True)
class Chinese(Idiom):
    """Units of 万 and 亿, a space between Chinese and other characters: 635 亿美元, −15.10%."""

    def amount(self, value: float, kind: Kind) -> str:
        """635 亿美元; 42 万 where nothing is lost, else 491,842; −15.10%."""
        if kind == "dollars":
            return f"{_short(value)}美元" if _sized(value)[1] else f"{_short(value)} 美元"
        if kind == "count":
            return _count(value)
        return str(Amount(value, kind)).replace(" %", "%")

    def money(self, value: float) -> str:
        """635 亿."""
        return _short(value) if value else "–"

    def day(self, moment: datetime) -> str:
        """1 月 30 日."""
        return f"{moment.month} 月 {moment.day} 日"

    def day_format(self) -> str:
        """1月30日."""
        return "%-m月%-d日"

    def filled(self, pieces: Iterable[str]) -> str:
        """A space where Chinese meets a Latin letter or a digit, whoever brings which."""
        text = ""
        for piece in pieces:
            text += f" {piece}" if _apart(text[-1:], piece[:1]) else piece
        return text

    def sentences(self, said: Iterable[str]) -> str:
        """With nothing between them."""
        return "".join(said)

    def listed(self, names: Iterable[str]) -> str:
        """With the comma of lists."""
        return "、".join(names)


def _apart(left: str, right: str) -> bool:
    return bool(
        (HAN.match(left) and LATIN.match(right)) or (LATIN.match(left) and HAN.match(right))
    )


def _sized(value: float) -> tuple[float, str]:
    """A value over its unit, and the unit; chosen after rounding: 1 亿, never 10,000 万."""
    rounded = float(f"{value:.{DIGITS}g}")
    for size, unit in UNITS:
        if abs(rounded) >= size:
            return rounded / size, unit
    return value, ""


def _short(value: float) -> str:
    number, unit = _sized(value)
    if not unit:
        return f"{number:,.0f}".replace("-", "−")
    places = next(k for k, top in ((2, 10.0), (1, 100.0), (0, float("inf"))) if abs(number) < top)
    return f"{number:,.{places}f} {unit}".replace("-", "−")


def _count(value: float) -> str:
    whole = round(value)
    if abs(whole) >= 10_000 and whole % 1_000 == 0:
        return f"{whole / 10_000:,g} 万"
    return f"{whole:,}"
