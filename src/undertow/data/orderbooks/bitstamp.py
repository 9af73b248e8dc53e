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
from undertow.core.events import About, Events, RowPerEvent
from undertow.data.orderbooks._cells import DROPPED, WORD, Cells, first_line, word
from undertow.data.orderbooks.base import Feed, Opened

PLACES = 8
UNIT = 10.0**-PLACES
HIGHEST = 429_000 * 10**PLACES
"""A price above it is an order that nobody means to trade."""
PURGE_NS = 1_000_000_000
MILLISECOND = 1_000_000
BEFORE_1970, AFTER_2200 = 10**12, 7 * 10**12
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
    columns = [names.index(name) for name in ORDERS]
    row = 2
    for rows in cells.rows():
        _refuse(rows[:, columns], path, row)
        row += len(rows)
        yield _events(rows[:, columns], parties, skipped)


def _whole(path: Path, names: tuple[str, ...]) -> bool:
    """Whether volumes are written without a point, and so in 1e-8."""
    lines = first_line(path, 100).split("\n")[1:]
    at = names.index("volume")
    cells = [line.split(",")[at] for line in lines if line.count(",") >= at]
    return bool(cells) and not any("." in cell for cell in cells)


def _refuse(rows: RowPerEvent, path: Path, row: int) -> None:
    """BadFile for what no recorder writes."""
    actions, sides = map(word, ("created", "changed", "deleted")), map(word, ("bid", "ask"))
    for wrong, said in (
        (~np.isin(rows[:, 4], list(actions)), "an action that is not created, changed or deleted"),
        (~np.isin(rows[:, 5], list(sides)), "a direction that is not bid or ask"),
        (rows[:, 3] < 0, "a negative volume"),
        (
            (rows[:, 1] < BEFORE_1970) | (rows[:, 1] > AFTER_2200),
            "a timestamp that is no ms since 1970",
        ),
    ):
        if wrong.any():
            at = row + int(np.argmax(wrong))
            raise BadFile(f"{path} line {at:,} has {said}; check the file and --format.")


def _events(rows: RowPerEvent, parties: Parties | None, skipped: Counter[str]) -> Events:
    order, time, price, volume, action, direction = rows.T
    created, changed = action == word("created"), action == word("changed")
    deleted = ~created & ~changed
    absurd = (price <= 0) | (price > HIGHEST)
    nothing = ~deleted & (volume == 0)
    skipped["with_an_absurd_price_dropped"] += int(absurd.sum())
    skipped["without_a_size_dropped"] += int((nothing & ~absurd).sum())
    kept = ~absurd & ~nothing
    flags = np.full(len(rows), ev.END, dtype=np.uint8)
    if parties is None:
        flags[changed | (deleted & (volume == 0))] |= ev.FILLED
    else:
        took = _among(order, parties.takers)
        made = _among(order, parties.makers)
        flags[made & (changed | (deleted & (volume == 0)))] |= ev.FILLED
        flags[took & changed] |= ev.REMAINDER
        skipped["of_orders_that_took_not_added"] += int((took & created & kept).sum())
        kept &= ~(took & created)
    kind = np.select((created, changed), (ev.ADD, ev.LEFT), ev.DELETE).astype(np.uint8)
    side = np.where(direction == word("bid"), 1, -1).astype(np.int8)
    return Events(
        time=time[kept] * MILLISECOND,
        kind=kind[kept],
        side=side[kept],
        order=order[kept],
        price=price[kept],
        quantity=volume[kept],
        flags=flags[kept],
        ladder=ev.no_ladder(int(kept.sum())),
    )


def _among(values: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which values are in a sorted list."""
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return known[at] == values
