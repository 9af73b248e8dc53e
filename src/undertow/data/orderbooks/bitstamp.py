"""Bitstamp: live orders with their ids, and a file of trades beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.errors import BadFile
from undertow.core.events import About, Events
from undertow.data.orderbooks import _orders as raw
from undertow.data.orderbooks._cells import DROPPED, WORD, Cells, first_line, word
from undertow.data.orderbooks.base import Feed, Opened

PLACES = 8
UNIT = 10.0**-PLACES
HIGHEST = 429_000 * 10**PLACES
"""A price above it is an order that nobody means to trade."""
PURGE_NS = 1_000_000_000
ORDERS = ("id", "timestamp", "price", "volume", "action", "direction")
TRADES = ("buy_order_id", "sell_order_id", "side")


@dataclass(frozen=True, slots=True)
class Bitstamp(Feed):
    """Columns id, timestamp (ms, the recorder's clock), price, volume, action, direction.

    created: a new order;  changed: what it has left;  deleted: it is gone. With a file of trades
    (buy_order_id, sell_order_id, side) what a maker loses is a fill, and an order that took is in
    the book only with its remainder; without it every decrease, and a deletion that leaves no
    volume, is a fill. Volumes without a point, as recorders of 2015 wrote them, are in 1e-8.
    Rows with a price ≤ 0 or > 429,000, or that create or change to nothing, are dropped. A book
    crossed for more than a second loses the older of its touching orders: ghosts from between a
    snapshot and the stream.
    Source: Bitstamp's live channels of orders and trades, as ob-analytics records them.
    """

    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """One file: the orders. Two: orders and trades, in either order."""
        del symbol
        heads = {path: _columns(path) for path in paths}
        orders = [path for path, names in heads.items() if set(ORDERS) <= set(names)]
        trades = [path for path, names in heads.items() if set(TRADES) <= set(names)]
        if len(orders) != 1 or len(orders) + len(trades) != len(paths):
            raise BadFile(
                f"{', '.join(path.name for path in paths)}: a Bitstamp feed is one file with the"
                f" columns {', '.join(ORDERS)} and, beside it, one of trades with"
                f" {', '.join(TRADES)}; check the files and --format."
            )
        skipped: Counter[str] = Counter()
        about = About(
            "bitstamp", "", UNIT, UNIT, "orders", purge_ns=PURGE_NS, takers_stand=not trades
        )
        parties = _parties(trades, heads) if trades else None
        return Opened(about, _blocks(orders[0], heads[orders[0]], parties, skipped), skipped)


@dataclass(frozen=True, slots=True)
class Parties:
    """Orders that stood in a trade, and orders that took; sorted ids."""

    makers: NDArray[np.int64]
    takers: NDArray[np.int64]


def _columns(path: Path) -> tuple[str, ...]:
    return tuple(name.strip().replace(".", "_") for name in first_line(path).split(","))


def _parties(trades: list[Path], heads: dict[Path, tuple[str, ...]]) -> Parties:
    """Of each trade the side that took, and the other one."""
    kinds = {"buy_order_id": 0, "sell_order_id": 0, "side": WORD}
    makers, takers = [], []
    for path in trades:
        names = heads[path]
        cells = Cells(path, tuple(kinds.get(name, DROPPED) for name in names))
        for rows in cells.rows():
            buys, sells = (rows[:, names.index(name)] for name in TRADES[:2])
            bought = rows[:, names.index("side")] == word("buy")
            takers.append(np.where(bought, buys, sells))
            makers.append(np.where(bought, sells, buys))
    if not makers:
        raise BadFile(f"{trades[0]} holds no trade; leave it out.")
    return Parties(np.unique(np.concatenate(makers)), np.unique(np.concatenate(takers)))


def _blocks(
    path: Path, names: tuple[str, ...], parties: Parties | None, skipped: Counter[str]
) -> Iterator[Events]:
    in_units = "exchange_timestamp" in names and _whole(path, names)
    kinds = {
        "id": 0,
        "timestamp": 0,
        "price": PLACES,
        "volume": 0 if in_units else PLACES,
        "action": WORD,
        "direction": WORD,
    }
    cells = Cells(path, tuple(kinds.get(name, DROPPED) for name in names))
    columns = np.array([names.index(name) for name in ORDERS], dtype=np.int64)
    known = _known(parties)
    line = 2
    for rows in cells.rows():
        out = ev.room(len(rows))
        told = raw.ordered(rows, columns, HIGHEST, known, out)
        if told[raw.FAULT]:
            raise BadFile(
                f"{path} line {line + told[raw.ROW]:,} has {raw.WRONG[told[raw.FAULT]]}; check the"
                " file and --format."
            )
        skipped["with_an_absurd_price_dropped"] += int(told[raw.ABSURD])
        skipped["without_a_size_dropped"] += int(told[raw.NOTHING])
        if parties is not None:
            skipped["of_orders_that_took_not_added"] += int(told[raw.TOOK])
        line += len(rows)
        yield ev.up_to(out, int(told[raw.KEPT]))


def _known(
    parties: Parties | None,
) -> tuple[bool, raw.Whole, NDArray[np.bool_], raw.Whole, NDArray[np.bool_]]:
    """What the rows are compared with."""
    nobody = np.zeros(0, dtype=np.int64)
    makers, takers = (nobody, nobody) if parties is None else (parties.makers, parties.takers)
    return parties is None, makers, raw.noted(makers), takers, raw.noted(takers)


def _whole(path: Path, names: tuple[str, ...]) -> bool:
    """Whether volumes are written without a point, and so in 1e-8."""
    lines = first_line(path, 100).split("\n")[1:]
    at = names.index("volume")
    cells = [line.split(",")[at] for line in lines if line.count(",") >= at]
    return bool(cells) and not any("." in cell for cell in cells)
