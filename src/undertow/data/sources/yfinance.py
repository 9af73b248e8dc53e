"""Yahoo Finance, through the library yfinance."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from undertow.core.errors import NoAnswer
from undertow.data.sources._csv import read_csv
from undertow.data.sources._wire import Passing, Wire, installed
from undertow.data.sources.base import (
    DAILY,
    Ask,
    Bar,
    Provider,
    Row,
    cell,
    moment,
    session,
    within,
)

WHO = "yfinance"
COLUMNS = ("Open", "High", "Low", "Close", "Volume")


@dataclass(frozen=True, slots=True)
class Yfinance(Provider):
    """Bars of anything Yahoo lists: GC=F, ^GSPC, BTC-USD, USDJPY=X, stocks and funds.

    bar = Open, High, Low, Close, Volume; split-adjusted, not adjusted for dividends
    Limits: personal use; hourly bars reach back 730 days, minutes days; futures are front months
    with jumps at rolls; rows without a range occur.  Needs undertow[yfinance].
    Source: yfinance (Apache-2.0), Ticker.history
    """

    steps: ClassVar[tuple[str, ...]] = ("1d", "1h", "1m")
    extra: ClassVar[str] = "yfinance"

    def answer(self, ask: Ask, wire: Wire) -> bytes:
        """The frame that the library made of the answer, as a table."""
        if wire.at:
            raise NoAnswer("yfinance knows its own address only; leave --at out.")
        installed("yfinance", self.extra)
        return wire.patient(WHO, lambda: _frame(ask, wire.timeout_s))

    def bars(self, answer: bytes, ask: Ask) -> list[Bar]:
        """One bar a row; days are days of the exchange, hours are UTC."""
        rows = read_csv(answer, COLUMNS, WHO)
        return within((_bar(row, ask) for row in rows), ask)


def _frame(ask: Ask, timeout_s: float) -> bytes:
    library = importlib.import_module("yfinance")
    faults = importlib.import_module("yfinance.exceptions")
    library.config.debug.hide_exceptions = False
    try:
        frame = library.Ticker(ask.symbol).history(
            start=ask.first.isoformat(),
            end=(ask.last + timedelta(days=1)).isoformat(),
            interval=ask.step,
            auto_adjust=False,
            actions=False,
            timeout=timeout_s,
        )
    except faults.YFRateLimitError as error:
        raise Passing("limits how often it is asked") from error
    except faults.YFException as error:
        raise NoAnswer(f"{WHO} has nothing of {ask.symbol!r} ({_first(error)}).") from error
    except OSError as error:
        # Both its network libraries derive what they raise from this.
        raise Passing(f"cannot be reached ({_first(error)})") from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NoAnswer(
            f"{WHO} stumbles over the answer ({type(error).__name__}: {_first(error)}); the form"
            " has changed, so update yfinance."
        ) from error
    return str(frame.to_csv()).encode()


def _first(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0].rstrip(".")[:120]


def _bar(row: Row, ask: Ask) -> Bar:
    stamp = str(next(iter(row.values())))
    at = session(stamp, WHO) if ask.step == DAILY else moment(stamp, WHO)
    opened, high, low, close, volume = (cell(row, name, WHO) for name in COLUMNS)
    return Bar(at, ask.symbol, opened, high, low, close, volume)
