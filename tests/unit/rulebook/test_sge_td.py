"""SGE T+D: the exchange's rates of 2026, and what a bank multiplies them by."""

from dataclasses import replace
from datetime import date

import pytest

from undertow.core.book import BookAccount, Kind, Marks, Position
from undertow.core.errors import BadDate, UnknownName
from undertow.model.rulebook import Pool
from undertow.model.rulebook.sge_td import SgeTd

D1 = date(2026, 1, 30)
VALUE = 250_000.0


def pool(symbol="Ag(T+D)", count=10.0, on=D1, **more):
    held = Position("s", symbol, count, 25_000.0, Kind.FUTURE, currency="CNY", **more)
    account = BookAccount("s", "sge_td", 300_000.0, "CNY")
    return Pool(account, (held,), account.equity, Marks(on, {symbol: 25_000.0}))


def levels(found=None, **chosen):
    found = found or pool()
    return SgeTd(**chosen).levels(found, found.opening)


@pytest.mark.parametrize(
    ("symbol", "on", "share"),
    [
        ("Ag(T+D)", date(2026, 1, 29), 0.19),
        ("Ag(T+D)", D1, 0.20),
        ("Ag(T+D)", date(2026, 2, 2), 0.26),
        ("Ag(T+D)", date(2026, 2, 3), 0.23),
        ("Ag(T+D)", date(2026, 2, 9), 0.24),
        ("Ag(T+D)", date(2026, 2, 11), 0.27),
        ("Ag(T+D)", date(2026, 2, 24), 0.24),
        ("Au(T+D)", date(2026, 2, 3), 0.16),
        ("mAu(T+D)", date(2026, 2, 4), 0.17),
    ],
)
def test_the_share_is_that_of_the_day(symbol, on, share):
    assert levels(pool(symbol, on=on)).maintenance == pytest.approx(share * VALUE)


@pytest.mark.parametrize(
    ("symbol", "on", "share"),
    [
        ("Ag(T+D)", date(2026, 1, 29), 0.4826),
        ("Ag(T+D)", D1, 0.508),
        ("Ag(T+D)", date(2026, 2, 2), 0.6604),
        ("Ag(T+D)", date(2026, 2, 3), 0.6601),
        ("Au(T+D)", date(2026, 2, 3), 0.4224),
        ("Au(T+D)", date(2026, 2, 4), 0.4488),
        ("Au(T+D)", date(2026, 2, 11), 0.5544),
        ("Ag(T+D)", date(2026, 2, 11), 0.7749),
    ],
)
def test_the_banks_notices_are_the_exchange_times_its_multiple(symbol, on, share):
    found = levels(pool(symbol, on=on), agent=True)

    assert found.maintenance == pytest.approx(share * VALUE, rel=1e-9)
    assert found.liquidation < found.maintenance


def test_another_multiple_may_be_given_and_never_lowers():
    assert levels(multiple=2.0).maintenance == pytest.approx(0.40 * VALUE)
    assert levels(multiple=0.5).maintenance == pytest.approx(0.20 * VALUE)


@pytest.mark.parametrize(("house", "share"), [(0.5, 0.5), (0.1, 0.2)])
def test_a_house_rate_stands_where_it_is_higher(house, share):
    found = levels(pool(broker_rate=house), agent=True)

    assert found.maintenance == pytest.approx(share * VALUE)


def test_longs_and_shorts_of_one_contract_net():
    both = pool()
    held = (*both.positions, replace(both.positions[0], quantity=-4.0))

    assert levels(replace(both, positions=held)) == levels(pool(count=6.0))


def test_a_hike_is_multiplied_too():
    hiked = SgeTd(agent=True).hiked("Ag(T+D)", 0.3, D1)

    assert hiked.levels(pool(), pool().opening).maintenance == pytest.approx(0.762 * VALUE)


def test_days_and_contracts_without_a_rate_are_refused():
    with pytest.raises(BadDate):
        levels(pool(on=date(2026, 1, 27)))
    with pytest.raises(UnknownName):
        levels(pool("Pt99.95"))
