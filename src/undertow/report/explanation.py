"""One instrument's story for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.explanation import Explanation, Flow
from undertow.report.layout import percent
from undertow.report.words import Words


def explanation_page(told: Explanation, words: Words) -> Group:
    """Sentences, the parts of the price, who sold it, from what, and what it made others sell."""
    return Group(*_parts(told, words))


def _parts(told: Explanation, words: Words) -> Iterator[RenderableType]:
    yield Text(words.join([words.said(said) for said in told.said]), style="bold")
    yield Text()
    yield _price(told, words)
    flows = (
        (words("Sold by force: by whom"), told.by_seller),
        (words("Sold by force: from what"), told.from_what),
        (words("What its forced falls made others sell"), told.onward),
    )
    for title, rows in flows:
        if rows:
            yield Text()
            yield _flows(title, rows, words)


def _price(told: Explanation, words: Words) -> Table:
    table = Table(title=words("{name}, change in %", name=told.instrument), title_justify="left",
                  title_style="bold", box=None, pad_edge=False, show_header=False)  # fmt: skip
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    span = ""
    if told.low is not None and told.high is not None:
        span = words("{low} to {high}", low=percent(told.low), high=percent(told.high))
    table.add_row(words("ceiling"), percent(told.ceiling), "")
    table.add_row(words("given news"), percent(told.news), "")
    table.add_row(words("forced selling"), percent(told.forced), span)
    table.add_row(words("deepest by forced selling"), percent(told.deepest), told.when)
    table.add_row(words("simulated"), percent(told.simulated), "")
    table.add_row(words("actual"), percent(told.actual), "")
    table.add_row(words("unexplained"), percent(told.unexplained), "")
    return table


def _flows(title: str, flows: Iterable[Flow], words: Words) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column(words("seller"), no_wrap=True)
    table.add_column(words("because of"))
    table.add_column(words("was sold"))
    table.add_column(words("dollars"), justify="right")
    for flow in flows:
        seller = words("other") if flow.seller == "other" else words.name(flow.seller)
        origin = words.origin(flow.origin) if flow.origin else ""
        table.add_row(seller, origin, words.name(flow.sold), words.money(flow.usd))
    return table
