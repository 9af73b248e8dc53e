"""Shanghai futures: dated rates, the step after locked days, the broker's addition."""

from dataclasses import replace
from datetime import date

import pytest

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadDate, UnknownName
from undertow.model.rulebook import Pool, RestoredTo, Timing, adverse, moves, rates_of
from undertow.model.rulebook.shfe import Shfe, client_share, letters, margin_after

D1 = date(2026, 1, 30)
VALUE = 375_000.0


def lots(symbol="AG2606", count=1.0, price=25_000.0, size=15.0, **more):
    more = {"kind": Kind.FUTURE, "multiplier": size, "currency": "CNY", **more}
    return Position("f", symbol, count, price, **more)


def pool(*held, on=D1, equity=500_000.0, **account):
    held = held or (lots(),)
    marks = Marks(on, {p.symbol: p.price for p in held})
    return Pool(BookAccount("f", "shfe", equity, "CNY", **account), held, equity, marks)


def levels(*held, on=D1, account=None, **chosen):
    found = pool(*held, on=on, **(account or {}))
    return Shfe(**chosen).levels(found, found.opening)


@pytest.mark.parametrize(
    ("symbol", "on", "share"),
    [
        ("AG2606", date(2025, 12, 30), 0.17),
        ("AG2603", date(2026, 1, 9), 0.18),
        ("AG2603", date(2026, 1, 22), 0.19),
        ("AG2606", date(2026, 1, 22), 0.17),
        ("AG2606", D1, 0.18),
        ("AG2606", date(2026, 2, 2), 0.21),
        ("AG2603", date(2026, 2, 2), 0.22),
        ("AG2606", date(2026, 2, 3), 0.19),
        ("AG2603", date(2026, 2, 3), 0.19),
        ("AG2606", date(2026, 2, 9), 0.22),
        ("AG2606", date(2026, 2, 12), 0.27),
        ("AG2606", date(2026, 3, 9), 0.22),
        ("AU2604", date(2026, 1, 22), 0.18),
        ("AU2606", date(2026, 1, 22), 0.17),
        ("AU2608", date(2026, 3, 9), 0.19),
        ("CU2603", date(2026, 1, 22), 0.10),
        ("AL2604", date(2026, 2, 2), 0.14),
        ("NI2604", D1, 0.13),
        ("NI2603", date(2026, 2, 2), 0.16),
        ("ni2603", date(2026, 2, 3), 0.13),
        ("AU1806", date(2018, 2, 12), 0.05),
        ("AU1806", date(2018, 2, 13), 0.07),
    ],
)
def test_the_share_is_that_of_the_contract_and_the_day(symbol, on, share):
    assert levels(lots(symbol), on=on).maintenance == pytest.approx(share * VALUE)


@pytest.mark.parametrize("on", [date(2025, 12, 29), date(2018, 3, 1)])
def test_a_day_without_a_rate_is_refused(on):
    with pytest.raises(BadDate, match="no maintenance rate of 'AG'"):
        levels(on=on)


def test_what_the_broker_adds_is_the_call_and_the_exchange_the_close_out():
    found = levels(markup=0.04)

    assert found.maintenance == pytest.approx(0.22 * VALUE)
    assert found.initial == found.maintenance
    assert found.liquidation == pytest.approx(0.18 * VALUE)


@pytest.mark.parametrize(
    ("house", "share"), [(0.36, 0.36), (0.10, 0.18)], ids=["higher", "lower than the exchange"]
)
def test_a_house_rate_stands_where_it_is_higher(house, share):
    by_line = levels(lots(broker_rate=house), markup=0.5)
    by_account = levels(account={"broker_rate": house})

    assert by_line.maintenance == by_account.maintenance == pytest.approx(share * VALUE)


def test_a_product_without_a_rate_is_held_by_its_house_rate_alone():
    ore = lots("i2609", 2.0, 785.0, 100.0, broker_rate=0.15)
    found = levels(ore)

    assert found.maintenance == found.liquidation == pytest.approx(0.15 * 157_000.0)
    with pytest.raises(UnknownName, match="2609"):
        levels(replace(ore, broker_rate=float("nan")))


@pytest.mark.parametrize(("days", "limit", "share"), [(1, 0.19, 0.21), (2, 0.21, 0.23)])
def test_locked_days_widen_the_limit_and_margin_goes_two_points_above(days, limit, share):
    rule = Shfe(locked_days=days)

    assert rule.limit(lots(), D1) == pytest.approx(limit)
    assert rule.share(lots(), D1) == pytest.approx(share)
    assert margin_after(limit, 0.02) == pytest.approx(share)


def test_the_larger_side_of_a_product_counts_on_all_its_months():
    far, near = lots("AG2612", -3.0), lots("AG2606", 2.0)

    assert levels(near, far).maintenance == levels(lots("AG2612", 3.0)).maintenance
    assert levels(lots(count=3.0), lots(count=-2.0)) == levels(lots(count=-3.0), lots(count=2.0))


def test_products_do_not_offset_each_other():
    gold = lots("AU2606", -1.0, 1_100.0, 1_000.0)

    assert levels(lots(), gold).maintenance == pytest.approx(
        levels(lots()).maintenance + levels(gold).maintenance
    )


def test_a_hedger_has_the_lower_rate_where_one_is_listed():
    assert levels(hedging=True).maintenance == pytest.approx(0.17 * VALUE)
    near = levels(lots("AG2603"), on=date(2026, 2, 2), hedging=True)

    assert near.maintenance == pytest.approx(0.22 * VALUE)


@pytest.mark.parametrize("named", ["AG", "ag", "AG2603"])
def test_a_hike_of_a_product_is_one_of_all_its_contracts(named):
    hiked = Shfe().hiked(named, 0.3, D1)
    near = pool(lots("AG2603"))

    assert hiked.levels(near, near.opening).maintenance == pytest.approx(0.3 * VALUE)


def test_a_hike_of_one_contract_leaves_the_others():
    hiked = Shfe().hiked("AG2606", 0.3, D1)
    other = pool(lots("AG2608"))

    assert hiked.levels(other, other.opening) == Shfe().levels(other, other.opening)


def test_later_rows_do_not_lower_a_hike():
    later = pool(on=date(2026, 2, 3))
    hiked = Shfe().hiked("AG", 0.4, D1)

    assert hiked.levels(later, later.opening).maintenance == pytest.approx(0.4 * VALUE)


def test_settled_daily_and_topped_up_before_the_next_open():
    terms = Shfe().terms(D1)

    assert terms.tested is Timing.SETTLEMENT
    assert terms.restored_to is RestoredTo.MAINTENANCE
    assert terms.grace_days == 1.0


def test_a_broker_multiplies_or_adds():
    assert client_share(0.20, multiple=2.54) == pytest.approx(0.508)
    assert client_share(0.19, markup=0.04) == pytest.approx(0.23)


def test_letters_of_a_contract_are_its_product():
    assert [letters(s) for s in ("AG2606", "i2609", "SR605C5000", "000001")] == [
        "AG",
        "i",
        "SR",
        "000001",
    ]


def test_margin_is_above_the_limit_in_every_row_of_the_exchange():
    table = rates_of("shfe")
    for row in (r for r in table.rows if r.what == "limit"):
        margin = table.value((row.symbol,), "maintenance", row.since)

        assert margin >= row.value + 0.01 - 1e-12, row


def option(right="C", strike=26_000.0, count=-1.0, price=800.0, **more):
    more = {"underlying": "AG2606", "strike": strike, "right": right, **more}
    more = {"expiry": date(2026, 5, 25), **more}
    return lots(f"AG2606{right}{strike:g}", count, price, kind=Kind.OPTION, **more)


def written(*held, future=25_000.0, equity=500_000.0, **account):
    marks = Marks(D1, {"AG2606": future, **{p.symbol: p.price for p in held}})
    return Pool(BookAccount("f", "shfe", equity, "CNY", **account), held, equity, marks)


def kept(*held, future=25_000.0, **account):
    found = written(*held, future=future, **account)
    return Shfe().levels(found, found.opening)


@pytest.mark.parametrize(
    ("right", "strike", "future", "a_unit"),
    [
        ("C", 25_000.0, 25_000.0, 4_500.0),
        ("C", 26_000.0, 25_000.0, 4_000.0),
        ("C", 40_000.0, 25_000.0, 2_250.0),
        ("C", 20_000.0, 25_000.0, 4_500.0),
        ("P", 24_000.0, 25_000.0, 4_000.0),
        ("P", 10_000.0, 25_000.0, 2_250.0),
        ("P", 30_000.0, 25_000.0, 4_500.0),
    ],
)
def test_a_sold_option_asks_for_its_futures_margin_less_half_of_what_is_out_of_the_money(
    right, strike, future, a_unit
):
    sold = kept(option(right, strike), future=future)

    assert sold.maintenance == pytest.approx(15.0 * a_unit)


def test_a_sold_option_asks_for_its_premium_too_but_equity_has_that_already():
    dear, cheap = (kept(option(price=price)) for price in (900.0, 100.0))

    assert dear == cheap


def test_a_bought_option_is_paid_for_and_lends_nothing():
    assert kept(option(count=2.0)).maintenance == pytest.approx(2.0 * 15.0 * 800.0)


def test_a_bought_option_does_not_cover_a_sold_one():
    sold, bought = option(), option(strike=27_000.0, count=1.0, price=500.0)

    assert kept(sold, bought).maintenance == pytest.approx(
        kept(sold).maintenance + kept(bought).maintenance
    )


def test_options_are_charged_beside_the_larger_side_of_their_futures():
    future, sold = lots(), option()

    assert kept(future, sold).maintenance == pytest.approx(
        kept(future).maintenance + kept(sold).maintenance
    )


def test_the_brokers_rate_of_an_account_is_of_the_future_beneath():
    own = kept(option(strike=25_000.0), broker_rate=0.3)

    assert own.maintenance == pytest.approx(15.0 * 0.3 * 25_000.0)
    assert own.liquidation == pytest.approx(15.0 * 0.18 * 25_000.0)


def test_a_stated_margin_of_an_option_counts_where_it_is_more():
    stated = option(broker_rate=100_000.0 / (15.0 * 800.0))

    assert kept(stated).maintenance == pytest.approx(100_000.0 - 12_000.0)
    assert kept(option(broker_rate=2.0)) == kept(option())


def test_an_option_of_a_product_without_a_rate_has_the_stated_one():
    iron = option(underlying="I2609", strike=800.0, price=30.0, broker_rate=4.0)
    found = Pool(
        BookAccount("f", "shfe", 1e5, "CNY"), (iron,), 1e5,
        Marks(D1, {"I2609": 780.0, iron.symbol: 30.0}),
    )  # fmt: skip

    assert Shfe().levels(found, found.opening).maintenance == pytest.approx(3.0 * 15.0 * 30.0)


def test_a_hike_of_the_future_is_one_of_its_options():
    found = written(option(strike=25_000.0))
    hiked = Shfe().hiked("AG", 0.3, D1)

    assert hiked.levels(found, found.opening).maintenance == pytest.approx(15.0 * 7_500.0)


def test_an_option_without_the_price_of_its_future_names_it():
    alone = Pool(BookAccount("f", "shfe", 1e5, "CNY"), (option(),), 1e5, Marks(D1, {}))

    with pytest.raises(UnknownName, match="'AG2606'"):
        Shfe().levels(alone, Marks(D1, {option().symbol: 800.0}))


def test_a_sold_call_is_called_above_and_the_law_of_levels_holds_on_the_way():
    found = written(option(count=-5.0), equity=500_000.0)
    along = adverse(Shfe(), found, "AG2606")
    reached = moves(Shfe(), found, along)

    assert along == {"AG2606": 1.0}
    assert 0.0 < reached.call <= reached.liquidation <= reached.zero


def test_an_option_past_its_last_day_is_said():
    (said,) = Shfe().findings(written(option(expiry=date(2026, 1, 23))), written(option()).opening)

    assert "expired on 2026-01-23" in str(said)
