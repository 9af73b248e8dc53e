"""Traps of order-book data, each with the number that falls for it."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from feeds import (
    add,
    answer_to,
    binance_line,
    difference,
    gone,
    measured,
    write_bitstamp,
    write_dbn,
    write_lobster,
)
from undertow.core import events as ev

CALM = [(1, 0, 99.0, "1.0", "created", "bid"), (2, 0, 101.0, "1.0", "created", "ask")]


def test_a_ghost_that_crosses_the_book_for_more_than_a_second_is_taken_out(tmp_path: Path) -> None:
    ghost = (3, 0, 98.0, "1.0", "created", "ask")
    rows = [ghost, *CALM, (4, 1_200, 90.0, "1.0", "created", "bid"),
            (5, 9_000, 91.0, "1.0", "created", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows, [(8, 9, "buy")]), "bitstamp")

    assert answer.odd["ghost_orders_taken_out_of_a_crossed_book"] == 1
    assert answer.spread_bps.max == pytest.approx(200.0)
    assert answer.crossed["seconds"] == pytest.approx(1.2)


def test_a_book_crossed_for_a_second_and_no_more_keeps_its_orders(tmp_path: Path) -> None:
    ghost = (3, 0, 98.0, "1.0", "created", "ask")
    rows = [ghost, *CALM, (4, 1_000, 90.0, "1.0", "created", "bid"),
            (3, 1_001, 98.0, "1.0", "deleted", "ask"),
            (5, 3_000, 91.0, "1.0", "created", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows, [(8, 9, "buy")]), "bitstamp")

    assert "ghost_orders_taken_out_of_a_crossed_book" not in answer.odd
    assert answer.events["delete"].count == 1


def test_samples_in_a_crossed_state_are_skipped(tmp_path: Path) -> None:
    rows = [*CALM, (3, 500, 98.0, "1.0", "created", "ask"),
            (3, 1_400, 98.0, "1.0", "deleted", "ask"),
            (4, 5_000, 90.0, "1.0", "created", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.samples == 4
    assert answer.crossed["samples_missed"] == 1


def test_what_a_maker_loses_is_a_fill_and_what_others_lose_a_cancel(tmp_path: Path) -> None:
    rows = [*CALM, (2, 100, 101.0, "0.4", "changed", "ask"),
            (1, 200, 99.0, "0.5", "changed", "bid"),
            (2, 300, 101.0, "0", "deleted", "ask")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows, [(7, 2, "buy")]), "bitstamp")

    assert answer.events["fill"].quantity == pytest.approx(1.0)
    assert answer.events["cancel_part"].quantity == pytest.approx(0.5)


def test_an_order_that_took_comes_in_with_its_remainder_only(tmp_path: Path) -> None:
    rows = [*CALM, (7, 100, 101.0, "3.0", "created", "bid"),
            (2, 101, 101.0, "0", "deleted", "ask"), (7, 102, 100.0, "2.0", "changed", "bid"),
            (9, 2_000, 102.0, "1.0", "created", "ask")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows, [(7, 2, "buy")]), "bitstamp")

    assert answer.odd["of_orders_that_took_not_added"] == 1
    assert answer.events["add"].quantity == pytest.approx(1.0 + 1.0 + 2.0 + 1.0)


def test_without_trades_every_decrease_is_a_fill(tmp_path: Path) -> None:
    rows = [*CALM, (2, 100, 101.0, "0.4", "changed", "ask"),
            (2, 300, 101.0, "0", "deleted", "ask"),
            (1, 400, 99.0, "1.0", "deleted", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.events["fill"].count == 2
    assert answer.events["delete"].count == 1


def test_an_order_that_is_changed_stays_at_its_price(tmp_path: Path) -> None:
    rows = [*CALM, (2, 100, 100.0, "0.4", "changed", "ask"),
            (1, 5_000, 98.0, "1.0", "changed", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.spread_bps.max == pytest.approx(200.0)
    assert answer.cancels_per_fill == 0.0


def test_a_row_about_an_order_that_nobody_knows_is_no_state(tmp_path: Path) -> None:
    rows = [*CALM, (3, 500, 98.0, "1.0", "created", "ask"),
            (8, 600, 98.0, "1.0", "deleted", "ask"),
            (3, 700, 98.0, "1.0", "deleted", "ask")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.crossed["states"] == 1.0


def test_flow_imbalance_goes_on_from_the_last_open_book(tmp_path: Path) -> None:
    crossed = [(3, 11_000, 98.0, "1.0", "created", "ask"), (1, 11_001, 99.0, "1", "deleted", "bid"),
               (4, 11_002, 97.0, "3.0", "created", "bid")]  # fmt: skip
    calm = [(5, 21_000, 97.0, "2.0", "created", "bid"), (6, 31_000, 97.0, "6.0", "created", "bid")]
    answer = measured(write_bitstamp(tmp_path, [*CALM, *crossed, *calm]), "bitstamp")

    # e = -1 (bid lost) - 1 (ask gained) = -2 in the second ten seconds, then +2 and +6.
    flows, changes = np.array([-2.0, 2.0, 6.0]), np.array([-2.5, 0.0, 0.0])
    assert answer.ofi_beta == pytest.approx(np.polyfit(flows, changes, 1)[0])


def test_depth_away_from_the_touch_is_lost_by_samples(tmp_path: Path) -> None:
    rows = [*CALM, (3, 10_000, 98.9, "8.0", "created", "bid"),
            (3, 30_000, 98.9, "8.0", "deleted", "bid"),
            (4, 50_000, 98.9, "8.0", "created", "bid"),
            (5, 300_000, 90.0, "1.0", "created", "bid")]  # fmt: skip
    depth = measured(write_bitstamp(tmp_path, rows), "bitstamp").depth["top10"]

    assert (depth.median, depth.min) == (10.0, 2.0)
    assert depth.loss == pytest.approx(0.8)


def test_where_nobody_is_known_to_make_the_withdrawal_is_the_loss_of_depth(tmp_path: Path) -> None:
    tight = [(1, 0, 99.99, "1.0", "created", "bid"), (2, 0, 100.01, "3.0", "created", "ask")]
    rows = [*tight, (2, 65_000, 100.01, "3.0", "deleted", "ask"),
            (3, 65_000, 100.01, "1.0", "created", "ask"),
            (3, 125_000, 100.01, "1.0", "deleted", "ask"),
            (4, 125_000, 100.01, "3.0", "created", "ask"),
            (5, 300_000, 90.0, "1.0", "created", "bid")]  # fmt: skip
    gone = measured(write_bitstamp(tmp_path, rows), "bitstamp").withdrawal

    assert (gone.identity, gone.coverage) == ("none", 0.0)
    assert gone.worst == pytest.approx(1.0 - (25 * 4.0 + 35 * 2.0) / 60 / 4.0)
    assert (gone.added, gone.cancelled, gone.filled) == (1.0, 3.0, 0.0)


def test_absurd_prices_and_sizes_of_nothing_are_dropped_and_counted(tmp_path: Path) -> None:
    rows = [*CALM, (3, 1, 429_001.0, "1.0", "created", "ask"),
            (4, 2, 100.0, "0.0", "created", "bid"),
            (5, 3, -1.0, "1.0", "created", "bid")]  # fmt: skip
    answer = measured(write_bitstamp(tmp_path, rows), "bitstamp")

    assert answer.odd == {"with_an_absurd_price_dropped": 2, "without_a_size_dropped": 1}
    assert answer.events["add"].count == 2


LAST, PICTURE = 128, 32
OPENING = [(0.0, "A", "B", 1, 99.0, 5, PICTURE), (0.0, "A", "A", 2, 101.0, 5, PICTURE | LAST)]


def test_a_cme_fill_leaves_the_book_to_the_removal_that_follows(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 2, 0), (1.0, "F", "A", 2, 101.0, 2, 0),
            (1.0, "M", "A", 2, 101.0, 3, LAST), (5.0, "T", "B", 9, 101.0, 3, 0),
            (5.0, "F", "A", 2, 101.0, 3, 0), (5.0, "C", "A", 2, 101.0, 3, 0),
            (5.0, "A", "A", 3, 101.0, 4, LAST), (9.0, "C", "A", 3, 101.0, 4, LAST),
            (9.5, "A", "A", 4, 101.0, 4, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert (answer.events["fill"].count, answer.events["fill"].quantity) == (2, 5.0)
    assert answer.events["delete"].count == 1
    assert answer.cancel_share_quantity == pytest.approx(4.0 / 9.0)


def test_a_cme_fill_is_spent_by_the_next_change_of_its_order(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 2, 0), (1.0, "F", "A", 2, 101.0, 2, 0),
            (1.0, "M", "A", 2, 101.0, 5, LAST), (5.0, "C", "A", 2, 101.0, 5, 0),
            (5.0, "A", "A", 3, 101.0, 4, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert "fill" not in answer.events
    assert answer.events["delete"].quantity == 5.0


def test_a_cme_cancel_is_whole_or_in_part_by_what_it_leaves(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 2, LAST), (2.0, "C", "A", 2, 101.0, 1, LAST),
            (3.0, "C", "A", 2, 101.0, 4, LAST), (4.0, "A", "A", 3, 101.0, 4, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert (answer.events["cancel_part"].quantity, answer.events["delete"].quantity) == (1.0, 4.0)


def test_a_changed_order_counts_to_cancel_to_trade_only(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 2, 0), (1.0, "F", "A", 2, 101.0, 2, 0),
            (1.0, "M", "A", 2, 101.0, 3, LAST), (2.0, "M", "A", 2, 102.0, 3, LAST),
            (3.0, "M", "B", 1, 99.0, 4, LAST), (4.0, "C", "B", 1, 99.0, 4, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert (answer.cancels_per_fill, answer.cancel_to_trade) == (1.0, 3.0)


def test_a_filled_order_that_moves_has_lost_what_was_filled(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 2, 0), (1.0, "F", "A", 2, 101.0, 2, 0),
            (1.0, "M", "A", 2, 102.0, 3, LAST), (5.0, "A", "B", 3, 98.0, 4, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert answer.events["fill"].quantity == 2.0
    assert answer.spread_bps.time_median == pytest.approx(2e4 * 3.0 / 201.0)
    assert answer.depth["touch"].median == 8.0


def test_a_snapshot_is_a_book_and_no_event(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 1, LAST), (3.0, "A", "B", 5, 98.0, 1, LAST)]
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert answer.events["add"].count == 1
    assert answer.spread_bps.time_median == pytest.approx(200.0)


def test_the_opening_auction_weighs_nothing(tmp_path: Path) -> None:
    rows = [*OPENING, (500.0, "A", "B", 5, 103.0, 1, LAST), (900.0, "T", "N", 9, 102.0, 1, 0),
            (900.0, "C", "B", 5, 103.0, 1, LAST), (902.0, "A", "B", 6, 98.0, 1, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert answer.crossed["states"] == 0.0
    assert sum(one.seconds for one in answer.windows) == pytest.approx(2.0)


def test_the_states_within_what_happened_at_once_are_not_looked_at(tmp_path: Path) -> None:
    rows = [*OPENING, (1.0, "T", "B", 9, 101.0, 1, LAST), (2.0, "C", "A", 2, 101.0, 5, 0),
            (2.0, "A", "A", 7, 150.0, 5, 0), (2.0, "A", "A", 8, 101.0, 5, LAST),
            (9.0, "A", "B", 6, 98.0, 1, LAST)]  # fmt: skip
    answer = measured([write_dbn(tmp_path, rows)], "dbn")

    assert answer.spread_bps.max == pytest.approx(200.0)


def test_a_baseline_at_one_tick_is_flagged() -> None:
    calm = [add(0.0, 1, 1, 100, 1), add(0.0, 2, -1, 101, 1)]
    wide = [gone(300.0, 2, ev.DELETE), add(300.0, 3, -1, 103, 1), add(400.0, 4, 1, 99, 1)]
    answer = answer_to([*calm, *(add(60.0 * k, 10 + k, 1, 98, 1) for k in range(1, 5)), *wide])

    assert answer.baseline.tick_bound
    assert all(one.tick_bound for one in answer.windows)
    assert answer.windows[5].spread_multiple == pytest.approx(2.98, abs=0.01)
    assert any("one tick" in str(said) for said in answer.warnings)


def test_a_baseline_above_its_tick_is_not() -> None:
    calm = [add(0.0, 1, 1, 1000, 1), add(0.0, 2, -1, 1005, 1), add(0.0, 3, 1, 999, 1)]
    answer = answer_to([*calm, gone(50.0, 1, ev.DELETE), add(100.0, 4, 1, 990, 1)])

    assert not answer.baseline.tick_bound


def test_a_file_of_one_level_says_nothing_of_ten(tmp_path: Path) -> None:
    rows = [f"{34200 + k}.5,1,{k},10,{1000000 + k},1" for k in range(1, 9)]
    book = [f"1010000,5,{1000000 + k},10" for k in range(1, 9)]
    answer = measured(write_lobster(tmp_path, rows, book), "lobster")

    assert answer.depth["touch"].median == 15.0
    assert math.isnan(answer.depth["top10"].median)
    assert answer.depth["within_50bps"].cut == 1.0
    assert any("holds the best level" in str(said) for said in answer.warnings)


def test_an_empty_level_of_a_full_file_is_no_cut(tmp_path: Path) -> None:
    rows = [f"{34200 + k}.5,1,{k},10,{1000000 + k},1" for k in range(1, 4)]
    none = "9999999999,0,-9999999999,0"
    book = [f"1000100,5,{1000000 + k},10,{none}" for k in range(1, 4)]
    answer = measured(write_lobster(tmp_path, rows, book), "lobster")

    assert answer.depth["within_50bps"].cut == 0.0
    assert answer.depth["within_50bps"].median == 15.0


def test_the_recorders_clock_is_the_time_of_a_stream(tmp_path: Path) -> None:
    file = tmp_path / "s.gz"
    picture = {"lastUpdateId": 1, "bids": [["99.0", "1"]], "asks": [["101.0", "1"]]}
    ahead = {**difference(2, 1, [["98.0", "1"]]), "E": 1_800_000_000_000}
    lines = [
        binance_line(0, picture, ""),
        binance_line(1, ahead),
        binance_line(3, difference(3, 2)),
    ]
    file.write_text("\n".join([*lines, binance_line(4, difference(4, 3, [["97.0", "1"]]))]) + "\n")
    answer = measured([file], "binance")

    assert answer.begin.startswith("2023-11-14T22:13:20")
    assert answer.samples == 4


def stream(*lines: str) -> str:
    picture = {"lastUpdateId": 10, "bids": [["99.0", "1"]], "asks": [["101.0", "1"]]}
    return "\n".join([binance_line(0, picture, ""), *lines]) + "\n"


def test_a_gap_in_the_sequence_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "s.txt"
    lines = [binance_line(1, difference(11, 10, [["98.0", "1"]])),
             binance_line(2, difference(15, 13, [["97.0", "1"]])),
             binance_line(3, difference(16, 15, [["96.0", "1"]]))]  # fmt: skip
    file.write_text(stream(*lines))

    assert measured([file], "binance").odd == {"gaps_in_the_sequence": 1}


def test_differences_wait_for_the_snapshot_and_older_ones_are_dropped(tmp_path: Path) -> None:
    file = tmp_path / "s.txt"
    early = [binance_line(-2, difference(9, 8, [["100.5", "1"]])),
             binance_line(-1, difference(11, 9, [["100.0", "2"]]))]  # fmt: skip
    file.write_text(
        "\n".join(early) + "\n" + stream(binance_line(3, difference(12, 11, [["9.0", "1"]])))
    )
    answer = measured([file], "binance")

    assert answer.odd == {"differences_older_than_the_book": 1}
    assert answer.spread_bps.sampled.median == pytest.approx(1e4 / 100.5)


def test_best_quotes_are_the_touch_where_the_feed_has_them(tmp_path: Path) -> None:
    file = tmp_path / "s.txt"
    quote = {"e": "bookTicker", "s": "TEST", "b": "99.9", "B": "3", "a": "100.1", "A": "4"}
    trade = {"e": "trade", "s": "TEST", "p": "100.1", "q": "2", "m": False, "X": "MARKET"}
    fund = {**trade, "X": "INSURANCE_FUND"}
    lines = [binance_line(1, quote, "q"), binance_line(2, trade, "t"), binance_line(3, fund, "t")]
    file.write_text(stream(*lines, binance_line(9, quote, "q")))
    answer = measured([file], "binance")

    assert answer.spread_bps.time_median == pytest.approx(20.0)
    assert answer.events["trade"].count == 1
    assert answer.effective_spread_bps.mean == pytest.approx(20.0)
    assert answer.odd == {"trades_that_are_not_of_the_market": 1}
    assert answer.depth["within_50bps"].median == 0.0
