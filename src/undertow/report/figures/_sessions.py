"""The hours in which venues trade, under a figure over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from undertow.core.answers.tables import Tables
from undertow.report.theme import INK, MUTED, plain
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure
    from polars import DataFrame, Series

FAINT = 0.035


def venues(sessions: DataFrame | None) -> list[str]:
    """Venues that close at times, in order of their first session."""
    if sessions is None:
        return []
    return sessions.sort("begin")["venue"].unique(maintain_order=True).to_list()


def draw_sessions(figure: Figure, tables: Tables, words: Words, *, row: int) -> None:
    """A strip a venue in its own row, and a faint shade behind all rows: darker, more are open."""
    import plotly.graph_objects as go

    times = tables.segments["time"]
    if tables.sessions is None:
        return
    inside = _inside(tables.sessions, times)
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
    shapes = [
        {"type": "rect", "xref": "x", "yref": "paper", "x0": a, "x1": b, "y0": 0, "y1": 1,
         "fillcolor": INK, "opacity": FAINT, "line": {"width": 0}, "layer": "below"}
        for a, b in zip(begin.tolist(), end.tolist(), strict=True)
    ]  # fmt: skip
    figure.update_layout(shapes=shapes)


def _inside(sessions: DataFrame, times: Series) -> DataFrame:
    """The sessions cut to the window."""
    import polars as pl

    first, last = times.sort()[[0, -1]]

    return (
        sessions.with_columns(
            begin=pl.col("begin").clip(first, last), end=pl.col("end").clip(first, last)
        )
        .filter(pl.col("begin") < pl.col("end"))
        .sort("begin")
    )
