"""What happens to a book inside an episode's crowd, in tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.table import Table

from undertow.core.answers.said import Amount, money
from undertow.core.answers.within import ForcedSale, InsideAccount, Within
from undertow.report.layout import noted, numbers, table
from undertow.report.words import Words

MOST_SALES = 12
MOST_DAYS = 2


def within_tables(found: Within, words: Words, terms: str = "") -> Iterator[Table]:
    """When each account is called and sold, its sales, its days, and who caused the loss.

    terms: margins that it is under, if not the regimes' own
    """
    yield noted(fates_table(found, words), terms)
    sales = [sale for one in found.accounts for sale in one.sales]
    if sales:
        yield sales_table(sorted(sales, key=lambda sale: sale.time), words)
    struck = [one for one in found.accounts if one.called is not None]
    for one in struck[:MOST_DAYS]:
        yield days_table(one, words)
    yield losses_table(found, words)


def fates_table(found: Within, words: Words) -> Table:
    """One row an account: what it begins with, when it is called and sold, what is left."""
    made = table(words("Inside {episode}, times in UTC", episode=found.scenario), narrow=True)
    heads = (
        words("equity"), words("called"), words("sold out"), words("nothing left"), words("left"),
    )  # fmt: skip
    numbers(made, heads)
    for one in found.accounts:
        moments = (moment(at) for at in (one.called, one.sold, one.ruined))
        made.add_row(_name(one), money(one.opening), *moments, money(one.left))
    return made


def sales_table(sales: list[ForcedSale], words: Words) -> Table:
    """The first forced sales, each with its time and price."""
    made = table(words("Forced sales, times in UTC"))
    made.add_column(words("account"))
    made.add_column("", no_wrap=True)
    numbers(made, (words("quantity"), words("sold at"), words("before it")))
    for sale in sales[:MOST_SALES]:
        prices = (str(Amount(at, "price")) for at in (sale.price, sale.mark))
        made.add_row(
            moment(sale.time), sale.account, sale.symbol, f"{sale.quantity:+,.6g}", *prices
        )
    if len(sales) > MOST_SALES:
        rest = Amount(len(sales) - MOST_SALES, "count")
        made.caption = words("{count} more are in --json", count=rest)
    return made


def days_table(one: InsideAccount, words: Words) -> Table:
    """Lowest equity and excess of each day of an account; every bar is in the JSON."""
    made = table(words("{account}: the lowest of each day", account=_name(one)))
    numbers(made, (words("equity"), words("excess")))
    for day in sorted({at.date() for at in one.times}):
        bars = [k for k, at in enumerate(one.times) if at.date() == day]
        lowest = [min(float(line[k]) for k in bars) for line in (one.equity, one.excess)]
        made.add_row(words.day(one.times[bars[0]]), *map(money, lowest))
        if not any(lowest):
            break
    return made


def losses_table(found: Within, words: Words) -> Table:
    """News, the crowd and the own footprint, which add up to the loss."""
    made = table(words("What was lost, and why"))
    made.add_column("", no_wrap=True)
    numbers(made, (words("news"), words("crowd"), words("own sales"), words("together")))
    for one in found.accounts:
        made.add_row(_name(one), one.currency, *_parts(one.losses.news, one.losses.crowd,
            one.losses.footprint, one.losses.total))  # fmt: skip
    whole = found.losses
    made.add_row(words("all"), "", *_parts(whole.news, whole.crowd, whole.footprint, whole.total))
    made.caption = words(
        "news: prices had nobody been forced to sell; crowd: more because of all others; own sales:"
        " more because of the book itself; a gain is negative"
    )
    return made


def _parts(*values: float) -> tuple[str, ...]:
    return tuple(map(money, values))


def _name(one: InsideAccount) -> str:
    """The account, with the symbol of an isolated position."""
    return one.pool.removeprefix("book: ")


def moment(at: datetime | None) -> str:
    """A day and a time, a dash if never."""
    return f"{at:%m-%d %H:%M}" if at else "–"
