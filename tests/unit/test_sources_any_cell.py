"""Whatever stands in a provider's answer: bars of finite closes, or a sentence."""

from __future__ import annotations

import json
import math
import re
from datetime import date

import pytest

from undertow.core.errors import NoAnswer
from undertow.data.sources import SOURCES
from undertow.data.sources._wire import Wire
from undertow.data.sources.base import Ask

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 10)
TABLE = "2026-02-04,4930.1,4999.0,4790.5,4889.5,201345\n2026-02-05,4889.5,5010.0,4650.0,4979.8,9\n"
ANSWERS = {
    "akshare": ("AL0", f"date,open,high,low,close,volume\n{TABLE}"),
    "yfinance": ("GC=F", f"Date,Open,High,Low,Close,Volume\n{TABLE}"),
    "databento": (
        "GLBX.MDP3:GC.v.0",
        "ts_event,open,high,low,close,volume\n"
        + re.sub(r"(2026-02-0.)", r"\1T00:00:00.000000000Z", TABLE),
    ),
    "ccxt": ("binance:BTC/USDT", "[[1770163200000, 1.5, 2.5, 1.25, 2.0, 10.0]]"),
    "fred": (
        "DGS10",
        json.dumps({"count": 1, "observations": [{"date": "2026-02-04", "value": "4.28"}]}),
    ),
    "cftc": (
        "legacy:088691",
        json.dumps([
            {"report_date_as_yyyy_mm_dd": "2026-02-03T00:00:00.000", "open_interest_all": "409"}
        ]),
    ),
}  # fmt: skip
ODD = [
    "", "null", "nan", "inf", "-inf", "1e400", "-5", "0", '"x"', "abc", "{}", "[]", "[[1]]",
    "9999-12-31", "0001-01-01", "99999999999999999999", "true", "1.5.5", '"', ",", "\n", "\x00",
]  # fmt: skip
TOKEN = re.compile(r"[A-Za-z0-9.:_-]+|[\[\]{},\"]")


def read(name: str, text: str) -> int | None:
    """How many bars; None if the answer is refused in one sentence."""
    symbol = ANSWERS[name][0]
    try:
        bars = SOURCES.make(name, {}).bars(
            text.encode("utf-8", "replace"), Ask(symbol, FIRST, LAST)
        )
    except NoAnswer as error:
        if not str(error).endswith("."):
            raise AssertionError(str(error)) from error
        return None
    if not all(math.isfinite(bar.close) and FIRST <= bar.moment.date() <= LAST for bar in bars):
        raise AssertionError(bars)
    return len(bars)


@pytest.mark.parametrize("name", ANSWERS)
def test_a_whole_answer_has_bars(name: str) -> None:
    assert read(name, ANSWERS[name][1])


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", ANSWERS)
def test_any_word_of_an_answer_is_read_or_said(name: str, odd: str) -> None:
    text = ANSWERS[name][1]
    words = TOKEN.finditer(text)
    found = [read(name, text[: w.start()] + odd + text[w.end() :]) for w in words]

    assert len(found) > 5


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_breaks_off_is_read_or_said(name: str) -> None:
    text = ANSWERS[name][1]
    found = [read(name, text[:at]) for at in range(len(text))]

    assert None in found


def test_deep_json_is_said() -> None:
    with pytest.raises(NoAnswer, match="half an answer"):
        SOURCES.make("fred", {}).bars(b"[" * 200_000, Ask("DGS10", FIRST, LAST))


def test_no_sentence_holds_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRED_API_KEY", "secret-of-fred")

    with pytest.raises(NoAnswer, match="is no address of fred") as caught:
        SOURCES.make("fred", {}).answer(Ask("DGS10", FIRST, LAST), Wire(at="junk"))
    assert "secret" not in str(caught.value)
