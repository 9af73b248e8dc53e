"""The settlement statement of a Chinese futures broker."""

import math
from datetime import date

import pytest

from books import CTP, read_text, said
from undertow.core.book import Kind
from undertow.data.books import housed, read
from undertow.model.rulebook import pools, rulebook_of


def changed(*pairs):
    text = CTP
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return read_text(text, lenient=True)


def test_account_day_and_what_the_broker_states_are_read():
    found = read_text(CTP)
    account, stated = found.book.accounts[0], found.stated[0]

    assert said(found) == ""
    assert found.book.on == date(2026, 2, 9)
    assert (account.account, account.regime, account.currency) == ("00000001", "shfe", "CNY")
    assert (account.equity, account.margin_used) == (480_000.0, 231_840.0)
    assert account.broker_says == stated.risk == pytest.approx(0.483)
    assert stated.margins == {"ag2606": 156_000.0, "i2609": 75_840.0}


def test_positions_have_their_settlement_price_entry_and_size():
    silver, ore = read_text(CTP).book.positions

    assert (silver.symbol, silver.quantity, silver.price) == ("ag2606", 2.0, 20_000.0)
    assert (silver.underlying, silver.multiplier, silver.entry) == ("AG", 15.0, 21_000.0)
    assert (ore.symbol, ore.quantity, ore.multiplier) == ("i2609", -7.0, 100.0)
    assert silver.kind is Kind.FUTURE
    assert CTP.splitlines()[ore.line - 1].startswith("|      铁矿石")


@pytest.mark.parametrize("code", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_every_code_that_terminals_save_gives_the_same_book(tmp_path, code):
    file = tmp_path / "20260209.txt"
    file.write_bytes(CTP.replace("\n", "\r\n").encode(code))

    assert read([file]).book == read_text(CTP).book


def test_a_contract_without_a_listed_rate_has_the_margin_of_its_line():
    silver, ore = read_text(CTP).book.positions

    assert math.isnan(silver.broker_rate)
    assert ore.broker_rate == pytest.approx(75_840.0 / 546_000.0)


def test_on_a_day_that_no_table_has_every_line_has_its_own_margin():
    found = changed(("日期 Date：20260209", "日期 Date：20240606"))

    assert [p.broker_rate for p in found.book.positions] == pytest.approx(
        [0.26, 75_840.0 / 546_000.0]
    )


def test_margins_of_lines_make_up_what_the_broker_says():
    found = read_text(CTP)
    book = housed(found.book, found.stated)
    (pool,) = pools(book, book.accounts[0])
    levels = rulebook_of(book.accounts[0]).levels(pool, book.marks)

    assert levels.maintenance == pytest.approx(found.stated[0].margin_used)
    assert levels.maintenance / levels.equity == pytest.approx(found.stated[0].risk)


def test_pages_with_unit_and_account_columns_are_read_too():
    found = changed(
        ("|       品种       |      合约", "|投资单元|交易编码|       品种       |      合约"),
        ("    买均价   |", "买开仓均价|"),
        ("    卖均价    |", "卖开仓均价|"),
        ("|       白银       |", "|U1|C1|       白银       |"),
        ("|      铁矿石      |     i2609", "|U1|C1|      铁矿石      |     i2609"),
        ("Account Summary  Currency：CNY", "Account Summary AccountID：1 Currency：CNY"),
    )

    assert said(found) == ""
    assert found.book.positions[0].entry == 21_000.0
    assert [p.symbol for p in found.book.positions] == ["ag2606", "i2609"]


def test_a_lock_is_a_long_and_a_short():
    found = changed(
        ("|             0|         0.000| 20500", "|             1|     20900.000| 20500")
    )
    longs, shorts = (p for p in found.book.positions if p.symbol == "ag2606")

    assert (longs.quantity, shorts.quantity) == (2.0, -1.0)
    assert shorts.entry == 20_900.0


def test_the_margin_of_a_lock_counts_its_larger_side():
    found = changed(
        ("|             0|         0.000| 20500", "|             2|     20900.000| 20500")
    )
    book = housed(found.book, found.stated)

    assert book.positions[0].broker_rate == pytest.approx(156_000.0 / 600_000.0)


def test_an_option_keeps_its_strike_and_right():
    found = changed(("     ag2606     |            2|", "  ag2606C24000  |            2|"))
    option = found.book.positions[0]

    assert (option.kind, option.strike, option.right) == (Kind.OPTION, 24_000.0, "C")
    assert (option.underlying, option.multiplier) == ("ag2606", 15.0)


def test_a_sold_option_takes_the_broker_by_his_own_words():
    found = changed(
        ("     ag2606     |            2|", "  ag2606C24000  |            0|"),
        ("|             0|         0.000| 20500.000| 20000.000|   -15000.00|      156000.00",
         "|             1|      1000.000|  1000.000|   800.000|     3000.00|       62000.00"),
    )  # fmt: skip
    account, stated = found.book.accounts[0], found.stated[0]

    assert found.book.positions[0].quantity == -1.0
    assert account.equity == pytest.approx(480_000.0 - 15.0 * 800.0)
    assert account.margin_used == pytest.approx(231_840.0 - 15.0 * 800.0)
    assert account.broker_says == pytest.approx(stated.margin_used / stated.equity)


def test_a_size_that_no_table_has_follows_from_the_profit():
    found = changed(("i2609", "zz2609"))

    assert said(found) == ""
    assert found.book.positions[1].multiplier == 100.0


def test_a_size_that_nothing_gives_is_a_finding():
    found = changed(("i2609", "zz2609"), ("14000.00", "0.00"))

    assert "The size of a contract of zz2609 is not known" in said(found)
    assert [p.symbol for p in found.book.positions] == ["ag2606"]


def test_a_size_that_the_statement_contradicts_is_a_finding():
    found = changed(("-30000.00", "-20000.00"))

    assert "A contract of ag2606 is 15 units, its profit says 10" in said(found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("|            2|    21000", "|          two|    21000", "买持 is two, which is no number"),
        ("| 20000.000|   -15000.00|", "|          |   -15000.00|", "今结算 is empty"),
        ("|      156000.00|投", "|      156,0.00|投", "保证金占用 is 156,0.00"),
        ("     ag2606     |            2|", "     ------     |            2|", "no contract"),
    ],
)
def test_a_bad_line_is_dropped_and_said_with_its_number(old, new, words):
    found = changed((old, new))
    line = next(k for k, text in enumerate(CTP.splitlines(), 1) if "|       白银" in text)

    assert words in said(found)
    assert f"file 1 line {line}: " in said(found)
    assert [p.symbol for p in found.book.positions] == ["i2609"]
    assert read_text(CTP.replace(old, new)).book is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("客户号 Client ID：", "户号：", "does not say 客户号"),
        ("日期 Date：20260209", "", "does not say 日期"),
        ("日期 Date：20260209", "日期 Date：20261399", "日期 is 20261399, which is no day"),
        ("客户权益 Client Equity：：", "客户权益 Client Equity ", "does not say 客户权益"),
        ("Currency：CNY", "Currency：USD", "The account is in USD"),
    ],
)
def test_what_the_book_cannot_do_without_refuses_it(old, new, words):
    found = changed((old, new))

    assert words in said(found)
    assert found.book is None


def test_a_line_that_stands_there_twice_is_said():
    row = next(text for text in CTP.splitlines() if text.startswith("|      铁矿石"))
    found = changed((row, f"{row}\n{row}"))

    assert "i2609 stands on line" in said(found)
    assert len(found.book.positions) == 2


def test_all_findings_come_at_once_in_order_of_lines():
    found = changed(
        ("|            2|    21000", "|          two|    21000"), ("7|       800", "x|       800")
    )

    assert [one.line for one in found.findings] == sorted(one.line for one in found.findings)
    assert len(found.findings) == 2
    assert found.book.positions == ()


def test_a_month_has_its_last_day():
    assert changed(("Date：20260209\n\n", "Date：20260201-20260209\n\n")).book.on == date(
        2026, 2, 9
    )


def test_an_account_without_positions_is_an_account():
    found = read_text(CTP[: CTP.index("持仓明细")].replace("231840.00", "0.00"))

    assert found.book.positions == ()
    assert not math.isnan(found.book.accounts[0].equity)
