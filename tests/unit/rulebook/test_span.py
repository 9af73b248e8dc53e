"""SPAN: McMillan's arrays, ranges from the table of futures, minimums, spreads."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import UnknownName
from undertow.model.rulebook import Pool, moves
from undertow.model.rulebook.cme_futures import CmeFutures
from undertow.model.rulebook.span import (
    Scan,
    Span,
    commodities,
    scan_points,
    scan_risk,
    span_rates,
    span_requirement,
)

DAY = date(2026, 2, 9)
MCMILLAN = Span(rates=span_rates("span_mcmillan"))
CALL = (460, -610, 2640, 1730, -1270, -2340, 5210, 4540,
        -2540, -3430, 8060, 7640, -3380, -3990, 3130, -1500)  # fmt: skip
COVERED = (-460, 610, 690, 1600, -2060, -990, 1460, 2130,
           -4130, -3240, 1940, 2360, -6620, -6010, 3870, -5500)  # fmt: skip


def silver(contracts, symbol="SI", **more):
    return Position("f", symbol, contracts, 80.0, Kind.FUTURE, multiplier=5000.0, **more)


def option(right, strike, price, contracts, on="SI", **more):
    more = {"volatility": 0.6, "expiry": date(2026, 4, 27), **more}
    return Position(
        "f", f"{on} {right}{strike} {contracts}", contracts, price, Kind.OPTION,
        multiplier=5000.0, underlying=on, strike=strike, right=right, **more,
    )  # fmt: skip


def pool(*held, equity=1e6, **account):
    marks = Marks(DAY, {"SI": 80.0, **{p.symbol: p.price for p in held}})
    return Pool(BookAccount("f", "span", equity, **account), held, equity, marks)


def kept(*held, rulebook=None, **account):
    one = pool(*held, **account)
    return (rulebook or Span()).levels(one, one.opening).maintenance


def named(symbol, contracts):
    return Position("f", symbol, contracts, 0.0, Kind.FUTURE)


def test_the_scan_risk_of_mcmillans_call_is_its_worst_loss():
    call = named("Dec410 call", 1.0)
    marks = Marks(DAY, {"Dec410 call": 0.0})

    assert MCMILLAN.array(call, (call.symbol,), marks) == CALL
    assert scan_risk(CALL) == 3_990


def test_a_future_against_its_call_has_mcmillans_array():
    future, call = named("S&P fut", 1.0), named("Dec410 call", -1.0)
    marks = Marks(DAY, {"S&P fut": 0.0, "Dec410 call": 0.0})
    arrays = [MCMILLAN.array(one, (one.symbol,), marks) for one in (future, call)]
    total = tuple(a - b for a, b in zip(*arrays, strict=True))

    assert total == pytest.approx(COVERED)
    assert scan_risk(total) == pytest.approx(6_620)


def test_the_pool_of_both_asks_for_the_same():
    both = tuple(
        replace(named(s, q), group="S&P") for s, q in (("S&P fut", 1.0), ("Dec410 call", -1.0))
    )
    marks = Marks(DAY, {"S&P fut": 0.0, "Dec410 call": 0.0})
    held = Pool(BookAccount("f", "span", 1e4), both, 1e4, marks)
    table = span_rates("span_mcmillan")

    assert sum(Span(rates=table)._kept(g, held, marks) for g in commodities(both)) == 6_620


def test_the_range_in_points_is_the_maintenance_by_the_value_of_a_point():
    assert scan_points(10_000.0, 500.0) == 20.0


def test_there_are_sixteen_scenarios_and_the_last_two_are_far_and_count_a_third():
    found = Scan(2.0, 0.33, 0.1, 1.0, 0.0).scenarios()

    assert len(found) == 16
    assert found[-2:] == ((2.0, 0.0, 0.33), (-2.0, 0.0, 0.33))
    assert found[10] == (1.0, 0.1, 1.0)


def test_an_array_is_rounded_only_where_its_table_says():
    assert Scan(2.0, 0.35, 0.1, 1.0, 10.0).rounded(3_333.3) == 3_330
    assert Scan(2.0, 0.33, 0.1, 1.0, 0.0).rounded(3_333.3) == 3_333.3


@pytest.mark.parametrize("contracts", [3.0, -3.0])
def test_futures_alone_ask_for_what_the_exchange_asks(contracts):
    held = pool(silver(contracts))
    plain = CmeFutures().levels(held, held.opening)

    assert Span().levels(held, held.opening) == pytest.approx(plain, abs=1e-6) or (
        kept(silver(contracts)) == pytest.approx(plain.maintenance)
    )
    assert Span().levels(held, held.opening).initial == pytest.approx(plain.initial)


def test_longs_and_shorts_of_one_month_net():
    assert kept(silver(3.0), silver(-2.0)) == pytest.approx(kept(silver(1.0)))


def test_months_against_each_other_ask_for_their_spread_charge():
    near, far = silver(2.0, "SIH6", underlying="SI"), silver(-2.0, "SIK6", underlying="SI")

    assert kept(near, far) == pytest.approx(0.1 * kept(silver(2.0)))


def test_a_covered_call_asks_for_less_than_the_future():
    call = option("C", 85.0, 6.0, -1.0)

    assert kept(silver(1.0), call) < kept(silver(1.0))
    assert kept(silver(1.0), call) < kept(call) + kept(silver(1.0))


def test_a_bought_option_asks_for_at_most_its_price():
    assert 0.0 < kept(option("C", 85.0, 6.0, 1.0)) <= 5_000 * 9.0


def test_a_short_option_without_risk_asks_for_the_minimum():
    far = option("C", 400.0, 0.01, -2.0, volatility=0.05)

    assert kept(far) == pytest.approx(0.1 * kept(silver(2.0)))


def test_the_minimum_counts_the_greater_of_calls_and_puts():
    call = option("C", 400.0, 0.01, -2.0, volatility=0.05)
    put = option("P", 10.0, 0.01, -1.0, volatility=0.05)

    assert kept(call, put) == pytest.approx(kept(call))


def test_an_option_on_a_month_finds_the_rates_of_its_product():
    near = silver(1.0, "SIH6", underlying="SI")
    call = option("C", 85.0, 6.0, -1.0, on="SIH6")

    assert kept(near, call) == pytest.approx(kept(silver(1.0), option("C", 85.0, 6.0, -1.0)))


def test_a_product_without_a_rate_is_refused():
    with pytest.raises(UnknownName):
        kept(silver(1.0, "XX"))


def test_stocks_and_expired_options_are_found():
    stock, old = replace(silver(1.0), kind=Kind.STOCK), option("C", 85.0, 6.0, 1.0)
    held = pool(stock, replace(old, expiry=date(2026, 1, 5)))
    said = [str(one) for one in Span().findings(held, held.opening)]

    assert said[0] == "span does not carry stock such as SI."
    assert "expired on 2026-01-05" in said[1]


def test_a_house_rate_widens_the_range_of_futures():
    assert kept(silver(1.0), broker_rate=0.3) == pytest.approx(0.3 * 400_000)


def test_a_hike_scales_the_scan_of_future_and_option():
    hiked = Span().hiked("SI", 0.36, DAY)
    call = option("C", 85.0, 6.0, -1.0)

    assert kept(silver(1.0), rulebook=hiked) == pytest.approx(0.36 * 400_000)
    assert kept(call, rulebook=hiked) > kept(call)


@pytest.mark.parametrize(
    ("risk", "minimum", "value", "total"),
    [(1000, 0, 0, 1000), (1000, 1500, 0, 1500), (1000, 0, 400, 600), (1000, 0, 4000, 0)],
)
def test_the_total_is_the_greater_less_the_value_of_options(risk, minimum, value, total):
    assert span_requirement(risk, short_minimum=minimum, option_value=value) == total


def test_a_written_put_is_called_as_silver_falls():
    held = pool(option("P", 75.0, 5.0, -2.0), equity=120_000.0)
    found = moves(Span(), held, {"SI": -1.0})

    assert 0.0 < found.call <= found.liquidation < found.zero < 1.0


@settings(max_examples=25, deadline=None)
@given(
    futures=st.sampled_from([-2.0, 0.0, 1.0]),
    strike=st.sampled_from([60.0, 80.0, 100.0]),
    contracts=st.sampled_from([-2.0, -1.0, 1.0]),
    right=st.sampled_from("CP"),
)
def test_together_it_is_never_more_than_each_alone(futures, strike, contracts, right):
    held = (option(right, strike, 8.0, contracts), *((silver(futures),) if futures else ()))

    assert kept(*held) <= sum(kept(one) for one in held) * (1 + 1e-9)


def test_a_house_rate_ends_with_the_price_and_divides_by_nothing():
    account = BookAccount("f", "span", 100_000.0, broker_rate=0.2)
    held = Position("f", "SI", 1.0, 80.0, Kind.FUTURE, multiplier=5000.0)
    pool = Pool(account, (held,), account.equity, Marks(DAY, {"SI": 80.0}))

    assert Span().levels(pool, pool.opening).maintenance == pytest.approx(0.2 * 400_000.0)
    assert Span().levels(pool, Marks(DAY, {"SI": 0.0})).maintenance == 0.0
