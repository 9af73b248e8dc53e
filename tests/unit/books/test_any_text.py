"""Whatever stands in a file, a reader says what is wrong and raises nothing."""

import json
from time import monotonic

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from books import export, read_text, said

FEW = settings(max_examples=60, deadline=None)
NAMES = ("ctp_statement.txt", "ibkr_activity.csv", "ibkr_flex.xml", "binance_positions.json")
TEXTS = {name: export(name) for name in NAMES}
ACCOUNT = export("binance_positions.account.json")
SCRAPS = st.sampled_from(
    [
        "",
        "x",
        "0",
        "-1",
        "1e308",
        "nan",
        "|",
        ",",
        '"',
        "<",
        "{",
        "]",
        "：",
        "\x00",
        "9" * 400,
        "（3）",
    ]
)


def together(name, text):
    return read_text(text, ACCOUNT) if name.startswith("binance") else read_text(text)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_a_part_replaced_by_anything_is_read_or_said(name, data):
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    found = together(name, text[:start] + data.draw(SCRAPS) + text[end:])

    assert (found.book is None) == bool(found.findings)


@pytest.mark.parametrize("name", NAMES)
@FEW
@given(data=st.data())
def test_lines_taken_away_or_turned_round_are_read_or_said(name, data):
    lines = TEXTS[name].splitlines(keepends=True)
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines)))
    found = together(name, "".join(kept))

    assert (found.book is None) == bool(found.findings)


@FEW
@given(st.text(max_size=200))
@example("account,symbol,quantity\n")
@example("[columns]\n")
def test_any_text_at_all_is_said(text):
    assert read_text(text).book is None


def rows(count):
    """Each export with so many lines of positions, all of different symbols."""
    head, ctp, tail = TEXTS["ctp_statement.txt"].partition(
        "|       白银       |     ag2606     |            2|"
    )
    body, _, rest = tail.partition("\n")
    lines = "\n".join(f"{ctp.replace('ag2606', f'ag{k:06}')}{body}" for k in range(count))
    yield "ctp_statement.txt", f"{head}{lines}\n{rest}"
    csv = TEXTS["ibkr_activity.csv"].splitlines()
    stock = next(line for line in csv if "Summary,Stocks,USD,SLV" in line)
    at = csv.index(stock)
    many = [stock.replace("SLV", f"S{k}") for k in range(count)]
    yield "ibkr_activity.csv", "\n".join([*csv[:at], *many, *csv[at:]])
    risk = json.loads(TEXTS["binance_positions.json"])[0]
    yield (
        "binance_positions.json",
        json.dumps([{**risk, "symbol": f"C{k}USDT"} for k in range(count)]),
    )


@pytest.mark.parametrize(("name", "text"), list(rows(4_000)), ids=lambda value: str(value)[:9])
def test_thousands_of_lines_take_a_second_or_so(name, text):
    begun = monotonic()
    found = together(name, text)

    assert said(found) == ""
    assert len(found.book.positions) >= 4_000
    assert monotonic() - begun < 8.0


def test_thousands_of_bad_lines_are_all_said():
    name, text = next(iter(rows(3_000)))
    found = together(name, text.replace("|            2|    21000", "|          two|    21000"))

    assert len(found.findings) == 3_000
