"""Binance USDⓈ-M: positionRisk and the account, as JSON."""

import json
import math
from datetime import date

import pytest

from books import export, read_text, said
from undertow.core.book import Kind, Mode

RISK, ACCOUNT = export("binance_positions.json"), export("binance_positions.account.json")


def risks(*changes):
    """The three positions, each with its cells changed or, where None, taken away."""
    found = json.loads(RISK)
    for one, change in zip(found, changes, strict=False):
        one.update(change)
        for name in [name for name, value in change.items() if value is None]:
            del one[name]
    return json.dumps(found, indent=2)


def account(**cells):
    found = json.loads(ACCOUNT)
    found.update({k: v for k, v in cells.items() if k not in found["assets"][0]})
    found["assets"][0].update({k: v for k, v in cells.items() if k in found["assets"][0]})
    return json.dumps(found)


def test_cross_and_isolated_positions_with_their_wallet():
    found = read_text(RISK, ACCOUNT)
    btc, eth = found.book.positions

    assert said(found) == ""
    assert (btc.symbol, btc.quantity, btc.price, btc.entry) == ("BTCUSDT", 0.5, 80_000.0, 90_000.0)
    assert (btc.kind, btc.mode, btc.currency) == (Kind.PERPETUAL, Mode.CROSS, "USDT")
    assert (eth.quantity, eth.mode, eth.isolated_margin) == (-3.0, Mode.ISOLATED, 900.0)


def test_the_account_is_the_cross_wallet_and_its_profit():
    found = read_text(RISK, ACCOUNT)
    one, stated = found.book.accounts[0], found.stated[0]

    assert (one.account, one.regime, one.currency) == ("binance USDT", "binance", "USDT")
    assert one.equity == stated.equity == 10_000.0
    assert stated.margin_used == 160.0
    assert one.broker_says == pytest.approx(0.016)
    assert stated.margins == {"BTCUSDT": 160.0, "ETHUSDT": 37.5}


def test_lines_are_those_of_the_file():
    btc, eth = read_text(RISK, ACCOUNT).book.positions
    lines = RISK.splitlines()

    assert "BTCUSDT" in lines[btc.line - 1]
    assert "ETHUSDT" in lines[eth.line - 1]


def test_the_order_of_files_and_a_common_wrapper_do_not_matter():
    both = json.dumps({"positionRisk": json.loads(RISK), "account": json.loads(ACCOUNT)})
    apart, turned, together = (
        read_text(*files).book for files in ((RISK, ACCOUNT), (ACCOUNT, RISK), (both,))
    )

    assert apart == turned
    assert [(p.symbol, p.quantity, p.price) for p in together.positions] == [
        (p.symbol, p.quantity, p.price) for p in apart.positions
    ]


def test_the_day_is_the_one_given_else_that_of_the_latest_update():
    assert read_text(RISK, ACCOUNT).book.on == date(2026, 1, 30)
    assert read_text(RISK, ACCOUNT, on=date(2026, 2, 1)).book.on == date(2026, 2, 1)


def test_what_the_account_says_of_a_position_is_added():
    own = json.loads(ACCOUNT)
    own["positions"] = [
        {"symbol": "BTCUSDT", "positionSide": "BOTH", "positionAmt": "0.500", "maintMargin": "161"}
    ]
    found = read_text(risks({"maintMargin": None}), json.dumps(own))

    assert said(found) == ""
    assert found.stated[0].margins["BTCUSDT"] == 161.0
    assert len(found.book.positions) == 2


def test_the_answer_of_balance_serves_as_a_wallet():
    balance = json.dumps(
        [
            {
                "accountAlias": "x",
                "asset": "USDT",
                "crossWalletBalance": "15000",
                "crossUnPnl": "-5000",
            }
        ]
    )

    assert read_text(RISK, balance).book.accounts[0].equity == 10_000.0


def test_older_answers_name_the_mode_and_hold_the_profit_in_the_margin():
    old = risks({"marginType": "cross"}, {"marginType": "isolated", "isolatedWallet": None})
    btc, eth = read_text(old, ACCOUNT).book.positions

    assert btc.mode is Mode.CROSS
    assert eth.isolated_margin == pytest.approx(2_400.0 - 1_500.0)


def test_a_price_may_come_as_a_notional():
    found = read_text(risks({"markPrice": None}), ACCOUNT)

    assert found.book.positions[0].price == pytest.approx(80_000.0)


def test_each_coin_has_an_account_of_its_own():
    both = json.loads(ACCOUNT)
    both["assets"].append({**both["assets"][0], "asset": "USDC", "crossWalletBalance": "7000"})
    found = read_text(risks({}, {"marginAsset": "USDC", "symbol": "ETHUSDC"}), json.dumps(both))

    assert [a.account for a in found.book.accounts] == ["binance USDT", "binance USDC"]
    assert [p.account for p in found.book.positions] == ["binance USDT", "binance USDC"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"positionAmt": "half"}, "positionAmt is half, which is no number"),
        ({"entryPrice": ""}, "entryPrice is empty"),
        ({"markPrice": None, "notional": None}, "markPrice is empty"),
        ({"marginAsset": "BTC"}, "BTCUSDT is margined in BTC; only stable coins are read"),
    ],
)
def test_a_bad_position_is_dropped_and_said(change, words):
    found = read_text(risks(change), ACCOUNT, lenient=True)

    assert words in said(found)
    assert "file 1 line 3: " in said(found)
    assert [p.symbol for p in found.book.positions] == ["ETHUSDT"]


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((RISK,), "does not say crossWalletBalance (USDT)"),
        ((RISK, account(asset="USDC")), "does not say crossWalletBalance (USDT)"),
        ((RISK, account(multiAssetsMargin=True)), "multi-assets mode"),
        ((RISK + "]", ACCOUNT), "is no JSON"),
        ((RISK.replace('"0.500"', "NaN"), ACCOUNT), "is no JSON"),
        (("[" * 5000 + '"positionAmt"', ACCOUNT), "is no JSON"),
        ((risks({"updateTime": "0"}, {"updateTime": "0"}, {"updateTime": "0"}),
          account(updateTime=0)), "does not say updateTime"),
    ],
)  # fmt: skip
def test_what_the_book_cannot_do_without_refuses_it(files, words):
    found = read_text(*files, lenient=True)

    assert words in said(found)
    assert found.book is None


def test_a_position_twice_in_a_file_is_said():
    twice = json.loads(RISK)
    found = read_text(json.dumps([*twice, twice[0]], indent=1), ACCOUNT, lenient=True)

    assert "BTCUSDT stands on line 3 already" in said(found)
    assert len(found.book.positions) == 2


def test_a_name_twice_in_an_object_is_said():
    found = read_text(RISK.replace('"entryPrice"', '"positionAmt": "7", "entryPrice"', 1), ACCOUNT)

    assert "says one name twice" in said(found)
    assert found.book is None


def test_hedge_mode_is_refused():
    sides = risks({"positionSide": "LONG"}, {"symbol": "BTCUSDT", "positionSide": "SHORT"})

    assert "hedge mode is not read" in said(read_text(sides, ACCOUNT, lenient=True))


def test_numbers_may_come_without_quotes():
    found = read_text(RISK.replace('"0.500"', "0.5").replace('"80000.00000000"', "8e4"), ACCOUNT)

    assert found.book.positions[0].price == 80_000.0


def test_what_is_not_stated_is_not_made_up():
    found = read_text(risks({"maintMargin": None}, {"maintMargin": None}), ACCOUNT)

    assert math.isnan(found.stated[0].margin_used)
    assert found.stated[0].margins == {}
