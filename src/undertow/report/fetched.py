"""What `undertow fetch` prints."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.fetched import FetchAnswer
from undertow.report.layout import fitted
from undertow.report.words import ENGLISH, Words


def fetched_page(answer: FetchAnswer, words: Words = ENGLISH) -> Group:
    """The sentences, a row a symbol, and what the checks find."""
    return Group(*map(fitted, _parts(answer, words)))


def _parts(answer: FetchAnswer, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    yield Text()
    yield _table(answer, words)
    for one in answer.fetched:
        for doubt in one.doubts:
            yield Text(words("Note: {warning}", warning=doubt.said), style="yellow")
    for symbol, why in answer.failed.items():
        yield Text(words("{symbol} gave nothing: {why}", symbol=symbol, why=why), style="yellow")


def _table(answer: FetchAnswer, words: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(words("symbol"), no_wrap=True)
    for head in (words("rows"), words("left out"), words("doubts")):
        table.add_column(head, justify="right")
    for head in (words("first"), words("last"), words("file")):
        table.add_column(head)
    for one in answer.fetched:
        counts = (one.rows, one.skipped, len(one.doubts))
        days = (f"{at:%Y-%m-%d}" for at in (one.first, one.last))
        table.add_row(one.symbol, *map(str, counts), *days, one.file)
    return table
