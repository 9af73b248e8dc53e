"""`undertow book` at the terminal: what it prints, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from terminal import Terminal, refused

EXAMPLES = Path(__file__).parents[2] / "examples"
FUTURES = str(EXAMPLES / "futures.csv")


@pytest.fixture
def undertow(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Terminal:
    monkeypatch.setenv("COLUMNS", "100")
    return Terminal(monkeypatch, capsys, tmp_path)


def wrong(answer: tuple[int, str, str]) -> list[str]:
    code, out, err = answer

    assert (code, out) == (1, "")
    return err.splitlines()


def test_a_book_prints_the_first_price_the_broker_and_the_tables(undertow: Terminal) -> None:
    code, out, err = undertow("book", FUTURES, "--hike", "22%", "--shock", "SI=-26%,GC=-9%")

    assert (code, err) == (0, "")
    assert out.startswith("Liquidation price of GCJ6 in futures: 4,516.48, −9.67 % from here.")
    for part in ("the broker says 64.80 %", "Accounts", "three prices", "Margin of each", "shock"):
        assert part in out


def test_chinese_is_complete_and_begins_with_the_liquidation_price(undertow: Terminal) -> None:
    _, out, _ = undertow("book", FUTURES, "--hike", "22%", "--shock", "SI=-26%", "--lang", "zh")

    assert "强平价：4,516.48" in out.splitlines()[0]
    assert "保证金率为 22.00% 时" in out
    assert not [word for word in ("margin", "call", "equity", "account") if word in out]


def test_the_json_is_of_schema_1_and_has_every_part(undertow: Terminal) -> None:
    told = json.loads(undertow("book", FUTURES, "--hike", "SI=22%", "--json")[1])
    account = told["accounts"][0]

    assert (told["schema"], told["command"]) == (1, "book")
    assert told["outcome"].startswith("Liquidation price of GCJ6")
    assert told["on"] == "2026-02-09"
    assert account["excess"] == pytest.approx(88_000.0)
    assert account["positions"][0]["zero_price"] == pytest.approx(30.0)
    assert account["reconciled"]["cause"] == "agrees"
    assert account["hiked"][0]["requirement"] == pytest.approx(178_000.0)
    assert account["shocked"] is None


def test_the_same_book_gives_the_same_bytes(undertow: Terminal) -> None:
    assert undertow("book", FUTURES, "--json")[1] == undertow("book", FUTURES, "--json")[1]


def test_symbols_are_found_in_any_case(undertow: Terminal) -> None:
    told = json.loads(
        undertow("book", FUTURES, "--hike", "si=22%", "--shock", "gc=-9%", "--json")[1]
    )

    assert told["accounts"][0]["hiked"][0]["name"] == "SI=0.22"
    assert told["accounts"][0]["shocked"]["equity"] == pytest.approx(160_000.0)


def test_everything_wrong_is_listed_with_its_line(undertow: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity\nb,reg_t,10000\n\naccount,symbol,quantity,price,currency\n"
        "b,XYZ,500,100,\nb,SIH6,many,80,\nb,ABC,1,,\nb,XYZ,500,100,\nb,DEF,1,10,EUR\n"
    )
    found = wrong(undertow("book", str(file), "--on", "2026-01-30"))

    assert found == [
        "undertow: book.csv line 6: quantity is many, which is no number; write one.",
        "undertow: book.csv line 7: ABC has no price; fill the column price.",
        "undertow: book.csv line 8: XYZ stands on line 5 already; add the two up, or give their"
        " entries.",
        "undertow: book.csv line 9: EUR has no exchange rate; add a table currency,rate.",
        "undertow: book.csv line 2: reg_t does not allow 5 times leverage: to open it takes"
        " 25,000.00 of equity, and the account has 10,000.00.",
    ]


def test_a_regime_that_forbids_it_is_a_finding(undertow: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity\nb,reg_t,10000\n\naccount,symbol,quantity,price\nb,XYZ,500,100\n"
    )
    (found,) = wrong(undertow("book", str(file)))

    assert found.startswith("undertow: book.csv line 2: reg_t does not allow 5 times leverage")


def test_lenient_drops_the_bad_lines_and_says_which(undertow: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text(Path(FUTURES).read_text() + "futures,PLJ6,some,1000,\nfutures,ZZ,1,5,\n")
    code, out, _ = undertow("book", str(file), "--lenient")
    told = json.loads(undertow("book", str(file), "--lenient", "--json")[1])

    assert code == 0
    assert "Left out: book.csv line 8: quantity is some" in out
    assert [one[:17] for one in told["dropped"]] == ["book.csv line 8: ", "book.csv line 9: "]
    assert len(told["accounts"][0]["positions"]) == 2


def test_an_interruption_is_one_line(undertow: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("undertow.jobs.book.book_answer", stop)

    assert undertow("book", FUTURES) == (130, "", "undertow: interrupted.\n")


def test_a_file_that_is_not_there_is_one_sentence(undertow: Terminal) -> None:
    assert "no-such.csv" in refused(undertow("book", "no-such.csv"))


def test_a_million_lines_are_refused_at_once(undertow: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text("account,symbol,quantity,price\n" + "b,XYZ,many,1\n" * 1_000_000)
    found = wrong(undertow("book", str(file)))

    assert len(found) == 1
    assert "lines" in found[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--shock", "SI"), "--shock"),
        (("--shock", "SI=-200%"), "out of range"),
        (("--shock", "XAG=-1%"), "'XAG' in the book is not known"),
        (("--hike", "lots"), "--hike"),
        (("--beyond", "0%"), "--beyond 15%"),
        (("--beyond", "500%"), "--beyond 15%"),
        (("--in", ""), "no episode"),
        (("--hike", "SI=-5%"), "no margin"),
        (("--hike", "0%"), "no margin"),
        (("--on", "today"), "--on"),
    ],
)
def test_a_question_that_cannot_be_understood_is_refused(
    undertow: Terminal, options: tuple[str, str], says: str
) -> None:
    assert says in refused(undertow("book", FUTURES, *options))


def test_the_claim_prints_a_row_per_regime_and_date(undertow: Terminal) -> None:
    code, out, _ = undertow("book", "--leverage", "5", "--move", "-7%")
    told = json.loads(undertow("book", "--leverage", "5", "--move", "-7%", "--json")[1])

    assert code == 0
    assert "costs 35.00 % of the equity" in out
    assert "4.77\n" in out
    assert told["command"] == "book"
    assert told["rows"][0]["case"] in out


@pytest.mark.parametrize(
    "words", [(), ("--leverage", "5"), (FUTURES, "--leverage", "5", "--move", "-7%")]
)
def test_half_a_question_is_a_wrong_use(undertow: Terminal, words: tuple[str, ...]) -> None:
    assert undertow("book", *words)[0] == 2


def test_more_positions_than_a_person_has_are_refused(undertow: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    lines = "".join(f"b,S{k},1,10\n" for k in range(2_001))
    head = "account,regime,equity\nb,reg_t,1e6\n\naccount,symbol,quantity,price\n"
    file.write_text(head + lines)
    (found,) = wrong(undertow("book", str(file)))

    assert "2,001 positions, at most 2,000" in found


def test_positions_without_any_account_are_one_finding(undertow: Terminal, tmp_path: Path) -> None:
    file = tmp_path / "book.csv"
    file.write_text("Ticker,Shares,Last\nAAPL,100,$259.48\nNVDA,(50),$190\n")

    assert wrong(undertow("book", str(file))) == [
        "undertow: book.csv: There is no table of accounts; add one with account,regime,equity."
    ]


@pytest.mark.parametrize("option", [("--accounts", "50"), ("--seed", "1"), ("--bar", "1h")])
def test_what_is_of_a_crowd_needs_one(undertow: Terminal, option: tuple[str, str]) -> None:
    assert undertow("book", FUTURES, *option)[0] == 2


def test_what_regimes_refuse_is_said_at_once_with_what_cannot_be_read(
    undertow: Terminal, tmp_path: Path
) -> None:
    file = tmp_path / "book.csv"
    file.write_text(
        "account,regime,equity,date\nf,cme_futures,250000,2026-02-09\n"
        "s,reg_t,10000,2026-02-09\n\naccount,symbol,quantity,price,kind\n"
        "f,SI,many,80,future\ns,XYZ,500,100,stock\n"
    )
    found = wrong(undertow("book", str(file)))

    assert len(found) == 2
    assert "line 6: quantity is many" in found[0]
    assert "line 3: reg_t does not allow 5 times leverage" in found[1]
