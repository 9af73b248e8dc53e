"""The checks of fetched prices: each finds its own fault, and nothing in sound prices."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from undertow.core.answers.fetched import Doubt
from undertow.core.history import Bars, History
from undertow.data.quality import (
    clock,
    difference,
    doubts,
    flat,
    impossible,
    known,
    missing,
)

START = np.datetime64("2025-01-06")


def weekdays(count: int) -> np.ndarray:
    days = START + np.arange(2 * count)
    return days[np.is_busday(days)][:count]


def bars(symbol: str = "A", count: int = 120, seed: int = 1, **changes: object) -> Bars:
    chance = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(0.01 * chance.standard_normal(count)))
    opened = np.concatenate([[100.0], close[:-1]])
    top, low = np.maximum(opened, close) * 1.004, np.minimum(opened, close) * 0.996
    found = {
        "date": weekdays(count), "open": opened, "high": top, "low": low, "close": close,
        "volume": np.full(count, 1e6), **changes,
    }  # fmt: skip
    return Bars(symbol, **found)  # type: ignore[arg-type]


def without(found: Bars, at: list[int]) -> Bars:
    names = ("date", "open", "high", "low", "close", "volume")
    return Bars(found.symbol, *(np.delete(getattr(found, name), at) for name in names))


def changed(found: Bars, name: str, values: np.ndarray) -> Bars:
    names = ("date", "open", "high", "low", "close", "volume")
    return Bars(found.symbol, *(values if n == name else getattr(found, n) for n in names))


def said(doubt: Doubt | None) -> str:
    assert doubt is not None
    return str(doubt.said)


def test_sound_prices_raise_no_doubt() -> None:
    others = History({name: bars(name, seed=k) for k, name in enumerate("ABCD")})

    assert doubts(others["A"], others, others) == ()


def test_a_row_without_a_range_is_found() -> None:
    found = bars()
    still = found.close.copy()
    high, low, opened = found.high.copy(), found.low.copy(), found.open.copy()
    high[[7, 8]] = low[[7, 8]] = opened[[7, 8]] = still[[7, 8]]
    doubt = flat(bars(open=opened, high=high, low=low))

    assert doubt is not None
    assert (doubt.count, doubt.first, doubt.last) == (2, date(2025, 1, 15), date(2025, 1, 16))
    assert said(doubt).startswith("A: 2 rows have no range")


def test_a_series_of_closes_alone_is_not_flat() -> None:
    only = np.full(120, np.nan)

    assert flat(bars(open=only, high=only, low=only)) is None


def test_a_close_above_the_high_is_impossible() -> None:
    found = bars()
    high = found.high.copy()
    high[5] = found.close[5] * 0.99

    assert "1 row has a close or an open outside" in said(impossible(changed(found, "high", high)))


def test_a_session_that_the_others_have_is_missed() -> None:
    others = History({name: bars(name, seed=k) for k, name in enumerate("ABCD")})
    doubt = missing(without(others["A"], [10, 50]), others)

    assert doubt is not None
    assert doubt.count == 2
    assert doubt.first == others["A"].date[10].item()


def test_a_holiday_of_all_is_no_missing_session() -> None:
    others = History({name: without(bars(name, seed=k), [30]) for k, name in enumerate("ABC")})

    assert missing(others["A"], others) is None


def test_alone_a_gap_longer_than_a_long_weekend_is_found() -> None:
    found = bars()

    assert missing(without(found, [5]), History({})) is None
    assert "1 gap is longer" in said(missing(without(found, [10, 11, 12, 13, 14]), History({})))


def test_what_trades_at_weekends_misses_a_single_day() -> None:
    coin = bars(date=START + np.arange(120))

    assert missing(coin, History({})) is None
    assert "1 gap is longer" in said(missing(without(coin, [60]), History({})))


def test_another_source_that_differs_is_measured() -> None:
    found = bars()
    other = found.close.copy()
    other[40] *= 1.05
    doubt = difference(found, changed(found, "close", other))

    assert doubt is not None
    assert doubt.count == 1
    assert doubt.worst == pytest.approx(1 - 1 / 1.05)
    assert "1 of 120 closes differ from the other source, at most by 4.76 %" in said(doubt)


def test_rounding_of_a_source_is_no_difference() -> None:
    found = bars()

    assert difference(found, changed(found, "close", np.round(found.close, 1))) is None


@pytest.mark.parametrize("lag", [-2, -1, 1, 3])
def test_a_clock_that_is_off_is_found_with_its_lag(lag: int) -> None:
    found = bars()
    doubt = clock(changed(found, "close", np.roll(found.close, lag)), found)

    assert doubt is not None
    assert doubt.worst > 0.8
    assert f"{lag:+d} bars apart".replace("-", "−") in said(doubt)


def test_the_same_clock_is_no_doubt_and_strangers_have_none() -> None:
    assert clock(bars(), bars()) is None
    assert clock(bars(), bars(seed=9)) is None
    assert clock(bars(count=20), bars(count=20)) is None


def test_a_close_that_everybody_knows_is_checked() -> None:
    days = np.array(["2020-03-13", "2020-03-16"], dtype="datetime64[D]")
    flat_ = np.array([57.83, 82.69])

    def vix(close: np.ndarray) -> Bars:
        return Bars("^VIX", days, close, close, close, close, close)

    assert known(vix(flat_)) is None
    assert "the close of 2020-03-16 is 20.40, known is 82.69" in said(
        known(vix(np.array([57.83, 20.4])))
    )


def test_the_panel_passes_the_checks_that_were_made_of_it_by_hand() -> None:
    from market_files import daily_panel

    panel = daily_panel()
    found = {name: known(panel[name]) for name in ("^GSPC", "^VIX", "^HSI", "CL=F", "BTC-USD")}

    assert set(found.values()) == {None}
    gold = flat(panel["GC=F"].since("2026-01-01"))
    assert gold is not None
    assert (gold.first, gold.last) == (date(2026, 1, 27), date(2026, 1, 28))
