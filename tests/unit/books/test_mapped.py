"""Any other CSV, with a map of its columns."""

import pytest

from books import read_text, said

MAP = """
date = 2026-02-09

[columns]
symbol = "Ticker"
quantity = "Position Qty"
price = "Last"
entry = "Avg Cost"

[constants]
account = "margin"
currency = "USD"

[[accounts]]
account = "margin"
regime = "reg_t"
equity = 50000
currency = "USD"
"""
TABLE = """\
Positions for nobody,,,,
Ticker,Name,Position Qty,Last,Avg Cost
XYZ,Some stock,1000,100.00,80
ABC,"Another, stock","(2,000)",10.5,
"""


def changed(*pairs, text=MAP):
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def test_a_table_is_read_under_our_names():
    found = read_text(TABLE, MAP)
    xyz, abc = found.book.positions

    assert said(found) == ""
    assert (xyz.symbol, xyz.quantity, xyz.price, xyz.entry) == ("XYZ", 1_000.0, 100.0, 80.0)
    assert (abc.quantity, abc.price) == (-2_000.0, 10.5)
    assert (xyz.account, xyz.currency) == ("margin", "USD")
    assert found.book.accounts[0].equity == 50_000.0


def test_lines_are_those_of_the_table():
    found = read_text(MAP, TABLE)

    assert [p.line for p in found.book.positions] == [3, 4]
    assert found.files == ("file 2", "file 2")


def test_a_bad_line_is_dropped_and_said():
    found = read_text(MAP, TABLE.replace("1000,", "many,"), lenient=True)

    assert "file 2 line 3: quantity is many, which is no number" in said(found)
    assert [p.symbol for p in found.book.positions] == ["ABC"]


def test_accounts_may_stand_in_a_table_of_their_own():
    accounts = "account,regime,equity,currency\nmargin,reg_t,70000,USD\n"
    found = read_text(accounts, TABLE, MAP[: MAP.index("[[accounts]]")])

    assert found.book.accounts[0].equity == 70_000.0


@pytest.mark.parametrize("sign", [";", "\t", "|"])
def test_cells_may_be_parted_otherwise(sign):
    rows = ["Ticker,Position Qty,Last,Avg Cost", "XYZ,1000,100.00,80"]
    found = read_text(MAP, "\n".join(row.replace(",", sign) for row in rows))

    assert found.book.positions[0].price == 100.0


def test_a_decimal_comma_is_understood_where_the_map_says_so():
    table = "Ticker;Position Qty;Last;Avg Cost\nXYZ;1.000;1.234,50;80,25\n"
    found = read_text(f'decimal = ","\n{MAP}', table)

    assert (found.book.positions[0].quantity, found.book.positions[0].price) == (1_000.0, 1_234.5)


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((MAP,), "No file has the columns Ticker, Position Qty, Last, Avg Cost"),
        ((changed(('"Ticker"', '"Tikcer"')), TABLE), "No file has the columns Tikcer"),
        ((changed(("symbol = ", "what = ")), TABLE), "The map names what, which no table has"),
        ((changed(('quantity = "Position Qty"', "")), TABLE), "which column is quantity"),
        ((MAP, MAP + "\n", TABLE), "two maps"),
    ],
)
def test_a_map_that_does_not_fit_is_said(files, words):
    found = read_text(*files, lenient=True)

    assert words in said(found)
    assert found.book is None
