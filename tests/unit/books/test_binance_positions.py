"""Binance, USDⓈ-M and COIN-M: positionRisk and the account, as JSON."""

import json
import math
from datetime import date

import pytest

from books import export, read_text, said
from undertow.core.book import Kind, Mode
from undertow.data.books.base import housed
from undertow.model.rulebook import moves, pools, price_at, rulebook_of
from undertow.model.rulebook.binance import liquidation_price

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
        ({"marginAsset": "BTC"}, "BTCUSDT is margined in BTC; only stable coins and"),
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
        ((RISK, account(multiAssetsMargin=True)), "without the rate of USDT; add the answer of"),
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


def both_sides():
    """Half a bitcoin long and a fifth of one short, in hedge mode."""
    short = {
        "symbol": "BTCUSDT",
        "positionAmt": "-0.2",
        "entryPrice": "80000",
        "notional": "-16000",
    }
    own = {
        "positionSide": "SHORT",
        "markPrice": "80000",
        "isolatedMargin": "0",
        "isolatedWallet": "0",
    }
    return risks({"positionSide": "LONG"}, {**short, **own, "maintMargin": "64"})


def test_hedge_mode_is_a_long_and_a_short_that_do_not_net():
    found = read_text(both_sides(), ACCOUNT)
    account, marks = found.book.accounts[0], found.book.marks
    (pool,) = pools(found.book, account)

    assert said(found) == ""
    assert [p.quantity for p in found.book.positions] == [0.5, -0.2]
    assert found.stated[0].margins == {"BTCUSDT": 224.0}
    assert rulebook_of(account).levels(pool, marks).maintenance == pytest.approx(224.0)


def test_the_stated_margin_of_hedge_mode_is_a_rate_of_both_sides():
    found = read_text(both_sides(), ACCOUNT)

    assert [p.broker_rate for p in housed(found.book, found.stated).positions] == [
        pytest.approx(224.0 / 56_000.0)
    ] * 2


COIN_RISK = json.dumps(
    [
        {
            "symbol": "BTCUSD_PERP",
            "positionSide": "BOTH",
            "positionAmt": "-120",
            "entryPrice": "90000.0",
            "markPrice": "80000.0",
            "unRealizedProfit": "0.01666667",
            "marginType": "cross",
            "isolatedMargin": "0.0",
            "notionalValue": "-0.15",
            "isolatedWallet": "0",
            "updateTime": "1769760000000",
        },
        {
            "symbol": "ETHUSD_260327",
            "positionSide": "BOTH",
            "positionAmt": "50",
            "entryPrice": "2600.0",
            "markPrice": "2500.0",
            "unRealizedProfit": "-0.00769231",
            "marginType": "isolated",
            "isolatedMargin": "0.06230769",
            "isolatedWallet": "0.07",
            "updateTime": "1769760000000",
        },
    ],
    indent=1,
)
COIN_ACCOUNT = json.dumps(
    {
        "assets": [
            {"asset": coin, "crossWalletBalance": cash, "crossUnPnl": gained}
            for coin, cash, gained in (("BTC", "0.05", "0.01666667"), ("ETH", "1.5", "0"))
        ]
    }
)


def test_contracts_of_coin_margin_are_in_their_coin_and_of_so_many_dollars():
    found = read_text(COIN_RISK, COIN_ACCOUNT)
    btc, eth = found.book.positions

    assert said(found) == ""
    assert (btc.kind, btc.currency, btc.multiplier) == (Kind.INVERSE, "BTC", 100.0)
    assert (eth.multiplier, eth.isolated_margin) == (10.0, 0.07)
    assert [a.currency for a in found.book.accounts] == ["BTC", "ETH"]
    assert found.book.accounts[0].equity == pytest.approx(0.06666667)


def test_a_short_of_coin_margin_is_liquidated_where_the_formula_puts_it():
    book = read_text(COIN_RISK, COIN_ACCOUNT).book
    account = book.accounts[0]
    (pool,) = pools(book, account)
    along = {"BTCUSD_PERP": 1.0}
    price = price_at(
        pool, along, "BTCUSD_PERP", moves(rulebook_of(account), pool, along).liquidation
    )
    printed = liquidation_price(book.positions[0], wallet=0.05, rate=0.004)

    assert price == pytest.approx(printed)


def test_both_kinds_of_futures_are_one_book_and_an_empty_wallet_of_one_hides_no_other():
    wallets = json.loads(ACCOUNT)
    wallets["assets"].append({"asset": "BTC", "crossWalletBalance": "0", "crossUnPnl": "0"})
    found = read_text(RISK, COIN_RISK, COIN_ACCOUNT, json.dumps(wallets))

    assert said(found) == ""
    assert [a.currency for a in found.book.accounts] == ["USDT", "BTC", "ETH"]
    assert found.book.accounts[1].equity == pytest.approx(0.06666667)


def test_two_wallets_of_one_coin_that_differ_are_said():
    other = COIN_ACCOUNT.replace('"0.05"', '"0.07"')
    found = read_text(COIN_RISK, COIN_ACCOUNT, other, lenient=True)

    assert "BTC stands on line" in said(found)
    assert found.book is None


RATES = json.dumps(
    [
        {"symbol": f"{coin}USD", "index": "1", "bidBuffer": "0.05", "bidRate": bid, "askRate": ask}
        for coin, bid, ask in (("USDT", "0.9995", "1.0005"), ("USDC", "0.999", "1.001"))
    ]
)


def shared(usdc="7000", **more):
    """An account in multi-assets mode with tether and USD Coin."""
    found = json.loads(account(multiAssetsMargin=True, totalMarginBalance="16990.0"))
    found["assets"].append({"asset": "USDC", "crossWalletBalance": usdc, "crossUnPnl": "0"})
    found["assets"] += [
        {"asset": coin, "crossWalletBalance": cash, "crossUnPnl": "0"}
        for coin, cash in more.items()
    ]
    return json.dumps(found)


def test_multi_assets_mode_is_one_account_in_dollars():
    found = read_text(RISK, shared(), RATES)
    (one,), (stated,) = found.book.accounts, found.stated

    assert said(found) == ""
    assert (one.account, one.currency) == ("binance multi-assets", "USD")
    assert one.equity == pytest.approx(10_000 * 0.9995 + 7_000 * 0.999)
    assert (stated.equity, stated.margin_used) == (16_990.0, 160.0)
    assert {p.account for p in found.book.positions} == {"binance multi-assets"}


def test_what_is_owed_in_multi_assets_mode_costs_the_ask():
    found = read_text(RISK, shared(usdc="-500"), RATES)

    assert found.book.accounts[0].equity == pytest.approx(10_000 * 0.9995 - 500 * 1.001)


def test_a_coin_that_margins_everything_is_not_read_as_money():
    found = read_text(RISK, shared(BTC="0.5"), RATES, lenient=True)

    assert "BTC margins the account in multi-assets mode" in said(found)
    assert found.book is None


def test_coin_margin_stands_apart_from_multi_assets_mode():
    found = read_text(RISK, COIN_RISK, COIN_ACCOUNT, shared(), RATES)

    assert said(found) == ""
    assert [a.currency for a in found.book.accounts] == ["USD", "BTC", "ETH"]


def test_numbers_may_come_without_quotes():
    found = read_text(RISK.replace('"0.500"', "0.5").replace('"80000.00000000"', "8e4"), ACCOUNT)

    assert found.book.positions[0].price == 80_000.0


def test_what_is_not_stated_is_not_made_up():
    found = read_text(risks({"maintMargin": None}, {"maintMargin": None}), ACCOUNT)

    assert math.isnan(found.stated[0].margin_used)
    assert found.stated[0].margins == {}
