"""Dealers' gamma from an option chain."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from undertow.core import black
from undertow.core.errors import BadFile, BadNumber, UnknownName
from undertow.data.chains import read_chain
from undertow.jobs.measure_gamma import GammaRequest, measure_gamma
from undertow.studies.gamma import Priced, gamma_answer
from undertow.studies.smile import Smile

DATA = Path(__file__).parents[3] / "shared" / "data"
CBOE = DATA / "microstructure" / "restricted" / "cboe_spx_quotedata_2024-09-11.csv.gz"
HEAD = "date,underlying,spot,type,expiry,strike,last,open_interest,iv,gamma\n"
SPOT, DAY, EXPIRY = 100.0, "2026-01-05", "2026-02-06"
YEARS = 32.0 / 365.0


def one(*values: float) -> np.ndarray:
    return np.array(values)


def flat(contracts: int) -> Smile:
    zeros, ones = np.zeros(contracts), np.ones(contracts)
    return Smile(zeros, zeros, ones, ones, np.zeros(contracts, dtype=bool))


def price(strike: float, sigma: float, *, call: bool) -> float:
    spread = one(sigma * math.sqrt(YEARS))
    return float(black.value(one(SPOT), one(strike), spread, np.array([call]))[0])


def row(right: str, strike: float, interest: float, iv: str = "", sigma: float = 0.3) -> str:
    last = price(strike, sigma, call=right == "call")
    return f"{DAY},XYZ,{SPOT},{right},{EXPIRY},{strike},{last},{interest},{iv},\n"


def measured(folder: Path, *rows: str, **asked: object) -> dict:
    file = folder / "chain.csv"
    file.write_text(HEAD + "".join(rows))
    return measure_gamma(GammaRequest(file, **asked)).json()


def by_hand(strike: float, interest: float, sigma: float = 0.3) -> float:
    """Dollars for 1 %: OI · Γ · 100 · S² · 0.01."""
    spread = sigma * math.sqrt(YEARS)
    d1 = math.log(SPOT / strike) / spread + spread / 2.0
    gamma = math.exp(-d1 * d1 / 2.0) / math.sqrt(2.0 * math.pi) / (SPOT * spread)
    return interest * gamma * 100.0 * SPOT**2 * 0.01


def test_one_call_is_the_formula(tmp_path: Path) -> None:
    found = measured(tmp_path, row("call", 105.0, 1000.0))

    assert found["call_usd_per_1pct"] == pytest.approx(by_hand(105.0, 1000.0), rel=1e-6)
    assert found["put_usd_per_1pct"] == 0.0


def test_the_three_signs(tmp_path: Path) -> None:
    found = measured(tmp_path, row("call", 105.0, 1000.0), row("put", 95.0, 3000.0))
    calls, puts = by_hand(105.0, 1000.0), by_hand(95.0, 3000.0)
    net = found["net_usd_per_1pct"]

    assert net["naive"] == pytest.approx(calls - puts, rel=1e-6)
    assert net["reversed"] == -net["naive"]
    assert net["all_short"] == pytest.approx(-calls - puts, rel=1e-6)
    assert found["net_shares_per_1pct"]["naive"] == pytest.approx((calls - puts) / SPOT, rel=1e-6)


def test_a_call_and_a_put_at_one_strike_cancel(tmp_path: Path) -> None:
    found = measured(tmp_path, row("call", 100.0, 500.0), row("put", 100.0, 500.0))

    assert found["net_usd_per_1pct"]["naive"] == pytest.approx(0.0, abs=1e-6)


def test_without_open_interest_there_is_no_gamma(tmp_path: Path) -> None:
    found = measured(tmp_path, row("call", 100.0, 0.0))

    assert found["net_usd_per_1pct"]["all_short"] == 0.0
    assert found["flip"] is None


@pytest.mark.parametrize("iv", ["", "0", "0.00001", "3.1"])
def test_a_volatility_that_the_price_contradicts_is_recomputed(tmp_path: Path, iv: str) -> None:
    found = measured(tmp_path, row("call", 105.0, 1000.0, iv))

    assert found["call_usd_per_1pct"] == pytest.approx(by_hand(105.0, 1000.0), rel=1e-6)
    assert found["counted"]["recomputed"] == 1


def test_a_volatility_near_the_one_of_the_price_is_believed(tmp_path: Path) -> None:
    found = measured(tmp_path, row("call", 105.0, 1000.0, "0.31"))

    assert found["call_usd_per_1pct"] == pytest.approx(by_hand(105.0, 1000.0, 0.31), rel=1e-6)
    assert found["counted"]["recomputed"] == 0


def test_an_option_below_intrinsic_value_takes_the_volatility_of_the_other_right(
    tmp_path: Path,
) -> None:
    below = f"{DAY},XYZ,{SPOT},call,{EXPIRY},90,9.0,1000,,\n"
    pairs = [row(right, k, 0.0) for right in ("call", "put") for k in (100.0, 105.0)]
    found = measured(tmp_path, below, row("put", 90.0, 1.0), *pairs)

    assert found["counted"]["borrowed"] == 1
    assert found["call_usd_per_1pct"] > 0.0


def test_the_files_own_gammas_stand_beside_ours(tmp_path: Path) -> None:
    given = row("call", 105.0, 1000.0).rstrip("\n") + "0.002\n"
    found = measured(tmp_path, given)

    assert found["file_call_usd_per_1pct"] == pytest.approx(1000.0 * 0.002 * 100.0 * 100.0)
    assert found["file_put_usd_per_1pct"] is None
    assert found["call_usd_per_1pct"] == pytest.approx(by_hand(105.0, 1000.0), rel=1e-6)


# Sums of open interest times gamma as the files print them, added up by another script.
LEAN = DATA / "microstructure" / "lean"
PRINTED = {"goog_20151224": (4.26806e7, 3.04613e7), "aapl_20140609": (5.73048e6, 8.19209e6)}


@pytest.mark.parametrize("name", PRINTED)
def test_chains_whose_gammas_are_wrong_are_added_up_as_they_stand(name: str) -> None:
    file = LEAN / f"option_universe_{name}.csv"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    found = gamma_answer(read_chain(file))

    assert (found.file_call_usd_per_1pct, found.file_put_usd_per_1pct) == pytest.approx(
        PRINTED[name], rel=1e-5
    )


def test_unknown_interest_is_not_zero_and_is_said(tmp_path: Path) -> None:
    unknown = f"{DAY},XYZ,{SPOT},call,{EXPIRY},105,2.0,,0.3,\n"
    found = measured(tmp_path, unknown, row("put", 95.0, 10.0))

    assert found["counted"]["unknown_interest"] == 1
    assert any("unknown is not zero" in w for w in found["warnings"])


def test_rows_with_the_same_strike_and_expiry_all_count(tmp_path: Path) -> None:
    one_row = row("call", 105.0, 1000.0)
    once, twice = measured(tmp_path, one_row), measured(tmp_path, one_row, one_row)

    assert twice["call_usd_per_1pct"] == pytest.approx(2.0 * once["call_usd_per_1pct"])


def test_the_flip_lies_where_calls_and_puts_weigh_the_same(tmp_path: Path) -> None:
    file = tmp_path / "chain.csv"
    file.write_text(HEAD + row("call", 110.0, 1000.0) + row("put", 90.0, 1000.0))
    found = gamma_answer(read_chain(file))

    assert found.flip is not None
    assert 95.0 < found.flip < 105.0
    spread = one(0.3, 0.3) * math.sqrt(YEARS)
    forward = one(SPOT, SPOT)
    strikes, call = one(110.0, 90.0), np.array([True, False])
    priced = Priced(
        SPOT, forward, strikes, spread, call, one(1e5, 1e5), one(np.nan, np.nan), flat(2)
    )
    assert priced.net(found.flip) == pytest.approx(0.0, abs=1e-6 * abs(priced.net(90.0)))
    assert priced.net(found.flip - 1.0) < 0.0 < priced.net(found.flip + 1.0)


def test_volume_turns_the_hedge_into_a_share_and_flags_a_squeeze(tmp_path: Path) -> None:
    rows = (row("call", 102.0, 1000.0), row("put", 99.0, 3000.0))
    deep, thin = (measured(tmp_path, *rows, adv=adv) for adv in (1e9, 1e5))
    shares = abs(thin["net_shares_per_1pct"]["naive"])

    assert thin["share_of_adv"] == pytest.approx(shares / 1e5)
    assert thin["squeeze"]
    assert deep["share_of_adv"] < 0.05


def test_calls_crowded_above_spot_flag_a_squeeze_only_where_dealers_amplify(tmp_path: Path) -> None:
    calls = row("call", 103.0, 1000.0)
    damped = measured(tmp_path, calls, adv=1e9)
    amplified = measured(tmp_path, calls, row("put", 99.0, 9000.0), adv=1e9)

    assert (damped["calls_above"], damped["squeeze"]) == (1.0, False)
    assert (amplified["calls_above"], amplified["squeeze"]) == (1.0, True)


def test_the_file_without_spot_takes_it_from_parity_or_is_refused(tmp_path: Path) -> None:
    rows = [row(right, 101.0, 10.0).replace(f",{SPOT},", ",,") for right in ("call", "put")]
    found = measured(tmp_path, *rows)

    assert found["spot"] == pytest.approx(SPOT)
    with pytest.raises(BadNumber, match="add --spot"):
        measured(tmp_path, rows[0])


@given(
    strike=st.floats(80.0, 120.0), sigma=st.floats(0.1, 1.5), years=st.floats(0.05, 2.0),
    call=st.booleans(),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_the_implied_volatility_is_the_one_that_made_the_price(
    strike: float, sigma: float, years: float, call: bool
) -> None:
    forward, right = one(100.0), np.array([call])
    spread = one(sigma * math.sqrt(years))
    made = black.value(forward, one(strike), spread, right)
    found = black.implied(made, forward, one(strike), one(years), right)
    again = black.value(forward, one(strike), found * math.sqrt(years), right)

    assert again == pytest.approx(made, abs=1e-9) or np.isnan(found[0])
    assert not (np.isnan(found[0]) and made[0] > max(0.0, 100.0 - strike, strike - 100.0) + 1e-6)


def test_gamma_is_the_slope_of_the_slope_of_the_value() -> None:
    strike, spread, call, step = one(105.0), one(0.2), np.array([True]), 0.01
    up, here, down = (
        black.value(one(100.0 + shift), strike, spread, call) for shift in (step, 0.0, -step)
    )
    found = black.gamma(one(100.0), one(100.0), strike, spread)

    assert found == pytest.approx((up - 2.0 * here + down) / step**2, rel=1e-4)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "cannot be read"),
        ("a,b\n1,2\n", "no column snapshot_utc"),
        (HEAD + row("call", 105.0, -5.0), "line 2 has a open interest below 0"),
        (HEAD + row("swap", 105.0, 5.0), "neither call nor put"),
        (HEAD + row("call", 105.0, 5.0).replace(EXPIRY, "soon"), "'soon'"),
        (HEAD + row("call", 105.0, 5.0).replace(",105.0,", ",high,"), "'high'"),
        (
            HEAD + row("call", 105.0, 5.0) + row("call", 105.0, 5.0).replace("XYZ", "ABC"),
            "--symbol",
        ),
        (HEAD + row("call", 105.0, 5.0) + row("call", 1.0, 5.0).replace(DAY, "2026-01-06"), "--on"),
    ],
)
def test_a_bad_chain_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "chain.csv"
    file.write_text(text)
    with pytest.raises((BadFile, UnknownName), match=says):
        read_chain(file)


def test_a_truncated_gzip_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "chain.csv.gz"
    file.write_bytes(gzip.compress((HEAD + row("call", 105.0, 5.0) * 90).encode())[:-9])
    with pytest.raises(BadFile, match="cannot be read"):
        read_chain(file)


def test_a_chain_that_has_expired_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="has expired"):
        measured(tmp_path, row("call", 105.0, 5.0).replace(EXPIRY, "2025-12-31"))


@pytest.mark.skipif(not CBOE.is_file(), reason=f"{CBOE} is not there")
def test_both_classes_of_the_s_and_p_500_count() -> None:
    chain = read_chain(CBOE)
    found = gamma_answer(chain)
    dollars = chain.gamma * chain.interest * 100.0 * chain.spot**2 * 0.01
    theirs = [float(dollars[side].sum()) for side in (chain.call, ~chain.call)]

    assert len(chain) == 2 * 12_235
    assert chain.spot == 5472.8701
    assert found.call_usd_per_1pct == pytest.approx(theirs[0], rel=2e-3)
    assert found.put_usd_per_1pct == pytest.approx(theirs[1], rel=2e-3)
    assert found.net_usd_per_1pct.naive < 0.0 < (found.flip or 0.0) - found.spot


def test_a_wrong_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "chain.csv"
    file.write_text(HEAD + row("call", 105.0, 1000.0))
    with pytest.raises(BadFile, match="no line Expiration Date; check --format"):
        measure_gamma(GammaRequest(file, "cboe"))


def test_a_file_that_is_named_of_no_day_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "option_universe_goog_20151399.csv"
    file.write_text("#expiry\n")
    with pytest.raises(BadFile, match=r"is of no day \(20151399\)"):
        read_chain(file)


def test_a_head_alone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="holds no option; give a chain"):
        measured(tmp_path)


def test_a_row_without_its_right_is_named(tmp_path: Path) -> None:
    lacking = row("call", 95.0, 10.0).replace("call", "")
    with pytest.raises(BadFile, match=r"chain\.csv line 3 has no type"):
        measured(tmp_path, row("call", 105.0, 10.0), lacking)


def test_infinite_interest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="line 2 has 'inf', which no price"):
        measured(tmp_path, row("call", 105.0, math.inf))


def test_a_rate_in_per_cent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match=r"write 5 % as 0\.05"):
        measured(tmp_path, row("call", 105.0, 10.0), rate=5.0)


def test_a_spot_in_other_units_is_refused(tmp_path: Path) -> None:
    rows = [
        row(right, k, 10.0) for k in (90.0, 95.0, 100.0, 105.0, 110.0) for right in ("call", "put")
    ]
    with pytest.raises(BadNumber, match="the spot of XYZ is 1, its puts and calls say 100; check"):
        measured(tmp_path, *rows, spot=1.0)


@pytest.mark.parametrize(
    ("asked", "said"),
    [({"symbol": "FOO"}, "not 'FOO'; leave"), ({"on": "1999"}, "not of 1999; leave")],
)
def test_a_file_of_one_chain_is_not_taken_for_another(
    tmp_path: Path, asked: dict[str, str], said: str
) -> None:
    file = tmp_path / "option_universe_goog_20151223.csv"
    file.write_text("#expiry\n,,,1,1,1,100,1,,,,,,,\n20160115,100,C,1,1,1,3,1,10,0.3,,,,,\n")
    with pytest.raises(UnknownName, match=said):
        measure_gamma(GammaRequest(file, **asked))
