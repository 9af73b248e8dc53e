"""The two tables: what is understood, and every way in which a line can be wrong."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from undertow.core.book import Kind, Mode, Position
from undertow.core.columns import Way
from undertow.data.books import Read, Source, read, read_sources
from undertow.data.books._blocks import blocks
from undertow.data.books._lines import root

DAY = date(2026, 2, 9)
ACCOUNTS = "account,regime,equity\nf,cme_futures,250000\n"
POSITIONS = "account,symbol,quantity,price\nf,SI,1,80\n"


def tables(*texts: str, lenient: bool = False) -> Read:
    files = tuple(Source(f"{k}.csv", text, DAY) for k, text in enumerate(texts, 1))
    return read_sources(files, lenient=lenient)


def held(*texts: str) -> Position:
    found = tables(*texts)

    assert found.findings == ()
    assert found.book is not None
    return found.book.positions[0]


def said(*texts: str) -> list[str]:
    return [str(one) for one in tables(*texts).findings]


def test_the_least_two_tables_are_a_book() -> None:
    book = tables(ACCOUNTS, POSITIONS).book

    assert book is not None
    assert book.on == DAY
    assert book.accounts[0].equity == 250_000.0
    assert book.positions[0].kind is Kind.FUTURE
    assert book.positions[0].multiplier == 5000.0


def test_one_file_may_have_both_tables_in_any_order() -> None:
    one, other = tables(ACCOUNTS + "\n" + POSITIONS), tables(POSITIONS + ACCOUNTS)

    assert one.findings == other.findings == ()
    assert one.book is not None
    assert other.book is not None
    assert [p.symbol for p in one.book.positions] == [p.symbol for p in other.book.positions]


def test_toml_says_the_same_as_csv() -> None:
    text = (
        "date = 2026-02-09\n"
        '[[accounts]]\naccount = "f"\nregime = "cme_futures"\nequity = 250000\n'
        '[[positions]]\naccount = "f"\nsymbol = "SI"\nquantity = 1\nprice = 80\n'
        "[quotes]\nGC = 5000.0\n[fx]\nUSD = 1.0\nCNY = 0.14\n"
    )
    book = tables(text).book

    assert book is not None
    assert (book.positions[0].symbol, book.positions[0].price) == ("SI", 80.0)
    assert book.quotes == {"GC": 5000.0}
    assert (book.base, book.fx) == ("USD", {"CNY": 0.14})


def test_a_toml_line_is_named_by_where_its_table_begins() -> None:
    text = (
        '[[accounts]]\naccount = "f"\nregime = "cme_futures"\nequity = 1\n'
        '[[positions]]\nsymbol = "SI"\nquantity = "many"\nprice = 80\n'
    )

    assert said(text) == ["1.csv line 5: quantity is many, which is no number; write one."]


def test_chinese_headers_in_gbk_and_negatives_in_brackets_are_understood(tmp_path: Path) -> None:
    text = "账户,规则,客户权益\n甲,芝商所,250000\n\n账户,合约,手数,现价,开仓价\n甲,SI,（2）,80,92\n"
    file = tmp_path / "book.csv"
    file.write_bytes(text.encode("gbk"))
    found = read([file], on=DAY)

    assert found.findings == ()
    assert found.book is not None
    assert found.book.positions[0].quantity == -2.0
    assert found.book.positions[0].entry == 92.0
    assert found.book.accounts[0].regime == "cme_futures"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_semicolons_and_tabs_part_columns_too(delimiter: str) -> None:
    both = (ACCOUNTS + POSITIONS).replace(",", delimiter)

    assert held(both).price == 80.0


def test_a_side_gives_its_sign_to_the_quantity() -> None:
    text = "account,symbol,quantity,price,side\nf,SI,3,80,short\n"

    assert held(ACCOUNTS, text).quantity == -3.0


@pytest.mark.parametrize(
    ("symbol", "product"),
    [("SIH6", "SI"), ("/GCJ26", "GC"), ("ag2604", "AG"), ("SI=F", "SI"), ("SILVER", "")],
)
def test_a_contract_names_its_product(symbol: str, product: str) -> None:
    assert root(symbol, Kind.FUTURE) == product
    assert root(symbol, Kind.STOCK) == ""


def test_every_column_arrives() -> None:
    accounts = (
        "account,regime,equity,currency,owner,margin_used,broker_rate,broker_says,transfer_days\n"
        "p,binance,9000,USDT,me,400,2%,4.4%,1\n"
    )
    text = (
        "account,symbol,quantity,price,entry,mode,isolated_margin,held,kind,underlying,group\n"
        "p,BTCUSDT,-0.5,80000,82000,isolated,5000,pledged,perpetual,BTC,majors\n"
    )
    found = tables(accounts, text).book

    assert found is not None
    one, account = found.positions[0], found.accounts[0]
    assert (one.mode, one.isolated_margin, one.held) == (Mode.ISOLATED, 5000.0, Way.PLEDGED)
    assert (one.kind, one.underlying, one.group) == (Kind.PERPETUAL, "BTC", "majors")
    assert (account.owner, account.margin_used, account.broker_rate) == ("me", 400.0, 0.02)
    assert (account.broker_says, account.transfer_days) == (pytest.approx(0.044), 1.0)
    assert math.isnan(one.strike)


def test_a_price_may_stand_on_another_line_or_in_a_table_of_prices() -> None:
    twice = "account,symbol,quantity,price\nf,SI,1,80\nf,SI,-1,\n"
    quoted = "symbol,price\nSI,81\n"

    assert [p.price for p in tables(ACCOUNTS, twice).book.positions] == [80.0, 80.0]  # type: ignore[union-attr]
    assert held(ACCOUNTS, "account,symbol,quantity\nf,SI,1\n", quoted).price == 81.0


def test_the_account_may_be_left_out_where_there_is_one() -> None:
    assert held(ACCOUNTS, "symbol,quantity,price\nSI,1,80\n").account == "f"


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("f,SI,many,80", "quantity is many, which is no number; write one."),
        ("f,SI,,80", "quantity is empty; fill it."),
        ("f,SI,1,", "SI has no price; fill the column price."),
        ("f,SI,1,-3", "price is -3; it must be above 0."),
        ("f,ZZ9,1,80", "The contract size of ZZ9 is not known; add a column multiplier."),
        ("g,SI,1,80", "Account g is not in the table of accounts, which has: f."),
    ],
)
def test_a_wrong_line_is_named_with_what_to_do(line: str, finding: str) -> None:
    text = f"account,symbol,quantity,price\n{line}\n"

    assert said(ACCOUNTS, text) == [f"2.csv line 2: {finding}"]


@pytest.mark.parametrize(
    ("column", "value", "finding"),
    [
        ("currency", "dollars", "dollars is no currency; write a code such as USD."),
        ("currency", "EUR", "SI is in EUR; contracts of its regime are in USD."),
        ("broker_rate", "36", "broker_rate is 36; write a share, as 12%."),
        ("mode", "half", "mode is half; it must be one of: cross, isolated, 全仓, 逐仓."),
        ("mode", "isolated", "SI is isolated; fill the columns isolated_margin and entry."),
        ("expiry", "soon", "expiry is soon, which is no day; write 2026-01-30."),
    ],
)
def test_a_wrong_cell_is_named_with_what_to_do(column: str, value: str, finding: str) -> None:
    text = f"account,symbol,quantity,price,{column}\nf,SI,1,80,{value}\n"
    found = said(ACCOUNTS, text)

    assert f"2.csv line 2: {finding}" in found


def test_a_line_that_stands_there_twice_is_found_but_not_two_lots() -> None:
    head = "account,symbol,quantity,price,entry\n"

    assert said(ACCOUNTS, head + "f,SI,1,80,90\nf,SI,2,80,90\n") == [
        "2.csv line 3: SI stands on line 2 already; add the two up, or give their entries."
    ]
    assert said(ACCOUNTS, head + "f,SI,1,80,90\nf,SI,2,80,91\n") == []


def test_a_wrong_account_is_named() -> None:
    text = "account,regime,equity\nf,regt,lots\nf,cme_futures,1\nf,cme_futures,1\ng,rgt,1\n"
    found = said(text)

    assert "1.csv line 2: equity is lots, which is no number; write one." in found
    assert "1.csv line 4: Account f is stated on line 3 already; keep one of the two." in found
    assert "1.csv line 5: rgt is no regime; it may be: reg_t." in found


def test_everything_is_said_at_once_in_the_order_of_the_file() -> None:
    text = "account,symbol,quantity,price\nf,SI,x,80\nf,GC,1,\nf,PL,1,0\n"
    found = tables(ACCOUNTS, text)

    assert [one.line for one in found.findings] == [2, 3, 4]
    assert found.book is None


def test_lenient_leaves_the_bad_lines_out() -> None:
    text = "account,symbol,quantity,price\nf,SI,x,80\nf,GC,1,5000\n"
    found = tables(ACCOUNTS, text, lenient=True)

    assert found.book is not None
    assert [p.symbol for p in found.book.positions] == ["GC"]
    assert [one.line for one in found.findings] == [2]


def test_a_wrong_account_line_does_not_make_the_table_absent() -> None:
    found = said("account,regime,equity\nf,cme_futures,much\n", "symbol,quantity,price\nSI,1,80\n")

    assert not [one for one in found if "There is no table" in one]
    assert [one for one in found if "equity is much" in one]
    assert [one for one in found if "No line of the table of accounts can be used" in one]


def test_a_number_too_large_to_add_up_is_a_finding_and_no_result() -> None:
    (one,) = said(ACCOUNTS, "account,symbol,quantity,price\nf,SI,1e308,80\n")

    assert "quantity is 1e308, which is too large" in one


def test_no_accounts_are_grave_even_if_lenient() -> None:
    found = tables(POSITIONS, lenient=True)

    assert found.book is None
    assert any(one.grave for one in found.findings)


def test_a_column_that_is_nearly_ours_is_not_left_out_silently() -> None:
    text = "account,symbol,quantity,price,entr\nf,SI,1,80,90\n"

    assert said(ACCOUNTS, text) == [
        "2.csv line 1: Column entr is not known; entry is. Rename or remove it."
    ]


def test_rates_must_say_which_currency_they_are_in() -> None:
    accounts = "account,regime,equity,currency\na,reg_t,1,USD\nb,reg_t,1,EUR\n"
    positions = "account,symbol,quantity,price\na,X,1,1\n"
    lone = "currency,rate\nCNY,0.14\n"

    assert any("which currency" in one for one in said(accounts, positions, lone))
    assert said(accounts, positions, lone + "USD,1\n") == []


@pytest.mark.parametrize(("regime", "money"), [("cme_futures", "USD"), ("shfe", "CNY")])
def test_a_contract_is_in_the_money_of_its_exchange(regime: str, money: str) -> None:
    accounts = f"account,regime,equity,currency\nf,{regime},250000,EUR\n"
    positions = "account,symbol,quantity,price,multiplier\nf,AU,1,80,100\n"

    assert held(accounts, positions, f"currency,rate\n{money},1\nEUR,1.2\n").currency == money
    assert said(accounts, positions) == [
        f"2.csv line 2: {money} has no exchange rate; add a table currency,rate."
    ]


def test_the_day_of_the_file_goes_before_the_day_it_is_looked_at() -> None:
    dated = ACCOUNTS.replace("equity", "equity,date").replace("250000", "250000,20260130")
    book = tables(dated, POSITIONS).book

    assert book is not None
    assert book.on == date(2026, 1, 30)


def test_a_position_of_nothing_is_none() -> None:
    found = tables(ACCOUNTS, POSITIONS + "f,GC,0,5000\n").book

    assert found is not None
    assert [p.symbol for p in found.positions] == ["SI"]


def test_a_text_without_a_table_has_no_blocks() -> None:
    assert blocks("hello, world\n1,2,3\n") == ()


def test_remarks_and_blank_lines_keep_their_numbers() -> None:
    text = "# my book\n\naccount,symbol,quantity,price\n\nf,SI,x,80\n"

    assert said(ACCOUNTS, text) == ["2.csv line 5: quantity is x, which is no number; write one."]
