"""What can be read and cannot be: options dearer than they may pay, money that nobody uses."""

import csv
from datetime import date

import pytest

from books import export, read_text, said
from undertow.data.books._china_expiry import option_expiry
from undertow.data.books._currencies import TABLE, currencies, strange_currency
from undertow.model.rulebook import pools, rulebook_of

ACCOUNTS = "account,regime,equity,currency\na,reg_t,100000,USD\n"
HEAD = "account,symbol,quantity,price,kind,underlying,expiry,strike,right,currency\n"
STOCK = "a,AAPL,100,190,stock,,,,,USD\n"
CALL = "a,CALL,-1,{price},option,AAPL,2026-12-18,{strike},{right},USD\n"


def book_of(price, *, right="C", strike=200, lenient=False):
    rows = HEAD + STOCK + CALL.format(price=price, right=right, strike=strike)
    return read_text(ACCOUNTS, rows, lenient=lenient)


@pytest.mark.parametrize(
    ("price", "right", "words"),
    [
        (1000, "C", "CALL costs 1,000.00, and can be worth 190.00 at most"),
        (191, "C", "and can be worth 190.00 at most"),
        (201, "P", "CALL costs 201.00, and can be worth 200.00 at most"),
    ],
)
def test_an_option_above_what_it_can_pay_is_one_sentence_with_its_line(price, right, words):
    found = book_of(price, right=right)

    assert words in said(found)
    assert said(found).startswith("file 2 line 3: ")
    assert found.book is None


@pytest.mark.parametrize(("price", "right"), [(190, "C"), (199, "P"), (0.05, "C")])
def test_an_option_that_may_be_worth_its_price_is_kept(price, right):
    assert said(book_of(price, right=right)) == ""


def test_lenient_leaves_the_dear_option_out_and_keeps_the_stock():
    found = book_of(1000, lenient=True)

    assert [p.symbol for p in found.book.positions] == ["AAPL"]
    assert found.files == ("file 2",)


def test_a_brokers_export_is_looked_at_too():
    text = export("ibkr_activity.csv").replace("12,2400,10,2000", "12,2400,1000,200000")

    assert "can be worth 240.00 at most" in said(read_text(text))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("XXY", "XXY is no currency and no coin that is known"),
        ("USB", "USB is no currency and no coin that is known; is it "),
        ("QQQQQ", "write a code such as USD or USDT"),
    ],
)
def test_money_that_nobody_uses_is_one_sentence(code, words):
    assert words in said(read_text(ACCOUNTS.replace("USD", code), HEAD + STOCK))
    assert words in said(read_text(ACCOUNTS, HEAD + STOCK.replace("USD", code)))
    assert words in said(read_text(ACCOUNTS, HEAD + STOCK, f"currency,rate\n{code},1.2\nUSD,1\n"))


@pytest.mark.parametrize("code", ["USD", "CNH", "XAU", "USDT", "BTC", "usd", "人民币"])
def test_money_of_markets_and_venues_is_known(code):
    rates = "currency,rate\nUSD,1\nCNY,0.14\nXAU,4000\nUSDT,1\nBTC,80000\n"
    stock = STOCK.replace("USD", code)

    assert said(read_text(ACCOUNTS, HEAD + stock, rates)) == ""


def test_a_statement_in_money_that_nobody_uses_is_refused():
    text = export("ibkr_activity.csv").replace("Base Currency,USD", "Base Currency,XXY")

    assert "XXY is no currency" in said(read_text(text, lenient=True))


def test_every_code_is_written_once_in_capitals_and_has_a_source():
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(rows) == len(currencies())
    assert all(row["code"].isupper() and row["source"] and row["kind"] for row in rows)
    assert {"AED", "EUR", "JPY", "USDC", "ETH", "XAG"} <= currencies()
    assert all(strange_currency(row["code"]) is None for row in rows)


LINE = "account,symbol,quantity,price,kind,underlying,expiry,strike,right\n"
PERPS = "account,regime,equity,currency\nb,binance,1000,USDT\n"
SHFE = "account,regime,equity,currency\nc,shfe,100000,CNY\n"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (
            (ACCOUNTS, LINE + "a,X,-1,5,option,X,2027-01-15,200,C\n"),
            "X is an option; fill underlying",
        ),
        (
            (ACCOUNTS, LINE + "a,X,-1,5,option,,2027-01-15,200,C\n"),
            "X is an option; fill underlying",
        ),
        (
            (ACCOUNTS, HEAD + STOCK, "currency,rate\nUSD,1\nGBP,1.3\nGBP,1.9\n"),
            "GBP stands on line 3 already",
        ),
        (
            (ACCOUNTS, HEAD + STOCK, "symbol,price\nSPX,5000\nSPX,6000\n"),
            "SPX stands on line 2 already",
        ),
        (
            (
                PERPS,
                "account,symbol,quantity,price,entry,mode,isolated_margin\n"
                "b,BTCUSDT,1,80000,80000,isolated,-5\n",
            ),
            "isolated_margin is -5; it must be above 0",
        ),
        (
            (SHFE, "account,symbol,quantity,price,currency\nc,AG2606,1,20000,USD\n"),
            "AG2606 is in USD; contracts of its regime are in CNY",
        ),
    ],
)
def test_what_contradicts_itself_is_one_sentence(files, words):
    found = read_text(*files)

    assert words in said(found)
    assert len(found.findings) == 1
    assert found.book is None


def test_a_rate_that_is_stated_twice_alike_is_no_finding():
    rates = "currency,rate\nUSD,1\nGBP,1.3\nGBP,1.3\n"

    assert said(read_text(ACCOUNTS, HEAD + STOCK, rates)) == ""


RISK, WALLET = export("binance_positions.json"), export("binance_positions.account.json")
CTP = export("ctp_statement.txt")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"0.500"', '"1e300"', "positionAmt is 1e300, which is too large"),
        ('"80000.00000000"', '"0"', "markPrice is 0; it must be above 0"),
        ('"90000.0"', '"-5"', "entryPrice is -5; it must be above 0"),
    ],
)
def test_numbers_of_an_export_that_cannot_be_are_said(old, new, words):
    found = read_text(RISK.replace(old, new, 1), WALLET, lenient=True)

    assert words in said(found)
    assert [p.symbol for p in found.book.positions] == ["ETHUSDT"]


def test_a_statement_cut_before_its_positions_is_no_empty_account():
    found = read_text(CTP[: CTP.index("持仓汇总")], lenient=True)

    assert "does not say 持仓汇总" in said(found)
    assert found.book is None


def test_a_statement_cut_within_a_label_says_that_the_figure_is_missing():
    cut = CTP[: CTP.index("Client Equity：：") + len("Client Equity：：")]

    assert "does not say 客户权益" in said(read_text(cut))


def test_text_of_four_bytes_a_letter_is_no_text_of_a_book():
    from undertow.data.books._source import decoded

    assert decoded("account".encode("utf-32")) is None
    assert decoded("account".encode("utf-16")) == "account"


ACTIVITY, FLEX = export("ibkr_activity.csv"), export("ibkr_flex.xml")


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (ACTIVITY, "100000,250,125000", "100000,0,0", "Close Price is 0; it must be above 0"),
        (ACTIVITY, "100000,250,125000", "100000,-4,0", "Close Price is -4; it must be above 0"),
        (ACTIVITY, "100000,250,125000", "100000,,-5", "Value is -5; it must be above 0"),
        (ACTIVITY, "USD,SIH6,1,5000", "USD,SIH6,1,0", "Multiplier is 0; it must be above 0"),
        (ACTIVITY, "GBP,1.35", "GBP,0", "Rate is 0; it must be above 0"),
        (ACTIVITY, "2026-06,P,240", "2026-06,P,0", "Strike is 0; it must be above 0"),
        (FLEX, 'multiplier="5000"', 'multiplier="-1"', "Multiplier is -1; it must be above 0"),
        (FLEX, 'fxRateToBase="1.35"', 'fxRateToBase="0"', "fxRateToBase is 0; it must be above"),
        (CTP, "20500.000| 20000.000|", "20500.000|     0.000|", "今结算 is 0.000; it must be"),
        (
            CTP,
            "ag2606     |            2|",
            "ag2606     |           -2|",
            "买持 is -2; it must not",
        ),
    ],
)
def test_what_must_be_above_zero_in_a_statement_is_said(text, old, new, words):
    assert old in text
    assert words in said(read_text(text.replace(old, new), lenient=True))


def with_option(symbol):
    text = CTP.replace("     ag2606     |            2|", f"  {symbol}  |            0|")
    return text.replace(
        "|             0|         0.000| 20500.000| 20000.000|   -15000.00|      156000.00",
        "|             1|      1000.000|  1000.000|   800.000|     3000.00|       62000.00",
    )


@pytest.mark.parametrize(
    ("contract", "last"),
    [
        ("ag2606", date(2026, 5, 25)),
        ("au2604", date(2026, 3, 25)),
        ("cu2701", date(2026, 12, 25)),
        ("sc2605", date(2026, 4, 14)),
        ("i2609", None),
        ("SR605", None),
    ],
)
def test_an_options_last_day_is_counted_back_from_delivery(contract, last):
    assert option_expiry(contract, date(2026, 2, 9)) == last


def test_an_option_of_a_statement_is_answered_once_its_future_has_a_price():
    found = read_text(with_option("ag2606C24000"), "symbol,price\nag2606,20000\n")
    account = found.book.accounts[0]
    (pool,) = pools(found.book, account)

    assert said(found) == ""
    assert rulebook_of(account).findings(pool, pool.opening) == ()
    assert rulebook_of(account).levels(pool, pool.opening).maintenance > 0.0


def test_an_option_whose_last_day_is_not_known_says_where_to_write_it():
    found = read_text(with_option("i2609-C-800"), lenient=True)

    assert "i2609-C-800 has a last day that is not known here; use the two tables" in said(found)


@pytest.mark.parametrize("rate", ["0", "-1.35", "x"])
def test_a_rate_that_is_none_leaves_what_needs_it_out(rate):
    text = ACTIVITY.replace("GBP,1.35", f"GBP,{rate}")
    found = read_text(text, "symbol,price\nSPX,5000\n", lenient=True)

    assert "There is no exchange rate of GBP; add one." in said(found)
    assert "SHEL" not in {p.symbol for p in found.book.positions}
    assert "GBP" not in found.book.fx


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("volatility", "30", "volatility is 30; write a share, as 12%"),
        ("volatility", "0", "volatility is 0; it must be above 0"),
        ("multiplier", "1e-300", "multiplier is 1e-300, which is too small"),
    ],
)
def test_an_options_terms_that_cannot_be_are_said(column, cell, words):
    head = f"account,symbol,quantity,price,kind,underlying,expiry,strike,right,{column}\n"
    option = f"a,X,-1,5,option,AAPL,2027-01-15,200,C,{cell}\n"
    found = read_text(ACCOUNTS, head + "a,AAPL,100,190,stock,,,,,\n" + option, lenient=True)

    assert words in said(found)
    assert [p.symbol for p in found.book.positions] == ["AAPL"]
