"""Interactive Brokers: the Activity Statement and the Flex Query say the same."""

import math
from dataclasses import replace
from datetime import date
from time import monotonic

import pytest

from books import export, read_text, said
from undertow.core.book import Kind

CSV, XML = export("ibkr_activity.csv"), export("ibkr_flex.xml")
BOTH = pytest.mark.parametrize("text", [CSV, XML], ids=["activity", "flex"])
BOMB = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<FlexQueryResponse queryName="&d;"><FlexStatements/></FlexQueryResponse>
"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE x SYSTEM "file:///etc/passwd"><FlexQueryResponse/>
"""


def changed(text, *pairs):
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return read_text(text, lenient=True)


def held(read):
    return {p.symbol: p for p in read.book.positions}


@BOTH
def test_account_day_equity_and_rates_are_read(text):
    book = read_text(text).book
    securities, futures = book.accounts

    assert book.on == date(2026, 2, 9)
    assert (book.base, book.fx) == ("USD", {"GBP": 1.35, "EUR": 1.2})
    assert (securities.account, securities.regime) == ("U0000001", "reg_t")
    assert (futures.account, futures.regime) == ("U0000001 futures", "cme_futures")
    assert (securities.equity, futures.equity) == (92_000.0, 50_000.0)
    assert securities.owner == futures.owner == "U0000001"


@BOTH
def test_positions_of_each_kind_are_read(text):
    found = read_text(text)
    one = held(found)
    future, bond = one["SIH6"], one["T 4 02/15/36"]

    assert said(found) == ""
    assert (one["AAPL"].quantity, one["AAPL"].price, one["AAPL"].entry) == (500.0, 250.0, 200.0)
    assert (one["SHEL"].quantity, one["SHEL"].currency) == (-1_000.0, "GBP")
    assert (one["AAPL"].kind, one["SLV"].kind) == (Kind.STOCK, Kind.ETF)
    assert (future.account, future.underlying, future.multiplier) == (
        "U0000001 futures",
        "SI",
        5_000.0,
    )
    assert future.expiry == date(2026, 3, 27)
    assert bond.quantity * bond.multiplier * bond.price == pytest.approx(9_950.0)


@BOTH
def test_an_option_has_its_terms(text):
    (option,) = (p for p in read_text(text).book.positions if p.kind is Kind.OPTION)

    assert (option.underlying, option.strike, option.right) == ("AAPL", 240.0, "P")
    assert (option.expiry, option.multiplier, option.price) == (date(2026, 6, 19), 100.0, 10.0)


def test_both_exports_give_the_same_book():
    activity, flex = read_text(CSV).book, read_text(XML).book
    same = [
        replace(one, line=0, symbol="") if one.kind is Kind.OPTION else replace(one, line=0)
        for book in (activity, flex)
        for one in book.positions
    ]
    half = len(same) // 2

    assert repr(same[:half]) == repr(same[half:])


@BOTH
def test_lines_are_those_of_the_file(text):
    lines = text.splitlines()
    for one in read_text(text).book.positions:
        assert one.symbol in lines[one.line - 1]


@BOTH
def test_equity_is_stated_and_margin_is_not(text):
    stated = read_text(text).stated

    assert [one.equity for one in stated] == [92_000.0, 50_000.0]
    assert all(math.isnan(one.margin_used) and math.isnan(one.risk) for one in stated)


@pytest.mark.parametrize(
    ("capability", "regime"), [("Portfolio Margin", "portfolio_margin"), ("Cash", "reg_t")]
)
def test_the_regime_is_what_the_account_is_capable_of(capability, regime):
    found = changed(CSV, ("Account Capabilities,Margin", f"Account Capabilities,{capability}"))

    assert found.book.accounts[0].regime == regime


def test_without_futures_there_is_one_account():
    rest = "\n".join(line for line in CSV.splitlines() if "SIH6" not in line)
    found = read_text(rest)

    assert [one.account for one in found.book.accounts] == ["U0000001"]
    assert found.book.accounts[0].equity == 142_000.0


def test_terms_of_an_option_may_stand_in_its_name_alone():
    rest = "\n".join(line for line in CSV.splitlines() if "260619P" not in line)
    (option,) = (p for p in read_text(rest).book.positions if p.kind is Kind.OPTION)

    assert (option.underlying, option.strike, option.right) == ("AAPL", 240.0, "P")
    assert option.expiry == date(2026, 6, 19)


def test_rates_may_come_from_forex_balances():
    balances = (
        "Forex Balances,Header,Asset Category,Currency,Description,Quantity,Cost Price,"
        "Cost Basis in USD,Close Price,Value in USD,Unrealized P/L in USD,Code\n"
        "Forex Balances,Data,Forex,USD,GBP,300,1.3,390,1.34,402,12,\n"
    )
    rest = "\n".join(line for line in CSV.splitlines() if "Exchange Rate" not in line)

    assert read_text(f"{rest}\n{balances}").book.fx == {"GBP": 1.34}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("USD,AAPL,500,1,200,100000,250,125000", "USD,AAPL,five,1,200,1,250,1", "Quantity is five"),
        ("USD,AAPL,500,1,200,100000,250,125000", "USD,AAPL,500,1,200,1,,", "Close Price is empty"),
        (
            "Summary,Stocks,USD,AAPL",
            "Summary,Warrants,USD,AAPL",
            "of the category Warrants",
        ),
        ("Summary,Stocks,USD,AAPL", "Summary,Stocks,NOK,AAPL", "no exchange rate of NOK"),
    ],
)
def test_a_bad_line_is_dropped_and_said_with_its_number(old, new, words):
    found = changed(CSV, (old, new))

    assert words in said(found)
    assert "file 1 line 23: " in said(found)
    assert "AAPL" not in held(found)
    assert len(found.book.positions) == 5


@BOTH
def test_a_line_that_stands_there_twice_is_said(text):
    lines = text.splitlines()
    at = next(k for k, line in enumerate(lines) if "SLV" in line)
    found = read_text("\n".join([*lines[: at + 1], *lines[at:]]), lenient=True)

    assert f"line {at + 2}: SLV stands on line {at + 1} already" in said(found)
    assert len(found.book.positions) == 6


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Account Information,Data,Account,U0000001\n", "", "Account Information: Account"),
        ("Account Capabilities,Margin", "Other,Margin", "Account Capabilities"),
        ("Account Capabilities,Margin", "Account Capabilities,IRA", "Account Capabilities is IRA"),
        ("Base Currency,USD", "Other,USD", "Base Currency"),
        ("Net Asset Value,Data,Total,", "Net Asset Value,Data,Other,", "Net Asset Value: Total"),
        ("Securities,Futures,", "Securities,Paxos,", "Ending Cash of Futures"),
        ("Open Positions,", "Closed Positions,", "Open Positions"),
        ("Account,U0000001", "Account,U0000001 (Custom Consolidated)", "several accounts"),
        ('"January 1, 2026 - February 9, 2026"', "soon", "Statement: Period"),
    ],
)
def test_what_the_book_cannot_do_without_refuses_it(old, new, words):
    found = changed(CSV, (old, new))

    assert words in said(found)
    assert found.book is None


@pytest.mark.parametrize("text", [BOMB, OUTSIDE], ids=["billion laughs", "external entity"])
def test_a_document_type_or_an_entity_is_refused_unread(text):
    begun = monotonic()
    found = read_text(text.replace("?>\n", "?>\n<!-- <Flex -->\n"), lenient=True)

    assert "declares a document type or entities" in said(found)
    assert found.book is None
    assert monotonic() - begun < 1.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (XML[:900], "no XML to be read"),
        (XML.replace("</OpenPositions>", ""), "mismatched tag"),
        ("<FlexQueryResponse>" + "<a>" * 50, "too many levels"),
        ("<FlexQueryResponse><FlexStatements/></FlexQueryResponse>", "no FlexStatement"),
        (
            "<FlexStatementResponse><Status>Fail</Status></FlexStatementResponse>",
            "no FlexStatement",
        ),
        (XML.replace('accountCapabilities="Margin"', ""), "Account Capabilities"),
        (XML.replace("EquitySummaryByReportDateInBase", "Other"), "Net Asset Value"),
    ],
)
def test_what_is_no_flex_query_is_said(text, words):
    found = read_text(text, lenient=True)

    assert words in said(found)
    assert found.book is None


def test_a_bad_attribute_names_its_line():
    found = changed(XML, ('position="-1000"', 'position="many"'))

    assert "file 1 line 17: Quantity is many, which is no number" in said(found)
    assert "SHEL" not in held(found)


def test_two_accounts_of_one_query_are_two():
    start, end = XML.index("<FlexStatement "), XML.index("</FlexStatements>")
    second = XML[start:end].replace("U0000001", "U0000002")
    found = read_text(XML[:end] + second + XML[end:])

    assert said(found) == ""
    assert [one.account for one in found.book.accounts] == [
        "U0000001",
        "U0000001 futures",
        "U0000002",
        "U0000002 futures",
    ]


def test_a_query_without_a_summary_of_equity_may_say_the_change_in_value():
    cut = XML.replace("EquitySummaryByReportDateInBase", "Other")
    found = read_text(
        cut.replace("<CashReport>", '<ChangeInNAV endingValue="142000"/><CashReport>')
    )

    assert found.book.accounts[0].equity == 92_000.0


def test_attributes_that_nobody_knows_are_passed_over():
    assert said(changed(XML, ("<OpenPositions>", '<New a="b"/><OpenPositions x="y">'))) == ""


ABROAD = {
    "de": "Kontoinformationen,Header,Feldname,Feldwert\nKontoinformationen,Data,Name,Niemand\n"
    "Offene Positionen,Header,DataDiscriminator,Anlagekategorie,Währung,Symbol,Menge\n"
    "Offene Positionen,Data,Summary,Aktien,USD,AAPL,500\n",
    "fr": "Informations du compte,Header,Nom du champ,Valeur du champ\n"
    "Informations du compte,Data,Devise de base,USD\n",
    "es": "Posiciones abiertas,Header,DataDiscriminator,Categoría de activo,Divisa,Símbolo\n"
    "Posiciones abiertas,Data,Summary,Acciones,EUR,ASML\n",
    "zh": "账户信息,Header,域名称,域值\n账户信息,Data,基础货币,USD\n",
}


@pytest.mark.parametrize("language", ABROAD)
def test_a_statement_in_another_language_is_one_sentence_with_its_remedy(language):
    start = 'Statement,Header,Field,Value\nStatement,Data,Period,"Enero 1, 2026"\n'
    found = read_text(start + ABROAD[language], lenient=True)

    assert found.book is None
    assert said(found) == (
        "file 1: The statement is in another language than English; run it again with English as "
        "its language."
    )


def test_a_statement_with_one_foreign_section_is_still_read():
    assert said(read_text(f"{CSV}\nAnmerkungen,Data,Hinweis")) == ""


def test_a_statement_that_ends_early_says_what_is_missing():
    assert "does not say Open Positions" in said(read_text(CSV.split("Account Information")[0]))
