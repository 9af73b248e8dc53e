"""Proxies of the stress index: each against what it says of itself, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from undertow.core.history import Bars, History
from undertow.studies.stress_panel import Member, anchors_of, panel
from undertow.studies.stress_proxies import (
    OF_FAMILY,
    PROXIES,
    Session,
    on_sessions,
    premium,
    proxy,
    stock_bond,
    volume,
)
from undertow.studies.windows import (
    decayed,
    ewma_correlation,
    expanding_percentiles,
    trailing_mean,
    trailing_median,
)

SIZE = 400


def walk(seed: int = 3, *, spread: float = 0.0, scale: float = 0.01) -> Session:
    """Days of 390 trades around a random walk, at half a spread above or below it."""
    chance = np.random.default_rng(seed)
    middle = np.exp(
        np.cumsum(scale / np.sqrt(390) * chance.standard_normal((SIZE, 390))).reshape(SIZE, 390)
    )
    trades = middle * (1.0 + spread / 2.0 * chance.choice([-1.0, 1.0], (SIZE, 390)))
    return Session(trades.max(1), trades.min(1), trades[:, -1], np.full(SIZE, 1e6))


DATES = np.datetime64("2024-01-01") + np.arange(SIZE)


def prices(**sessions: Session) -> History:
    """One symbol a session."""
    found = {
        name: Bars(name, DATES, own.close, own.high, own.low, own.close, own.volume)
        for name, own in sessions.items()
    }
    return History(found)


def taken(name: str, own: Session) -> np.ndarray:
    found = proxy(Member("depth", name, "X"), prices(X=own), DATES)

    assert found is not None
    return found


@pytest.mark.parametrize("name", ["corwin_schultz", "abdi_ranaldo"])
def test_spreads_follow_the_true_one_in_logs(name: str) -> None:
    wide = np.exp(np.nanmedian(taken(name, walk(spread=0.02))))

    assert wide == pytest.approx(0.02, rel=0.25)


def test_range_volatility_is_the_volatility_of_the_walk() -> None:
    assert np.exp(np.nanmedian(taken("parkinson", walk(scale=0.02)))) == pytest.approx(
        0.02, rel=0.1
    )


def test_twice_the_range_is_ln_two_more() -> None:
    own = walk()
    wider = np.sqrt(own.high / own.low)
    twice = Session(own.high * wider, own.low / wider, own.close, own.volume)
    more = taken("parkinson", twice) - taken("parkinson", own)

    assert more[50:] == pytest.approx(np.log(2.0))


def test_a_spread_that_is_not_above_nothing_is_minus_infinity() -> None:
    calm = taken("abdi_ranaldo", walk())

    assert np.isneginf(calm).any()
    assert not np.isposinf(calm).any()


def test_half_the_volume_is_twice_the_impact_and_half_the_flow() -> None:
    own = walk()
    halved = own.volume.copy()
    halved[-10:] /= 2.0
    thin = Session(own.high, own.low, own.close, halved)

    assert taken("amihud", thin)[-1] - taken("amihud", own)[-1] == pytest.approx(
        np.log(2.0), abs=0.05
    )
    assert volume(thin)[-1] - volume(own)[-1] == pytest.approx(-np.log(2.0))
    assert volume(own)[-1] == pytest.approx(0.0, abs=1e-12)


def test_money_of_another_unit_changes_no_impact() -> None:
    own = walk()
    cents = Session(own.high * 100, own.low * 100, own.close * 100, own.volume)

    assert taken("amihud", cents)[300:] == pytest.approx(taken("amihud", own)[300:])


def test_impact_is_over_the_year_before() -> None:
    found = taken("amihud", walk())

    assert np.isnan(found[:130]).all()
    assert np.median(found[200:]) == pytest.approx(0.0, abs=0.2)


def test_carry_is_no_premium_but_a_gap_is() -> None:
    spot = walk()
    carried = Session(spot.high, spot.low, spot.close * 1.01, spot.volume)
    torn = carried.close * np.exp(0.001 * np.random.default_rng(1).standard_normal(SIZE))
    calm = premium(Session(spot.high, spot.low, torn, spot.volume), spot)
    torn[-5:] *= 1.02
    strained = premium(Session(spot.high, spot.low, torn, spot.volume), spot)

    assert np.exp(strained[-1]) == pytest.approx(0.02, rel=0.1)
    assert np.exp(calm[-1]) < 0.002


def test_bonds_that_fall_with_stocks_shift_the_correlation_up() -> None:
    chance = np.random.default_rng(2)
    moves = chance.standard_normal(SIZE) * 0.01
    yields = 4.0 + np.cumsum(np.where(np.arange(SIZE) < SIZE - 40, moves, -moves))
    stock = Session(*(np.exp(np.cumsum(moves)) for _ in range(4)))
    bond = Session(yields, yields, yields, yields)
    found = stock_bond(stock, bond)

    assert found[-41] == pytest.approx(0.0, abs=0.1)
    assert found[-1] > 3.0


@pytest.mark.parametrize("name", sorted({member.proxy for member in panel()}))
def test_no_proxy_looks_ahead(name: str) -> None:
    takes_two = name in {"premium", "stock_bond"}
    member = Member("depth", name, "X", "Y" if takes_two else "")
    history, cut = prices(X=walk(3), Y=walk(8)), 350
    whole = proxy(member, history, DATES)
    early = proxy(member, history.until(str(DATES[cut - 1])), DATES[:cut])

    assert whole is not None
    assert early is not None
    assert np.array_equal(whole[:cut], early, equal_nan=True)


def test_every_proxy_of_the_panel_is_of_the_family_or_of_the_index() -> None:
    assert {member.proxy for member in panel()} == set(PROXIES) | set(OF_FAMILY)


def test_sessions_without_a_range_or_a_price_have_none() -> None:
    days = np.arange("2026-01-05", "2026-01-10", dtype="datetime64[D]")
    bars = Bars(
        "X", days[[0, 1, 2, 4]], np.ones(4), np.array([2.0, 1.0, 2.0, 2.0]),
        np.array([1.0, 1.0, 1.0, 1.0]), np.array([1.5, 1.0, -3.0, 1.2]),
        np.array([5.0, 0.0, 5.0, 5.0]),
    )  # fmt: skip
    found = on_sessions(bars, days)

    assert np.isnan(found.high).tolist() == [False, True, False, True, False]
    assert np.isnan(found.close).tolist() == [False, False, True, True, False]
    assert np.isnan(found.volume).tolist() == [False, True, False, True, False]


def test_a_member_without_its_symbols_has_no_series() -> None:
    days = np.arange("2026-01-05", "2026-01-10", dtype="datetime64[D]")

    assert proxy(Member("depth", "level", "^VIX"), History({}), days) is None


def test_a_member_is_named_by_proxy_and_symbols() -> None:
    names = [member.name for member in panel()]

    assert len(names) == len(set(names))
    assert "premium ES=F/SPY" in names
    assert "amihud HYG" in names


def test_means_need_half_a_window_and_medians_end_the_day_before() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0, np.nan, np.nan, np.nan])

    assert trailing_mean(values, 4)[3:].tolist()[:2] == [3.0, 4.0]
    assert np.isnan(trailing_mean(values, 4)[6])
    assert trailing_median(np.arange(6.0), 3)[3:].tolist() == [1.0, 2.0, 3.0]


def test_an_average_decays_and_a_correlation_needs_sixty_pairs() -> None:
    assert decayed(np.ones(2), 0.9).tolist() == pytest.approx([0.1, 0.19])
    moves = np.random.default_rng(6).standard_normal(100)
    found = ewma_correlation(moves, 2.0 * moves, 0.94)

    assert np.isnan(found[:60]).all()
    assert found[60:] == pytest.approx(1.0)


def test_percentiles_know_the_past_only() -> None:
    found = expanding_percentiles(np.array([2.0, 1.0, np.nan, 3.0, 2.0]))

    assert found[[0, 1, 3, 4]].tolist() == [1.0, 0.5, 1.0, 0.75]
    assert np.isnan(found[2])


def test_anchors_are_read_from_a_table() -> None:
    row = {"first": "2010-01-04", "last": "2019-12-31", "n": "9", "day": ""}
    table = [
        {"kind": "median", "name": "level ^VIX", "value": "2.8", **row},
        {"kind": "deviation", "name": "level ^VIX", "value": "0.2", **row},
        {"kind": "half", "name": "depth", "value": "2.5", **row},
        {"kind": "map", "name": "median", "value": "0.1", **row},
        {"kind": "map", "name": "high", "value": "0.3", **row},
        {"kind": "peak", "name": "2008", "value": "0.6", **row, "day": "2008-10-10"},
    ]
    held = anchors_of(table)

    assert (held.median, held.high, held.halves["depth"]) == (0.1, 0.3, 2.5)
    assert (held.scales["level ^VIX"].median, held.scales["level ^VIX"].n) == (2.8, 9)
    assert held.peaks[0].day == "2008-10-10"
