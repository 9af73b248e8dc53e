"""Order books measured end to end, from files as they come; itch-book and hftbacktest beside them.

End to end is reading, book and all measures in a warm process; its start is not in it. Long files:
ITCH is Bitstamp's half hour (`../shared/data/microstructure/bitstamp_l3`) written as A, E, X and D,
without its ghosts, sixteen times in a row; LOBSTER and DBN are the days beside it, forty times in a
row, with new orders, squeezed into one day. What the real day of DBN takes beyond its records at
that rate is the fixed cost. Packed files are these packed, and those of Bitstamp and Binance as
they come; beside each stands the time of unpacking alone as a share of the whole.
Peers run in an environment of their own, made on first use (UNDERTOW_PEERS_PYTHON names another);
one that is not there is said. --peers none measures what is not packed, and nothing else. Times are
the least of the repeats.
Usage: python bench/books.py [--data DIR] [--repeats N] [--peers all|none] [--json]
"""

from __future__ import annotations

import argparse
import gzip
import json
import lzma
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import polars as pl

from undertow.core import events as ev
from undertow.core.compiled import home
from undertow.data.orderbooks import opened
from undertow.data.orderbooks._packed import BLOCK, blocks, unpacked
from undertow.data.orderbooks.dbn import LAST, PICTURE, RECORD
from undertow.studies.orderbook import orderbook_answer
from undertow.studies.orderbook_feed import passed
from undertow.tape.replay import Replay
from undertow.tape.seen import KIND, NOTHING

Row = dict[str, object]
MINUTE_NS = 60 * 10**9
COPIES = 16
LOTS = 100
"""Satoshis of a share."""
BESIDE = Path(__file__).parents[2] / "shared" / "data"
PEERS = Path(__file__).parent / "peers"
DAYS, OPENS = 40, 34_200
"""Days in a row of LOBSTER and DBN; seconds after midnight at which LOBSTER's begins."""
BTCUSDT = ("0.1", "0.001")
"""Tick and lot."""


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


def write_lobster(folder: Path, to: Path, days: int = DAYS) -> list[Path]:
    """The day again and again, each in a part of the day, with orders of its own."""
    made = []
    for kind in ("message", "orderbook"):
        file = next(folder.glob(f"AMZN*{kind}_1.csv.gz"))
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()[1:]
        made.append(to / file.name.removesuffix(".gz"))
        with made[-1].open("w") as out:
            if kind == "orderbook":
                out.write("".join(f"{line}\n" for line in lines) * days)
                continue
            rows = [line.split(",", 3) for line in lines]
            for day in range(days):
                begin, named = OPENS + day * 23_400 / days, day * 10**9
                out.writelines(
                    f"{begin + (float(at) - OPENS) / days:.9f},{kind},{int(order) + named},{rest}\n"
                    for at, kind, order, rest in rows
                )
    return made


def write_dbn(folder: Path, to: Path, days: int) -> Path:
    """The day again and again, each in a part of the day; an empty book and its snapshot first."""
    made, file = to / f"es{days}.mbo.dbn", next(folder.glob("esh4*25.mbo.dbn.zst"))
    raw = b"".join(blocks(file))
    head = 8 + int.from_bytes(raw[4:8], "little")
    rows = np.frombuffer(raw[head:], dtype=RECORD)
    clear = rows[:1].copy()
    clear["action"], clear["side"], clear["order"] = ord("R"), ord("N"), 0
    clear["size"], clear["flags"], clear["price"] = 0, LAST | PICTURE, np.iinfo(np.int64).max
    rows = np.concatenate([clear, rows])
    begin, span = int(rows["received"][0]), 86_400 * 10**9
    with made.open("wb") as out:
        out.write(raw[:head])
        for day in range(days):
            copy = rows.copy()
            copy["received"] = begin + (rows["received"] - begin) // days + day * span // days
            copy["order"] += (day << 44) * (rows["order"] > 0)
            out.write(copy.tobytes())
    return made


def pack(file: Path, how: str) -> Path:
    """The file packed, beside it."""
    made, raw = file.with_name(f"{file.name}.{how}"), file.read_bytes()
    if how == "gz":
        made.write_bytes(gzip.compress(raw, 6))
    elif how == "xz":
        made.write_bytes(lzma.compress(raw, preset=1))
    elif how == "zst":
        import zstandard

        made.write_bytes(zstandard.ZstdCompressor().compress(raw))
    else:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
            folder.write(file, file.name)
    return made


def unpack(files: list[Path]) -> int:
    """Bytes inside, by nothing but the unpacking."""
    total = 0
    for file in files:
        with unpacked(file) as inside:
            while block := inside.read(BLOCK):
                total += len(block)
    return total


def timed(play: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor in all threads."""
    begin, worked = perf_counter(), process_time()
    play()
    return perf_counter() - begin, process_time() - worked


def measured(files: list[Path], feed: str, repeats: int, name: str = "") -> dict[str, object]:
    """Messages a second of reading alone and end to end, and the share of unpacking."""
    plays = {
        "read": lambda: sum(len(block.time) for block in opened(files, feed).blocks),
        "end_to_end": lambda: orderbook_answer(passed(opened(files, feed), MINUTE_NS)),
        "unpack": lambda: unpack(files),
    }
    count = plays["read"]()
    plays["end_to_end"]()
    times = {key: [timed(play) for _ in range(repeats)] for key, play in plays.items()}
    walls = {key: min(wall for wall, _ in found) for key, found in times.items()}
    worked = {key: min(cpu for _, cpu in found) for key, found in times.items()}
    rates = {key: count / seconds for key, seconds in walls.items()}
    row = {"name": f"undertow, {name or feed}", "messages": count, **rates}
    row |= {"wall_s": walls, "processor_s": worked}
    return {**row, "unpack_share": walls["unpack"] / walls["end_to_end"]}


def packed(itch: Path, lobster: list[Path], dbn: Path, folder: Path, repeats: int) -> list[Row]:
    """End to end of packed files, and how much of it is the unpacking alone."""
    rows = [
        measured([pack(itch, how)], "itch", repeats, f"itch.{how}")
        for how in ("gz", "xz", "zst", "zip")
    ]
    for how in ("gz", "xz"):
        files = [pack(file, how) for file in lobster]
        rows += [measured(files, "lobster", repeats, f"lobster.{how}")]
    rows.append(measured([pack(dbn, "zst")], "dbn", repeats, "dbn.zst"))
    stream = folder / "bitstamp_l3"
    for name in ("orders.csv.gz", "bitstamp_2015-05-01_orders.csv.xz"):
        found = measured([stream / name], "bitstamp", repeats, f"bitstamp, {name[-6:]}")
        rows.append(found)
    file = folder / "binance_futures_l2" / "usdm_btcusdt_20240808.gz"
    rows.append(measured([file], "binance", repeats, "binance, json.gz"))
    return rows


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


def python_of_peers() -> Path:
    """The environment of the peers, made if there is none."""
    folder = home() / "bench-books"
    python = Path(os.environ.get("UNDERTOW_PEERS_PYTHON") or folder / "bin" / "python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        for name in ("itch-book", "hftbacktest"):
            subprocess.run([str(python), "-m", "pip", "install", "-q", name], check=False)
    return python


def told(script: str, *words: object) -> dict[str, object]:
    """What a peer says of itself, or why it says nothing."""
    command = [str(python_of_peers()), str(PEERS / script), *map(str, words)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return {"absent": (done.stderr.strip().splitlines() or ["no word"])[-1]}
    found: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def itch_book(file: Path, repeats: int) -> list[Row]:
    """itch-book on the same ITCH file."""
    found = told("itch_book_feed.py", file, repeats)
    if "absent" in found:
        return [{"name": "itch-book", **found}]
    names = {
        "quotes": "itch-book: parse, book, best quotes as a table",
        "whole": "itch-book: ten levels and messages as tables, sums of them",
    }
    return [
        {"name": name, "end_to_end": found[key]["messages"] / min(found[key]["wall_s"])}
        for key, name in names.items()
    ]


def hftbacktest(file: Path, ours: Row, repeats: int) -> list[Row]:
    """hftbacktest on the same recording of Binance; rates are of its events."""
    found = told("hftbacktest_feed.py", file, repeats, *BTCUSDT)
    if "absent" in found:
        return [{"name": "hftbacktest", **found}]
    events, play, convert = found["messages"], min(found["wall_s"]), found["convert_s"]
    woke = f"{found['wake_ups']:,} wake-ups"
    return [
        {
            "name": f"hftbacktest: events in memory, ten levels at {woke}",
            "end_to_end": events / play,
        },
        {"name": "hftbacktest: the same from the .gz", "end_to_end": events / (play + convert)},
        {
            "name": "undertow: the same .gz, all measures",
            "end_to_end": events / ours["wall_s"]["end_to_end"],
        },
    ]


def found(folder: Path, to: Path, repeats: int, peers: bool) -> dict[str, object]:
    """All of it; without peers only the files that are not packed."""
    itch, stream = to / "day.itch", folder / "bitstamp_l3"
    write_itch([stream / name for name in ("orders.csv.gz", "trades.csv")], itch)
    lobster, restricted = write_lobster(folder / "restricted", to), folder / "restricted"
    dbn, day = write_dbn(restricted, to, DAYS), write_dbn(restricted, to, 1)
    plain = [
        measured([itch], "itch", repeats),
        measured(lobster, "lobster", repeats),
        measured([dbn], "dbn", repeats),
    ]
    one = measured([day], "dbn", repeats, "dbn, one real day")
    more = one["messages"] / plain[-1]["end_to_end"]
    answer = {"rows": [*plain, one], "dbn_fixed_s": one["wall_s"]["end_to_end"] - more}
    if not peers:
        return {**answer, "packed": [], "peers": []}
    answer["peers"] = itch_book(itch, repeats)
    answer["packed"] = packed(itch, lobster, dbn, folder, repeats)
    file = folder / "binance_futures_l2" / "usdm_btcusdt_20240808.gz"
    answer["peers"] += hftbacktest(file, answer["packed"][-1], repeats)
    return {**answer, "csv": parsers(lobster[1], repeats)}


def shown(answer: dict[str, object]) -> None:
    """Print it."""
    for row in (*answer["rows"], *answer["packed"]):
        share = (
            f"unpacking alone {row['unpack_share']:4.0%} of it" if row in answer["packed"] else ""
        )
        rates = f"read {row['read'] / 1e6:6.2f}  end to end {row['end_to_end'] / 1e6:6.2f}"
        worked = f"processor {row['processor_s']['end_to_end'] / row['messages'] * 1e9:4.0f} ns"
        print(f"{row['name']:<34} {row['messages']:>9,}  {rates}  {worked}  {share}")
    print(f"dbn: {answer['dbn_fixed_s'] * 1e3:.0f} ms of a day do not grow with its records")
    for row in answer["peers"]:
        said = row.get("absent") or f"{row['end_to_end'] / 1e6:.2f}"
        print(f"{row['name']:<66} {said}")
    if "csv" in answer:
        ours, theirs = answer["csv"]["ours"] / 1e6, answer["csv"]["polars"] / 1e6
        print(f"rows of CSV: our bytes {ours:.2f}, polars {theirs:.2f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=BESIDE)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    begin = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as room:
        to, peers = Path(room), asked.peers == "all"
        answer = found(asked.data / "microstructure", to, asked.repeats, peers)
    answer["load"] = [begin, os.getloadavg()[0]]
    if asked.json:
        print(json.dumps(answer, indent=1))
        return
    before, after = answer["load"]
    print(f"load {before:.1f} to {after:.1f}; million messages a second, by the clock")
    shown(answer)


if __name__ == "__main__":
    main()
