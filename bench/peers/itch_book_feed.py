"""itch-book on an ITCH file: parse and book with best quotes, and end to end.

End to end: ten levels and messages as tables, spread and depth of ten levels from the one, sums of
what was cancelled and executed from the other. Usage: SCRIPT FILE REPEATS.
"""

import datetime as dt
import json
import sys
import time

import itch_book
import numpy as np


def quotes(file):
    """Parse, keep the book, hand out the best quotes."""
    feed = itch_book.open(file, date=dt.date(2026, 5, 4))
    rows = sum(len(batch.bbo["bid_px"]) for batch in feed.batches(tables=("bbo",)))
    return feed.stats["messages"], {"rows": rows}


def whole(file):
    """The same with ten levels and messages, and sums over them."""
    feed = itch_book.open(file, date=dt.date(2026, 5, 4))
    total = {"spread": 0.0, "depth": 0.0, "rows": 0, "gone": 0}
    for batch in feed.batches(tables=("depth", "messages"), depth=10):
        rows = batch.depth
        sides = [rows[name] for name in rows if "_sz_" in name]
        total["depth"] += float(sum(np.sum(side, dtype=np.float64) for side in sides))
        bid, ask = (rows[name] for name in ("bid_px_00", "ask_px_00"))
        mid = 0.5 * (bid + ask)
        total["spread"] += float(np.nansum(1e4 * (ask - bid) / mid))
        total["rows"] += len(bid)
        taken = np.isin(batch.messages["type"], (b"X", b"D", b"E", b"C"))
        total["gone"] += int(batch.messages["size"][taken].sum())
    return feed.stats["messages"], total


def main():
    file, repeats = sys.argv[1], int(sys.argv[2])
    found = {}
    for play in (quotes, whole):
        walls = []
        for _ in range(repeats):
            begin = time.perf_counter()
            count, said = play(file)
            walls.append(time.perf_counter() - begin)
        found[play.__name__] = {"messages": count, "wall_s": walls, **said}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
