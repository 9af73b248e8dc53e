"""Worked examples of options, SPAN and lending: their words, their keys, all their rows."""

import json

import pytest

from published_answers import DATA
from undertow.published.margin import adapters, got, margin_answer, matches, read_examples
from undertow.published.margin._adapter import Inputs, row_of
from undertow.published.margin._legs import Option, options, pool_of

GIVEN = DATA / "margin" / "worked_examples.csv"
US = ("RegT", "Options", "TIMS", "SPAN", "SBL")
CBOE = "Options strategy-based vs TIMS portfolio margin"


def results(regime, **inputs):
    found, why = got(regime, json.loads(json.dumps(inputs)), adapters())

    assert found is not None, why
    return found


def test_every_given_row_of_a_us_regime_matches():
    if not GIVEN.is_file():
        pytest.skip(f"{GIVEN.name} is not in {DATA}; set UNDERTOW_DATA")
    rows = [one for one in read_examples(GIVEN) if one.regime.startswith(US)]
    missed = [
        one.row
        for one in rows
        if not matches(results(one.regime, **one.inputs), one.expected, one.note)
    ]

    assert len(rows) == 37
    assert missed == []


def test_no_row_matches_once_what_is_expected_is_changed(tmp_path):
    if not GIVEN.is_file():
        pytest.skip(f"{GIVEN.name} is not in {DATA}; set UNDERTOW_DATA")
    rows = [one for one in read_examples(GIVEN) if one.regime.startswith(US)]
    wrong = [
        {k: [v] if not isinstance(v, int | float) else v * 1.3 + 7 for k, v in one.expected.items()}
        for one in rows
    ]

    assert not any(
        matches(results(one.regime, **one.inputs), expected, one.note)
        for one, expected in zip(rows, wrong, strict=True)
    )


@pytest.mark.parametrize(
    ("words", "strategy", "portfolio"),
    [
        ("IBM short 100 Apr100P@3.18", 195_460, 137_527),
        ("SPX short 100 Apr1460C@21.66", 2_088_685, 654_514),
        ("SPX covered call long 100,000 SPDR@145.30 short 100 1460C@21.66", 7_048_400, 948_342),
        ("SPX risk reversal: long 1450P@18.72 short 1500C@5.96", 1_875_885, 625_592),
        ("SPX collar long 100,000 SPDR@145.30 long 1450P@18.72 short 1500C@5.96",
         7_392_600, 212_909),
        ("SPX long vertical call 1450C@27.57/1500C@5.96", 216_100, 210_984),
    ],
)  # fmt: skip
def test_cboes_other_positions_come_out_too(words, strategy, portfolio):
    """Figures of the same table that the file does not have (studylib.net 11615061)."""
    found = results(CBOE, position=words)

    assert found["strategy_margin"] == pytest.approx(strategy)
    assert found["portfolio_margin"] == pytest.approx(portfolio, rel=0.02)


@pytest.mark.parametrize(
    ("words", "legs"),
    [
        ("SPX short 100 Apr1460P@22.55", [("P", 1460, 22.55, -100)]),
        ("IBM long 100C@1.68 short 100P@3.18", [("C", 100, 1.68, 100), ("P", 100, 3.18, -100)]),
        ("SPX synthetic long 1460C@21.66/1460P@22.55",
         [("C", 1460, 21.66, 100), ("P", 1460, 22.55, -100)]),
        ("IBM long vertical call 95C@4.53/105C@.40", [("C", 95, 4.53, 100), ("C", 105, 0.4, -100)]),
        ("IBM short straddle 100C@1.68/100P@3.18",
         [("C", 100, 1.68, -100), ("P", 100, 3.18, -100)]),
        ("sell 5 XYZ 95P@2 buy 5 XYZ 90P@1", [("P", 95, 2, -5), ("P", 90, 1, 5)]),
    ],
)  # fmt: skip
def test_a_position_in_words_has_its_legs(words, legs):
    assert [tuple(leg.__getstate__()) for leg in options(Inputs({"position": words}))] == legs


@pytest.mark.parametrize(
    "given",
    [
        {"legs": [["P", 95, 2.0, -1]]},
        {"legs": [{"right": "put", "strike": 95, "premium": 2.0, "qty": 1, "side": "short"}]},
        {"right": "P", "K": 95, "prem": 2.0},
        {"right": "put", "strike": 95, "option_price": 2.0, "contracts": -1},
        {"short_put": [95, 2.0]},
        {"short_put": [[95, 2.0, 1]]},
    ],
)
def test_one_leg_may_be_written_in_many_ways(given):
    assert options(row_of(given)) == (Option("P", 95.0, 2.0, -1.0),)


def test_stock_beside_options_is_in_the_pool():
    from undertow.published.margin.options import CLOSE, EXPIRY

    words = {"position": "SPX collar long 100,000 SPDR@145.30 long 1425P@10 short 1475C@14.32"}
    held = pool_of(Inputs(words), "reg_t", CLOSE, EXPIRY)

    assert [(p.symbol, p.quantity) for p in held.positions] == [
        ("SPX P1425 0", 100.0),
        ("SPX C1475 1", -100.0),
        ("SPY", 100_000.0),
    ]


@pytest.mark.parametrize(
    ("regime", "inputs", "expected"),
    [
        ("RegT covered call", {"underlying": 50, "shares": 100, "short_call": [55, 1.5]},
         {"requirement": 2500, "strategy_margin": 2350}),
        ("RegT short straddle",
         {"underlying": 100, "short_call": [100, 4], "short_put": [100, 3.5]},
         {"requirement": 2750}),
        ("RegT iron condor (IB observed)",
         {"underlying": 410, "legs": [["P", 300, 0.02, 1], ["P", 310, 0.02, -1],
                                      ["C", 320, 92, -1], ["C", 330, 82, 1]]}, {"margin": 1000}),
        ("RegT strangle", {"underlying": 45, "short_call": [47, 2.1], "short_put": [43, 1.2]},
         {"requirement": 1030}),
        ("RegT call spread", {"short_call": [100, 4], "long_call": [110, 1], "contracts": 3},
         {"call_after_proceeds": 2100, "requirement": 3300}),
        ("RegT short index option", {"right": "P", "strike": 100, "premium": 2, "underlying": 100},
         {"margin": 1700, "floor": 1200}),
        (CBOE, {"position": "IBM short 100 Apr100P@3.18", "S": 97.73}, {"strategy_margin": 195460}),
        ("TIMS minimum", {"contracts": 10, "min_per_contract": 37.5}, {"portfolio_margin": 375}),
        ("RegT/IBKR SMA", {"prior_sma": 0, "day_cash_change": 0, "elv": 12500, "smv": 22500},
         {"regt_margin": 11250, "sma": 1250}),
        ("RegT/IBKR SMA", {"prior_sma": 1250, "elv": 7500, "smv": 17500, "regt_rate": 0.5},
         {"sma": 1250}),
        ("RegT/IBKR SMA", {"prior_sma": 9000, "elv": 12500, "smv": 15000, "bought": 5000},
         {"sma": 6500}),
        ("RegT DTBP", {"maintenance_excess": 9000, "req": [0.25, 0.5, 0.75]},
         {"dtbp": [36000, 18000, 12000]}),
        ("RegT DTBP", {"equity": 20000, "maintenance": 0, "date": "2026-01-30"}, {"dtbp": 20000}),
        ("RegT DTBP", {"equity": 20000, "maintenance": 0, "date": "2026-07-01"}, {"dtbp": 80000}),
        ("RegT intraday margin deficit", {"equity": [9, 8], "maintenance": [5, 10]},
         {"deficit": 2}),
        ("RegT long stock", {"shares": 100, "price": 50, "mm_rate": 0.3},
         {"im": 2500, "mm": 1500, "call_price": 2500 / 70}),
        ("RegT long stock", {"shares": 100, "price": 50, "loan": 2500, "price_now": 30},
         {"equity": 500, "call": 250, "called": True, "zero_price": 25}),
        ("RegT short stock", {"shares": 100, "price": 50, "side": "short"},
         {"im": 2500, "mm": 1500, "call_price": 7500 / 130}),
        ("RegT short stock below 5", {"shares": -100, "price": 4}, {"mm": 400, "im": 400}),
        ("RegT short sale", {"short_mv": 10000, "credit": 15000},
         {"initial": 15000, "mm": 3000, "equity": 5000, "call": 0, "call_value": 15000 / 1.3}),
        ("RegT short equity option (exact)",
         {"right": "C", "strike": 192, "option_price": 14, "underlying": 180, "contracts": 2},
         {"margin": 7600}),
        ("SPAN price scan", {"scan_points": 20, "contract_value_factor": 500},
         {"maintenance": 10000}),
        ("RegT minimum equity", {"cost": 1000}, {"deposit": 1000}),
        ("RegT minimum equity", {"cost": 3000}, {"deposit": 2000}),
        ("RegT minimum equity", {"cost": 5000}, {"deposit": 2500}),
        ("TIMS stock", {"value": 100000, "equity": 20000},
         {"portfolio_margin": 15000, "move_to_call": 5 / 85, "max_leverage": 1 / 0.15}),
        ("Portfolio margin", {"notional": 100000, "group": "high-cap broad index"},
         {"portfolio_margin": 8000}),
        ("Portfolio margin", {"notional": 100000, "group": "non-high-cap broad index",
                              "side": "short"}, {"portfolio_margin": 10000}),
        ("TIMS -8%", {"position": "SPX covered call", "stock": 14530000, "call_prem": 143200},
         {"portfolio_margin": 1019200}),
        ("SPAN scan risk", {"position": {"A": 2, "B": -1},
                            "risk_arrays": {"A": [1, -2, 3], "B": [0, -5, 9]}},
         {"array": [2, 1, -3], "scan_risk": 3}),
        ("SPAN total", {"scan_risk": 100, "som": 150, "nov": 20}, {"requirement": 130}),
        ("SPAN price scan", {"maintenance": 500, "contract_value_factor": 50}, {"scan_points": 10}),
        ("SBL", {"collateral": 100000, "loan": 60000, "advance_rate": 0.5, "cap": 0.55},
         {"ltv": 0.6, "called": True, "cure": 5000, "available": 0}),
        ("Lombard loan", {"value": 100000, "loan": 40000, "ltv_cap": 0.5},
         {"call_value": 80000, "move_to_call": 0.2, "sale_to_cure": 0}),
    ],
)  # fmt: skip
def test_examples_that_are_not_in_the_file_come_out_as_the_rules_say(regime, inputs, expected):
    assert matches(results(regime, **inputs), expected, "")


def test_a_portfolio_margin_needs_prices_and_a_strategy_does_not_wait_for_it():
    found = results("RegT short put", right="P", strike=100, premium=2, underlying=100)

    assert {"strategy_margin", "portfolio_margin"} <= found.keys()


def test_a_row_without_an_option_says_what_to_give(tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text('regime,inputs,expected,note\nRegT option,"{""position"": ""x""}","{}",\n')
    reasons = margin_answer(file)["unsupported"]

    assert "give legs, or right and strike" in str(reasons)
