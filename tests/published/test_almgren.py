"""Almgren, Thum, Hauptmann, Li, Direct estimation of equity market impact, Risk (July 2005).

Printed beside the paper's table by lakshmiDRIP/DROP, commit
1780aec38fc7794d24e7a1e0678aaab441d0c6ba, Apache-2.0: EquityMarketImpactIBM.drop and ...DRI.drop.
"""

import pytest

from published_answers import missed, rows
from undertow.published.almgren import CHECK, DAYS, DRI, IBM, SIZE, costs


def test_there_are_22_printed_numbers():
    assert len([name for name in rows(CHECK) if "unrounded" not in name]) == 22


@pytest.mark.parametrize("stock", ["IBM", "DRI"])
@pytest.mark.parametrize("what", ["I", "K", "J"])
def test_the_numbers_of_a_stock_are_the_printed_ones(stock, what):
    assert missed(CHECK, f"{stock} {what}") == []


@pytest.mark.parametrize("stock", [IBM, DRI], ids=lambda s: s.name)
def test_permanent_impact_does_not_depend_on_how_long_it_takes(stock):
    found = [costs(stock, days)[0] for days in DAYS]

    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("stock", [IBM, DRI], ids=lambda s: s.name)
def test_the_unrounded_values_are_the_formulas_own(stock):
    turnover = (stock.outstanding / stock.volume) ** 0.25
    permanent = 1e4 * 0.314 * stock.sigma * SIZE * turnover
    for days in DAYS:
        speed = 1e4 * 0.142 * stock.sigma * (SIZE / days) ** 0.6
        got = costs(stock, days)

        assert got[0] == pytest.approx(permanent, rel=1e-12)
        assert got[1] == pytest.approx(speed, rel=1e-12)
        # Payments multiply, the paper adds: the product of both parts is a hundredth of a bp.
        assert got[2] == pytest.approx(0.5 * permanent + speed, abs=0.04)


def test_haste_costs():
    slow, fast = costs(IBM, 0.5), costs(IBM, 0.1)

    assert fast[1] > 2.0 * slow[1]
    assert fast[2] > slow[2]
