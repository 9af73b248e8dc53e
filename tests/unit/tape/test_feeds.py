"""Files of feeds as they come: packed or not, whole or not, of this symbol or of another."""

from __future__ import annotations

import gzip
import lzma
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from feeds import (
    DATA,
    binance_line,
    difference,
    itch,
    itch_add,
    measured,
    write_bitstamp,
    write_dbn,
    write_lobster,
)
from undertow.core.errors import BadFile, UnknownName
from undertow.data.orderbooks import FEEDS
from undertow.data.orderbooks._packed import blocks
from undertow.data.orderbooks.dbn import ACTIONS

LINES = [f"{34200 + k}.25,1,{k},10,{1000000 + 100 * k},1" for k in range(1, 90)]
BOOK = [f"1010000,5,{1000000 + 100 * k},10" for k in range(1, 90)]


def zstd(raw: bytes) -> bytes:
    return pytest.importorskip("zstandard").ZstdCompressor().compress(raw)


def zipped(raw: bytes) -> bytes:
    from io import BytesIO

    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        folder.writestr("inside.csv", raw)
    return made.getvalue()


PACKERS = pytest.mark.parametrize(
    "pack", [gzip.compress, lzma.compress, zstd, zipped], ids=["gz", "xz", "zst", "zip"]
)


def packed(paths: list[Path], pack: Callable[[bytes], bytes]) -> list[Path]:
    for path in paths:
        path.write_bytes(pack(path.read_bytes()))
    return paths


@PACKERS
def test_a_packed_file_is_read_as_it_is(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    plain = measured(write_lobster(tmp_path, LINES, BOOK), "lobster")
    again = measured(packed(write_lobster(tmp_path, LINES, BOOK), pack), "lobster")

    assert repr(again) == repr(plain)


@PACKERS
def test_a_packed_file_that_breaks_off_is_refused_with_its_place(
    tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    paths = packed(write_lobster(tmp_path, LINES, BOOK), pack)
    paths[0].write_bytes(paths[0].read_bytes()[:-40])

    with pytest.raises(BadFile, match=r"breaks off or is damaged after|is no whole zip file"):
        measured(paths, "lobster")


def test_the_two_files_come_in_either_order_and_with_a_header(tmp_path: Path) -> None:
    messages, book = write_lobster(tmp_path, LINES, BOOK)
    plain = measured([messages, book], "lobster")
    messages.write_text("Time,Type,OrderId,Size,Price,Direction\n" + messages.read_text())
    book.write_text("AskP,AskV,BidP,BidV\r\n" + book.read_text().replace("\n", "\r\n"))

    assert repr(measured([book, messages], "lobster")) == repr(plain)


def test_messages_alone_make_a_book_of_their_own(tmp_path: Path) -> None:
    asks = ["34290.5,1,900,7,1020000,-1", "34291.5,1,901,7,1030000,-1"]
    answer = measured(write_lobster(tmp_path, [*LINES, *asks]), "lobster")

    assert answer.events["add"].count == len(LINES) + 2
    assert answer.depth["top10"].median == 107.0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("34291.5,9,5,10,1000000,1", "row 90 has a type outside 1 to 7"),
        ("34291.5,1,5,-10,1000000,1", "row 90 has a negative size"),
        ("34291.5,1,5,10,1000000,0", "row 90 has a direction"),
        ("94291.5,1,5,10,1000000,1", "row 90 has a time outside the day"),
        ("34291.5,1,5,10,223.81,1", "line 90 reads '34291.5,1,5,10,223.81,1', .* in cell 5"),
        ("34291.5,1,5,ten,1000000,1", "line 90 reads .* no number in cell 4"),
        ("34291.5,1,5,10", "line 90 reads .* no number in cell 4"),
        ("34191.5,1,5,10,1000000,1", "time runs backwards"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        measured(write_lobster(tmp_path, [*LINES, line], [*BOOK, BOOK[-1]]), "lobster")


def test_files_of_two_lengths_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="has more rows than"):
        measured(write_lobster(tmp_path, LINES, BOOK[:-1]), "lobster")


def test_files_of_two_symbols_are_refused(tmp_path: Path) -> None:
    messages, book = write_lobster(tmp_path, LINES, BOOK)
    other = book.rename(book.with_name(book.name.replace("T_", "U_")))

    with pytest.raises(BadFile, match="not of one symbol and day"):
        measured([messages, other], "lobster")
    with pytest.raises(BadFile, match="is of T, not of V"):
        measured([messages], "lobster", "V")


def test_a_format_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="lobster"):
        FEEDS.member("lobstr")


ROWS = [(1, 0, 99.0, "7.5e-06", "created", "bid"), (2, 5, 101.0, "1.0", "created", "ask"),
        (3, 4_000, 90.0, "2", "created", "bid")]  # fmt: skip


def test_a_number_with_an_exponent_is_a_number(tmp_path: Path) -> None:
    answer = measured(write_bitstamp(tmp_path, ROWS), "bitstamp")

    assert answer.events["add"].quantity == pytest.approx(3.0000075)
    assert answer.depth["touch"].min == pytest.approx(1.0000075)


@pytest.mark.parametrize(
    ("cell", "quantity"),
    [("1e1", 10.0), ("1.5e2", 150.0), ("25E-1", 2.5), (".5", 0.5), ("5.", 5.0)],
)
def test_numbers_are_read_however_they_are_written(
    tmp_path: Path, cell: str, quantity: float
) -> None:
    rows = [*ROWS, (4, 4_100, 98.0, cell, "created", "bid")]
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.events["add"].quantity == pytest.approx(3.0000075 + quantity)


@pytest.mark.parametrize(
    "cell", ["-", ".", "e5", "1.2.3", "1-2", "+1", "1e5x", "1e99", " 1", "1" * 20]
)
def test_a_cell_that_is_no_number_is_refused(tmp_path: Path, cell: str) -> None:
    lines = [*LINES, f"34291.5,1,5,{cell},1000000,1", LINES[-1]]

    with pytest.raises(BadFile, match=r"line 90 reads .* no number in cell 4"):
        measured(write_lobster(tmp_path, lines), "lobster")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((4, 1, 99.0, "1.0", "moved", "bid"), "line 5 has an action"),
        ((4, 1, 99.0, "1.0", "created", "buy"), "line 5 has a direction"),
        ((4, 1, 99.0, "-1.0", "created", "bid"), "line 5 has a negative volume"),
        ((4, -1_700_000_000_000, 99.0, "1.0", "created", "bid"), "line 5 has a timestamp"),
    ],
)
def test_what_no_recorder_writes_is_refused(
    tmp_path: Path, row: tuple[int, int, float, str, str, str], said: str
) -> None:
    with pytest.raises(BadFile, match=said):
        measured(write_bitstamp(tmp_path, [*ROWS, row]), "bitstamp")


def test_volumes_without_a_point_are_satoshis(tmp_path: Path) -> None:
    rows = [(1, 0, 99.0, "750000000", "created", "bid"), (2, 5, 101.0, "10", "created", "ask"),
            (3, 4_000, 90.0, "200000000", "created", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.events["add"].quantity == pytest.approx(9.5000001)


def day(symbol: str, locate: int) -> bytes:
    return itch("R", 0.0, locate=locate, body=symbol.ljust(8).encode() + bytes(20))


def session(*messages: bytes) -> bytes:
    """Two symbols; messages of the first."""
    other = itch_add(1.0, 77, "B", 5, 10, locate=2, symbol="OTHER")
    return b"".join((day("TEST", 1), day("OTHER", 2), other, *messages))


SIDES = (
    itch_add(1.0, 1, "B", 100, 1_000_000, maker="ABCD"), itch_add(1.0, 2, "S", 100, 1_000_200)
)  # fmt: skip


def test_itch_messages_change_the_book_as_the_specification_says(tmp_path: Path) -> None:
    file = tmp_path / "day.itch"
    big = struct.Struct(">QI")
    file.write_bytes(
        session(
            *SIDES,
            itch("E", 2.0, body=big.pack(2, 30) + bytes(8)),
            itch("X", 3.0, body=big.pack(2, 20)),
            itch("U", 4.0, body=struct.pack(">QQII", 2, 3, 70, 1_000_400)),
            itch("C", 5.0, body=big.pack(3, 10) + bytes(8) + b"Y" + struct.pack(">I", 1_000_300)),
            itch("D", 6.0, body=struct.pack(">Q", 1)),
            itch_add(6.0, 4, "B", 10, 999_900),
            itch_add(9.5, 5, "B", 10, 999_000),
        )
    )
    answer = measured([file], "itch", "TEST")

    assert {name: one.count for name, one in answer.events.items()} == {
        "add": 4, "cancel_part": 1, "delete": 1, "fill": 2, "modify": 1,
    }  # fmt: skip
    assert answer.events["fill"].quantity == 40.0
    assert answer.spread_bps.max == pytest.approx(2e4 * 500 / (1_000_400 + 999_900))
    assert answer.withdrawal.coverage > 0.0
    assert answer.odd == {"of_another_symbol": 2}


def test_what_is_replaced_stays_on_its_side(tmp_path: Path) -> None:
    file = tmp_path / "day.itch"
    up = itch("U", 2.0, body=struct.pack(">QQII", 1, 3, 50, 1_000_100))
    nobody = itch("U", 2.0, body=struct.pack(">QQII", 99, 98, 50, 1_000_100))
    file.write_bytes(session(*SIDES, up, nobody, itch_add(9.5, 5, "B", 10, 999_000)))
    answer = measured([file], "itch", "TEST")

    assert answer.spread_bps.time_median == pytest.approx(2e4 * 100 / 2_000_300)
    assert answer.odd["of_orders_that_are_not_in_the_book"] == 1
    assert answer.crossed["states"] == 0.0


def test_a_day_of_several_symbols_asks_for_one(tmp_path: Path) -> None:
    file = tmp_path / "day.itch"
    file.write_bytes(session(*SIDES))

    with pytest.raises(BadFile, match="more than one symbol"):
        measured([file], "itch")
    with pytest.raises(UnknownName, match="NONE"):
        measured([file], "itch", "NONE")


def test_a_broken_itch_file_is_refused_with_its_byte(tmp_path: Path) -> None:
    file = tmp_path / "day.itch"
    whole = session(*SIDES)
    file.write_bytes(whole[:-3])
    with pytest.raises(BadFile, match=f"within a message at byte {len(whole) - 38}"):
        measured([file], "itch", "TEST")
    file.write_bytes(whole + b"\0\5hello")
    with pytest.raises(BadFile, match=f"no ITCH 5.0 message at byte {len(whole)}"):
        measured([file], "itch", "TEST")


DBN = [(0.0, "A", "B", 1, 99.0, 5, 128), (0.0, "A", "A", 2, 101.0, 5, 128),
       (1.0, "T", "B", 9, 101.0, 2, 128), (5.0, "A", "B", 3, 98.0, 5, 128)]  # fmt: skip


def test_dbn_that_breaks_off_is_refused_with_its_byte(tmp_path: Path) -> None:
    file = write_dbn(tmp_path, DBN)
    raw = file.read_bytes()
    file.write_bytes(raw[:-5])

    with pytest.raises(BadFile, match=f"within a record at byte {len(raw) - 56}"):
        measured([file], "dbn")


def test_dbn_of_a_symbol_and_of_none(tmp_path: Path) -> None:
    file = write_dbn(tmp_path, DBN)

    assert measured([file], "dbn", "TEST").symbol == "TEST"
    with pytest.raises(UnknownName, match="ESH4"):
        measured([file], "dbn", "ESH4")


def test_records_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    file = write_dbn(tmp_path, DBN)
    raw = file.read_bytes()
    other = bytes([10, 22]) + bytes(38)
    file.write_bytes(raw[:-56] + other + raw[-56:])

    assert measured([file], "dbn").odd == {"records_that_are_not_of_orders": 1}


SIDES_OF_DBN = {"B": 1, "A": -1, "N": 0}
REAL = DATA / "restricted" / "esh4-glbx-mdp3-20231225.mbo.dbn.zst"


def agree(file: Path, raw: bytes) -> int:
    """Records that the format's own library reads as we do; it fails at the first that is not."""
    library = pytest.importorskip("databento_dbn")
    from undertow.data.orderbooks import opened

    decoder = library.DBNDecoder()
    decoder.write(raw)
    theirs = [one for one in decoder.decode() if hasattr(one, "order_id")]
    found = list(opened([file], "dbn").blocks)
    columns = [np.concatenate([block[k] for block in found]).tolist() for k in range(6)]
    for one, *mine in zip(theirs, *columns, strict=True):
        kind, side = ACTIONS[str(one.action)], SIDES_OF_DBN[str(one.side)]
        price = one.price if one.price != 2**63 - 1 else 0
        assert mine == [one.ts_recv, kind, side, one.order_id, price, one.size]
    return len(theirs)


def test_records_agree_with_the_library_of_the_format(tmp_path: Path) -> None:
    file = write_dbn(tmp_path, DBN)

    assert agree(file, file.read_bytes()) == len(DBN)


@pytest.mark.skipif(not REAL.exists(), reason="the shared data are not here")
def test_a_real_day_of_records_agrees_with_the_library_of_the_format() -> None:
    pytest.importorskip("zstandard")

    assert agree(REAL, b"".join(blocks(REAL))) == 68_792


def recording(tmp_path: Path, *lines: str) -> Path:
    picture = {"lastUpdateId": 10, "bids": [["99.0", "1"]], "asks": [["101.0", "1"]]}
    file = tmp_path / "stream.txt"
    file.write_text("\n".join([binance_line(0, picture, ""), *lines]) + "\n")
    return file


def test_a_stream_of_two_symbols_asks_for_one(tmp_path: Path) -> None:
    mine = binance_line(1, difference(11, 10, [["98.0", "1"]]))
    other = binance_line(2, {**difference(4, 3, [["5.0", "1"]]), "s": "OTHER"})
    last = binance_line(3, difference(12, 11, [["97.0", "1"]]))
    file = recording(tmp_path, mine, other, last)

    with pytest.raises(BadFile, match="more than one symbol"):
        measured([file], "binance")
    assert measured([file], "binance", "TEST").odd == {"of_another_symbol": 1}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('1700000001000000000 {"data":{"b":[["-5","1"]]}}', "line 2 reads"),
        ('1700000001000000000 {"data":{"s":"TE', "line 2 reads"),
        ('{"data":{"e":"trade","p":"1","q":"1","m":true}}', "without the recorder's time"),
        ('1700000001000000000 {"data":{"b":[["5","999999999"]]}}', "too large"),
    ],
    ids=["negative", "cut", "no time", "large"],
)
def test_a_bad_line_of_a_stream_is_refused(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadFile, match=said):
        measured([recording(tmp_path, line)], "binance")


def test_a_stream_without_a_snapshot_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stream.txt"
    file.write_text(binance_line(1, difference(11, 10, [["98.0", "1"]])) + "\n")

    with pytest.raises(BadFile, match="no snapshot"):
        measured([file], "binance")
