"""From a broker's own export to an answer."""

from datetime import date

import pytest

from books import EXPORTS
from terminal import Terminal
from undertow.core.errors import RefusedBook
from undertow.jobs.book import BookRequest, book_of

CTP = (EXPORTS / "ctp_statement.txt",)
BINANCE = (EXPORTS / "binance_positions.json", EXPORTS / "binance_positions.account.json")


def answered(files, **more):
    return book_of(BookRequest(files, date(2026, 2, 9), **more)).answer


@pytest.fixture
def undertow(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("COLUMNS", "200")
    return Terminal(monkeypatch, capsys, tmp_path)


def test_a_settlement_statement_is_reconciled_with_its_risk_ratio():
    found = answered(CTP).accounts[0].reconciled

    assert found.cause == "agrees"
    assert found.ours == pytest.approx(found.broker, abs=5e-5)


def test_rates_of_the_exchange_alone_say_less_than_the_broker():
    found = answered(CTP).accounts[0].reconciled
    exchange, ore = 0.22 * 600_000.0, 75_840.0

    assert found.exchange == pytest.approx((exchange + ore) / 480_000.0)


@pytest.mark.parametrize("files", [CTP, BINANCE], ids=["ctp", "binance"])
def test_in_chinese_the_first_line_is_the_liquidation_price_and_its_distance(undertow, files):
    code, out, _ = undertow("book", *map(str, files), "--lang", "zh", "--on", "2026-02-09")
    first = out.splitlines()[0]

    assert code == 0
    assert "强平价" in first
    assert "距现价" in first


def test_a_hike_of_a_product_is_one_of_its_contract():
    account = answered(CTP, hikes=("AG=40%",)).accounts[0]
    hiked = account.hiked[0]

    assert hiked.requirement == pytest.approx(account.requirement + 0.14 * 600_000.0)


def test_both_exports_of_a_statement_give_the_same_answer():
    csv, xml = (
        answered((EXPORTS / name,), lenient=True) for name in ("ibkr_activity.csv", "ibkr_flex.xml")
    )

    assert [(a.equity, a.requirement, a.excess) for a in csv.accounts] == [
        (a.equity, a.requirement, a.excess) for a in xml.accounts
    ]


def test_what_a_regime_does_not_carry_is_refused_by_its_line_and_dropped_when_lenient():
    file = (EXPORTS / "ibkr_activity.csv",)
    with pytest.raises(RefusedBook, match="line 31: reg_t does not carry bond"):
        answered(file)
    dropped = answered(file, lenient=True).dropped

    assert "line 31" in str(dropped[0])


def test_an_option_on_what_is_not_held_asks_for_its_price_and_takes_it(tmp_path):
    export = tmp_path / "statement.csv"
    lines = (EXPORTS / "ibkr_activity.csv").read_text().splitlines()
    export.write_text("\n".join(one for one in lines if not {",AAPL,500", "Bonds"} & parts(one)))
    prices = tmp_path / "prices.csv"
    prices.write_text("symbol,price\nAAPL,250\n")
    with pytest.raises(RefusedBook, match="follows AAPL, which has no price; add it in a table"):
        answered((export,))
    found = answered((export, prices))

    assert [one.follows for one in found.accounts[0].positions if one.kind == "option"] == ["AAPL"]
    assert found.on == date(2026, 2, 9)


def parts(line):
    return {part for part in (",AAPL,500", "Bonds") if part in line}


def test_prices_alone_are_no_book(tmp_path):
    prices = tmp_path / "prices.csv"
    prices.write_text("symbol,price\nAAPL,250\n")
    with pytest.raises(RefusedBook, match="There is no account in these files"):
        answered((prices,))
