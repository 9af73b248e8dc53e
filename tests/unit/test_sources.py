"""Connectors against a server of this machine that replays answers, good and bad."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from types import ModuleType, SimpleNamespace
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit
from urllib.request import urlopen

import numpy as np
import pytest

from replay import Recording, Reply, as_json, replaying
from undertow.core.errors import NoAnswer, UnknownName
from undertow.data.sources import SOURCES
from undertow.data.sources._wire import Wire
from undertow.data.sources.base import Ask, Bar

FRED_SHAPE = {
    "count": 3,
    "observations": [
        {"realtime_start": "2026-02-10", "date": "2026-02-04", "value": "4.28"},
        {"realtime_start": "2026-02-10", "date": "2026-02-05", "value": "4.21"},
        {"realtime_start": "2026-02-10", "date": "2026-02-06", "value": "."},
    ],
}
CFTC_SHAPE = [
    {
        "market_and_exchange_names": "GOLD - COMMODITY EXCHANGE INC.",
        "report_date_as_yyyy_mm_dd": "2026-02-03T00:00:00.000",
        "cftc_contract_market_code": "088691",
        "open_interest_all": "409694",
        "noncomm_positions_long_all": "214508",
        "noncomm_positions_short_all": "48904",
    }
]
DATABENTO_SHAPE = (
    "ts_event,rtype,publisher_id,instrument_id,open,high,low,close,volume,symbol\n"
    "2026-02-05T00:00:00.000000000Z,35,1,42,4930.1,4999.0,4790.5,4889.5,201345,GC.v.0\n"
    "2026-02-06T00:00:00.000000000Z,35,1,42,4889.5,5010.0,4650.0,4979.8,198001,GC.v.0\n"
)
ASK = {
    "fred": Ask("DGS10", date(2026, 2, 4), date(2026, 2, 6)),
    "cftc": Ask("legacy:088691", date(2026, 2, 1), date(2026, 2, 10)),
    "databento": Ask("GLBX.MDP3:GC.v.0", date(2026, 2, 5), date(2026, 2, 6)),
}
GOOD = {
    "fred": as_json(FRED_SHAPE),
    "cftc": as_json(CFTC_SHAPE),
    "databento": Reply(DATABENTO_SHAPE.encode()),
}
PLAIN = pytest.mark.parametrize("name", sorted(ASK))
WAITED: list[float] = []


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRED_API_KEY", "secret-of-fred")
    monkeypatch.setenv("DATABENTO_API_KEY", "secret-of-databento")
    WAITED.clear()


def wire(recording: Recording, **changes: object) -> Wire:
    return Wire(at=recording.address, timeout_s=5.0, sleep=WAITED.append, **changes)  # type: ignore[arg-type]


def read(name: str, recording: Recording, **changes: object) -> list[Bar]:
    provider = SOURCES.make(name, {})
    return provider.bars(provider.answer(ASK[name], wire(recording, **changes)), ASK[name])


def refusal(name: str, *replies: Reply, **changes: object) -> str:
    with replaying(*replies) as recording, pytest.raises(NoAnswer) as caught:
        read(name, recording, **changes)
    said = str(caught.value)

    assert said.endswith(".")
    assert "\n" not in said
    assert "secret" not in said
    return said


def test_there_is_a_connector_for_each_provider() -> None:
    assert SOURCES.members() == ("akshare", "ccxt", "cftc", "databento", "fred", "yfinance")


def test_a_misspelt_provider_is_corrected() -> None:
    with pytest.raises(UnknownName, match="did you mean 'yfinance'"):
        SOURCES.make("yfinace", {})


def test_observations_of_fred_are_closes_and_a_dot_is_none() -> None:
    with replaying(GOOD["fred"]) as recording:
        bars = read("fred", recording)

    assert [(bar.moment.day, bar.close) for bar in bars] == [(4, 4.28), (5, 4.21)]
    assert all(np.isnan([bar.open, bar.volume]).all() for bar in bars)


def test_fred_is_asked_for_the_days_with_the_key() -> None:
    with replaying(GOOD["fred"]) as recording:
        read("fred", recording)
    asked = parse_qs(urlsplit(recording.asked[0]).query)

    assert asked["api_key"] == ["secret-of-fred"]
    assert asked["observation_start"] == ["2026-02-04"]
    assert asked["observation_end"] == ["2026-02-06"]


VINTAGE = replace(ASK["fred"], as_of=date(2026, 2, 10))


def known(start: str, end: str) -> Reply:
    rows = [{"realtime_start": start, "realtime_end": end, "date": "2026-02-04", "value": "4.28"}]
    return as_json({"realtime_start": start, "count": 1, "observations": rows})


def test_a_vintage_is_asked_for_by_its_day_and_nothing_later_is_taken() -> None:
    fred = SOURCES.make("fred", {})
    with replaying(known("2026-02-10", "2026-02-10")) as recording:
        bars = fred.bars(fred.answer(VINTAGE, wire(recording)), VINTAGE)
    asked = parse_qs(urlsplit(recording.asked[0]).query)

    assert (asked["realtime_start"], asked["realtime_end"]) == (["2026-02-10"], ["2026-02-10"])
    assert [bar.close for bar in bars] == [4.28]


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (known("2026-03-01", "9999-12-31"), "not on 2026-02-10"),
        (known("2026-02-05", "2026-02-09"), "not on 2026-02-10"),
        (GOOD["fred"], "realtime_end"),
        (known("soon", "2026-02-10"), "'soon'"),
    ],
)
def test_a_value_that_was_not_known_on_the_day_is_refused(reply: Reply, says: str) -> None:
    with pytest.raises(NoAnswer, match=says):
        SOURCES.make("fred", {}).bars(reply.body, VINTAGE)


def test_without_a_day_no_vintage_is_asked_for() -> None:
    with replaying(GOOD["fred"]) as recording:
        read("fred", recording)

    assert "realtime" not in recording.asked[0]


def test_positions_are_dated_on_the_friday_on_which_they_are_known() -> None:
    with replaying(GOOD["cftc"]) as recording:
        bars = read("cftc", recording)
    by_field = {bar.symbol.rpartition(":")[2]: bar for bar in bars}

    assert {bar.moment.date() for bar in bars} == {date(2026, 2, 6)}
    assert by_field["noncomm_positions_long_all"].close == 214_508.0
    assert set(by_field) == {
        "open_interest_all", "noncomm_positions_long_all", "noncomm_positions_short_all",
    }  # fmt: skip


def test_bars_of_databento_are_read_and_the_key_is_in_the_head_only() -> None:
    with replaying(GOOD["databento"]) as recording:
        bars = read("databento", recording)
    sent = recording.heads[0]["Authorization"].removeprefix("Basic ")

    assert [bar.close for bar in bars] == [4889.5, 4979.8]
    assert base64.b64decode(sent) == b"secret-of-databento:"
    assert "secret" not in recording.forms[0] + recording.asked[0]
    assert parse_qs(recording.forms[0])["stype_in"] == ["continuous"]


def test_a_key_is_not_sent_on_to_another_address() -> None:
    with replaying(GOOD["databento"]) as elsewhere:
        moved = Reply(status=303, head={"Location": f"{elsewhere.address}/here"})
        with replaying(moved) as recording:
            bars = read("databento", recording)

    assert len(bars) == 2
    assert "Authorization" in recording.heads[0]
    assert "Authorization" not in elsewhere.heads[0]


@PLAIN
def test_a_provider_that_limits_is_asked_again_after_the_time_it_names(name: str) -> None:
    busy = Reply(b"slow down", 429, {"Retry-After": "7"})
    with replaying(busy, GOOD[name]) as recording:
        bars = read(name, recording)

    assert bars
    assert WAITED == [7.0]
    assert len(recording.asked) == 2


def test_a_time_to_ask_again_may_be_a_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    with replaying(Reply(status=429, head={"Retry-After": later}), GOOD["fred"]) as recording:
        read("fred", recording)

    assert 20.0 < WAITED[0] <= 30.0


def test_without_a_time_to_wait_the_pause_doubles() -> None:
    with replaying(Reply(status=503), Reply(status=429), GOOD["fred"]) as recording:
        read("fred", recording)

    assert WAITED == [1.0, 2.0]


def test_a_provider_that_limits_to_the_end_is_one_sentence() -> None:
    said = refusal("fred", Reply(status=429, head={"Retry-After": "60"}))

    assert said == (
        "fred limits how often it is asked; it was asked 3 times, so ask again in 60 s or later."
    )
    assert WAITED == [60.0, 60.0]


def test_nobody_waits_for_an_hour() -> None:
    said = refusal("fred", Reply(status=429, head={"Retry-After": "3600"}))

    assert "it was asked once, so ask again in 3600 s or later" in said
    assert WAITED == []


@PLAIN
def test_a_time_out_is_asked_again_and_then_said(name: str) -> None:
    provider = SOURCES.make(name, {})
    with replaying(Reply(delay_s=0.5)) as recording:
        slow = Wire(at=recording.address, timeout_s=0.05, tries=2, sleep=WAITED.append)
        with pytest.raises(NoAnswer) as caught:
            provider.answer(ASK[name], slow)

    assert str(caught.value) == (
        f"{name} says nothing within 0.05 s; it was asked 2 times, so ask again later."
    )


@PLAIN
def test_an_answer_that_breaks_off_is_asked_again(name: str) -> None:
    whole = GOOD[name]
    half = Reply(whole.body[: len(whole.body) // 2], promised=len(whole.body))
    with replaying(half, whole) as recording:
        bars = read(name, recording)

    assert bars
    assert len(recording.asked) == 2


@PLAIN
def test_an_answer_that_always_breaks_off_is_one_sentence(name: str) -> None:
    said = refusal(name, Reply(b"[{", promised=100))

    assert "breaks off in the middle of its answer" in said


@PLAIN
def test_half_an_answer_of_the_promised_length_is_noticed(name: str) -> None:
    said = refusal(name, Reply(GOOD[name].body[:-40]))

    assert "half an answer" in said


@pytest.mark.parametrize(
    ("name", "old", "lost"),
    [
        ("fred", b'"value"', "value"),
        ("cftc", b'"open_interest_all"', "open_interest_all"),
        ("databento", b"ts_event", "ts_event"),
    ],
)
def test_a_changed_column_is_named(name: str, old: bytes, lost: str) -> None:
    changed = GOOD[name].body.replace(old, old.replace(lost.encode(), b"renamed"))
    said = refusal(name, Reply(changed))

    assert f"without the column {lost!r}" in said
    assert "renamed" in said


def test_a_changed_number_is_named() -> None:
    said = refusal("fred", Reply(GOOD["fred"].body.replace(b"4.28", b"4,28 %")))

    assert "'4,28 %' in the column 'value', which is no number" in said


def test_a_changed_day_is_named() -> None:
    said = refusal("fred", Reply(GOOD["fred"].body.replace(b"2026-02-04", b"04 Feb")))

    assert "'04 Feb' where a day should be" in said


@pytest.mark.parametrize("name", ["fred", "cftc"])
def test_a_page_in_place_of_data_is_said(name: str) -> None:
    said = refusal(name, Reply(b"<!doctype html><title>Are you a robot?</title>"))

    assert "something that is no JSON" in said


@PLAIN
def test_an_empty_answer_gives_no_bars_or_is_refused(name: str) -> None:
    empty = {"fred": b'{"observations": []}', "cftc": b"[]"}
    with replaying(Reply(empty.get(name, DATABENTO_SHAPE.splitlines()[0].encode()))) as recording:
        bars = read(name, recording)

    assert bars == []


def test_a_part_of_the_observations_is_no_whole() -> None:
    said = refusal("fred", as_json({**FRED_SHAPE, "count": 100_001}))

    assert "fred gave 3 of 100001 observations" in said


@PLAIN
@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_not_asked_again(name: str, status: int) -> None:
    said = refusal(name, Reply(b"no", status))

    assert said == (f"{name} refuses the question (HTTP {status}); check the symbol and the key.")
    assert WAITED == []


def test_a_provider_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(NoAnswer, match="fred cannot be reached; it was asked 3 times"):
        SOURCES.make("fred", {}).answer(
            ASK["fred"], Wire(at="http://127.0.0.1:9", sleep=WAITED.append)
        )


def test_an_address_of_files_is_refused() -> None:
    with pytest.raises(NoAnswer, match="is no address of fred"):
        SOURCES.make("fred", {}).answer(ASK["fred"], Wire(at="file:///etc"))


@pytest.mark.parametrize(
    ("name", "key"), [("fred", "FRED_API_KEY"), ("databento", "DATABENTO_API_KEY")]
)
def test_a_missing_key_says_where_to_get_one(
    name: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(key)

    with pytest.raises(NoAnswer, match=f"{name} needs a key; get one at .* put it into {key}"):
        SOURCES.make(name, {}).answer(ASK[name], Wire())


@pytest.mark.parametrize(
    ("name", "symbol"),
    [("cftc", "gold"), ("databento", "GC"), ("cftc", "legacy:08' OR '1'='1"), ("ccxt", "BTC/USDT")],
)
def test_a_symbol_of_another_form_is_refused_before_anybody_is_asked(
    name: str, symbol: str
) -> None:
    ask = Ask(symbol, date(2026, 2, 1), date(2026, 2, 2))

    with pytest.raises(NoAnswer, match="is no symbol of"):
        SOURCES.make(name, {}).answer(ask, Wire())


@pytest.mark.parametrize("name", ["yfinance", "ccxt", "akshare"])
def test_a_missing_library_says_the_line_that_installs_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    ask = Ask("binance:BTC/USDT", date(2026, 2, 1), date(2026, 2, 2))

    with pytest.raises(NoAnswer, match=rf"pip install 'undertow\[{name}\]'"):
        SOURCES.make(name, {}).answer(ask, Wire())


# Libraries: stand-ins that ask the local server, with the names and faults of the real ones.

CANDLES = [
    [1770249600000, 73000.0, 73500.0, 62300.0, 62702.0, 41234.5],
    [1770336000000, 62702.0, 71800.0, 60000.0, 70555.0, 38999.0],
]
BTC = Ask("binance:BTC/USDT", date(2026, 2, 5), date(2026, 2, 6))


class Fault(Exception):
    """Any fault of a library."""


@contextmanager
def library(name: str, monkeypatch: pytest.MonkeyPatch, **names: object) -> Iterator[ModuleType]:
    module = ModuleType(name)
    vars(module).update(names)
    monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr("importlib.util.find_spec", lambda _: module)
    yield module


class Frame:
    """What is used of a frame."""

    def __init__(self, text: str) -> None:
        self.text = text

    def to_csv(self, *, index: bool = True) -> str:
        return self.text


def ccxt_of(monkeypatch: pytest.MonkeyPatch) -> object:
    faults = {
        name: type(name, (Fault,), {})
        for name in ("RateLimitExceeded", "DDoSProtection", "NetworkError")
    }

    class Binance:
        def __init__(self, _: dict[str, object]) -> None:
            self.urls: dict[str, object] = {"api": {"public": "https://api.binance.com/api/v3"}}

        def fetch_ohlcv(self, symbol: str, step: str, since: int, limit: int) -> object:
            public = self.urls["api"]["public"]  # type: ignore[index]
            try:
                with urlopen(f"{public}/klines?since={since}") as reply:  # noqa: S310 - here
                    candles = json.loads(reply.read())
            except URLError as error:
                kind = "RateLimitExceeded" if getattr(error, "code", 0) == 429 else "NetworkError"
                raise faults[kind]("binance GET 429") from error
            return [candle for candle in candles if candle[0] >= since][:1]

    return library(
        "ccxt", monkeypatch, exchanges=["binance"], binance=Binance, BaseError=Fault, **faults
    )


def test_candles_come_page_after_page(monkeypatch: pytest.MonkeyPatch) -> None:
    ccxt = SOURCES.make("ccxt", {})
    with ccxt_of(monkeypatch), replaying(as_json(CANDLES)) as recording:
        bars = ccxt.bars(ccxt.answer(BTC, wire(recording)), BTC)

    assert [bar.close for bar in bars] == [62702.0, 70555.0]
    assert [bar.moment.date().day for bar in bars] == [5, 6]
    assert len(recording.asked) == 2
    assert recording.asked[0].startswith("/api/v3/klines")


def test_an_exchange_that_limits_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    ccxt = SOURCES.make("ccxt", {})
    with ccxt_of(monkeypatch), replaying(Reply(status=429), as_json(CANDLES)) as recording:
        ccxt.answer(BTC, wire(recording))

    assert WAITED == [1.0]


def test_candles_of_another_width_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ccxt = SOURCES.make("ccxt", {})
    narrow = [candle[:5] for candle in CANDLES]
    with (
        ccxt_of(monkeypatch),
        replaying(as_json(narrow)) as recording,
        pytest.raises(NoAnswer, match="candles of 5 numbers where six should be"),
    ):
        ccxt.answer(BTC, wire(recording))


def test_an_exchange_that_nobody_knows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = Ask("bnance:BTC/USDT", date(2026, 2, 5), date(2026, 2, 6))
    with ccxt_of(monkeypatch), pytest.raises(NoAnswer, match="knows no exchange 'bnance'"):
        SOURCES.make("ccxt", {}).answer(ask, Wire())


YAHOO = (
    "Date,Open,High,Low,Close,Adj Close,Volume\n"
    "2026-02-05 00:00:00-05:00,6874.0,6880.1,6796.2,6798.4,6798.4,6500000000\n"
    "2026-02-06 00:00:00-05:00,6810.0,6935.0,6805.0,6932.3,6932.3,6100000000\n"
)
SPX = Ask("^GSPC", date(2026, 2, 5), date(2026, 2, 6))


def yahoo_of(monkeypatch: pytest.MonkeyPatch, history: Callable[..., Frame]) -> object:
    faults = ModuleType("yfinance.exceptions")
    vars(faults).update(YFException=Fault, YFRateLimitError=type("YFRateLimitError", (Fault,), {}))
    monkeypatch.setitem(sys.modules, "yfinance.exceptions", faults)
    ticker = SimpleNamespace(history=history)
    config = SimpleNamespace(debug=SimpleNamespace(hide_exceptions=True))
    return library("yfinance", monkeypatch, Ticker=lambda _: ticker, config=config)


def test_days_of_yahoo_are_days_of_the_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    yahoo = SOURCES.make("yfinance", {})
    asked: dict[str, object] = {}

    def history(**how: object) -> Frame:
        asked.update(how)
        return Frame(YAHOO)

    with yahoo_of(monkeypatch, history):
        bars = yahoo.bars(yahoo.answer(SPX, Wire()), SPX)

    assert [(bar.moment.day, bar.close) for bar in bars] == [(5, 6798.4), (6, 6932.3)]
    assert (asked["start"], asked["end"]) == ("2026-02-05", "2026-02-07")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (KeyError("currentTradingPeriod"), "yfinance stumbles over the answer"),
        (Fault("$XYZ: possibly delisted; no price data found"), "has nothing of '\\^GSPC'"),
        (ConnectionError("refused"), "yfinance cannot be reached"),
    ],
)
def test_faults_of_yahoo_are_one_sentence(
    fault: Exception, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def history(**_: object) -> Frame:
        raise fault

    with yahoo_of(monkeypatch, history), pytest.raises(NoAnswer, match=said):
        SOURCES.make("yfinance", {}).answer(SPX, Wire(sleep=WAITED.append))


def test_an_empty_frame_lacks_its_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    yahoo = SOURCES.make("yfinance", {})
    with pytest.raises(NoAnswer, match="without the column 'Open'"):
        yahoo.bars(b'""\n', SPX)


def test_aluminium_comes_from_akshare(monkeypatch: pytest.MonkeyPatch) -> None:
    akshare = SOURCES.make("akshare", {})
    table = (
        "date,open,high,low,close,volume,hold,settle\n"
        "2026-02-02,24500,24500,23035,23035,912345,301234,23600\n"
    )
    ask = Ask("AL0", date(2026, 2, 2), date(2026, 2, 2))
    with library("akshare", monkeypatch, futures_zh_daily_sina=lambda symbol: Frame(table)):
        (bar,) = akshare.bars(akshare.answer(ask, Wire()), ask)

    assert (bar.close, bar.volume) == (23035.0, 912345.0)


def test_an_answer_that_akshare_cannot_take_apart_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(symbol: str) -> Frame:
        raise IndexError("list index out of range")

    ask = Ask("AL0", date(2026, 2, 2), date(2026, 2, 2))
    with (
        library("akshare", monkeypatch, futures_zh_daily_sina=broken),
        pytest.raises(NoAnswer, match="akshare cannot read what came for 'AL0'"),
    ):
        SOURCES.make("akshare", {}).answer(ask, Wire())


@pytest.mark.parametrize("name", ["yfinance", "akshare"])
def test_a_library_with_its_own_address_takes_no_other(name: str) -> None:
    with pytest.raises(NoAnswer, match="leave --at out"):
        SOURCES.make(name, {}).answer(SPX, Wire(at="http://127.0.0.1:9"))
