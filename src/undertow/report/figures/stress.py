"""The stress index through time, and what it is made of."""

from __future__ import annotations

from calendar import monthrange
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.gauge import GaugeAnswer, GaugeHistory
from undertow.report.gauge import segments
from undertow.report.theme import (
    CEILING,
    DEPTH,
    INK,
    MUTED,
    PAPER,
    SPREAD,
    dressed,
    narrow,
    plain,
)
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

COLOURS = (SPREAD, DEPTH, CEILING, MUTED, INK)
"""Spread and depth keep their colours; what has none is grey."""

HIGH = 50
CENTS = 2
DAY_MS = 86_400_000
MARGIN = timedelta(days=120)


def index_figure(answer: GaugeAnswer, history: GaugeHistory, words: Words) -> Figure:
    """The index of every session, the peaks of the crises and the day itself marked."""
    import plotly.graph_objects as go

    drawn = go.Figure()
    drawn.add_trace(
        go.Scatter(
            x=list(history.days), y=np.round(history.index, CENTS), mode="lines",
            line={"color": INK, "width": 0.9}, showlegend=False, hovertemplate="%{y:.1f}",
        )
    )  # fmt: skip
    marks = [(one.day, one.level) for one in answer.peaks if one.day >= history.days[0]]
    marks.append((answer.session, answer.index))
    drawn.add_trace(
        go.Scatter(
            x=[day for day, _ in marks], y=[level for _, level in marks], mode="markers",
            marker={"color": INK, "size": 9},
            showlegend=False, hoverinfo="skip",
        )
    )  # fmt: skip
    for day, level in marks:
        is_last = day == history.days[-1]
        drawn.add_annotation(
            x=day.isoformat(), y=level, text=plain(f"{day.isoformat()}: {level:.1f}"),
            showarrow=False, yshift=17, font={"color": INK, "size": 12}, bgcolor=PAPER, borderpad=1,
            xanchor="right" if is_last else "center", xshift=8 if is_last else 0,
        )  # fmt: skip
    drawn.add_hline(y=HIGH, line={"color": MUTED, "width": 1, "dash": "dot"})
    dressed(drawn, height=420)
    drawn.update_layout(hovermode="x unified")
    drawn.update_yaxes(title_text=words("index, 0 to 100"), range=[0, 100])
    _years(drawn, history, words)
    return drawn


def parts_figure(history: GaugeHistory, words: Words) -> Figure:
    """Points of the segments, stacked to the index, by the highest session of each month."""
    import plotly.graph_objects as go

    kept = monthly(history)
    months = [history.days[k].replace(day=1) for k in kept]
    widths = [DAY_MS * monthrange(month.year, month.month)[1] for month in months]
    titles = segments(words)
    drawn = go.Figure()
    for at, name in enumerate(history.segments):
        drawn.add_trace(
            go.Bar(
                x=months, y=np.round(history.points[kept, at], CENTS), offset=0, width=widths,
                name=plain(titles[name]), hovertemplate="%{y:.1f}",
                marker={"color": COLOURS[at], "line": {"width": 0}},
            )
        )  # fmt: skip
    dressed(drawn, height=380)
    drawn.update_layout(hovermode="x unified", barmode="stack", bargap=0.0)
    drawn.update_yaxes(title_text=words("points of the index"), range=[0, 100])
    _years(drawn, history, words)
    return drawn


def _years(drawn: Figure, history: GaugeHistory, words: Words) -> None:
    span = [history.days[0].isoformat(), (history.days[-1] + MARGIN).isoformat()]
    drawn.update_xaxes(title_text=words("day"), type="date", range=span)
    drawn.update_xaxes(tickformat="%Y", hoverformat="%Y-%m-%d")
    narrow(drawn, xaxis_nticks=5)


def monthly(history: GaugeHistory) -> list[int]:
    """Place of the highest session of each month."""
    best: dict[tuple[int, int], int] = {}
    for at, day in enumerate(history.days):
        month = (day.year, day.month)
        if month not in best or history.index[at] > history.index[best[month]]:
            best[month] = at
    return list(best.values())
