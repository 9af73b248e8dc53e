"""Who made whom sell what: what was sold, because of what, and by whom, in dollars."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import log10
from operator import attrgetter
from typing import TYPE_CHECKING, TypeAlias

from undertow.core.answers.stored import Record
from undertow.core.answers.tables import Tables
from undertow.report.figures._flows import (
    CONTAGION,
    HIKES,
    OWN_RULE,
    REST,
    Flow,
    Matrix,
    flows,
    kind_of,
    matrix,
)  # fmt: skip
from undertow.report.figures._menu import choose
from undertow.report.stored import label, naming, title
from undertow.report.theme import FORCED, FORCED_FAINT, dressed, narrow, plain, shades
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Heatmap

Said: TypeAlias = Callable[[str], str]

SOLD = 14
CAUSES = 3
SELLERS = 6
MILLION = 1e6
WIDE = 15
ROW = 27


def figure(summary: Record, tables: Tables, words: Words) -> Figure:
    """What was sold (rows) because of what (columns): by everybody, then by each large seller.

    The second choice has the sellers as columns; sales by rule, without a call, are a column.
    """
    import plotly.graph_objects as go

    words = naming(summary, words)

    def said(name: str) -> str:
        return _said(name, summary, words)

    drawn, groups, tallest = go.Figure(), [], 3
    for key, view, found in _views(tables, summary, words):
        drawn.add_trace(_heatmap(found, said, words("total")))
        groups.append((key, view, 1))
        tallest = max(tallest, len(found.rows) + 1)
    choose(drawn, groups)
    dressed(drawn, height=130 + ROW * tallest)
    drawn.update_layout(margin_t=90)
    drawn.update_xaxes(side="top", tickangle=0, showgrid=False, type="category",
                       title_text=words("million dollars"))  # fmt: skip
    drawn.update_yaxes(autorange="reversed", showgrid=False, type="category")
    narrow(drawn, xaxis_tickangle=-90, margin_t=120)
    return drawn


def _views(tables: Tables, summary: Record, words: Words) -> Iterator[tuple[str, str, Matrix]]:
    found = flows(tables)
    yield "cause", words("Everybody, by cause"), _by_cause(found)
    sellers = matrix(found, attrgetter("seller"), rows=SOLD, columns=SELLERS)
    yield "seller", words("Everybody, by seller"), sellers
    for seller in sellers.columns:
        own = [flow for flow in found if flow.seller == seller]
        if any(flow.cause != OWN_RULE for flow in own):
            view = words("{seller}, by cause", seller=title(summary, seller, words))
            yield seller, view, _by_cause(own)


def _by_cause(found: list[Flow]) -> Matrix:
    return matrix(found, kind_of, rows=SOLD, columns=CAUSES)


def _heatmap(found: Matrix, said: Said, total: str) -> Heatmap:
    """Darker is more, on a scale of powers of ten; the number stands in the cell."""
    import plotly.graph_objects as go

    usd = [[found.usd.get((row, column), 0.0) for column in found.columns] for row in found.rows]
    usd.append([sum(column) for column in zip(*usd, strict=True)])
    cells = [[*line, sum(line)] for line in usd]
    most = max(line[-1] for line in cells)
    return go.Heatmap(
        x=[*(plain(said(name), WIDE) for name in found.columns), total],
        y=[*(plain(said(row), WIDE) for row in found.rows), total],
        z=[[_shade(x) for x in line] for line in cells],
        text=[[_millions(x) for x in line] for line in cells],
        texttemplate="%{text}", hovertemplate="%{y} · %{x}: %{text}<extra></extra>",
        zmin=0.0, zmax=max(_shade(most) or 0.0, 1.0), colorscale=shades(FORCED_FAINT, FORCED),
        showscale=False, xgap=2, ygap=2,
    )  # fmt: skip


def _shade(usd: float) -> float | None:
    return round(log10(max(usd, MILLION) / MILLION), 3) if usd > 0.0 else None


def _millions(usd: float) -> str:
    if usd <= 0.0:
        return ""
    return "<1" if usd < MILLION else f"{usd / MILLION:,.0f}"


def _said(name: str, summary: Record, words: Words) -> str:
    """A cause, a seller or an instrument as a reader says it."""
    kinds = {
        REST: words("other"), HIKES: words("margin hikes"), OWN_RULE: words("own rule, no call"),
        CONTAGION: words("forced selling (contagion)"),
    }  # fmt: skip
    if name in kinds:
        return kinds[name]
    return words.origin(name) if ": " in name else label(summary, name, words)
