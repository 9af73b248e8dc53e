"""The worked example of Almgren, Thum, Hauptmann, Li (2005): a tenth of a day's volume of IBM.

Volume 6.561 m, 1,728 m shares outstanding, daily volatility 1.57 %.
"""

from __future__ import annotations

import numpy as np
import pytest

from undertow.core.errors import BadNumber
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.model.impact.almgren_2005 import Almgren2005

SALE = np.array([0.1])


def ibm() -> Market:
    calm = plain_instruments(
        ("IBM",),
        depth=np.array([6.561e6]),
        volume=np.array([6.561e6]),
        sigma=np.array([0.0157]),
        outstanding=np.array([1728e6]),
    )
    return calm_market(calm, np.array([80.0]))


def test_the_permanent_part_is_20_basis_points() -> None:
    fallen = 1.0 - np.exp(Almgren2005().log_factor(SALE, ibm())[0])

    assert 1e4 * fallen == pytest.approx(19.860, abs=5e-4)
    assert fallen / 0.0157 == pytest.approx(0.126, abs=5e-4)


@pytest.mark.parametrize(
    ("days", "over_sigma", "speed", "realised"),
    [(0.1, 0.142, 22, 32.22), (0.2, 0.094, 15, 24.64), (0.5, 0.054, 8, 18.42)],
)
def test_the_realised_cost_is_half_the_permanent_part_and_the_cost_of_speed(
    days: float, over_sigma: float, speed: float, realised: float
) -> None:
    law, market = Almgren2005(), ibm()
    temporary = float(law.rate_cost(SALE / days, market)[0])
    paid = float(law.fill_factor(np.zeros(1), SALE, market)[0]) - temporary

    assert temporary / 0.0157 == pytest.approx(over_sigma, abs=5e-4)
    assert 1e4 * temporary == pytest.approx(speed, abs=0.5)
    assert 1e4 * (1.0 - paid) == pytest.approx(realised, abs=5e-3)


def test_a_price_is_never_zero() -> None:
    law, market = Almgren2005(), ibm()
    huge = np.array([1e6])

    assert np.exp(law.log_factor(huge, market))[0] == pytest.approx(2.0**-30)
    assert law.slope(huge, market)[0] == 0.0


def test_without_volatility_nothing_moves() -> None:
    calm = plain_instruments(("BILL",), sigma=np.zeros(1))
    market = calm_market(calm, np.ones(1))

    assert Almgren2005().path_average(np.zeros(1), np.array([5.0]), market)[0] == 1.0


@pytest.mark.parametrize("field", ["gamma", "eta", "beta", "turnover_exponent"])
def test_a_coefficient_that_is_no_number_is_refused(field: str) -> None:
    with pytest.raises(BadNumber, match=field):
        Almgren2005(**{field: float("nan")})  # type: ignore[arg-type]
