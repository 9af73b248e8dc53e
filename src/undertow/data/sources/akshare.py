"""Chinese futures, through the library akshare."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import ClassVar

from undertow.core.errors import NoAnswer
from undertow.data.sources._csv import read_csv
from undertow.data.sources._wire import Passing, Wire, installed
from undertow.data.sources.base import Ask, Bar, Provider, Row, cell, session, within

WHO = "akshare"
COLUMNS = ("date", "open", "high", "low", "close", "volume")


@dataclass(frozen=True, slots=True)
class Akshare(Provider):
    """Daily bars of Chinese futures; symbol as Sina writes it: AL0 (continuous), CU2604.

    bar = open, high, low, close, volume ; settlement stays in the raw answer
    Limits: whole histories only; continuous series jump at rolls; volume counts one side.
    Needs undertow[akshare].  Source: akshare (MIT), futures_zh_daily_sina
    """

    extra: ClassVar[str] = "akshare"

    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """The frame that the library made of the answer, as a table."""
        if wire.at:
            raise NoAnswer("akshare knows its own address only; leave --at out.")
        installed("akshare", self.extra)
        return wire.patient(WHO, lambda: _frame(ask.symbol))

    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """One bar a row."""
        return within((_bar(row, ask.symbol) for row in read_csv(answer, COLUMNS, WHO)), ask)


def _frame(symbol: str) -> bytes:
    library = importlib.import_module("akshare")
    try:
        frame = library.futures_zh_daily_sina(symbol=symbol)
    except OSError as error:
        raise Passing("cannot be reached") from error
    except (IndexError, KeyError, TypeError, ValueError) as error:
        # The library takes the answer apart without looking: an unknown symbol ends here, too.
        raise NoAnswer(
            f"{WHO} cannot read what came for {symbol!r} ({type(error).__name__}); check the"
            " symbol, or update akshare."
        ) from error
    return str(frame.to_csv(index=False)).encode()


def _bar(row: Row, symbol: str) -> Bar:
    opened, high, low, close, volume = (cell(row, name, WHO) for name in COLUMNS[1:])
    return Bar(session(row["date"], WHO), symbol, opened, high, low, close, volume)
