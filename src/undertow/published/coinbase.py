"""Coinbase quotes of 2017-09-04 against the day before: spread, depth and price at worst."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from undertow.core.answers.measured import QuotesAnswer
from undertow.data.quotes import read_quotes
from undertow.published.check import Check, Fixture, Row, exactly, printed
from undertow.studies.quotes import quotes_answer

FOLDER = "microstructure/lean"


@dataclass(frozen=True, slots=True)
class Coin:
    """What is written down of one coin.

    baseline_bps, multiple, worst_bps: normal and worst hourly mean spread;  depth, loss: of depth
    widest: bp of the widest minute;  fall: of the lowest mid against the first
    hours: of the day, of the worst spread and the worst depth
    """

    name: str
    baseline_bps: str
    worst_bps: str
    multiple: str
    depth: str
    worst_depth: str
    loss: str
    widest: str
    fall: str
    hours: tuple[int, int]


COINS = (
    Coin(
        "btcusd", "0.7635", "9.5413", "12.498", "51989.93", "6253.73", "87.97", "49.4561",
        "-8.68", (13, 20),
    ),
    Coin(
        "ethusd", "1.4913", "8.2512", "5.533", "38590.72", "9045.99", "76.56", "80.9516",
        "-19.68", (8, 17),
    ),
)  # fmt: skip


def answer_of(coin: Coin, data: Path) -> QuotesAnswer:
    """The study on the two days of a coin."""
    calm, bad = (read_quotes(data / _file(coin, day), "lean-crypto") for day in (3, 4))
    return quotes_answer(calm, bad)


def _file(coin: Coin, day: int) -> str:
    return f"{FOLDER}/coinbase_{coin.name}_2017090{day}_minute_quote.zip"


def play(data: Path) -> list[Row]:
    """Ten figures for each of the two coins."""
    return [row for coin in COINS for row in _rows(coin, answer_of(coin, data))]


def _rows(coin: Coin, found: QuotesAnswer) -> list[Row]:
    before, worst, name = found.baseline, found.worst, coin.name
    return [
        printed(f"{name} normal spread, bp", coin.baseline_bps, before.spread_bps),
        printed(f"{name} worst hour's spread, bp", coin.worst_bps, worst.spread_bps),
        printed(f"{name} spread multiple", coin.multiple, found.spread_multiple),
        exactly(f"{name} worst hours", coin.hours, (worst.spread_hour.hour, worst.depth_hour.hour)),
        printed(f"{name} normal depth, USD", coin.depth, before.depth_usd),
        printed(f"{name} worst hour's depth, USD", coin.worst_depth, worst.depth_usd),
        printed(f"{name} depth loss, %", coin.loss, 100.0 * found.depth_loss),
        printed(f"{name} widest minute, bp", coin.widest, worst.max_minute_bps),
        printed(f"{name} fall of the mid, %", coin.fall, 100.0 * worst.mid_change),
    ]


CHECK = Check(
    name="coinbase",
    title="Spread and depth on Coinbase, 2017-09-04 against the day before: BTC and ETH",
    source=(
        "computed from minute quotes carried by QuantConnect/Lean, commit 2486390, Apache-2.0,"
        " independently of this code"
    ),
    play=play,
    fixtures=tuple(
        Fixture(f"{FOLDER}/coinbase_{name}_minute_quote.zip", digest)
        for name, digest in (
            (
                "btcusd_20170903",
                "ef77b23a63fb741ae99c2d65d850abf0cfa539e0604b81d56ca1564ba885eafc",
            ),
            (
                "btcusd_20170904",
                "a85ce1d1a51ec77192509f4cfc8f42f3699286259c0fe5c2953cb279bedb95e9",
            ),
            (
                "ethusd_20170903",
                "8c08fe247578cd0064497fb254576473c4cc669feadc04801dbee4afb3759bed",
            ),
            (
                "ethusd_20170904",
                "e3bb52fffdef92691854736a1a67ddb809236b66817ebfe06e6cfbabd400d93b",
            ),
        )
    ),
)
