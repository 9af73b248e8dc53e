"""The hours in which venues trade, under a figure over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from undertow.core.answers.tables import Tables
from undertow.report.theme import INK, MUTED, plain
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from polars import DataFrame, Series

FAINT = 0.18
HARDLY_CLOSED = 0.95


def venues(sessions: DataFrame | None) -> list[str]:
    """Venues that close at times, in order of their first session."""
    if sessions is None:
        return []
    return sessions.sort("begin")["venue"].unique(maintain_order=True).to_list()


def draw_sessions(figure: Figure, tables: Tables, words: Words, *, row: int) -> None:
    """A strip a venue in its own row, and a faint shade behind all rows: darker, more are open."""
    import plotly.graph_objects as go

    if tables.sessions is None:
        return
    inside = _inside(tables.sessions, tables.segments["time"])
    begin = inside["begin"].dt.epoch("ms").to_numpy()
    end = inside["end"].dt.epoch("ms").to_numpy()
    figure.add_trace(
        go.Bar(
            orientation="h", y=[plain(words.name(name)) for name in inside["venue"]], base=begin,
            x=end - begin, marker={"color": MUTED, "line": {"width": 0}}, hoverinfo="y",
        ),
        row=row, col=1,
    )  # fmt: skip
    figure.update_yaxes(type="category", showgrid=False, row=row)
    figure.update_layout(shapes=_shades(inside, tables.segments["time"]))


def _shades(inside: DataFrame, times: Series) -> list[dict[str, object]]:
    """A rectangle a session, of the venues that close for more than moments."""
    import polars as pl

    window = times.sort()[-1] - times.sort()[0]
    open_share = (pl.col("end") - pl.col("begin")).sum().over("venue") / window
    closing = inside.filter(open_share < HARDLY_CLOSED)
    faint = FAINT / max(1, closing["venue"].n_unique())
    ends = closing.select(pl.col("begin", "end").dt.epoch("ms")).iter_rows()
    return [
        {"type": "rect", "xref": "x", "yref": "paper", "x0": begin, "x1": end, "y0": 0, "y1": 1,
         "fillcolor": INK, "opacity": faint, "line": {"width": 0}, "layer": "below"}
        for begin, end in ends
    ]  # fmt: skip


def _inside(sessions: DataFrame, times: Series) -> DataFrame:
    """The sessions cut to the window."""
    import polars as pl

    first, last = times.sort()[[0, -1]]
    begin, end = (pl.col(key).clip(first, last) for key in ("begin", "end"))
    cut = sessions.with_columns(begin=begin, end=end)
    return cut.filter(pl.col("begin") < pl.col("end")).sort("begin")
