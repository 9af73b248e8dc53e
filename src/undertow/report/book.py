"""What `undertow book` prints: the sentences, then one table for each question."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.book import (
    AccountAnswer,
    BookAnswer,
    ClaimAnswer,
    ClaimRow,
    PositionAnswer,
    StateAnswer,
)
from undertow.core.answers.said import Amount, money
from undertow.report.book_ways import odds_inside_table, under_margins, ways_tables
from undertow.report.book_within import within_tables
from undertow.report.layout import fitted, noted, numbers, percent, table
from undertow.report.words import ENGLISH, Words


def book_page(answer: BookAnswer, words: Words = ENGLISH) -> Group:
    """Everything about a person's own positions."""
    return Group(*map(fitted, _parts(answer, words)))


def _parts(answer: BookAnswer, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    for one in answer.accounts:
        if one.reconciled is not None:
            yield Text(words.outcome(one.reconciled.said))
    terms = under_margins(answer.basis, words)
    for part in (
        accounts_table(answer, words),
        *(prices_table(one, words) for one in answer.accounts),
        directions_table(answer, words),
        margins_table(answer, words),
        states_table(answer, words),
        *ways_tables(answer, words),
        *(within_tables(answer.within, words, terms) if answer.within else ()),
        *(
            (noted(odds_inside_table(answer.survival_inside, words), terms),)
            if answer.survival_inside
            else ()
        ),
    ):
        if part is not None:
            yield Text()
            yield part
    for said in answer.dropped:
        yield Text(words("Left out: {finding}", finding=said), style="yellow")
    for said in answer.warnings:
        yield Text(words("Note: {warning}", warning=said), style="yellow")


def named(account: AccountAnswer, words: Words) -> str:
    """The account, with the symbol of an isolated position."""
    if account.pool == "cross":
        return account.account
    return words("{account}: {symbol} isolated", account=account.account, symbol=account.pool)


def accounts_table(answer: BookAnswer, words: Words = ENGLISH) -> Table:
    """Equity, requirement, excess and leverage of each account."""
    made = table(words("Accounts"), narrow=True)
    made.columns[0].no_wrap = False
    made.add_column(words("regime"), no_wrap=True)
    made.add_column("", no_wrap=True)
    heads = (
        words("equity"), words("requirement"), words("excess"), words("used"), words("leverage"),
    )  # fmt: skip
    numbers(made, (*heads, words("state")))
    for one in answer.accounts:
        made.add_row(
            named(one, words), one.regime, one.currency, money(one.equity),
            money(one.requirement), money(one.excess), used(one.requirement, one.equity),
            times(one.leverage), state(one, words),
        )  # fmt: skip
    return made


def prices_table(one: AccountAnswer, words: Words = ENGLISH) -> Table | None:
    """The three prices of each position of an account, and the move to each."""
    if not one.positions:
        return None
    paid = any(p.reach.out != p.reach.zero for p in one.positions)
    heading = words(
        "{account}: the three prices, and the move to each in %", account=named(one, words)
    )
    made = table(heading, narrow=True)
    heads = (
        words("price"), words("call"), "%", words("close-out"), "%", words("zero equity"), "%",
    )  # fmt: skip
    all_heads = (*heads, *((words("after costs"),) if paid else ()))
    numbers(made, (head.replace(" ", "\n") for head in all_heads))
    for p in one.positions:
        made.add_row(p.symbol, *_prices(p), *((price(p.out_price),) if paid else ()))
    made.caption = words(
        "each with the other prices unmoved, an option by the price of its underlying; close-out:"
        " the liquidation price; zero equity: nothing is left"
    )
    return made


def _owners(answer: BookAnswer) -> int:
    """Columns that name the account: none where there is only one."""
    return int(len(answer.accounts) > 1)


def _named(account: AccountAnswer, words: Words, owners: int) -> tuple[str, ...]:
    return (named(account, words),) * owners


def _prices(p: PositionAnswer) -> tuple[str, ...]:
    pairs = (
        (p.call_price, p.reach.call),
        (p.liquidation_price, p.reach.liquidation),
        (p.zero_price, p.reach.zero),
    )
    cells = [text for at, x in pairs for text in (price(at), move(p.direction * x))]
    return (price(p.price), *cells)


def directions_table(answer: BookAnswer, words: Words = ENGLISH) -> Table | None:
    """How far all prices can go together."""
    rows = [(one, way) for one in answer.accounts for way in one.directions]
    if not any(len(way.along) > 1 for _, way in rows):
        return None
    made = table(words("The whole account, moves in %"))
    made.add_column(words("direction"))
    numbers(made, (words("call"), words("close-out"), words("zero equity")))
    for one, way in rows:
        reach = (way.reach.call, way.reach.liquidation, way.reach.zero)
        made.add_row(named(one, words), words(way.name), *(share(x) for x in reach))
    made.caption = words(
        "all against: every price goes against the account by the same share; a path: 100 is the"
        " whole of it"
    )
    return made


def margins_table(answer: BookAnswer, words: Words = ENGLISH) -> Table | None:
    """Margin of each position now, and the one that alone is a call."""
    rows = [(one, p) for one in answer.accounts for p in one.positions]
    if not rows:
        return None
    owners = _owners(answer)
    made = table(words("Margin of each position, in % of its value"), owners + 1)
    heads = (words("size"), words("requirement"), words("now"), words("a call from"))
    numbers(made, heads)
    for one, p in rows:
        made.add_row(
            *_named(one, words, owners), p.symbol, money(p.size), money(p.requirement),
            share(p.rate), share(p.calling_rate),
        )  # fmt: skip
    made.caption = words(
        "a call from: the margin at which a hike alone calls, at today's prices; of an option in %"
        " of its underlying"
    )
    return made


def states_table(answer: BookAnswer, words: Words = ENGLISH) -> Table | None:
    """Each account after the shock, and at each margin that changes what it requires."""
    rows = [(one, s) for one in answer.accounts for s in (one.shocked, *one.touched) if s]
    if not rows:
        return None
    owners = _owners(answer)
    made = table(words("What was asked for, each alone"), owners + 1, narrow=True)
    made.columns[0].no_wrap = False
    heads = (
        words("equity"), words("requirement"), words("excess"), words("leverage"), words("state"),
    )  # fmt: skip
    numbers(made, heads)
    for one, s in rows:
        made.add_row(
            *_named(one, words, owners), asked(s, words), money(s.equity), money(s.requirement),
            money(s.excess), times(s.leverage), state(s, words),
        )  # fmt: skip
    return made


def asked(after: StateAnswer, words: Words) -> str:
    """What was asked for, in words."""
    if after.name == "shock":
        return words("shock")
    symbol, _, rate = after.name.rpartition("=")
    value = Amount(float(rate), "share")
    if symbol:
        return words("{symbol} margin {rate}", symbol=symbol, rate=value)
    return words("margin {rate}", rate=value)


def state(one: AccountAnswer | StateAnswer, words: Words) -> str:
    """The worst that has happened."""
    if one.equity < 0.0:
        return words("owes money")
    if one.liquidated:
        return words("closed out")
    return words("called") if one.called else "–"


def claim_page(answer: ClaimAnswer, words: Words = ENGLISH) -> Group:
    """What `undertow book --leverage L --move M` prints."""
    years = {row.on.year for row in answer.rows}
    made = table(words("By regime and date, moves and margins in %"), narrow=True)
    made.columns[0].max_width = None
    made.add_column(words("date"), no_wrap=True)
    heads = (
        words("margin"), words("most"), words("call"), words("closed"), words("zero"),
        words("then"), words("by"),
    )  # fmt: skip
    numbers(made, heads)
    for row in answer.rows:
        on = f"{row.on:%m-%d}" if len(years) == 1 else str(row.on)
        reach = (row.call, row.liquidation) if row.feasible else (math.nan,) * 2
        made.add_row(words(row.case), on, *_claim_cells(row, (*reach, row.zero), answer, words))
        if row.at_most is not None:
            last = row.at_most
            reach = (last.call, last.liquidation)
            made.add_row(
                words("  at the most leverage"), "",
                *_claim_cells(last, (*reach, last.zero), answer, words),
            )  # fmt: skip
    made.caption = words(
        "margin: asked for at the start, fees to close included; most: times leverage that can be"
        " opened; then: after the move; by: times leverage at which the move is a call; refused:"
        " zero is where nothing would be left. Repo is not among them: there the loss is due in"
        " cash within the day"
    )
    notes = [
        words("{case}: {note}", case=words(row.case), note=words(row.note))
        for row in answer.rows
        if row.note
    ]
    return Group(
        Text(words.outcome(answer.said), style="bold"), Text(), fitted(noted(made, *notes))
    )


def _claim_cells(
    row: ClaimRow, reach: tuple[float, ...], answer: ClaimAnswer, words: Words
) -> tuple[str, ...]:
    sign = -1.0 if answer.move < 0.0 else 1.0
    state = _claimed(row.feasible, row.wiped, row.liquidated, row.called, words)
    most = (share(row.margin), f"{row.leverage_max:.2f}")
    return (*most, *(move(sign * x) for x in reach), state, f"{row.does_it:.2f}")


def _claimed(feasible: bool, wiped: bool, liquidated: bool, called: bool, words: Words) -> str:
    if not feasible:
        return words("refused")
    if wiped:
        return words("wiped out")
    if liquidated:
        return words("sold out")
    return words("called") if called else words("held")


def price(value: float) -> str:
    """A price, a dash where it is never reached."""
    return str(Amount(value, "price")) if math.isfinite(value) else "–"


def move(value: float) -> str:
    """A move in per cent, a dash where there is none."""
    return percent(value if math.isfinite(value) else None)


def share(value: float) -> str:
    """A rate in per cent."""
    return f"{100.0 * value:.2f}" if math.isfinite(value) else "–"


def times(value: float) -> str:
    """A leverage."""
    return f"{value:.2f}×" if math.isfinite(value) else "–"


def used(requirement: float, equity: float) -> str:
    """Requirement by equity in per cent."""
    return f"{100.0 * requirement / equity:.1f}%" if equity > 0.0 else "–"
