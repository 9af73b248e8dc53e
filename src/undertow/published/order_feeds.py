"""What the project's notes say in passing of four other feeds."""

from __future__ import annotations

from pathlib import Path

from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.data.orderbooks import opened
from undertow.published.check import Check, Fixture, Row, claim, exactly, printed
from undertow.published.order_book import MINUTE_NS
from undertow.studies.orderbook import orderbook_answer
from undertow.studies.orderbook_feed import passed

FOLDER = "microstructure/"


def play(data: Path) -> list[Row]:
    """Bitstamp with ghosts and without trades, CME's E-mini, Binance's bitcoin."""
    ghosts = _found(data, "bitstamp", FIXTURES[0], FIXTURES[1])
    sweep = _found(data, "bitstamp", FIXTURES[2])
    mini = _found(data, "dbn", FIXTURES[3])
    tick = _found(data, "binance", FIXTURES[4]).spread_bps
    purged = ghosts.odd["ghost_orders_taken_out_of_a_crossed_book"]
    return [
        exactly("Bitstamp 2026: ghosts", 2, purged),
        claim(
            "Bitstamp 2026: cancel share, quantity",
            "99.9 % or more",
            f"{100.0 * ghosts.cancel_share_quantity:.3f} %",
            holds=ghosts.cancel_share_quantity >= 0.999,
        ),
        printed(
            "Bitstamp 2015: fall of the depth within 50 bp",
            "0.92",
            sweep.depth["within_50bps"].loss,
        ),
        exactly("Bitstamp 2015: crossed event states", 920.0, sweep.crossed["states"]),
        printed("E-mini: cancel share, quantity", "0.72", mini.cancel_share_quantity),
        exactly("E-mini: crossed once trading has begun", 0.0, mini.crossed["states"]),
        printed("Binance: widest spread over median", "243", tick.max / tick.event_median),
        printed("Binance: p99 over median", "29", tick.event_p99 / tick.event_median),
    ]


def _found(data: Path, feed: str, *files: Fixture) -> OrderbookAnswer:
    paths = tuple(data / one.path for one in files)
    return orderbook_answer(passed(opened(paths, feed), MINUTE_NS))


FIXTURES = (
    Fixture(
        f"{FOLDER}bitstamp_l3/orders.csv.gz",
        "880501e94fb43942b7f98cbc37bab421d72703d85898aae8de5da117bf62cdfc",
    ),
    Fixture(
        f"{FOLDER}bitstamp_l3/trades.csv",
        "9fd0dd86023b71eed49026b9b8e8a45d06d2578ced69393ad696f37233e9c795",
    ),
    Fixture(
        f"{FOLDER}bitstamp_l3/bitstamp_2015-05-01_orders.csv.xz",
        "ff29e19e915bfdb7600ee3471002817bdafa743f74da54f5abe9a48e233257b9",
    ),
    Fixture(
        f"{FOLDER}restricted/esh4-glbx-mdp3-20231225.mbo.dbn.zst",
        "04597c542c1f0a9d0f6c5e8b73c7624db67d978061b42742b86e09ae608c0bc5",
    ),
    Fixture(
        f"{FOLDER}binance_futures_l2/usdm_btcusdt_20240808.gz",
        "0ad7b3a0f5cff220761ea890cfd6e3c15f6899edc7f94637ec915043d7a72251",
    ),
)
CHECK = Check(
    name="order-feeds",
    title="Ghosts, a sweep, cancels and spreads in Bitstamp, E-mini and Binance feeds",
    source=(
        "figures of the project's microstructure notes (0 to 2); feeds carried by"
        " mczielinski/ob-analytics, commit e3a5e99, GPL-2.0-or-later; phil8192/ob-analytics, commit"
        " 97d1c08, GPL-2; nautechsystems/nautilus_trader, commit a95c804, no licence of the data;"
        " nkaz001/hftbacktest, commit 5f3ec40, MIT"
    ),
    play=play,
    fixtures=FIXTURES,
)
