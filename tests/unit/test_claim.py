"""Five times leverage and seven per cent, regime by regime."""

from __future__ import annotations

import math
from datetime import date

import pytest
from rich.console import Console

from undertow.core.answers.book import ClaimRow
from undertow.core.errors import BadNumber
from undertow.jobs.claim import claim_of
from undertow.model.rulebook import RULEBOOK
from undertow.report.book import claim_page
from undertow.report.words import speaker
from undertow.studies.claim import cases, claim


def row(
    case: str, on: date | None = None, *, leverage: float = 5.0, move: float = -0.07
) -> ClaimRow:
    rows = claim(leverage, move).rows
    return next(r for r in rows if r.case == case and on in {None, r.on})


def test_seven_per_cent_at_five_times_is_a_third_of_the_equity() -> None:
    found = claim(5.0, -0.07)

    assert found.lost == pytest.approx(0.35)
    assert found.after == pytest.approx(4.65 / 0.65)
    assert "costs 35.00 % of the equity; it takes 14.29 times" in found.outcome


@pytest.mark.parametrize(
    ("on", "rate"),
    [
        (date(2026, 1, 13), 0.09),
        (date(2026, 1, 28), 0.11),
        (date(2026, 2, 2), 0.15),
        (date(2026, 2, 6), 0.18),
    ],
)
def test_silver_is_called_where_its_margin_of_that_day_says(on: date, rate: float) -> None:
    found = row("COMEX silver", on)

    assert found.call == pytest.approx((0.2 - rate) / (1.0 - rate))
    assert found.does_it == pytest.approx(1.0 / (rate + 0.07 * (1.0 - rate)))
    assert found.called == (rate > 0.1398)
    assert found.zero == pytest.approx(0.2)
    assert not found.wiped


def test_gold_holds_on_both_dates() -> None:
    calls = [r.call for r in claim(5.0, -0.07).rows if r.case == "COMEX gold"]

    assert calls == [pytest.approx(0.15 / 0.95), pytest.approx(0.11 / 0.91)]


def test_reg_t_does_not_allow_it_so_that_nothing_happens() -> None:
    found = row("Reg T stock")

    assert found.leverage_max == pytest.approx(2.0)
    assert (found.feasible, found.called, found.wiped) == (False, False, False)


def test_a_heightened_risk_client_opens_silver_at_five_times_and_little_more() -> None:
    assert row("COMEX silver", date(2026, 2, 6)).leverage_max == pytest.approx(1.0 / 0.198)


def test_a_perpetual_holds() -> None:
    found = row("Binance bitcoin")

    assert found.call == pytest.approx((0.2 - 0.004) / (1.0 - 0.004))
    assert not found.called


def test_the_leverage_that_does_it_is_called_by_exactly_that_move() -> None:
    taken_before = {case.title for case in cases() if case.opened != case.on}
    for first in claim(5.0, -0.07).rows:
        if first.case in taken_before:
            continue
        again = claim(first.does_it, -0.07)
        found = next(r for r in again.rows if (r.case, r.on) == (first.case, first.on))

        assert found.call == pytest.approx(0.07, rel=1e-6)


def test_a_rise_is_asked_of_shorts() -> None:
    found = row("COMEX silver", date(2026, 2, 2), move=0.07)

    assert found.call == pytest.approx((0.2 - 0.15) / 1.15)


def test_enough_leverage_is_wiped_out() -> None:
    found = claim(15.0, -0.07)

    assert found.lost == pytest.approx(1.05)
    assert math.isinf(found.after)
    assert "leaves nothing" in found.outcome
    assert next(r for r in found.rows if r.case == "Binance bitcoin").wiped


@pytest.mark.parametrize(("leverage", "move"), [(0.0, "-7%"), (5.0, "0%"), (5.0, "seven")])
def test_nothing_to_ask_is_refused(leverage: float, move: str) -> None:
    with pytest.raises(BadNumber):
        claim_of(leverage, move)


def test_every_case_is_of_a_regime_that_is_there() -> None:
    assert {case.regime for case in cases()} <= set(RULEBOOK.members())
    assert len(cases()) == len(claim(5.0, -0.07).rows)


@pytest.mark.parametrize(
    ("case", "on", "most", "call"),
    [
        ("Portfolio margin, stock", None, 1.0 / 0.15, 0.05 / 0.85),
        ("Portfolio margin, SPY", None, 12.5, 0.12 / 0.92),
        ("Shanghai silver", date(2026, 1, 30), 1.0 / 0.18, 0.02 / 0.82),
        ("Bybit bitcoin", None, None, 0.195 / 0.995),
        ("Hyperliquid dogecoin", None, 10.0, 0.15 / 0.95),
        ("Hyperliquid bitcoin", None, 40.0, 0.1875 / 0.9875),
    ],
)
def test_the_table_of_margin_md_is_found(
    case: str, on: date | None, most: float | None, call: float
) -> None:
    found = row(case, on)

    assert most is None or found.leverage_max == pytest.approx(most)
    assert found.call == pytest.approx(call, rel=3e-3)


def test_cfds_are_called_at_once_and_closed_at_half() -> None:
    share, gold = row("ESMA share"), row("ESMA gold")

    assert (share.call, share.liquidation) == (0.0, pytest.approx(0.10))
    assert gold.liquidation == pytest.approx(0.175)


@pytest.mark.parametrize(
    ("case", "on", "most"),
    [
        ("Shanghai silver", date(2026, 2, 4), 4.76),
        ("Shanghai silver, broker", None, 2.78),
        ("Reg T triple fund", None, 1.33),
    ],
)
def test_a_regime_that_does_not_allow_it_says_how_much_it_allows(
    case: str, on: date | None, most: float
) -> None:
    found = row(case, on)

    assert not found.feasible
    assert found.leverage_max == pytest.approx(most, abs=0.01)


def test_a_fall_and_a_hike_leave_less_than_one_per_cent() -> None:
    found = row("Silver −5 %, then a hike")

    assert found.call == pytest.approx(0.0093, abs=1e-4)
    assert found.called


def test_five_times_through_a_triple_fund_is_fifteen_times() -> None:
    found = row("Reg T triple fund")

    assert found.zero == pytest.approx(1.0 / 15.0)
    assert "Reg T triple fund is refused at this leverage: nothing would be left at −6.67 %" in (
        claim(5.0, -0.07).outcome
    )


def test_what_is_refused_is_asked_again_at_the_most_that_is_allowed() -> None:
    refused = [one for one in claim(5.0, -0.07).rows if not one.feasible]
    stock = row("Reg T stock").at_most

    assert stock is not None
    assert stock.feasible
    assert stock.leverage == pytest.approx(2.0)
    assert stock.call == pytest.approx((0.5 - 0.25) / 0.75)
    assert all(one.at_most is not None and one.at_most.at_most is None for one in refused)
    assert not [one for one in claim(5.0, -0.07).rows if one.feasible and one.at_most]


def test_a_triple_fund_at_its_most_is_called_at_once_and_gone_at_a_quarter() -> None:
    found = row("Reg T triple fund").at_most

    assert found is not None
    assert found.leverage == pytest.approx(1.0 / 0.75)
    assert found.call == pytest.approx(0.0, abs=1e-9)
    assert found.zero == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("case", "margin", "call"),
    [
        ("Bybit bitcoin", 0.005 + 0.00055, 0.1955),
        ("Bybit bitcoin, isolated", 0.005, 0.195),
        ("OKX bitcoin", 0.004 + 0.0005, 0.1964),
        ("OKX bitcoin, margin 1 %", 0.01 + 0.0005, 0.1915),
    ],
)
def test_each_call_has_its_margin_and_its_reason_beside_it(
    case: str, margin: float, call: float
) -> None:
    found = row(case)

    assert found.margin == pytest.approx(margin)
    assert found.call == pytest.approx(call, abs=5e-5)
    assert found.note


def test_what_moves_far_enough_leaves_nothing_at_any_leverage() -> None:
    assert "or something that moves 2.857 times as far" in claim(5.0, -0.07).outcome


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_whole_table_fits_a_terminal_of_eighty(lang: str) -> None:
    console = Console(width=80, no_color=True)
    with console.capture() as got:
        console.print(claim_page(claim(5.0, -0.07), speaker(lang)))
    text = got.get()

    assert "…" not in text
    for figure in ("6.67", "19.55", "19.50", "19.64", "19.15", "33.33", "0.56"):
        assert figure in text
