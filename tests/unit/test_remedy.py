"""What to do: every remedy reaches the move, none is dearer than the alternatives."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from undertow.core.book import Book, BookAccount, Kind, Marks, Mode, Position
from undertow.core.errors import BadNumber, UnknownName
from undertow.core.market import calm_market, plain_instruments
from undertow.model.rulebook import Pool, moves, pools, rulebook_of
from undertow.model.rulebook.binance import Binance
from undertow.model.rulebook.cme_futures import CmeFutures
from undertow.model.rulebook.reg_t import RegT
from undertow.studies.dealing import Dealing, Dealings, dealings_in
from undertow.studies.remedy import Means, Wanted, _Asked, remedies, remedy

DAY = date(2026, 2, 9)
few = settings(max_examples=20, deadline=None)
COSTS = Dealings(
    {
        "A": Dealing(0.001, 0.02, 10_000.0),
        "B": Dealing(0.0005, 0.03, 2_000.0),
        "C": Dealing(0.002, 0.02, 5_000.0),
        "SI": Dealing(0.0002, 0.03, 500.0),
        "GC": Dealing(0.0001, 0.015, 5_000.0),
        "BTCUSDT": Dealing(0.0001, 0.03, 300_000.0),
        "ETHUSDT": Dealing(0.0002, 0.04, 3e6),
    }
)
FALL = {"A": -1.0, "B": -1.2, "C": -0.5}


def stocks(a=500.0, b=300.0, c=-100.0, equity=45_000.0):
    held = tuple(
        Position("m", symbol, units, price)
        for symbol, units, price in (("A", a, 100.0), ("B", b, 200.0), ("C", c, 150.0))
    )
    marks = Marks(DAY, {"A": 100.0, "B": 200.0, "C": 150.0})
    return Pool(BookAccount("m", "reg_t", equity), held, equity, marks)


def metals(silver=2.0, gold=1.0, equity=400_000.0):
    held = (
        Position("f", "SI", silver, 80.0, Kind.FUTURE, multiplier=5_000.0),
        Position("f", "GC", gold, 5_000.0, Kind.FUTURE, multiplier=100.0),
    )
    marks = Marks(DAY, {"SI": 80.0, "GC": 5_000.0})
    return Pool(BookAccount("f", "cme_futures", equity), held, equity, marks)


def coins(btc=100.0, eth=2_000.0, equity=2e6):
    held = tuple(
        Position("p", symbol, units, price, Kind.PERPETUAL, price, currency="USDT")
        for symbol, units, price in (("BTCUSDT", btc, 80_000.0), ("ETHUSDT", eth, 2_500.0))
    )
    marks = Marks(DAY, {"BTCUSDT": 80_000.0, "ETHUSDT": 2_500.0})
    return Pool(BookAccount("p", "binance", equity, "USDT"), held, equity, marks)


CASES = (
    (RegT(), stocks(), Wanted(FALL, 0.3)),
    (CmeFutures(), metals(), Wanted({"SI": -1.0, "GC": -0.4}, 0.4)),
    (Binance(), coins(), Wanted({"BTCUSDT": -1.0, "ETHUSDT": -1.3}, 0.3)),
)
EACH = pytest.mark.parametrize(("rulebook", "pool", "wanted"), CASES)


def after(pool, way):
    """The pool once a way is taken."""
    by = {trade.symbol: trade.quantity for trade in way.trades}
    held = tuple(replace(p, quantity=p.quantity + by.get(p.symbol, 0.0)) for p in pool.positions)
    return replace(pool, positions=held, equity=pool.equity - way.cost + way.deposit)


@EACH
def test_every_way_reaches_the_move_exactly(rulebook, pool, wanted):
    found = remedy(rulebook, pool, wanted, Means(COSTS))

    assert found.call < wanted.beyond
    for way in (found.trades, found.pro_rata, found.deposit):
        solved = moves(rulebook, after(pool, way), wanted.along)

        assert way.call == pytest.approx(wanted.beyond, abs=1e-6)
        assert solved.call == pytest.approx(wanted.beyond, abs=1e-6)


@EACH
def test_the_cheapest_trades_cost_no_more_than_a_share_of_everything(rulebook, pool, wanted):
    found = remedy(rulebook, pool, wanted, Means(COSTS))

    assert found.trades.cost <= found.pro_rata.cost * (1 + 1e-6)
    assert found.trades.cost == pytest.approx(sum(t.cost for t in found.trades.trades))
    assert found.selling_rescues
    assert {t.share for t in found.pro_rata.trades} == {found.restoring_share}


def by_scipy(rulebook, pool, wanted):
    """Cost of the same problem as SLSQP solves it, from three starts."""
    asked = _Asked(rulebook, pool, wanted, Means(COSTS))
    costs, scale = asked._costs(), pool.gross(pool.opening)
    points = (wanted.beyond,)

    def paid(x):
        return float(costs.each(np.clip(x, 0.0, 1.0)).sum())

    def left(x):
        x = np.clip(x, 0.0, 1.0)
        return (asked.spare(asked._closed(x), points) - paid(x)) / scale * 100.0

    found = [
        minimize(
            lambda x: paid(x) / scale * 1e4, np.full(len(pool.positions), start), method="SLSQP",
            bounds=[(0.0, 1.0)] * len(pool.positions),
            constraints=[{"type": "ineq", "fun": left}], options={"ftol": 1e-13, "maxiter": 500},
        )
        for start in (0.3, 0.6, 0.95)
    ]  # fmt: skip
    return min(paid(each.x) for each in found if left(each.x) > -1e-7)


@EACH
def test_scipy_finds_nothing_cheaper(rulebook, pool, wanted):
    found = remedy(rulebook, pool, wanted, Means(COSTS))

    assert found.trades.cost == pytest.approx(by_scipy(rulebook, pool, wanted), rel=1e-4)


@few
@given(
    a=st.floats(50.0, 900.0), b=st.floats(20.0, 400.0), c=st.floats(-200.0, 200.0),
    room=st.floats(1.05, 2.0), beyond=st.floats(0.05, 0.5),
)  # fmt: skip
def test_any_stock_account_is_brought_beyond_the_move_at_least_cost(a, b, c, room, beyond):
    assume(abs(c) > 1.0)
    pool = stocks(a, b, c)
    needed = RegT().levels(pool, pool.opening).maintenance
    pool, wanted = replace(pool, equity=room * needed), Wanted(FALL, beyond)
    found = remedy(RegT(), pool, wanted, Means(COSTS))

    assert found.trades.call >= beyond * (1 - 1e-6)
    if found.need:
        assert found.trades.call == pytest.approx(beyond, abs=1e-6)
        assert found.trades.cost <= by_scipy(RegT(), pool, wanted) * (1 + 1e-3) + 1e-6


@few
@given(btc=st.floats(-500.0, 500.0), eth=st.floats(-9_000.0, 9_000.0), beyond=st.floats(0.05, 0.4))
def test_any_account_of_coins_is_brought_beyond_the_move_through_its_tiers(btc, eth, beyond):
    assume(min(abs(btc), abs(eth)) > 0.1)
    pool = coins(btc, eth)
    needed = Binance().levels(pool, pool.opening).maintenance
    pool = replace(pool, equity=needed + 0.05 * pool.gross(pool.opening))
    wanted = Wanted({"BTCUSDT": -math.copysign(1.0, btc), "ETHUSDT": -1.3}, beyond)
    found = remedy(Binance(), pool, wanted, Means(COSTS))

    assert found.trades.call >= beyond * (1 - 1e-6)
    assert found.trades.cost <= found.pro_rata.cost * (1 + 1e-6)


def test_what_survives_the_move_does_nothing():
    lines = (replace(stocks().positions[0], quantity=0.0),)
    found = remedy(RegT(), stocks(equity=90_000.0), Wanted(FALL, 0.3), Means(COSTS, lines))

    assert (found.need, found.restoring_share) == (0.0, 0.0)
    assert found.trades.trades == () == found.pro_rata.trades
    assert found.hedges == () == found.unable
    assert found.trades.cost == found.deposit.deposit == 0.0


def test_money_alone_is_what_is_short_at_the_move():
    found = remedy(RegT(), stocks(), Wanted(FALL, 0.3), Means(COSTS))
    richer = replace(stocks(), equity=45_000.0 + found.need)

    assert found.deposit.deposit == found.need
    assert moves(RegT(), richer, FALL).call == pytest.approx(0.3, abs=1e-9)


def test_what_costs_more_than_it_releases_is_not_sold():
    dear = Dealings({**COSTS.by_symbol, "B": Dealing(0.9)})
    found = remedy(RegT(), stocks(equity=60_000.0), Wanted(FALL, 0.3), Means(dear))

    assert "B" not in {trade.symbol for trade in found.trades.trades}


def test_where_closing_costs_all_that_is_left_nothing_but_money_helps():
    dear = Dealings({symbol: Dealing(0.8) for symbol in COSTS.by_symbol})
    found = remedy(RegT(), stocks(), Wanted(FALL, 0.3), Means(dear))

    assert found.trades is None is found.pro_rata
    assert not found.selling_rescues
    assert math.isinf(found.restoring_share)
    assert found.deposit.call == pytest.approx(0.3, abs=1e-6)


def test_a_bankrupt_account_is_not_rescued_by_selling():
    found = remedy(RegT(), stocks(equity=-5_000.0), Wanted(FALL, 0.05), Means(COSTS))

    assert (found.call, found.trades) == (0.0, None)
    assert found.need > 5_000.0


def test_a_future_hedges_a_future_and_the_cheapest_comes_first():
    pool, wanted = metals(), Wanted({"SI": -1.0, "GC": -0.4}, 0.4)
    lines = tuple(replace(one, quantity=0.0) for one in pool.positions)
    found = remedy(CmeFutures(), pool, wanted, Means(COSTS, lines))
    costs = [way.cost for way in found.hedges]

    assert costs == sorted(costs)
    assert [way.trades[0].quantity < 0.0 for way in found.hedges] == [True] * len(costs)
    assert all(way.call == pytest.approx(0.4, abs=1e-6) for way in found.hedges)


def test_less_of_a_hedge_does_not_reach_the_move():
    pool, wanted = metals(gold=0.5), Wanted({"SI": -1.0, "GC": -0.4}, 0.45)
    line = replace(pool.positions[0], quantity=0.0)
    way = remedy(CmeFutures(), pool, wanted, Means(COSTS, (line,))).hedges[0]
    units = 0.99 * way.trades[0].quantity
    less = replace(pool, positions=(*pool.positions, replace(line, quantity=units)))

    assert moves(CmeFutures(), less, wanted.along).call < 0.45


def test_what_does_not_move_or_is_not_carried_cannot_hedge():
    still = Position("f", "ES", 0.0, 6_000.0, Kind.FUTURE, multiplier=50.0)
    share = Position("f", "SI", 0.0, 80.0, Kind.STOCK)
    wanted = Wanted({"SI": -1.0, "GC": -0.4}, 0.4)
    found = remedy(CmeFutures(), metals(), wanted, Means(COSTS, (still, share)))

    assert found.hedges == ()
    assert found.unable == ("ES", "SI")


def test_a_hedge_without_a_price_is_refused():
    line = Position("f", "PL", 0.0, math.nan, Kind.FUTURE)

    with pytest.raises(UnknownName, match="price of 'PL'"):
        remedy(CmeFutures(), metals(), Wanted({"SI": -1.0}, 0.4), Means(COSTS, (line,)))


def test_contracts_are_whole_and_still_reach_the_move():
    pool, wanted = metals(20.0, 10.0, 4e6), Wanted({"SI": -1.0, "GC": -0.4}, 0.4)
    line = replace(pool.positions[0], quantity=0.0)
    found = remedy(CmeFutures(), pool, wanted, Means(COSTS, (line,), whole=True))
    exact = remedy(CmeFutures(), pool, wanted, Means(COSTS, (line,)))
    units = [t.quantity for way in (found.trades, *found.hedges) for t in way.trades]

    assert [u == pytest.approx(round(u), abs=1e-9) for u in units] == [True] * len(units)
    assert min(found.trades.call, found.hedges[0].call) >= 0.4
    assert found.trades.cost >= exact.trades.cost


def test_a_call_on_the_way_is_met_too():
    held = (
        Position("m", "A", 100.0, 100.0),
        Position("m", "B", -100.0, 100.0),
    )
    marks = Marks(DAY, {"A": 100.0, "B": 100.0})
    pool = Pool(BookAccount("m", "reg_t", 0.0), held, 5_400.0, marks)
    wanted = Wanted({"A": -1.0, "B": -1.0}, 0.9)
    found = remedy(RegT(), pool, wanted, Means(COSTS))

    assert found.call < 0.05
    assert found.trades.call >= 0.9 * (1 - 1e-9)


def test_every_pool_of_a_book_has_its_remedy():
    account = BookAccount("p", "binance", 20_000.0, "USDT")
    cross = Position("p", "BTCUSDT", 1.0, 80_000.0, Kind.PERPETUAL, 80_000.0, currency="USDT")
    alone = replace(cross, symbol="ETHUSDT", quantity=10.0, price=2_500.0, entry=2_500.0,
                    mode=Mode.ISOLATED, isolated_margin=5_000.0)  # fmt: skip
    book = Book((cross, alone), (account,), DAY, base="USDT")
    wanted = Wanted({"BTCUSDT": -1.0, "ETHUSDT": -1.0}, 0.4)
    found = remedies(book, wanted, Means(COSTS, (replace(cross, quantity=0.0),)))

    assert [one.pool for one in found] == ["", "ETHUSDT"]
    assert [len(one.hedges) for one in found] == [1, 0]
    assert all(one.trades.call == pytest.approx(0.4, abs=1e-6) for one in found)
    assert pools(book, account)[1].equity == 5_000.0
    assert found[0].call == moves(rulebook_of(account), pools(book, account)[0], wanted.along).call


def test_a_direction_of_unknown_names_is_refused():
    book = Book((Position("m", "A", 1.0, 100.0),), (BookAccount("m", "reg_t", 60.0),), DAY)

    with pytest.raises(UnknownName, match="'Z'"):
        remedies(book, Wanted({"Z": -1.0}, 0.1), Means(COSTS))


@pytest.mark.parametrize("move", [0.0, -0.1, math.inf, math.nan])
def test_only_a_move_can_be_survived(move):
    with pytest.raises(BadNumber, match="give one above 0"):
        Wanted({"A": -1.0}, move)


def test_costs_are_of_the_symbol_before_its_kind():
    share, other = Position("m", "A", 100.0, 1.0), Position("m", "ZZ", 100.0, 1.0)

    assert COSTS.of(share).half_spread == 0.001
    assert not COSTS.assumed(share)
    assert COSTS.assumed(other)
    assert COSTS.of(other).impact(1e9) == 0.0
    assert Dealings(volumes={"ZZ": 1e4}).of(other).impact(1e4) == pytest.approx(0.02 * 2 / 3)


def test_impact_grows_with_the_root_of_the_size():
    dealt = Dealing(0.001, 0.03, 100.0)

    assert dealt.share(100.0) == pytest.approx(0.001 + 0.02)
    assert dealt.impact(25.0) == pytest.approx(0.01)
    with pytest.raises(BadNumber, match="negative cost"):
        Dealing(-0.1)


def test_costs_come_from_a_market_in_the_units_of_the_book():
    calm = plain_instruments(
        ("SI",), spread=np.array([0.0004]), sigma=np.array([0.03]), volume=np.array([2.5e8])
    )
    market = calm_market(calm, np.array([80.0]))
    thin = replace(market, depth=0.25 * market.depth, sigma=2.0 * market.sigma)
    pool = metals()
    book = Book(pool.positions, (pool.account,), DAY)
    dealt, stressed = (dealings_in(there, book).of(pool.positions[0]) for there in (market, thin))

    assert dealt == Dealing(0.0002, 0.03, 50_000.0)
    assert stressed == Dealing(0.0004, 0.03, 12_500.0)
    assert dealings_in(market, book).assumed(pool.positions[1])


def test_a_long_book_sells_among_its_largest_positions(monkeypatch):
    monkeypatch.setattr("undertow.studies.remedy.LINES", 10)
    draw = np.random.default_rng(3)
    sizes = draw.uniform(1.0, 100.0, 15)
    held = tuple(Position("m", f"S{k}", size, 100.0) for k, size in enumerate(sizes))
    marks = Marks(DAY, {one.symbol: 100.0 for one in held})
    gross = 100.0 * float(sizes.sum())
    pool = Pool(BookAccount("m", "reg_t", 0.0), held, 0.3 * gross, marks)
    wanted = Wanted(dict.fromkeys(marks.price, -1.0), 0.1)
    found = remedy(RegT(), pool, wanted, Means(Dealings({p.symbol: Dealing(0.001) for p in held})))
    small = {held[at].symbol for at in np.argsort(sizes)[:5]}

    assert found.trades.call == pytest.approx(0.1, abs=1e-6)
    assert not small & {trade.symbol for trade in found.trades.trades}
    assert found.trades.cost <= found.pro_rata.cost * (1 + 1e-6)


def test_where_the_largest_cannot_do_it_all_are_sold_alike(monkeypatch):
    monkeypatch.setattr("undertow.studies.remedy.LINES", 10)
    held = tuple(Position("m", f"S{k}", 1.0, 100.0) for k in range(15))
    marks = Marks(DAY, {one.symbol: 100.0 for one in held})
    pool = Pool(BookAccount("m", "reg_t", 0.0), held, 0.02 * 1_500.0, marks)
    wanted = Wanted(dict.fromkeys(marks.price, -1.0), 0.01)
    found = remedy(RegT(), pool, wanted, Means(Dealings({p.symbol: Dealing(0.0001) for p in held})))

    assert found.trades.call == pytest.approx(0.01, abs=1e-6)
    assert found.trades == found.pro_rata
