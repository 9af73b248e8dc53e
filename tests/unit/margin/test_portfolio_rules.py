"""Rules that look at the whole account: grid, product groups, leverage cap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plain_margin import exact, priced, required
from undertow.core.columns import pledged_columns
from undertow.core.errors import BadNumber, InputError, UnknownName
from undertow.model.margin.grid import Grid
from undertow.model.margin.leverage_cap import LeverageCap
from undertow.model.margin.product_groups import ProductGroups

# McMillan, Options as a Strategic Investment, ch. 34: long one S&P future, short one Dec 410 call.
# fmt: off
FUTURE = (
    0, 0, 3330, 3330, -3330, -3330, 6670, 6670,
    -6670, -6670, 10000, 10000, -10000, -10000, 7000, -7000,
)
SHORT_CALL = (
    -460, 610, -2640, -1730, 1270, 2340, -5210, -4540,
    2540, 3430, -8060, -7640, 3380, 3990, -3130, 1500,
)
# fmt: on
VALUE = 100_000.0


def mcmillan() -> Grid:
    """Two instruments worth 100,000 each whose moves are the printed profits and losses."""
    moves = {
        "FUT": tuple(profit / VALUE for profit in FUTURE),
        "CALL": tuple(-profit / VALUE for profit in SHORT_CALL),
    }
    return Grid(moves, weights=(1.0,) * 16)


@pytest.mark.parametrize(
    ("units", "scanning_risk"),
    [([1.0, -1.0], 6620), ([1.0, 0.0], 10_000), ([0.0, 1.0], 3990), ([2.0, -2.0], 13_240)],
    ids=["covered write", "future", "long call", "twice"],
)
def test_the_printed_scanning_risk(units: list[float], scanning_risk: float) -> None:
    market = priced(FUT=VALUE, CALL=VALUE)

    assert required(mcmillan(), market, units) == pytest.approx(scanning_risk, rel=1e-12)


def test_the_scenario_that_binds_a_covered_write_is_the_thirteenth() -> None:
    table = mcmillan().table(priced(FUT=VALUE, CALL=VALUE), pledged_columns(2), target=False)
    losses = VALUE * (table.rate[:, 0] + table.rate[:, 3])

    assert int(losses.argmax()) == 13
    assert losses[0] == 0.0


def test_an_extreme_move_counts_by_its_weight() -> None:
    """Twice the range covered 35 %: 20,000 counts 7,000."""
    rule = Grid({"FUT": (-0.2,)}, weights=(0.35,))

    assert required(rule, priced(FUT=VALUE), [1.0]) == pytest.approx(7000)


def test_a_hedge_releases_and_its_sale_can_raise_the_requirement() -> None:
    rule = Grid({"GC": (-0.1, 0.1), "SI": (-0.2, 0.2)}, weights=(1.0, 1.0))
    market = priced(GC=100.0, SI=100.0)

    assert required(rule, market, [2.0, -1.0]) == pytest.approx(0.0, abs=1e-12)
    assert required(rule, market, [2.0, 0.0]) == pytest.approx(20.0)


def test_an_instrument_outside_the_grid_needs_nothing() -> None:
    rule = Grid({"SI": (-0.2, 0.2)}, weights=(1.0, 1.0))

    assert required(rule, priced(SI=100.0, BILL=1.0), [0.0, 500.0]) == 0.0


def test_a_hike_stretches_the_moves_to_the_new_rate() -> None:
    rule = Grid({"SI": (-0.1, 0.1, -0.3)}, weights=(1.0, 1.0, 0.35)).hiked("SI", 0.21)

    assert required(rule, priced(SI=100.0), [1.0]) == pytest.approx(21.0)
    assert rule.moves["SI"] == pytest.approx((-0.2, 0.2, -0.6))


def test_an_instrument_that_does_not_move_cannot_be_hiked() -> None:
    with pytest.raises(BadNumber, match="'GC' does not move in the grid"):
        Grid({"SI": (0.1,), "GC": (0.0,)}, weights=(1.0,)).hiked("GC", 0.1)


@pytest.mark.parametrize(
    ("moves", "weights"),
    [
        ({"SI": (0.1, 0.2)}, (1.0,)),
        ({"SI": (float("nan"),)}, (1.0,)),
        ({"SI": (0.1,)}, (0.0,)),
        ({"SI": (0.1,)}, (1.5,)),
    ],
)
def test_a_crooked_grid_is_refused(
    moves: dict[str, tuple[float, ...]], weights: tuple[float, ...]
) -> None:
    with pytest.raises(BadNumber):
        Grid(moves, weights)


PORTFOLIO = ProductGroups(
    {"SPY": (0.08, 0.06), "ES": (0.08, 0.06), "NVDA": (0.15, 0.15)},
    groups={"SPY": "S&P 500", "ES": "S&P 500"},
)
MARKET = priced(SPY=600.0, ES=6000.0, NVDA=180.0)
UNITS = st.lists(st.floats(-1e3, 1e3), min_size=3, max_size=3)


def test_a_hedge_inside_the_group_needs_nothing() -> None:
    held = [10.0, -1.0, 0.0]

    assert exact(PORTFOLIO, MARKET, held, pledged_columns(3)) == pytest.approx(0.0, abs=1e-9)
    assert required(PORTFOLIO, MARKET, held) == pytest.approx(0.08 * 6000 + 0.06 * 6000)


def test_a_hedge_in_another_group_counts_for_nothing() -> None:
    held = [0.0, 1.0, -10.0]
    separate = 0.08 * 6000 + 0.15 * 1800

    assert exact(PORTFOLIO, MARKET, held, pledged_columns(3)) == pytest.approx(separate)


def test_a_partial_hedge_pays_for_what_is_left() -> None:
    held = [4.0, -1.0, 0.0]

    assert exact(PORTFOLIO, MARKET, held, pledged_columns(3)) == pytest.approx(0.06 * 3600)


@given(units=UNITS)
def test_the_ceiling_is_never_below_the_exact_requirement(units: list[float]) -> None:
    ceiling = required(PORTFOLIO, MARKET, units)

    assert exact(PORTFOLIO, MARKET, units, pledged_columns(3)) <= ceiling * (1 + 1e-12)


@given(units=UNITS, side=st.sampled_from((-1.0, 1.0)))
def test_without_offsets_ceiling_and_exact_are_equal(units: list[float], side: float) -> None:
    same_side = [side * abs(q) for q in units]
    ceiling = required(PORTFOLIO, MARKET, same_side)

    assert exact(PORTFOLIO, MARKET, same_side, pledged_columns(3)) == pytest.approx(ceiling)


@given(units=UNITS, points=st.sampled_from((2, 4, 10, 20)))
def test_linear_positions_meet_their_worst_at_the_ends_whatever_the_points(
    units: list[float], points: int
) -> None:
    other = ProductGroups(PORTFOLIO.ranges, PORTFOLIO.groups, points=points)
    columns = pledged_columns(3)

    assert exact(other, MARKET, units, columns) == pytest.approx(
        exact(PORTFOLIO, MARKET, units, columns), rel=1e-9, abs=1e-6
    )


def test_positions_outside_the_account_do_not_hedge_it() -> None:
    columns = pledged_columns(3)
    columns.way[1] = 1
    needed = exact(PORTFOLIO, MARKET, [10.0, -1.0, 0.0], columns)

    assert needed == pytest.approx(0.08 * 6000)


def test_a_hike_keeps_the_shape_of_the_range() -> None:
    assert PORTFOLIO.hiked("SPY", 0.16).ranges["SPY"] == pytest.approx((0.16, 0.12))


def test_an_instrument_without_a_range_is_paid_in_full() -> None:
    market = priced(SPY=600.0, ES=6000.0, NVDA=180.0, X=1.0)

    assert required(PORTFOLIO, market, [0.0, 0.0, 0.0, 7.0]) == pytest.approx(7.0)


def test_a_group_of_an_unknown_instrument_is_refused() -> None:
    rule = ProductGroups({"SPY": (0.08, 0.06)}, groups={"SPX": "S&P 500"})

    with pytest.raises(UnknownName, match="did you mean 'SPY'"):
        exact(rule, MARKET, [1.0, 0.0, 0.0], pledged_columns(3))


@pytest.mark.parametrize(
    "wrong",
    [{"ranges": {"A": (0.1,)}}, {"ranges": {"A": (-0.1, 0.1)}}, {"ranges": {}, "points": 5}],
)
def test_ranges_and_points_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadNumber):
        ProductGroups(**wrong)  # type: ignore[arg-type]


def test_a_leverage_cap_asks_the_inverse_of_all_assets() -> None:
    rule = LeverageCap(trigger_leverage=33.0, target_leverage=25.0)
    market = priced(A=1.0, B=2.0)

    assert required(rule, market, [330.0, 330.0]) == pytest.approx(30.0)
    assert required(rule, market, [330.0, 330.0], target=True) == pytest.approx(990 / 25)


@given(debt=st.floats(0.0, 99.0), leverage=st.floats(1.0, 50.0))
def test_slack_is_negative_exactly_where_leverage_exceeds_the_cap(
    debt: float, leverage: float
) -> None:
    equity = 100.0 - debt
    slack = equity - required(LeverageCap(leverage, leverage), priced(A=100.0), [1.0])

    assert slack == pytest.approx(equity - 100.0 / leverage, abs=1e-9)
    assert (slack < -1e-9) <= (100.0 / equity > leverage)


def test_a_leverage_cap_knows_no_instruments() -> None:
    with pytest.raises(InputError, match="leverage_cap has no rate per instrument"):
        LeverageCap(33.0, 33.0).hiked("SI", 0.15)


@pytest.mark.parametrize(("trigger", "target"), [(20.0, 25.0), (0.5, 0.5), (float("nan"), 2.0)])
def test_a_cap_that_leads_nowhere_is_refused(trigger: float, target: float) -> None:
    with pytest.raises(BadNumber):
        LeverageCap(trigger, target)


def test_the_grid_s_moves_are_the_same_for_all_rows() -> None:
    rule = Grid.example(MARKET)
    table = rule.table(MARKET, pledged_columns(3), target=False)

    assert table.rate.shape == (9, 6)
    np.testing.assert_array_equal(table.rate[0], np.zeros(6))
