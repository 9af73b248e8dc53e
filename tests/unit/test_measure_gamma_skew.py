"""Gamma where volatility moves with spot: against repricing, and where it must change nothing."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core import black
from undertow.jobs.measure_gamma import GammaRequest, measure_gamma
from undertow.studies.smile import Skewed, Smile

DATA = Path(__file__).parents[3] / "shared" / "data"
HEAD = "date,underlying,spot,type,expiry,strike,last,open_interest,iv,gamma\n"
SPOT, DAY, EXPIRY, YEARS = 100.0, "2026-01-05", "2026-02-06", 32.0 / 365.0
LEVEL = 0.3
WIDTH = LEVEL * math.sqrt(YEARS)
STRIKES = np.arange(82.0, 121.0)


def smiling(strike: float, spot: float, slope: float, bend: float) -> float:
    """Volatility at a strike when the smile keeps to moneyness."""
    z = math.log(strike / spot) / WIDTH
    return LEVEL + slope * z + bend * z * z


def priced(strike: float, spot: float, smile: tuple[float, float], *, call: bool) -> float:
    spread = smiling(strike, spot, *smile) * math.sqrt(YEARS)
    arrays = (np.array([x]) for x in (spot, strike, spread))
    return float(black.value(*arrays, np.array([call]))[0])


def chain(smile: tuple[float, float], interest: dict[tuple[str, float], float]) -> str:
    rows = [
        f"{DAY},XYZ,{SPOT},{right},{EXPIRY},{k},{priced(k, SPOT, smile, call=right == 'call')!r},"
        f"{interest.get((right, k), 0.0)},,\n"
        for right in ("call", "put")
        for k in STRIKES.tolist()
    ]
    return HEAD + "".join(rows)


def measured(folder: Path, smile: tuple[float, float], interest: dict) -> dict:
    file = folder / "chain.csv"
    file.write_text(chain(smile, interest))
    return measure_gamma(GammaRequest(file)).json()


def repriced(strike: float, smile: tuple[float, float], *, call: bool, step: float = 0.02) -> float:
    """Dollars for 1 % of one contract, by second differences of its price."""
    up, at, down = (
        priced(strike, spot, smile, call=call) for spot in (SPOT + step, SPOT, SPOT - step)
    )
    return (up - 2.0 * at + down) / step**2 * 100.0 * SPOT**2 * 0.01


@pytest.mark.parametrize("smile", [(-0.04, 0.0), (-0.05, 0.01), (0.03, 0.02)])
@pytest.mark.parametrize("strike", [92.0, 99.0, 106.0])
def test_it_is_the_second_difference_of_repricing(
    tmp_path: Path, smile: tuple[float, float], strike: float
) -> None:
    found = measured(tmp_path, smile, {("call", strike): 1000.0, ("put", strike): 700.0})
    by_hand = repriced(strike, smile, call=True)

    assert found["skew_adjusted"]["call_usd_per_1pct"] == pytest.approx(1000 * by_hand, rel=1e-3)
    assert found["skew_adjusted"]["put_usd_per_1pct"] == pytest.approx(700 * by_hand, rel=1e-3)
    assert found["skew_adjusted"]["with_smile"] == 1.0


def test_a_flat_smile_changes_nothing(tmp_path: Path) -> None:
    found = measured(tmp_path, (0.0, 0.0), {("call", 105.0): 900.0, ("put", 95.0): 1000.0})
    skewed = found["skew_adjusted"]

    assert skewed["call_usd_per_1pct"] == pytest.approx(found["model_call_usd_per_1pct"], rel=1e-7)
    assert skewed["put_usd_per_1pct"] == pytest.approx(found["model_put_usd_per_1pct"], rel=1e-7)
    assert skewed["flip"] == pytest.approx(found["flip"], rel=1e-6)


def test_a_smile_that_falls_takes_gamma_from_puts_and_gives_it_to_calls(tmp_path: Path) -> None:
    found = measured(tmp_path, (-0.05, 0.0), {("call", 105.0): 1000.0, ("put", 95.0): 1000.0})

    assert found["skew_adjusted"]["put_usd_per_1pct"] < found["model_put_usd_per_1pct"]
    assert found["skew_adjusted"]["call_usd_per_1pct"] > found["model_call_usd_per_1pct"]


def test_a_sign_that_turns_is_said(tmp_path: Path) -> None:
    found = measured(tmp_path, (-0.05, 0.0), {("call", 105.0): 1000.0, ("put", 95.0): 1250.0})
    plain = found["model_call_usd_per_1pct"] - found["model_put_usd_per_1pct"]

    assert plain < 0.0 < found["skew_adjusted"]["net_usd_per_1pct"]["naive"]
    assert any("the sign turns" in said for said in found["warnings"])


def test_its_net_is_zero_where_it_flips(tmp_path: Path) -> None:
    smile, interest = (-0.04, 0.005), {("call", 103.0): 1000.0, ("put", 97.0): 1300.0}
    flip = measured(tmp_path, smile, interest)["skew_adjusted"]["flip"]
    step = 0.01

    def gamma_at(strike: float, *, call: bool) -> float:
        values = [priced(strike, flip + d, smile, call=call) for d in (step, 0.0, -step)]
        return (values[0] - 2.0 * values[1] + values[2]) / step**2

    assert 1000.0 * gamma_at(103.0, call=True) == pytest.approx(
        1300.0 * gamma_at(97.0, call=False), rel=5e-3
    )


def test_few_strikes_have_no_smile_and_say_so(tmp_path: Path) -> None:
    rows = "".join(line + "\n" for line in chain((-0.05, 0.0), {("call", 100.0): 10.0}).split("\n")
                   if line.startswith("date") or f",{EXPIRY},100.0," in line)  # fmt: skip
    (tmp_path / "few.csv").write_text(rows)
    found = measure_gamma(GammaRequest(tmp_path / "few.csv")).json()

    assert found["skew_adjusted"]["with_smile"] == 0.0
    assert found["skew_adjusted"]["call_usd_per_1pct"] == pytest.approx(
        found["model_call_usd_per_1pct"]
    )
    assert found["skew_adjusted"]["flip"] is None
    assert any("enough strikes" in said for said in found["warnings"])


def test_one_wrong_price_does_not_bend_the_smile(tmp_path: Path) -> None:
    interest = {("put", 97.0): 1000.0}
    text = chain((-0.04, 0.0), interest).splitlines(keepends=True)
    wrong = [
        line.replace(line.split(",")[6], "4.5") if ",call,2026-02-06,104.0," in line else line
        for line in text
    ]
    (tmp_path / "wrong.csv").write_text("".join(wrong))
    found = measure_gamma(GammaRequest(tmp_path / "wrong.csv")).json()["skew_adjusted"]
    by_hand = 1000.0 * repriced(97.0, (-0.04, 0.0), call=False)

    assert wrong != text
    assert found["put_usd_per_1pct"] == pytest.approx(by_hand, rel=0.05)


@given(
    strike=st.floats(85.0, 115.0),
    slope=st.floats(-0.08, 0.08),
    bend=st.floats(-0.005, 0.03),
    spot=st.floats(90.0, 110.0),
)
@settings(max_examples=100, deadline=None)
def test_the_formula_is_the_slope_of_the_slope_of_the_value(
    strike: float, slope: float, bend: float, spot: float
) -> None:
    one = (np.array([x]) for x in (slope, bend, WIDTH, math.sqrt(YEARS)))
    smile = Smile(*one, np.array([True]))
    own = np.array([smiling(strike, SPOT, slope, bend) * math.sqrt(YEARS)])
    skewed = Skewed(SPOT, np.array([101.0]), np.array([strike]), own, smile)
    step, call = 0.01, np.array([True])
    up, at, down = (float(skewed.value(s, call)[0]) for s in (spot + step, spot, spot - step))
    edges = [abs(math.log(strike / (1.01 * s)) / WIDTH) for s in (spot + step, spot - step)]
    inside = max(edges) < 2.5 or min(edges) > 2.5
    scale = float(black.density(np.zeros(1))[0]) / (spot * WIDTH)

    assert not inside or float(skewed.gamma(spot)[0]) == pytest.approx(
        (up - 2.0 * at + down) / step**2, rel=2e-3, abs=2e-4 * scale
    )


@pytest.mark.skipif(not DATA.exists(), reason="needs ../shared/data")
def test_a_falling_smile_of_the_index_lifts_the_net() -> None:
    file = DATA / "microstructure" / "lean" / "option_universe_spx_20151222.csv"
    found = measure_gamma(GammaRequest(file)).json()
    plain = found["model_call_usd_per_1pct"] - found["model_put_usd_per_1pct"]

    assert found["skew_adjusted"]["net_usd_per_1pct"]["naive"] > plain
    assert found["skew_adjusted"]["with_smile"] > 0.95
