"""Order books measured end to end, from files as they come; itch-book beside them in the same run.

The ITCH file is Bitstamp's half hour (`../shared/data/microstructure/bitstamp_l3`) written as A, E,
X and D, without its ghosts, sixteen times in a row. LOBSTER and DBN files are the samples beside
it, their rows written out again and again. itch-book runs in an environment of its own, made on
first use. Rates are messages a second by the clock, the best of the repeats.
Usage: python bench/books.py [--data DIR] [--repeats N] [--peers all|none] [--json]
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import polars as pl

from undertow.core import events as ev
from undertow.core.compiled import home
from undertow.data.orderbooks import opened
from undertow.data.orderbooks._packed import blocks
from undertow.studies.orderbook import orderbook_answer
from undertow.studies.orderbook_feed import passed
from undertow.tape.replay import Replay
from undertow.tape.seen import KIND, NOTHING

MINUTE_NS = 60 * 10**9
COPIES = 16
LOTS = 100
"""Satoshis of a share."""
BESIDE = Path(__file__).parents[2] / "shared" / "data"
PEER = Path(__file__).parent / "peers" / "itch_book_feed.py"


def ghosts(files: list[Path]) -> set[int]:
    """Orders that were purged: there is a deletion for them, and they are not in the book."""
    feed = opened(files, "bitstamp")
    replay, alive, found = Replay(feed.about), set(), set()
    for events in feed.blocks:
        seen = replay.shown(events)
        rows = zip(events.kind.tolist(), events.order.tolist(), seen[:, KIND].tolist(), strict=True)
        for kind, order, what in rows:
            if kind == ev.ADD:
                alive.add(order)
            elif kind == ev.DELETE and order in alive:
                alive.discard(order)
                found |= {order} if what == NOTHING else set()
    return found


def messages(files: list[Path]) -> list[tuple[int, bytes, int, bytes, int]]:
    """Bitstamp's events as ITCH bodies: ns, type, order, what follows it, and its length."""
    dropped, left, made = ghosts(files), {}, []
    feed = opened(files, "bitstamp")
    for events in feed.blocks:
        for time, kind, side, named, price, quantity, flags, _ in zip(*events, strict=True):
            ns, order = int(time) % (86_400 * 10**9), int(named)
            ns = max(ns, made[-1][0]) if made else ns
            shares = max(min(int(quantity) // LOTS, 2**32 - 1), 1)
            if order in dropped:
                continue
            if kind == ev.ADD:
                left[order] = shares
                stated = struct.pack(">I", shares) + b"TEST    "
                body = (b"B" if side > 0 else b"S") + stated + struct.pack(">I", price // 10**4)
                made.append((ns, b"A", order, body))
            elif order in left and kind == ev.DELETE:
                filled = flags & ev.FILLED
                body = struct.pack(">IQ", left.pop(order), len(made)) if filled else b""
                made.append((ns, b"E" if filled else b"D", order, body))
            elif order in left and left[order] > shares:
                gone, left[order] = left[order] - shares, shares
                filled = flags & ev.FILLED
                body = struct.pack(">I", gone) + (struct.pack(">Q", len(made)) if filled else b"")
                made.append((ns, b"E" if filled else b"X", order, body))
    return made


def write_itch(files: list[Path], to: Path) -> None:
    """The same half hour again and again, orders and times moved on."""
    found = messages(files)
    begin, span = found[0][0], found[-1][0] - found[0][0] + 10**9
    with to.open("wb") as out:
        head = b"R" + struct.pack(">HH", 1, 0) + bytes(6) + b"TEST    " + bytes(20)
        out.write(struct.pack(">H", len(head)) + head)
        for copy in range(COPIES):
            for ns, kind, order, body in found:
                at = (ns - begin + copy * span).to_bytes(6, "big")
                message = kind + struct.pack(">HH", 1, 0) + at
                message += struct.pack(">Q", order + (copy << 52)) + body
                out.write(struct.pack(">H", len(message)) + message)


def write_lobster(folder: Path, to: Path) -> list[Path]:
    """Each row forty times."""
    made = []
    for kind in ("message", "orderbook"):
        file = next(folder.glob(f"AMZN*{kind}_1.csv.gz"))
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()[1:]
        made.append(to / file.name.removesuffix(".gz"))
        made[-1].write_text("".join(f"{line}\n" * 40 for line in lines))
    return made


def write_dbn(folder: Path, to: Path) -> Path:
    """Unpacked; every record of a trading hour once."""
    made = to / "es.mbo.dbn"
    file = next(folder.glob("esh4*25.mbo.dbn.zst"))
    made.write_bytes(b"".join(blocks(file)))
    return made


def measured(files: list[Path], feed: str, repeats: int) -> dict[str, object]:
    """Messages a second of reading alone, and end to end."""
    read, whole, count = [], [], 0
    for _ in range(repeats + 1):
        begin = perf_counter()
        count = sum(len(block.time) for block in opened(files, feed).blocks)
        read.append(perf_counter() - begin)
        begin = perf_counter()
        orderbook_answer(passed(opened(files, feed), MINUTE_NS))
        whole.append(perf_counter() - begin)
    rates = {"read": count / min(read[1:]), "end_to_end": count / min(whole[1:])}
    return {"name": f"undertow, {feed}", "messages": count, **rates}


def parsers(book: Path, repeats: int) -> dict[str, object]:
    """Rows a second of the book file: our bytes, and polars."""
    from undertow.data.orderbooks._cells import Cells

    ours, theirs, rows = [], [], 0
    for _ in range(repeats + 1):
        begin = perf_counter()
        rows = sum(len(block) for block in Cells(book, (0, 0, 0, 0)).rows())
        ours.append(perf_counter() - begin)
        begin = perf_counter()
        pl.read_csv(book, has_header=False).to_numpy()
        theirs.append(perf_counter() - begin)
    return {"name": "rows of CSV", "ours": rows / min(ours[1:]), "polars": rows / min(theirs)}


def peer(file: Path, repeats: int) -> list[dict[str, object]]:
    """itch-book on the same file, in its own process and environment."""
    folder = home() / "bench-books"
    python = Path(os.environ.get("UNDERTOW_PEERS_PYTHON") or folder / "bin" / "python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", "itch-book", "numpy"], check=True
        )
    command = [str(python), str(PEER), str(file), str(repeats)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.strip().splitlines()[-1])
    names = {"quotes": "itch-book, best quotes", "whole": "itch-book, ten levels and sums"}
    return [
        {"name": name, "end_to_end": found[key]["messages"] / min(found[key]["wall_s"])}
        for key, name in names.items()
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=BESIDE)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    folder = asked.data / "microstructure"
    with tempfile.TemporaryDirectory() as room:
        to = Path(room)
        itch = to / "day.itch"
        write_itch([folder / "bitstamp_l3" / n for n in ("orders.csv.gz", "trades.csv")], itch)
        lobster = write_lobster(folder / "restricted", to)
        rows = [
            measured([itch], "itch", asked.repeats),
            measured(lobster, "lobster", asked.repeats),
            measured([write_dbn(folder / "restricted", to)], "dbn", asked.repeats),
        ]
        rows += peer(itch, asked.repeats) if asked.peers == "all" else []
        csv = parsers(lobster[1], asked.repeats)
    load = os.getloadavg()[0]
    if asked.json:
        print(json.dumps({"load": load, "rows": rows, "csv": csv}, indent=1))
        return
    print(f"load {load:.1f}; million messages a second, by the clock")
    ours = rows[0]["end_to_end"]
    for row in rows:
        read = f"read {row['read'] / 1e6:6.2f}" if "read" in row else " " * 11
        rate = row["end_to_end"] / 1e6
        ratio = ours / row["end_to_end"]
        print(f"{row['name']:<32} {read}  end to end {rate:6.2f}  undertow, itch {ratio:5.2f}×")
    ours, theirs = csv["ours"] / 1e6, csv["polars"] / 1e6
    print(f"rows of CSV: our bytes {ours:.2f}, polars {theirs:.2f}, ratio {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
