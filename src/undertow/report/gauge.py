"""What `undertow gauge` prints."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.gauge import GaugeAnswer, Light, Reading
from undertow.report.indicators import indicators
from undertow.report.layout import fitted
from undertow.report.words import ENGLISH, Words

SIGNS = {
    "share of the price": (100.0, " %"),
    "per day": (100.0, " %"),
    "share": (100.0, " %"),
    "times usual": (1.0, " ×"),
    "multiple of a year's median": (1.0, " ×"),
}
STYLES = {"green": "green", "amber": "yellow", "red": "bold red", "grey": "dim"}


def gauge_tables(answer: GaugeAnswer, words: Words = ENGLISH) -> Group:
    """The sentences, the segments, then every indicator."""
    return Group(*map(fitted, _parts(answer, words)))


def _parts(answer: GaugeAnswer, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    if answer.books is not None:
        yield Text(words.outcome(answer.books.said), style="bold")
    yield Text()
    yield _segments(answer, words)
    yield Text()
    yield _readings(answer, words)
    yield Text(
        words(
            "Percentile: of its own past. Green below the 80th, amber below the 95th, else red;"
            " grey: no reading, or fewer than 252."
        ),
        style="dim",
    )
    yield Text(
        words(
            "Weights ±20 %, one at a time: the index ranks days alike to {rank}.",
            rank=f"{answer.rank_stability:.3f}",
        ),
        style="dim",
    )
    for warning in (*answer.warnings, *(answer.books.warnings if answer.books else ())):
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


def _segments(answer: GaugeAnswer, words: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(words("part"))
    for head in (words("points"), words("score"), words("weight"), words("members")):
        table.add_column(head, justify="right")
    for one in answer.segments:
        cells = (number(one.points, 1), number(one.score, 2), number(one.weight, 2))
        table.add_row(segments(words)[one.name], *cells, f"{one.members}/{one.of}")
    return table


def _readings(answer: GaugeAnswer, words: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(words("indicator"))
    table.add_column(words("symbol"), no_wrap=True)
    for head in (words("level"), words("change"), words("percentile")):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(words("light"), no_wrap=True)
    for one in sorted(answer.readings, key=_by_percentile):
        cells = (level(one, one.level), level(one, one.change), number(100.0 * one.percentile, 1))
        proxy, _, symbols = one.name.partition(" ")
        table.add_row(proxies(words)[proxy], shortened(symbols), *cells, _light(one.light, words))
    return table


def shortened(symbols: str) -> str:
    """Symbols as they are, of more than two the first and how many there are."""
    first, *others = symbols.split("+")
    return f"{first} +{len(others)}" if len(others) > 1 else symbols


def _by_percentile(one: Reading) -> float:
    return math.inf if math.isnan(one.percentile) else -one.percentile


def named(one: Reading, words: Words) -> str:
    """An indicator in the reader's language, with its symbol."""
    proxy, _, symbols = one.name.partition(" ")
    return f"{proxies(words).get(proxy, proxy)} {symbols.replace('+', ', ')}"


def proxies(words: Words) -> dict[str, str]:
    """Titles of the proxies."""
    return {
        **indicators(words),
        "level": words("level"),
        "volume": words("volume"),
        "premium": words("premium of the future"),
        "stock_bond": words("stock-bond correlation shift"),
    }


def segments(words: Words) -> dict[str, str]:
    """Titles of the segments."""
    return {
        "spread": words("spread"),
        "depth": words("depth"),
        "impact": words("impact"),
        "flow": words("flow"),
        "cross": words("cross"),
    }


def lights(words: Words) -> dict[Light, str]:
    """Names of the lights."""
    return {
        "green": words("green"),
        "amber": words("amber"),
        "red": words("red"),
        "grey": words("grey"),
    }


def _light(light: Light, words: Words) -> Text:
    return Text(lights(words)[light], style=STYLES[light])


def number(value: float, places: int) -> str:
    """A number with so many places; a dash where there is none."""
    return "–" if math.isnan(value) else f"{value:.{places}f}".replace("-", "−")


def level(one: Reading, value: float) -> str:
    """A value of an indicator with three digits, in per cent or as a multiple where it is one."""
    if not math.isfinite(value):
        return "–"
    scale, sign = SIGNS.get(one.unit, (1.0, ""))
    return f"{three(scale * value)}{sign}"


def three(value: float) -> str:
    """Three digits, written out."""
    size = abs(value)
    places = next(p for p, least in ((0, 100.0), (1, 10.0), (2, 1.0), (3, 0.0)) if size >= least)
    said = f"{value:.{places}f}"
    return said.replace("-", "−") if float(said) else said.removeprefix("-")
