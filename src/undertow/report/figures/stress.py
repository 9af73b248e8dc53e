"""The stress index through time, and what it is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.gauge import GaugeAnswer, GaugeHistory
from undertow.report.gauge import segments
from undertow.report.theme import (
    CALLS,
    DEPTH,
    FORCED,
    INK,
    MUTED,
    SIMULATED,
    SPREAD,
    dressed,
    narrow,
    plain,
)
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

COLOURS = (SPREAD, DEPTH, FORCED, CALLS, SIMULATED)
HIGH = 50
CENTS = 2


def index_figure(answer: GaugeAnswer, history: GaugeHistory, words: Words) -> Figure:
    """The index of every session, the peaks of the crises and the day itself marked."""
    import plotly.graph_objects as go

    drawn = go.Figure()
    drawn.add_trace(
        go.Scatter(
            x=list(history.days), y=np.round(history.index, CENTS), mode="lines",
            line={"color": INK, "width": 1.0}, showlegend=False, hovertemplate="%{y:.1f}",
        )
    )  # fmt: skip
    marks = [(one.day, one.level) for one in answer.peaks if one.day >= history.days[0]]
    marks.append((answer.session, answer.index))
    drawn.add_trace(
        go.Scatter(
            x=[day for day, _ in marks], y=[level for _, level in marks], mode="markers",
            marker={"color": FORCED, "size": 9, "line": {"color": INK, "width": 1}},
            showlegend=False, hoverinfo="skip",
        )
    )  # fmt: skip
    for day, level in marks:
        drawn.add_annotation(
            x=day.isoformat(), y=level, text=plain(f"{day.isoformat()}: {level:.1f}"),
            showarrow=False, yshift=15, font={"color": INK, "size": 12},
            xanchor="right" if day == history.days[-1] else "center",
        )  # fmt: skip
    drawn.add_hline(y=HIGH, line={"color": MUTED, "width": 1, "dash": "dot"})
    dressed(drawn, height=420)
    drawn.update_layout(hovermode="x unified")
    drawn.update_yaxes(title_text=words("index, 0 to 100"), range=[0, 100])
    drawn.update_xaxes(
        title_text=words("day"), type="date", tickformat="%Y", hoverformat="%Y-%m-%d"
    )
    narrow(drawn, xaxis_nticks=5)
    return drawn


def parts_figure(history: GaugeHistory, words: Words) -> Figure:
    """Points of the segments, stacked to the index, by the highest session of each month."""
    import plotly.graph_objects as go

    kept = monthly(history)
    titles = segments(words)
    drawn = go.Figure()
    for at, name in enumerate(history.segments):
        drawn.add_trace(
            go.Bar(
                x=[history.days[k] for k in kept], y=np.round(history.points[kept, at], CENTS),
                name=plain(titles[name]), hovertemplate="%{y:.1f}",
                marker={"color": COLOURS[at], "line": {"width": 0}},
            )
        )  # fmt: skip
    dressed(drawn, height=380)
    drawn.update_layout(hovermode="x unified", barmode="stack", bargap=0.0)
    drawn.update_yaxes(title_text=words("points of the index"), range=[0, 100])
    drawn.update_xaxes(
        title_text=words("day"), type="date", tickformat="%Y", hoverformat="%Y-%m-%d"
    )
    narrow(drawn, xaxis_nticks=5)
    return drawn


def monthly(history: GaugeHistory) -> list[int]:
    """Place of the highest session of each month."""
    best: dict[tuple[int, int], int] = {}
    for at, day in enumerate(history.days):
        month = (day.year, day.month)
        if month not in best or history.index[at] > history.index[best[month]]:
            best[month] = at
    return list(best.values())
