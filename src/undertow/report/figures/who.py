"""Who made whom sell what: what was sold, because of what, and by whom, in dollars."""

from __future__ import annotations

from collections.abc import Iterator
from math import log10
from operator import attrgetter
from textwrap import wrap
from typing import TYPE_CHECKING

from undertow.core.answers.tables import Tables
from undertow.report.figures._flows import OWN_RULE, Flow, Matrix, flows, matrix
from undertow.report.figures._menu import choose
from undertow.report.speech import Words
from undertow.report.stored import Record, title
from undertow.report.theme import FORCED, FORCED_FAINT, dressed, plain, shades

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Heatmap

SOLD = 14
ACROSS = 5
MILLION = 1e6
WIDE = 11


def figure(summary: Record, tables: Tables, words: Words) -> Figure:
    """What was sold (rows) because of what (columns): by everybody, then by each large seller.

    The second choice has the sellers as columns; sales by rule, without a call, are a column.
    """
    import plotly.graph_objects as go

    drawn, groups, tallest = go.Figure(), [], 3
    for key, label, found in _views(tables, summary, words):
        drawn.add_trace(_heatmap(found, summary, words))
        groups.append((key, label, 1))
        tallest = max(tallest, len(found.rows))
    choose(drawn, groups)
    dressed(drawn, height=110 + 27 * tallest)
    drawn.update_layout(margin_t=70)
    drawn.update_xaxes(side="top", tickangle=0, showgrid=False, type="category",
                       title_text=words("because of, or sold by (million dollars)"))  # fmt: skip
    drawn.update_yaxes(
        autorange="reversed", showgrid=False, type="category", title_text=words("what was sold")
    )
    return drawn


def _views(tables: Tables, summary: Record, words: Words) -> Iterator[tuple[str, str, Matrix]]:
    found = flows(tables)
    yield "cause", words("Everybody, by cause"), _by_cause(found)
    sellers = matrix(found, attrgetter("seller"), rows=SOLD, columns=ACROSS + 2)
    yield "seller", words("Everybody, by seller"), sellers
    for seller in sellers.columns[:ACROSS]:
        own = [flow for flow in found if flow.seller == seller]
        if seller is not None and any(flow.cause != OWN_RULE for flow in own):
            label = words("{seller}, by cause", seller=title(summary, seller))
            yield seller, label, _by_cause(own)


def _by_cause(found: list[Flow]) -> Matrix:
    return matrix(found, attrgetter("cause"), rows=SOLD, columns=ACROSS)


def _heatmap(found: Matrix, summary: Record, words: Words) -> Heatmap:
    """Darker is more, on a scale of powers of ten; the number stands in the cell."""
    import plotly.graph_objects as go

    usd = [[found.usd.get((row, column), 0.0) for column in found.columns] for row in found.rows]
    totals = [sum(line) for line in usd]
    cells = [[*line, total] for line, total in zip(usd, totals, strict=True)]
    return go.Heatmap(
        x=[*(_across(name, summary, words) for name in found.columns), words("total")],
        y=[plain(words("other") if row is None else title(summary, row)) for row in found.rows],
        z=[[log10(max(x, MILLION) / MILLION) if x > 0.0 else None for x in line] for line in cells],
        text=[[_millions(x) for x in line] for line in cells],
        texttemplate="%{text}", hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
        zmin=0.0, zmax=max((log10(max(x, 10 * MILLION) / MILLION) for x in totals), default=1.0),
        colorscale=shades(FORCED_FAINT, FORCED), showscale=False, xgap=2, ygap=2,
    )  # fmt: skip


def _millions(usd: float) -> str:
    if usd <= 0.0:
        return ""
    return "<1" if usd < MILLION else f"{usd / MILLION:,.0f}"


def _across(name: str | None, summary: Record, words: Words) -> str:
    return "<br>".join(wrap(plain(_cause(name, summary, words)), WIDE, break_long_words=False))


def _cause(name: str | None, summary: Record, words: Words) -> str:
    """`SI: news` as a reader says it; a seller's name as it is."""
    if name is None:
        return words("other")
    if name == OWN_RULE:
        return words("own rule, no call")
    source, colon, kind = name.partition(": ")
    if not colon:
        return title(summary, name)
    long = title(summary, source)
    said = {
        "news": words("{instrument}: news", instrument=long),
        "margin hike": words("{instrument}: margin hike", instrument=long),
        "forced selling": words("{instrument}: forced selling", instrument=long),
    }
    return said.get(kind, name)
