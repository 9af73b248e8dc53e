"""DBN files that show levels or trades alone: what is measured of them, and what is said."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest

from feeds import Quoted, measured, write_dbn, write_levels
from undertow.core.errors import BadFile, UnknownName
from undertow.data.orderbooks import opened

DEEP = [(99.0 - k, 10 + k, 101.0 + k, 20 + k) for k in range(10)]
THIN = [(99.0, 4, 103.0, 6), *DEEP[1:]]
ROWS: list[Quoted] = [
    (0.0, "A", "B", 99.0, 10, DEEP),
    (4.0, "T", "B", 101.0, 20, DEEP),
    (4.0, "C", "A", 101.0, 20, THIN),
    (10.0, "M", "B", 99.0, 10, DEEP),
    (20.0, "A", "A", 103.0, 1, DEEP),
]
WIDE, CLOSE = 2e4 * 4 / 202, 2e4 * 2 / 200


def test_levels_are_weighed_by_the_time_they_stand(tmp_path: Path) -> None:
    answer = measured([write_levels(tmp_path, "mbp-10", ROWS)], "dbn")

    assert answer.spread_bps.time_mean == pytest.approx((14 * CLOSE + 6 * WIDE) / 20)
    assert answer.spread_bps.time_median == pytest.approx(CLOSE)
    assert answer.spread_bps.max == pytest.approx(WIDE)
    assert answer.depth["touch"].mean == pytest.approx((14 * 30 + 6 * 10) / 20)
    assert answer.depth["top10"].median == sum(row[1] + row[3] for row in DEEP)


def test_a_trade_among_levels_is_measured_against_the_mid_before_it(tmp_path: Path) -> None:
    answer = measured([write_levels(tmp_path, "mbp-1", ROWS)], "dbn")

    assert answer.effective_spread_bps.mean == pytest.approx(2e4 * 1 / 100)
    assert answer.realised_spread_bps["1s"].mean == pytest.approx(2e4 * (101 - 101) / 100)
    assert answer.realised_spread_bps["60s"].mean == pytest.approx(2e4 * (101 - 100) / 100)
    assert answer.events["trade"].quantity == 20.0
    assert answer.events["level"].count == 4


@pytest.mark.parametrize("schema", ["mbp-1", "mbp-10", "tbbo", "trades"])
def test_what_levels_do_not_tell_is_left_out_and_said(tmp_path: Path, schema: str) -> None:
    answer = measured([write_levels(tmp_path, schema, ROWS)], "dbn")

    assert math.isnan(answer.cancel_share_quantity)
    assert math.isnan(answer.cancels_per_fill)
    assert math.isnan(answer.order_to_trade)
    assert math.isnan(answer.withdrawal.added)
    assert any("tells no orders" in str(one) for one in answer.warnings)


def test_the_best_level_says_nothing_of_ten(tmp_path: Path) -> None:
    answer = measured([write_levels(tmp_path, "mbp-1", ROWS)], "dbn")

    assert math.isnan(answer.depth["top10"].median)
    assert answer.depth["touch"].median == 30.0
    assert any("best level" in str(one) for one in answer.warnings)


def test_quotes_that_come_with_a_trade_are_those_before_it(tmp_path: Path) -> None:
    rows: list[Quoted] = [
        (0.0, "T", "B", 101.0, 5, [(99.0, 1, 101.0, 9)]),
        (9.0, "T", "A", 108.0, 5, [(108.0, 1, 112.0, 9)]),
    ]
    answer = measured([write_levels(tmp_path, "tbbo", rows, flags=0)], "dbn")

    assert answer.effective_spread_bps.mean == pytest.approx((2e4 / 100 + 2e4 * 2 / 110) / 2)
    assert answer.effective_spread_bps.trades == 2
    assert answer.events["trade"].count == 2
    assert answer.spread_bps.event_mean == pytest.approx((CLOSE + 2e4 * 4 / 220) / 2)
    assert any("at trades only" in str(one) for one in answer.warnings)


def test_trades_alone_have_no_book(tmp_path: Path) -> None:
    answer = measured([write_levels(tmp_path, "trades", ROWS[1:2] * 3)], "dbn")

    assert answer.events["trade"].quantity == 60.0
    assert math.isnan(answer.spread_bps.time_mean)
    assert math.isnan(answer.kyle_lambda)
    assert any("trades alone" in str(one) for one in answer.warnings)
    assert not any("0 levels" in str(one) for one in answer.warnings)


def test_a_side_without_a_level_weighs_nothing(tmp_path: Path) -> None:
    rows = [*ROWS[:1], (6.0, "R", "N", 0.0, 0, []), (9.0, "A", "B", 99.0, 1, DEEP)]
    answer = measured([write_levels(tmp_path, "mbp-10", rows)], "dbn")

    assert answer.crossed["one_sided_seconds"] == pytest.approx(3.0)
    assert answer.spread_bps.time_mean == pytest.approx(CLOSE)
    assert answer.events["clear"].count == 1


def test_a_book_that_may_not_be_whole_is_counted(tmp_path: Path) -> None:
    answer = measured([write_levels(tmp_path, "mbp-1", ROWS, flags=4)], "dbn")

    assert answer.odd == {"of_a_book_that_may_not_be_whole": len(ROWS)}


def test_a_snapshot_of_levels_is_a_book_and_no_event(tmp_path: Path) -> None:
    answer = measured([write_levels(tmp_path, "mbp-1", ROWS, flags=128 | 32)], "dbn")

    assert answer.events == {}
    assert answer.spread_bps.time_mean == pytest.approx((14 * CLOSE + 6 * WIDE) / 20)


def test_a_book_below_nothing_has_no_basis_points(tmp_path: Path) -> None:
    rows: list[Quoted] = [
        (0.0, "A", "B", -5.0, 1, [(-5.0, 1, -3.0, 1)]),
        (4.0, "A", "B", 99.0, 10, DEEP),
        (9.0, "A", "B", 99.0, 10, DEEP),
    ]
    answer = measured([write_levels(tmp_path, "mbp-1", rows)], "dbn")
    orders = [(0.0, "T", "B", 9, 1.0, 1, 128), (0.0, "A", "B", 1, -5.0, 1, 128),
              (0.0, "A", "A", 2, -3.0, 1, 128), (9.0, "A", "A", 3, -2.0, 1, 128)]  # fmt: skip
    of_orders = measured([write_dbn(tmp_path, orders)], "dbn")

    assert answer.crossed["one_sided_seconds"] == pytest.approx(4.0)
    assert answer.spread_bps.time_mean == pytest.approx(CLOSE)
    assert any("best bid of 0 or less" in str(one) for one in answer.warnings)
    assert math.isnan(of_orders.spread_bps.time_mean)


def test_a_level_without_a_size_is_none(tmp_path: Path) -> None:
    rows = [(float(k), "A", "B", 99.0, 1, [(99.0, 0, 101.0, 5)]) for k in range(3)]
    answer = measured([write_levels(tmp_path, "mbp-1", rows)], "dbn")

    assert answer.crossed["one_sided_seconds"] == pytest.approx(2.0)


def test_a_file_that_is_given_twice_is_refused(tmp_path: Path) -> None:
    file = write_levels(tmp_path, "mbp-1", ROWS)

    with pytest.raises(BadFile, match="among the files twice"):
        measured([file, file], "dbn")


def test_files_of_two_schemas_are_refused(tmp_path: Path) -> None:
    files = [write_levels(tmp_path, "mbp-1", ROWS), write_levels(tmp_path, "mbp-10", ROWS)]

    with pytest.raises(BadFile, match="are of the schemas mbp-1, mbp-10"):
        measured(files, "dbn")


@pytest.mark.parametrize(("number", "named"), [(8, "ohlcv-1d"), (12, "12")])
def test_a_schema_without_a_book_is_refused_by_name(
    tmp_path: Path, number: int, named: str
) -> None:
    file = write_levels(tmp_path, "mbp-1", ROWS)
    raw = bytearray(file.read_bytes())
    raw[24:26] = struct.pack("<H", number)
    file.write_bytes(bytes(raw))

    with pytest.raises(BadFile, match=f"is of schema {named}, .* mbo, mbp-10, mbp-1, tbbo or"):
        measured([file], "dbn")


def test_records_that_are_not_of_the_schema_are_refused(tmp_path: Path) -> None:
    file = write_levels(tmp_path, "mbp-10", ROWS)
    raw = bytearray(file.read_bytes())
    raw[24:26] = struct.pack("<H", 0)
    file.write_bytes(bytes(raw))

    with pytest.raises(BadFile, match="says that it is of schema mbo and holds no record of that"):
        measured([file], "dbn")


def test_mixed_schemas_are_told_by_the_first_record(tmp_path: Path) -> None:
    file = write_levels(tmp_path, "mbp-10", ROWS)
    plain = measured([file], "dbn")
    raw = bytearray(file.read_bytes())
    raw[24:26] = struct.pack("<H", 0xFFFF)
    file.write_bytes(bytes(raw))

    assert repr(measured([file], "dbn")) == repr(plain)


def test_several_instruments_are_named_and_one_is_chosen(tmp_path: Path) -> None:
    file = write_levels(tmp_path, "mbp-1", ROWS)
    alone = measured([file], "dbn")
    begin = len(write_dbn(tmp_path, []).read_bytes())
    other = write_levels(tmp_path, "mbp-1", ROWS[:1], instrument=99).read_bytes()[begin:]
    file = write_levels(tmp_path, "mbp-1", ROWS)
    file.write_bytes(file.read_bytes() + other)

    with pytest.raises(BadFile, match=r"2 instruments or more \(TEST, 99\); say which"):
        measured([file], "dbn")
    chosen = measured([file], "dbn", "TEST")
    assert chosen.odd == {"of_another_symbol": 1}
    assert repr(chosen.spread_bps) == repr(alone.spread_bps)
    with pytest.raises(UnknownName, match="NONE"):
        measured([file], "dbn", "NONE")


def test_an_instrument_without_a_name_is_chosen_by_its_number(tmp_path: Path) -> None:
    file = write_levels(tmp_path, "mbp-1", ROWS, instrument=99)

    assert measured([file], "dbn", "99").events["trade"].count == 1


@pytest.mark.parametrize("schema", ["mbp-1", "mbp-10"])
def test_levels_agree_with_the_library_of_the_format(tmp_path: Path, schema: str) -> None:
    library = pytest.importorskip("databento_dbn")
    file = write_levels(tmp_path, schema, ROWS)
    decoder = library.DBNDecoder()
    decoder.write(file.read_bytes())
    theirs = [one for one in decoder.decode() if hasattr(one, "levels")]
    (mine,) = opened([file], "dbn").blocks
    rows = [
        [number for pair in one.levels for number in (pair.ask_px, pair.ask_sz, pair.bid_px,
         pair.bid_sz)] for one in theirs
    ]  # fmt: skip

    assert [one.ts_recv for one in theirs] == mine.time.tolist()
    assert np.array_equal(np.array(rows), mine.ladder)
    assert [str(one.action) for one in theirs] == [row[1] for row in ROWS]


def test_levels_that_the_library_of_the_format_writes_are_read(tmp_path: Path) -> None:
    library = pytest.importorskip("databento_dbn")
    head = library.Metadata(
        "GLBX.MDP3", 0, library.SType.RAW_SYMBOL, library.SType.INSTRUMENT_ID,
        library.Schema.MBP_10, ["TEST"],
    )  # fmt: skip
    raw = bytes(head)
    for at, action, side, price, size, shown in ROWS:
        ns, pairs = int(at * 1e9) + 1_700_000_000 * 10**9, []
        for bid, held, ask, offered in shown:
            pairs.append(library.BidAskPair(int(bid * 1e9), int(ask * 1e9), held, offered, 1, 1))
        raw += bytes(
            library.MBP10Msg(
                1, 7, ns, int(price * 1e9), size, library.Action(action), library.Side(side), 0,
                ns, 128, 0, 0, pairs,
            )
        )  # fmt: skip
    file = tmp_path / "theirs.dbn"
    file.write_bytes(raw)

    theirs, ours = (
        measured([file], "dbn"),
        measured([write_levels(tmp_path, "mbp-10", ROWS)], "dbn"),
    )

    assert repr(theirs) == repr(ours)
