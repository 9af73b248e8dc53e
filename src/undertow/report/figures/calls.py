"""Calls and forced sales through time, by segment, with the sessions of the venues shaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.stored import Record
from undertow.core.answers.tables import Tables
from undertow.report.figures._frames import cell, cells, folded, rounded
from undertow.report.figures._sessions import draw_sessions, venues
from undertow.report.stored import label
from undertow.report.theme import (
    CALLS,
    CALLS_FAINT,
    FORCED,
    FORCED_FAINT,
    dressed,
    over_time,
    plain,
    shades,
)  # fmt: skip
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Bar, Figure, Heatmap
    from polars import DataFrame

MOST = 8
BARS = 95
ROW = 28
VENUE = 15
GAP = 22
WIDE = 18
HOUR = 3.6e6
BILLION = 1e9


@dataclass(frozen=True, slots=True)
class Layer:
    """One measure of all segments, per cell of time."""

    parts: DataFrame
    axis: str
    hover: str
    unit: float
    ticks: str
    colours: tuple[str, str]

    @property
    def names(self) -> list[str]:
        """The segments that have any."""
        return [name for name in self.parts.columns if name != "time"]


def figure(summary: Record, tables: Tables, words: Words) -> Figure:
    """Calls as bars and by segment, forced sales alike, and below them when venues trade."""
    from plotly.subplots import make_subplots

    layers = _layers(tables, words)
    heights = [h for layer in layers for h in (BARS, ROW * max(2, len(layer.names)))]
    heights.append(max(ROW, VENUE * len(venues(tables.sessions))))
    drawn = make_subplots(
        rows=len(heights), cols=1, shared_xaxes=True, vertical_spacing=GAP / sum(heights),
        row_heights=heights,
    )  # fmt: skip
    hours = cell(tables.segments["time"]).total_seconds() / 3600.0
    for at, layer in enumerate(layers):
        drawn.add_trace(_total(layer, hours), row=2 * at + 1, col=1)
        names = [plain(label(summary, name, words), WIDE) for name in layer.names]
        drawn.add_trace(_by_segment(layer, hours, names), row=2 * at + 2, col=1)
        drawn.update_yaxes(rangemode="tozero", nticks=4, tickformat=layer.ticks, row=2 * at + 1)
        drawn.update_yaxes(autorange="reversed", showgrid=False, type="category", row=2 * at + 2)
        _head(drawn, 2 * at + 1, layer.axis)
    draw_sessions(drawn, tables, words, row=len(heights))
    dressed(drawn, height=int(sum(heights)) + GAP * len(heights) + 90)
    over_time(drawn, words)
    drawn.update_xaxes(title_text=words("time (UTC)"), row=len(heights))
    drawn.update_layout(showlegend=False)
    return drawn


def _head(figure: Figure, row: int, text: str) -> None:
    """The title of a vertical axis, level and above it: beside it stand the names of segments."""
    figure.add_annotation(
        text=text, x=0, xref="paper", xanchor="left", y=1, yanchor="bottom", showarrow=False,
        yref=f"y{row if row > 1 else ''} domain",
    )  # fmt: skip


def _layers(tables: Tables, words: Words) -> list[Layer]:
    frame = tables.segments
    hours = f"{cell(frame['time']).total_seconds() / 3600.0:.0f}"
    return [
        Layer(_parts(frame, "called", words),
              words("margin calls in {hours} {hours:hour|hours}, accounts", hours=hours),
              words("calls"), 1.0,
              "~s", (CALLS_FAINT, CALLS)),
        Layer(_parts(frame, "forced_usd", words),
              words("forced sales in {hours} {hours:hour|hours}, billion dollars", hours=hours),
              words("billion dollars sold"), BILLION, ",~g", (FORCED_FAINT, FORCED)),
    ]  # fmt: skip


def _parts(frame: DataFrame, column: str, words: Words) -> DataFrame:
    """The segments with most, the rest as one, those with none left out."""
    wide = cells(frame, "segment", column, "sum").fill_null(0.0)
    totals = {name: float(wide[name].sum()) for name in wide.columns if name != "time"}
    ranked = sorted((name for name in totals if totals[name] > 0.0), key=lambda n: (-totals[n], n))
    return folded(wide.select("time", *ranked), ranked[:MOST], words("other"))


def _middle(frame: DataFrame, hours: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return frame["time"].dt.epoch("ms").to_numpy() + 0.5 * hours * HOUR


def _total(layer: Layer, hours: float) -> Bar:
    import plotly.graph_objects as go

    values = layer.parts.select(layer.names).to_numpy().sum(axis=1) / layer.unit
    return go.Bar(
        x=_middle(layer.parts, hours), y=values, width=0.92 * hours * HOUR,
        marker={"color": layer.colours[1], "line": {"width": 0}},
        hovertemplate=f"%{{y:,.3~r}} {layer.hover}<extra></extra>",
    )  # fmt: skip


def _by_segment(layer: Layer, hours: float, names: list[str]) -> Heatmap:
    """One row a segment; darker is more, on a scale of powers of ten over three of them."""
    import plotly.graph_objects as go

    values = layer.parts.select(layer.names).to_numpy().T / layer.unit
    top = float(values.max(initial=0.0)) or 1.0
    floor = top / 1000.0
    logs = np.where(values > 0.0, np.log10(np.maximum(values, floor)), np.nan)
    return go.Heatmap(
        x=_middle(layer.parts, hours), y=names,
        z=rounded(logs), customdata=rounded(values), zmin=np.log10(floor), zmax=np.log10(top),
        colorscale=shades(*layer.colours), showscale=False, ygap=2,
        hovertemplate=f"%{{y}}: %{{customdata:,.3~r}} {layer.hover}<extra></extra>",
    )  # fmt: skip
