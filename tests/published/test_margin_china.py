"""Worked examples of China and of price limits, by the kinds of keys in which they come."""

import pytest

from published_answers import DATA
from undertow.published.margin import adapters, got, margin_answer

GIVEN = DATA / "margin" / "worked_examples.csv"
OURS = ("SHFE", "GFEX", "INE", "SGE", "China", "JPX", "TSE", "LULD")


def found(regime, **inputs):
    results, why = got(regime, inputs, adapters())

    assert results is not None, why
    return results


@pytest.mark.parametrize(
    ("regime", "inputs", "expected"),
    [
        (
            "SHFE limit widening D1->D2",
            {"contract": "ZN2603", "d1_limit": 0.09},
            {"d2_limit": 0.12, "exchange_margin": 0.14, "d1_margin": 0.11},
        ),
        (
            "INE limit widening D2->D3",
            {"contract": "BC2603", "d2_limit": 0.12},
            {"d1_limit": 0.09, "d3_limit": 0.14, "exchange_margin": 0.16},
        ),
        (
            "GFEX limit widening D2->D3",
            {"contract": "PT2606", "d1_limit": 0.16, "exchange": "GFEX"},
            {"d2_limit": 0.19, "d3_limit": 0.21, "d2_margin": 0.21, "d3_margin": 0.23},
        ),
        (
            "SHFE limit widening",
            {"limit": 0.16, "settlement": 25_000.0, "tick": 1.0},
            {"d1_lower": 21_000.0, "d1_upper": 29_000.0, "d2_lower": 20_250.0},
        ),
        (
            "China broker markup",
            {"exchange_margin": 0.19, "markup_pp": 4.0},
            {"client_margin": 0.23, "leverage": 1.0 / 0.23},
        ),
        (
            "China broker markup",
            {"sge_margin": [0.23, 0.27], "multiplier": 2.87},
            {"client_margin": [0.6601, 0.7749]},
        ),
        (
            "China broker markup",
            {"sge_margin": [0.26, 0.23], "multiplier": [2.54, 2.87]},
            {"client_margin": [0.6604, 0.6601]},
        ),
        (
            "SHFE broker mark-up",
            {"exchange_margin": 0.19, "client_margin": 0.30},
            {"markup_pp": 11.0, "leverage": 1.0 / 0.3},
        ),
        (
            "SHFE AG FCM margin",
            {"exchange_margin": 0.22, "fcm_margin": 0.36},
            {"markup": 0.14, "max_leverage": 1.0 / 0.36},
        ),
        (
            "SHFE AG client margin",
            {"price": 25_000, "lots": 1, "contract_size": 15, "margin_rate": 0.36},
            {"margin": 135_000.0},
        ),
        (
            "SHFE price limit",
            {"settlement": 25_003, "limit": 0.17, "tick": 1},
            {"upper": 29_253.0, "lower": 20_752.0},
        ),
        ("两融 opening", {"cash": 100_000, "date": "2025-06-02"}, {"max_financing": 125_000.0}),
        (
            "Margin financing",
            {"collateral": 100_000, "conversion": 0.7},
            {"max_financing": 70_000.0, "leverage": 2.0},
        ),
        (
            "SHFE margin",
            {"contract": "AG2606", "price": 25_000, "lots": 2, "date": "2026-02-09", "equity": 2e5},
            {"margin": 165_000.0, "risk_degree": 0.825, "excess": 35_000.0, "call": False},
        ),
        (
            "SHFE margin",
            {
                "contract": "i2609",
                "settle": 785,
                "qty": 1,
                "size": 100,
                "rate": 0.13,
                "equity": 1e4,
            },
            {"margin": 10_205.0, "call": True, "deposit": 205.0},
        ),
        (
            "SGE Ag(T+D)",
            {"price": 25_000, "lots": 10, "date": "2026-02-03", "multiple": 2.87},
            {"margin": 165_025.0, "exchange_margin": 57_500.0},
        ),
        (
            "Margin financing",
            {"cash": 0, "securities": 200_000, "loan": 150_000},
            {"ratio": 4 / 3, "call": True, "liquidate": False, "close_out_value": 195_000.0},
        ),
        (
            "两融 maintenance",
            {"cash": 50_000, "market_value": 100_000, "loan": 60_000, "short_value": 20_000},
            {"ratio": 1.875, "warning_value": 62_000.0, "call": False},
        ),
    ],
)
def test_china(regime, inputs, expected):
    results = found(regime, **inputs)

    assert {key: results[key] for key in expected} == {
        key: value if isinstance(value, bool) else pytest.approx(value)
        for key, value in expected.items()
    }


@pytest.mark.parametrize(
    ("regime", "inputs", "expected"),
    [
        (
            "JPX futures limit",
            {"reference": 28_780, "tick": 10},
            {"limit": [2_300.0, 3_450.0, 4_600.0], "upper": [31_080.0, 32_230.0, 33_380.0]},
        ),
        (
            "JPX futures limit",
            {"reference": 2_000.3, "rate": 0.08, "tick": 0.5},
            {"limit": 160.0, "lower": 1_840.3},
        ),
        ("OSE futures", {"base": 40_000, "product": "DJIA", "expansion": 1}, {"limit": 5_200.0}),
        (
            "TSE widened limit",
            {"base": 617, "side": "upper"},
            {"upper": 1_017.0, "lower": 517.0, "normal": 100.0},
        ),
        (
            "TSE widened limit",
            {"base": 19_170, "side": "lower", "factor": 4},
            {"upper": 23_170.0, "lower": 3_170.0, "lower_limit": 16_000.0},
        ),
        ("TSE limit", {"base": [99, 100, 4_999]}, {"limit": [30.0, 50.0, 700.0]}),
        (
            "LULD",
            {"ref": 2, "tier": 2, "prev_close": 2, "minutes_to_close": 10},
            {"lower": 1.2, "upper": 2.8},
        ),
        ("TSE limit", {"base": 1_000}, {"upper": 1_300.0, "lower": 700.0}),
        (
            "LULD",
            {"ref": 20, "tier": 2, "prev_close": 20, "time": "15:40"},
            {"lower": 18.0, "upper": 22.0},
        ),
        (
            "LULD",
            {"reference": 100, "tier": 1, "prev_close": 100, "last_25_minutes": True},
            {"lower": 90.0, "upper": 110.0},
        ),
        ("LULD", {"ref": 2.5, "tier": 1, "prev_close": 2.6}, {"lower": 2.0, "upper": 3.0}),
        (
            "US market-wide circuit breaker",
            {"prev_close": 5_000, "index": 4_340},
            {"level_1": 4_650.0, "level_2": 4_350.0, "level_3": 4_000.0, "level": 2},
        ),
    ],
)
def test_price_limits(regime, inputs, expected):
    results = found(regime, **inputs)

    assert {key: results[key] for key in expected} == {
        key: pytest.approx(value) for key, value in expected.items()
    }


@pytest.mark.parametrize(
    ("regime", "inputs"),
    [
        ("TSE limit", {"base": -1}),
        ("SHFE limit widening D1->D2", {"contract": "AG2606"}),
        ("LULD", {"tier": 1}),
        ("LULD", {"ref": 10, "tier": 3}),
        ("SHFE margin", {"contract": "AG2606", "price": 1, "lots": 1, "date": "2020-01-01"}),
    ],
)
def test_what_the_rule_cannot_say_is_not_said(regime, inputs):
    results, why = got(regime, inputs, adapters())

    assert results is None
    assert why


def test_every_given_row_of_these_regimes_matches():
    if not GIVEN.is_file():
        pytest.skip(f"{GIVEN.name} is not in {DATA}; set UNDERTOW_DATA")
    answer = margin_answer(GIVEN)
    wrong = [*answer["failed"], *answer["unsupported"]]

    assert [row for row in wrong if row["regime"].startswith(OURS)] == []
