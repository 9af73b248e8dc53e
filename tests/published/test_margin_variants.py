"""Worked examples in other words: keys as other sources write them, results reckoned by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from undertow.core.errors import BadFile
from undertow.published.margin import adapters, got, margin_answer, matches, read_examples
from undertow.published.margin._adapter import Value

ROWS: tuple[tuple[str, dict[str, Value], dict[str, Value]], ...] = (
    ("RegT short stock", {"shares": 1000, "price": 2}, {"mm": 2500}),
    ("RegT short stock", {"shares": 100, "price": 50}, {"maintenance": 1500, "deposit": 2500}),
    (
        "RegT short margin call",
        {"short_price": 100, "shares": 100, "initial": 0.5, "mm_rate": 0.3},
        {"call_price": 150 / 1.3},
    ),
    ("RegT maintenance", {"loan": 6000, "mm_rate": 0.25}, {"call_value": 8000}),
    ("RegT leveraged ETF", {"leverage": 3, "base": 0.25, "value": 10_000}, {"mm": 7500}),
    (
        "RegT short put",
        {"right": "put", "strike": 80, "premium": 1.1, "underlying": 95, "contracts": 1},
        {"requirement": 910, "call_after_proceeds": 800},
    ),
    (
        "RegT short equity option (exact)",
        {"type": "call", "strike": 60, "premium": 2, "stock_price": 60, "contracts": 3},
        {"margin": 4200},
    ),
    (
        "RegT credit spread",
        {"width": 5, "credit": 1.5, "contracts": 2},
        {"margin": 1000, "max_loss": 700},
    ),
    ("TIMS minimum", {"contracts": 40}, {"portfolio_margin": 1500}),
    ("TIMS +-15%", {"stock": 50_000}, {"portfolio_margin": 7500}),
    (
        "SPAN total",
        {"scan_risk": 5000, "intra_commodity": 200, "inter_commodity_credit": 700},
        {"requirement": 4500},
    ),
    (
        "CME percent-of-notional",
        {"contract": "SI", "date": "2026-02-06", "price": 80},
        {"maintenance": 72_000, "hrp_initial": 79_200, "maint_pct": 0.18},
    ),
    (
        "CME percent-of-notional",
        {"contract": "SI", "maint_pct": 0.18, "price": 80, "multiplier": 5000},
        {"hrp_initial_pct": 0.198, "maintenance": 72_000},
    ),
    ("CME initial", {"symbol": "SI", "date": "2011-05-09"}, {"initial": 21_600}),
    (
        "Futures margin call",
        {"initial": 6000, "maintenance": 4500, "entry": 100, "multiplier": 100},
        {"call_price": 85},
    ),
    (
        "Futures margin call",
        {"initial": 6000, "maintenance": 4500, "entry": 100, "multiplier": 100, "side": "short"},
        {"call_price": 115},
    ),
    ("Binance tiers", {"tiers": [[10_000, 0.005], [100_000, 0.0065]]}, {"cum": [0, 15]}),
    (
        "RegT collar",
        {"position": "long 100 sh long 95P@1 short 105C@2", "S": 100},
        {"strategy_margin": 4900},
    ),
    (
        "Binance maintenance",
        {"position_value": 10_000_000, "mmr": 0.01, "cum": 11_450},
        {"mm": 88_550},
    ),
    (
        "OKX isolated",
        {"leverage": 5, "open_rate": 8, "mm_ratio": 0.01, "taker_fee_rate": 0.0006},
        {"liq": 6.4 / 0.9894},
    ),
    ("Binance margin ratio", {"mm": 500, "margin_balance": 2000}, {"margin_ratio": 0.25}),
    (
        "Bybit inverse PnL",
        {"qty": 10_000, "entry": 10_000, "exit": 12_500, "side": "long"},
        {"pnl": 0.2},
    ),
    ("Bybit PnL", {"qty": 0.4, "entry": 6000, "exit": 5000, "side": "short"}, {"pnl": 400}),
    ("Hyperliquid tiers", {"coin": "BTC", "notional": 200e6}, {"mmr": 0.025, "mm": 3_125_000}),
    ("Hyperliquid backstop", {"mm": 900, "equity": 500}, {"backstop": True}),
    ("Hyperliquid backstop", {"mm": 900, "equity": 700}, {"backstop": False}),
    ("MWCB", {"prev_close": 5000}, {"level1": 4650, "level2": 4350, "level3": 4000}),
    ("China margin financing", {"collateral": 130_000, "debt": 100_000}, {"ratio": 1.3}),
    ("SBL", {"value": 100_000, "loan": 60_000, "ltv": 0.7}, {"call_move": 1 / 7}),
    ("SBL", {"value": 200_000, "advance_rate": 0.7, "loan": 120_000}, {"max_loan": 140_000}),
)


@pytest.mark.parametrize(("regime", "inputs", "expected"), ROWS)
def test_another_wording_gives_the_same_rule(
    regime: str, inputs: dict[str, Value], expected: dict[str, Value]
) -> None:
    found, why = got(regime, inputs, adapters())

    assert found is not None, why
    assert matches(found, expected, "")


@pytest.mark.parametrize(("regime", "inputs", "expected"), ROWS)
def test_nothing_matches_what_is_one_per_cent_off(
    regime: str, inputs: dict[str, Value], expected: dict[str, Value]
) -> None:
    found, _ = got(regime, inputs, adapters())
    wrong = {key: _off(value) for key, value in expected.items()}

    assert not any(matches(found or {}, {key: value}, "") for key, value in wrong.items())


def _off(value: Value) -> Value:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value * 1.01
    return [_off(one) if one else 1.0 for one in value] if isinstance(value, list) else None


HEADER = "regime,inputs,expected\n"
ODD = (
    '{"legs":[["P"]],"caps":[],"mmr":[],"fills":[],"tiers":[[]],"position":{"a":"b"},"strike":1}',
    '{"path":[[1]],"initial":1,"maintenance":2,"start_nlv_after_im":1,"overnight_mm":1,"right":"Z"}',
    '{"loan":"x","value_now":[1],"entry":{"a":1},"position":[1],"legs":"x","date":"zz","ref":"a"}',
    '{"entry":0,"leverage":0,"mmr":1,"fills":[[1]],"tiers":[[1]],"contracts":1e308,"K":-1}',
)


@pytest.mark.parametrize("regime", ["RegT", "Options", "SPAN", "CME", "Binance", "Bybit", "CFD"])
def test_inputs_that_no_rule_can_read_are_unsupported_and_the_file_goes_on(
    tmp_path: Path, regime: str
) -> None:
    file = tmp_path / "odd.csv"
    rows = [f'{regime} x,"{odd.replace(chr(34), chr(34) * 2)}","{{""mm"": 1}}"' for odd in ODD]
    file.write_text(HEADER + "\n".join(rows) + "\n")
    answer = margin_answer(file)

    assert (answer["rows"], answer["matched"]) == (len(ODD), 0)


@pytest.mark.parametrize("cell", ["[" * 100_000, '{""a"": ""' + "x" * 200_000 + '""}'])
def test_a_cell_that_cannot_be_read_is_one_sentence(tmp_path: Path, cell: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(f'{HEADER}SBL,"{cell}","{{}}"\n')

    with pytest.raises(BadFile, match=r"odd\.csv"):
        read_examples(file)
