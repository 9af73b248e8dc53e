"""What `undertow gauge` prints."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.gauge import GaugeAnswer, Light, Reading
from undertow.report.words import ENGLISH, Words

STYLES = {"green": "green", "amber": "yellow", "red": "bold red", "grey": "dim"}


def gauge_tables(answer: GaugeAnswer, words: Words = ENGLISH) -> Group:
    """The sentences, the segments, then every indicator."""
    return Group(*_parts(answer, words))


def _parts(answer: GaugeAnswer, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
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
    for warning in answer.warnings:
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


def _segments(answer: GaugeAnswer, words: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(words("segment"))
    for head in (words("points"), words("score"), words("weight"), words("members")):
        table.add_column(head, justify="right")
    for one in answer.segments:
        cells = (number(one.points, 1), number(one.score, 2), number(one.weight, 2))
        table.add_row(segments(words)[one.name], *cells, f"{one.members}/{one.of}")
    return table


def _readings(answer: GaugeAnswer, words: Words) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(words("indicator"))
    for head in (words("level"), words("change"), words("percentile")):
        table.add_column(head, justify="right")
    table.add_column(words("light"))
    table.add_column(words("unit"))
    for one in sorted(answer.readings, key=_by_percentile):
        cells = (level(one.level), level(one.change), number(100.0 * one.percentile, 1))
        table.add_row(named(one, words), *cells, _light(one.light, words), units(words)[one.unit])
    return table


def _by_percentile(one: Reading) -> float:
    return math.inf if math.isnan(one.percentile) else -one.percentile


def named(one: Reading, words: Words) -> str:
    """An indicator in the reader's language, with its symbol."""
    proxy, _, symbols = one.name.partition(" ")
    return f"{proxies(words).get(proxy, proxy)} {symbols}"


def proxies(words: Words) -> dict[str, str]:
    """Titles of the proxies."""
    return {
        "corwin_schultz": words("spread by highs and lows"),
        "abdi_ranaldo": words("spread by closes and ranges"),
        "range_volatility": words("range volatility"),
        "level": words("level"),
        "amihud": words("move per money traded"),
        "volume": words("volume"),
        "premium": words("premium of the future"),
        "stock_bond": words("shift of stock-bond correlation"),
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


def units(words: Words) -> dict[str, str]:
    """Units of the levels."""
    return {
        "share of price": words("share of price"),
        "share a day": words("share a day"),
        "points": words("points"),
        "multiple of a year's median": words("multiple of a year's median"),
        "atanh of correlation": words("atanh of correlation"),
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


def level(value: float) -> str:
    """A number of any size with three digits."""
    return f"{value:.3g}".replace("-", "−") if math.isfinite(value) else "–"
