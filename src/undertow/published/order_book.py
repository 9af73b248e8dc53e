"""A day of Amazon at one level, LOBSTER's free sample: the figures of the project's notes."""

from __future__ import annotations

from pathlib import Path

from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.data.orderbooks import opened
from undertow.published.check import Check, Fixture, Row, exactly, printed
from undertow.studies.orderbook import orderbook_answer
from undertow.studies.orderbook_feed import passed

FOLDER = "microstructure/restricted/AMZN_2012-06-21_34200000_57600000_"
MINUTE_NS = 60 * 10**9
COUNTS = {"add": 27_845, "cancel_part": 16, "delete": 18_235, "fill": 8_974, "hidden": 2_445}
QUANTITIES = {
    "add": 2_670_322, "cancel_part": 1_415, "delete": 1_666_094, "fill": 613_248, "hidden": 197_507,
}  # fmt: skip


def play(data: Path) -> list[Row]:
    """Every figure that is printed of the day."""
    files = tuple(data / one.path for one in FIXTURES)
    found = orderbook_answer(passed(opened(files, "lobster"), MINUTE_NS))
    return [*_messages(found), *_spreads(found), *_depths(found), *_trades(found)]


def _messages(found: OrderbookAnswer) -> list[Row]:
    counts = {name: one.count for name, one in found.events.items()}
    quantities = {name: int(one.quantity) for name, one in found.events.items()}
    return [
        exactly("messages by type", COUNTS, counts),
        exactly("quantities by type", QUANTITIES, quantities),
        printed("cancel share, quantity", "0.7311", found.cancel_share_quantity),
        printed("cancel share, count", "0.6704", found.cancel_share_count),
        printed("cancel to trade", "1.5983", found.cancel_to_trade),
        printed("order to trade", "4.0368", found.order_to_trade),
    ]


def _spreads(found: OrderbookAnswer) -> list[Row]:
    spread, minutes = found.spread_bps, [one.spread_bps for one in found.windows]
    base = found.baseline.spread_bps
    return [
        printed("spread, bp: event median", "5.8618", spread.event_median),
        printed("spread, bp: time median", "5.4220", spread.time_median),
        printed("spread, bp: time mean", "5.7643", spread.time_mean),
        printed("spread, bp: max", "34.4419", spread.max),
        printed("spread, bp: median minute", "5.5346", base),
        printed("spread, bp: widest minute", "19.0479", max(minutes)),
        exactly("spread: which minute", 2, minutes.index(max(minutes))),
        printed("spread: widest minute, multiple", "3.4416", max(minutes) / base),
        printed("spread: first five minutes, multiple", "2.5437", sum(minutes[:5]) / 5.0 / base),
    ]


def _depths(found: OrderbookAnswer) -> list[Row]:
    touch, minutes = found.depth["touch"], [one.touch for one in found.windows]
    shares = [one.cancel_share_quantity for one in found.windows]
    return [
        exactly("touch: time median", 232.0, touch.median),
        printed("touch: time mean", "357.1982", touch.mean),
        exactly("touch: least", 2.0, touch.min),
        printed("touch: median minute", "273.80", touch.windows.median),
        printed("touch: thinnest minute", "48.03", touch.windows.min),
        exactly("touch: which minute", 162, minutes.index(min(minutes))),
        printed("touch: loss", "0.8246", touch.loss),
        printed("cancel share by minute: median", "0.745", found.baseline.cancel_share_quantity),
        printed("cancel share by minute: least", "0.1676", min(shares)),
        printed("cancel share by minute: most", "1", max(shares)),
    ]


def _trades(found: OrderbookAnswer) -> list[Row]:
    paid, later = found.effective_spread_bps, found.realised_spread_bps["5s"]
    return [
        printed("effective spread, bp: mean", "4.6741", paid.mean),
        printed("effective spread, bp: by value", "4.2248", paid.by_value),
        printed("realised after 5 s, bp: mean", "-0.1149", later.mean),
        printed("realised after 5 s, bp: by value", "-0.5553", later.by_value),
        printed("Kyle's lambda × 10⁵, by minute", "8.062", found.kyle_lambda * 1e5),
        printed("Kyle: R²", "0.3884", found.kyle.r2),
        printed("order-flow imbalance × 10⁵, by 10 s", "2.531", found.ofi_beta * 1e5),
        printed("order-flow imbalance: R²", "0.3162", found.ofi.r2),
    ]


FIXTURES = (
    Fixture(
        f"{FOLDER}message_1.csv.gz",
        "697a991b0d332ed469a38677fdf2b43539f7ec10f5eb646b61196f0b4890cb9c",
    ),
    Fixture(
        f"{FOLDER}orderbook_1.csv.gz",
        "edfff38bfcaede1a73951401c5c423af09e82c1ea202f649ead7eec2f8031d66",
    ),
)
CHECK = Check(
    name="order-book",
    title="Amazon on 21 June 2012, one level: spread, depth, cancels, trades and impact",
    source=(
        "LOBSTER's free sample, carried by VSandwar74/LowLevelOrderbook, commit d0a34ec, no"
        " licence: for local tests only; figures of the project's microstructure notes (3 A)"
    ),
    play=play,
    fixtures=FIXTURES,
)
