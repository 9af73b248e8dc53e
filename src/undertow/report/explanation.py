"""One instrument's story for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.explanation import Explanation, Flow
from undertow.report.layout import fitted, numbers, percent, table
from undertow.report.words import Words


def explanation_page(told: Explanation, words: Words) -> Group:
    """Sentences, the parts of the price, who sold it, from what, and what it made others sell."""
    return Group(*map(fitted, _parts(told, words)))


def _parts(told: Explanation, words: Words) -> Iterator[RenderableType]:
    yield Text(words.join([words.said(said) for said in told.said]), style="bold")
    yield Text()
    yield _price(told, words)
    who, why, what = words("seller"), words("because of"), words("was sold")
    flows = (
        (words("Sold by force: by whom"), told.by_seller, (who,)),
        (words("Sold by force: from what"), told.from_what, (who, why)),
        (words("What its forced falls made others sell"), told.onward, (who, what)),
    )
    for title, rows, heads in flows:
        if rows:
            yield Text()
            yield _flows(title, rows, heads, words)


def _price(told: Explanation, words: Words) -> Table:
    made = table(words("{name}, change in %", name=told.instrument))
    made.show_header = False
    numbers(made, ("",))
    made.add_column()
    span = ""
    if told.low is not None and told.high is not None:
        span = words("{low} to {high}", low=percent(told.low), high=percent(told.high))
    made.add_row(words("ceiling"), percent(told.ceiling), "")
    made.add_row(words("given news"), percent(told.news), "")
    made.add_row(words("forced selling"), percent(told.forced), span)
    made.add_row(words("deepest by forced selling"), percent(told.deepest), told.when)
    made.add_row(words("simulated"), percent(told.simulated), "")
    made.add_row(words("actual"), percent(told.actual), "")
    made.add_row(words("unexplained"), percent(told.unexplained), "")
    return made


def _flows(title: str, flows: Iterable[Flow], heads: tuple[str, ...], words: Words) -> Table:
    """Dollars by the heads that are asked for: by whom, because of what, of what."""
    made = table(title, 0)
    for head in heads:
        made.add_column(head)
    numbers(made, (words("dollars"),))
    for flow in flows:
        cells = {
            words("seller"): _seller(flow, words),
            words("because of"): _cause(flow, words),
            words("was sold"): words.name(flow.sold),
        }
        made.add_row(*(cells[head] for head in heads), words.money(flow.usd))
    return made


def _seller(flow: Flow, words: Words) -> str:
    return words("other") if flow.seller == "other" else words.name(flow.seller)


def _cause(flow: Flow, words: Words) -> str:
    """What called the seller; a trader follows its own rule."""
    if flow.origin:
        return words.origin(flow.origin)
    return "" if flow.seller == "other" else words("its own rule, no call")
