"""Worked examples of perpetuals and CFDs: the given rows, and the same rules said otherwise."""

import pytest

from published_answers import DATA
from undertow.published.margin import adapters, got, margin_answer, read_examples

GIVEN = DATA / "margin" / "worked_examples.csv"
OURS = ("binance", "bybit", "okx", "gate", "hyperliquid", "cfd")
KNOWN = adapters()


def results(regime, **inputs):
    found, why = got(regime, inputs, KNOWN)
    assert found is not None, why
    return found


def test_every_given_row_of_these_regimes_matches():
    if not GIVEN.is_file():
        pytest.skip(f"{GIVEN.name} is not in {DATA}; set UNDERTOW_DATA")
    mine = {e.row for e in read_examples(GIVEN) if e.regime.lower().startswith(OURS)}
    found = margin_answer(GIVEN)
    wrong = {each["row"] for each in (*found["failed"], *found["unsupported"])}

    assert len(mine) >= 44
    assert not mine & wrong


@pytest.mark.parametrize(
    "said",
    [
        {"short": True},
        {"side": -1},
        {"side": "short"},
        {"side": "Sell"},
        {"direction": "short"},
        {"qty": -1.0},
        {"is_short": True, "amount": 2.0},
    ],
)
def test_a_short_is_said_in_many_ways(said):
    found = results("Bybit isolated linear", entry=10, leverage=3, mmr=0.01, **said)

    assert found["liq"] == pytest.approx(13.2333333333)


@pytest.mark.parametrize(
    ("regime", "inputs", "key", "value"),
    [
        (
            "Bybit bankruptcy linear",
            {"entry": 10_000, "leverage": 50, "side": "short"},
            "bankruptcy",
            10_200,
        ),
        (
            "Bybit isolated linear",
            {"entry": 10, "leverage": 5, "mmr": 0.01, "extra_margin": 1},
            "liq",
            7.1,
        ),
        (
            "Bybit inverse isolated",
            {"qty_usd": 60_000, "entry": 50_000, "leverage": 10, "mmr": 0.005},
            "liq",
            45_662.1005,
        ),
        (
            "Bybit inverse isolated",
            {
                "qty_usd": 60_000,
                "entry": 50_000,
                "leverage": 10,
                "mmr": 0.005,
                "date": "2026-05-27",
            },
            "liq",
            45_681.8182,
        ),
        (
            "Bybit inverse isolated",
            {"qty_usd": 60_000, "entry": 50_000, "leverage": 10, "mmr": 0.005, "side": "short"},
            "liq",
            55_248.6188,
        ),
        ("Bybit avg entry (linear)", {"fills": [[1, 10], [3, 20]]}, "avg", 17.5),
        (
            "Bybit XYZUSDT tiers",
            {
                "tiers": [[1000, 0.02], [2000, 0.025], [3000, 0.03], [4000, 0.035]],
                "qty": 100,
                "entry": 35,
                "leverage": 10,
            },
            "mm",
            92.5,
        ),
        ("Bybit BTCUSDT maintenance", {"symbol": "BTCUSDT", "notional": 2_600_000}, "mm", 13_360),
        ("Bybit ADL trigger", {"symbol_pnl_drawdown": -350_000, "pool_8h_max": 1e6}, "adl", True),
        (
            "Bybit ADL trigger",
            {"symbol_pnl_drawdown": -350_000, "pool_8h_max": 1e6},
            "charged",
            50_000,
        ),
        ("Bybit ADL trigger", {"symbol_pnl_drawdown": -290_000, "pool_8h_max": 1e6}, "adl", False),
        (
            "OKX inverse",
            {"qty": 1_000, "entry": 50_000, "leverage": 10, "mmr": 0.005, "taker": 0.0005},
            "liq",
            50_000 * 1.0055 / 1.1,
        ),
        ("OKX ADL trigger", {"peak": 100.0, "balance": 69.0}, "adl", True),
        ("Gate tiers", {"caps": [100, 200], "mmr": [0.01, 0.02], "notional": 150}, "mm", 2.0),
        ("Hyperliquid tiers", {"max_lev": 3}, "mmr", 1 / 6),
        ("Hyperliquid tiers", {"max_leverage": [50, 40, 3]}, "mmr", [0.01, 0.0125, 1 / 6]),
        ("Hyperliquid tiers", {"symbol": "BTC", "notional": 200e6}, "deduction", 1_875_000),
        (
            "Hyperliquid cross",
            {
                "symbol": "BTC",
                "entry": 70_000,
                "mark": 80_000,
                "size": 1,
                "account_value": 9_000,
                "max_leverage": 40,
            },
            "liq",
            (80_000 - 9_000) / (1 - 0.0125),
        ),
        (
            "Hyperliquid ADL rank",
            {"mark": 100, "entry": 50, "notional": 1_000, "account_value": 100},
            "rank",
            20.0,
        ),
        ("CFD ESMA", {"notional": 10_000, "asset_class": "crypto"}, "margin", 5_000),
        ("CFD ESMA", {"position_value": 50_000, "symbol": "XAUUSD"}, "closeout_equity", 1_250),
        ("CFD ESMA gold", {"notional": 100, "cap": 20}, "closeout_move", 0.025),
        ("CFD stop-out", {"margin": 300, "stop": 0.2}, "equity", 60),
        (
            "CFD ladder",
            {
                "position_value_open": 5_000,
                "extra_cash": 1_000,
                "position_margin": 2_500,
                "value_now": 2_600,
            },
            "action",
            "close-out",
        ),
        ("CFD margin", {"lots": 2, "contract": 100, "price": 50, "leverage": 10}, "margin", 1_000),
        ("US retail FX", {"notional": 100_000, "pair": "EURUSD"}, "margin", 2_000),
        ("Japan FX", {"notional": 100_000, "pair": "USDJPY"}, "margin", 4_000),
        (
            "Binance isolated",
            {"entry": 10, "leverage": 5, "mmr": 0.01, "cum": 0.01, "short": True},
            "liq",
            11.89108910891089,
        ),
        ("Binance USDM maintenance", {"symbol": "ETHUSDT", "notional": 600_000}, "mm", 2_950),
    ],
)
def test_other_examples_of_the_same_rules(regime, inputs, key, value):
    assert results(regime, **inputs)[key] == pytest.approx(value)


def test_a_row_that_lacks_what_the_rule_needs_is_unsupported():
    found, why = got("CFD ESMA", {"notional": 100, "leverage": "many"}, KNOWN)

    assert found is None
    assert "'many'" in why


@pytest.mark.parametrize(
    ("said", "cap"),
    [
        ("major_fx", 30),
        ("Major forex", 30),
        ("EUR/USD", 30),
        ("fx_minor", 20),
        ("gold", 20),
        ("silver", 10),
        ("single stock", 5),
        ("Crypto", 2),
    ],
)
def test_a_class_is_said_in_many_words(said, cap):
    assert results("CFD ESMA", notional=3_000, asset_class=said)["margin"] == pytest.approx(
        3_000 / cap
    )
