"""hftbacktest on a recording of Binance: its conversion, then its book with ten levels read.

The book is its fastest one (a vector over a range of prices). At each wake-up, a message of depth
or trades that reaches the strategy, ten levels of both sides are added up; nothing is ordered.
Usage: SCRIPT FILE REPEATS TICK LOT.
"""

import contextlib
import io
import json
import sys
import time

from hftbacktest import BacktestAsset, ROIVectorMarketDepthBacktest
from hftbacktest.data.utils import binancefutures
from numba import njit

LEVELS, FARTHEST = 10, 2000
"""Levels of a side that are read, and ticks from the best within which they are looked for."""
FEED, LONG = 2, 10**10


@njit
def played(hbt):
    """Wake-ups, and what stood in ten levels added up over them."""
    woke, total = 0, 0.0
    while hbt.wait_next_feed(False, LONG) == FEED:
        woke += 1
        depth = hbt.depth(0)
        bid, ask, seen = depth.best_bid_tick, depth.best_ask_tick, 0
        for away in range(FARTHEST):
            held = depth.bid_qty_at_tick(bid - away)
            total += held
            seen += held > 0
            if seen == LEVELS:
                break
        seen = 0
        for away in range(FARTHEST):
            held = depth.ask_qty_at_tick(ask + away)
            total += held
            seen += held > 0
            if seen == LEVELS:
                break
    return woke, total


def asset(events, tick, lot):
    """One instrument; its orders, fees and latencies play no part."""
    prices = events["px"][events["px"] > 0]
    return (
        BacktestAsset()
        .data(events)
        .linear_asset(1.0)
        .constant_order_latency(0, 0)
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .trading_value_fee_model(0.0, 0.0)
        .tick_size(tick)
        .lot_size(lot)
        .roi_lb(0.5 * float(prices.mean()))
        .roi_ub(1.5 * float(prices.mean()))
    )


def main():
    """Print walls as JSON."""
    file, repeats, tick, lot = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
    begin = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        events = binancefutures.convert(file)
    converted, walls, woke = time.perf_counter() - begin, [], 0
    for _ in range(repeats + 1):
        hbt = ROIVectorMarketDepthBacktest([asset(events, tick, lot)])
        begin = time.perf_counter()
        woke, total = played(hbt)
        walls.append(time.perf_counter() - begin)
        hbt.close()
    found = {"messages": len(events), "convert_s": converted, "wall_s": walls[1:]}
    print(json.dumps({**found, "wake_ups": woke, "ten_levels": total / woke}))


if __name__ == "__main__":
    main()
