"""What is measured on real prices, against the formulas once more, cell by cell in plain Python.

Formulas: Amihud 2002, Roll 1984, Corwin and Schultz 2012, Abdi and Ranaldo 2017, Parkinson 1980,
Garman and Klass 1980, Kritzman and others 2010 and 2011, Engle 2002; coverage as docs/measure.md.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

import numpy as np
import pytest

from market_files import daily_panel, market_folder
from undertow.core.history import FIELDS
from undertow.indicators import INDICATORS
from undertow.jobs.measure_coverage import CoverageRequest, measure_coverage
from undertow.studies.correlation import corsetti, forbes_rigobon
from undertow.studies.garch import dcc_path, fit_dcc, fit_garch

LEAN = Path(__file__).parents[3] / "shared" / "data" / "microstructure" / "lean"
DAY = "2020-03-16"
PAIRS = [(symbol, name) for symbol in ("SPY", "TLT", "GLD") for name in (
    "amihud", "roll", "corwin_schultz", "abdi_ranaldo", "parkinson", "garman_klass",
    "rogers_satchell", "volume_shock",
)]  # fmt: skip
SEVEN = ("SPY", "TLT", "GC=F", "SI=F", "HG=F", "^N225")


@cache
def bars(symbol: str) -> list[dict[str, float]]:
    """The bars up to the day, as rows."""
    held = daily_panel()[symbol].until(DAY)
    columns = [getattr(held, name).tolist() for name in FIELDS]
    return [dict(zip(FIELDS, row, strict=True)) for row in zip(*columns, strict=True)]


def moves(rows: list[dict[str, float]]) -> list[float]:
    return [math.log(b["close"] / a["close"]) for a, b in pairwise(rows)]


def amihud(rows: list[dict[str, float]]) -> float:
    late = zip(moves(rows[-22:]), rows[-21:], strict=True)
    return 1e6 * mean(abs(r) / (b["close"] * b["volume"]) for r, b in late if b["volume"] > 0.0)


def roll(rows: list[dict[str, float]]) -> float:
    late = moves(rows)[-63:]
    now, before = late[1:], late[:-1]
    products = [(a - mean(now)) * (b - mean(before)) for a, b in zip(now, before, strict=True)]
    covariance = sum(products) / (len(products) - 1)
    return -math.copysign(2.0 * math.sqrt(abs(covariance)), covariance)


def corwin_schultz(rows: list[dict[str, float]]) -> float:
    found = []
    for a, b in zip(rows[-22:], rows[-21:], strict=False):
        h, low, h1, l1, c1 = (
            math.log(x) for x in (b["high"], b["low"], a["high"], a["low"], a["close"])
        )
        gap = low - c1 if low > c1 else h - c1 if h < c1 else 0.0
        h, low = h - gap, low - gap
        beta, gamma = (h - low) ** 2 + (h1 - l1) ** 2, (max(h, h1) - min(low, l1)) ** 2
        k = 3.0 - 2.0 * math.sqrt(2.0)
        alpha = (math.sqrt(2.0 * beta) - math.sqrt(beta)) / k - math.sqrt(gamma / k)
        found.append(max(0.0, 2.0 * (math.exp(alpha) - 1.0) / (1.0 + math.exp(alpha))))
    return mean(found)


def abdi_ranaldo(rows: list[dict[str, float]]) -> float:
    middle = [0.5 * (math.log(b["high"]) + math.log(b["low"])) for b in rows[-22:]]
    close = [math.log(b["close"]) for b in rows[-22:]]
    square = 4.0 * mean((close[k] - middle[k]) * (close[k] - middle[k + 1]) for k in range(21))
    return math.copysign(math.sqrt(abs(square)), square)


def parkinson(rows: list[dict[str, float]]) -> float:
    late = [math.log(b["high"] / b["low"]) ** 2 / (4.0 * math.log(2.0)) for b in rows[-21:]]
    return math.sqrt(mean(late))


def garman_klass(rows: list[dict[str, float]]) -> float:
    late = [
        0.5 * math.log(b["high"] / b["low"]) ** 2
        - (2.0 * math.log(2.0) - 1.0) * math.log(b["close"] / b["open"]) ** 2
        for b in rows[-21:]
    ]
    return math.sqrt(mean(late))


def rogers_satchell(rows: list[dict[str, float]]) -> float:
    late = [
        math.log(b["high"] / b["close"]) * math.log(b["high"] / b["open"])
        + math.log(b["low"] / b["close"]) * math.log(b["low"] / b["open"])
        for b in rows[-21:]
    ]
    return math.sqrt(mean(late))


def volume_shock(rows: list[dict[str, float]]) -> float:
    logs = [math.log(b["volume"]) for b in rows[-64:]]
    middle = median(logs[:-1])
    return (logs[-1] - middle) / (1.4826 * median(abs(x - middle) for x in logs[:-1]))


BY_HAND = {
    one.__name__: one
    for one in (
        amihud, roll, corwin_schultz, abdi_ranaldo, parkinson, garman_klass, rogers_satchell,
        volume_shock,
    )
}  # fmt: skip


@pytest.mark.parametrize(("symbol", "name"), PAIRS)
def test_a_daily_measure_is_its_formula_on_real_prices(symbol: str, name: str) -> None:
    found = INDICATORS.make(name, {}).series(daily_panel().until(DAY), [symbol]).last
    by_hand = BY_HAND[name](bars(symbol))

    assert found == pytest.approx(by_hand, rel=1e-9)


def panel() -> np.ndarray:
    """Returns of the seven on their common days."""
    held = daily_panel().until(DAY)
    closes = [dict(zip(held[s].date.tolist(), held[s].close.tolist(), strict=True)) for s in SEVEN]
    common = sorted(set.intersection(*(set(one) for one in closes)))
    table = np.array([[one[day] for one in closes] for day in common])
    return np.log(table[1:] / table[:-1])


def test_absorption_is_the_share_of_the_largest_eigenvalue() -> None:
    late = panel()[-500:]
    weights = 0.5 ** (np.arange(499, -1, -1) / 250.0)
    centred = late - (weights[:, None] * late).sum(axis=0) / weights.sum()
    covariance = (weights[:, None] * centred).T @ centred
    vector = np.ones(len(SEVEN))
    for _ in range(2000):
        vector = covariance @ vector
        vector /= np.linalg.norm(vector)
    by_hand = vector @ covariance @ vector / np.trace(covariance)
    found = INDICATORS.make("absorption", {}).series(daily_panel().until(DAY), SEVEN).last

    assert found == pytest.approx(by_hand, rel=1e-9)


def test_turbulence_is_the_distance_from_the_days_before() -> None:
    moves_ = panel()
    before, today = moves_[-501:-1], moves_[-1]
    covariance = np.cov(before, rowvar=False)
    away = today - before.mean(axis=0)
    by_hand = away @ np.linalg.inv(covariance) @ away / len(SEVEN)
    found = INDICATORS.make("turbulence", {}).series(daily_panel().until(DAY), SEVEN).last

    assert found == pytest.approx(by_hand, rel=1e-8)


@pytest.mark.parametrize(
    ("fund", "on"),
    [
        ("spy_20201201", date(2020, 12, 1)),
        ("qqq_20110330", date(2011, 3, 30)),
        ("gdvd_20201210", date(2020, 12, 10)),
    ],
)
def test_coverage_of_a_real_fund_is_what_a_pencil_says(fund: str, on: date) -> None:
    file = LEAN / f"etf_holdings_{fund}.csv"
    if not file.exists():
        pytest.skip("the lists of holdings beside the project are absent")
    data = market_folder() / "prices_daily.parquet"
    answer = measure_coverage(CoverageRequest(file, (data,), on=on.isoformat())).json()
    nav, sold, unknown = coverage_by_hand(file, on)

    assert answer["nav"] == pytest.approx(nav, rel=1e-12)
    assert answer["hqla"]["rcr"] == pytest.approx(0.5 / 0.1)
    assert answer["hqla_capped"]["rcr"] == 0.0
    assert answer["liquidation"]["rcr"] == pytest.approx(sold / (0.1 * nav), rel=1e-12)
    assert answer["liquidation"]["rcr_high"] == pytest.approx((sold + unknown) / (0.1 * nav))


def coverage_by_hand(file: Path, on: date) -> tuple[float, float, float]:
    """Fund, what five days at a fifth of the volume of twenty days sell, and the unknown."""
    rows = list(csv.reader(file.read_text().splitlines()))
    prices = {row[0]: price_and_volume(row[0], on) for row in rows}
    sizes = [float(r[4]) * prices[r[0]][0] / float(r[3]) for r in rows if prices[r[0]]]
    held: dict[str, float] = defaultdict(float)
    for row in rows:
        held[row[0]] += float(row[5]) if row[5] else float(row[3]) * median(sizes)
    known = {symbol: prices[symbol] for symbol in held if prices[symbol]}
    sold = sum(min(held[s], 5 * 0.2 * price * volume) for s, (price, volume) in known.items())
    return sum(held.values()), sold, sum(v for s, v in held.items() if s not in known)


def price_and_volume(symbol: str, on: date) -> tuple[float, float] | tuple[()]:
    history = daily_panel()
    if symbol not in history:
        return ()
    held = history[symbol].until(on)
    if not len(held) or (on - held.date[-1].item()).days > 10:
        return ()
    return held.close[-1], mean(v for v in held.volume[-20:].tolist() if math.isfinite(v))


def test_dcc_is_engles_recursion_written_as_a_loop() -> None:
    x, y = simulated(400)
    a, b = 0.05, 0.9
    usual = [mean(p) for p in (x * x, y * y, x * y)]
    q, found = list(usual), []
    for k in range(len(x)):
        if k:
            news = (x[k - 1] ** 2, y[k - 1] ** 2, x[k - 1] * y[k - 1])
            q = [(1 - a - b) * u + a * v + b * w for u, v, w in zip(usual, news, q, strict=True)]
        found.append(q[2] / math.sqrt(q[0] * q[1]))

    assert dcc_path(x, y, a, b) == pytest.approx(found, rel=1e-12)


def simulated(days: int, a: float = 0.05, b: float = 0.93) -> tuple[np.ndarray, np.ndarray]:
    """Two series whose correlation follows a DCC(1,1) of 0.5, volatilities 1."""
    rng, found = np.random.default_rng(11), []
    usual = np.array([[1.0, 0.5], [0.5, 1.0]])
    q = usual.copy()
    for _ in range(days):
        scale = np.sqrt(np.diag(q))
        z = np.linalg.cholesky(q / np.outer(scale, scale)) @ rng.normal(size=2)
        found.append(z)
        q = (1.0 - a - b) * usual + a * np.outer(z, z) + b * q
    made = np.array(found)
    return made[:, 0], made[:, 1]


def test_dcc_finds_the_parameters_that_made_the_data() -> None:
    x, y = simulated(6000)
    found = fit_dcc(fit_garch(x), fit_garch(y))

    assert found.a == pytest.approx(0.05, abs=0.015)
    assert found.b == pytest.approx(0.93, abs=0.03)


def test_no_other_parameters_of_a_dcc_are_likelier() -> None:
    x, y = simulated(1500)
    fits = fit_garch(x), fit_garch(y)
    best = fit_dcc(*fits)
    z = [one.residual / np.sqrt(one.variance) for one in fits]

    def likelihood(a: float, b: float) -> float:
        rho = dcc_path(*z, a, b)
        left = 1.0 - rho * rho
        gap = (z[0] ** 2 + z[1] ** 2 - 2.0 * rho * z[0] * z[1]) / left
        return -0.5 * float((np.log(left) + gap).sum())

    grid = [
        likelihood(a, b) for a in np.linspace(0.005, 0.2, 25) for b in np.linspace(0.0, 0.99, 40)
        if a + b < 0.999
    ]  # fmt: skip
    assert best.likelihood >= max(grid) - 1e-6


def test_corrections_hold_in_closed_form() -> None:
    """y = βx + ε: a variance of x that is (1 + δ) times larger changes ρ as both formulas say."""
    beta, own, delta = 0.7, 1.3, 8.72
    rho = beta / math.sqrt(beta**2 + own**2)
    grown = beta * math.sqrt(1 + delta) / math.sqrt(beta**2 * (1 + delta) + own**2)
    # x = f + e, var e = λ var f, both grow by (1 + δ); y = β f + ε: Corsetti and others.
    lam = 0.4
    quiet = beta / math.sqrt((1 + lam) * (beta**2 + own**2))
    late = beta * math.sqrt((1 + delta) / ((1 + lam) * (beta**2 * (1 + delta) + own**2)))

    assert forbes_rigobon(grown, delta) == pytest.approx(rho, rel=1e-12)
    assert corsetti(rho, delta, 0.0) == pytest.approx(grown, rel=1e-12)
    assert corsetti(quiet, delta, lam) == pytest.approx(late, rel=1e-12)
