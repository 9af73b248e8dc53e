"""Calls and forced sales through time, by segment, with the sessions of the venues shaded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.tables import Tables
from undertow.report.figures._frames import cell, cells, folded, rounded
from undertow.report.figures._sessions import draw_sessions, venues
from undertow.report.speech import Words
from undertow.report.stored import Record, title
from undertow.report.theme import (
    CALLS, CALLS_FAINT, FORCED, FORCED_FAINT, dressed, plain, shades,
)  # fmt: skip

if TYPE_CHECKING:
    from plotly.graph_objects import Bar, Figure, Heatmap
    from polars import DataFrame

MOST = 8
BARS = 95
ROW = 20
HOUR = 3.6e6
BILLION = 1e9


@dataclass(frozen=True, slots=True)
class Layer:
    """One measure of all segments, per cell of time."""

    parts: DataFrame
    axis: str
    hover: str
    unit: float
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
    heights.append(max(ROW, 15 * len(venues(tables.sessions))))
    drawn = make_subplots(
        rows=len(heights), cols=1, shared_xaxes=True, vertical_spacing=0.025, row_heights=heights
    )
    hours = cell(tables.segments["time"]).total_seconds() / 3600.0
    for at, layer in enumerate(layers):
        drawn.add_trace(_total(layer, hours), row=2 * at + 1, col=1)
        drawn.add_trace(_by_segment(layer, hours, summary), row=2 * at + 2, col=1)
        drawn.update_yaxes(title_text=layer.axis, rangemode="tozero", nticks=4, row=2 * at + 1)
        drawn.update_yaxes(autorange="reversed", showgrid=False, type="category", row=2 * at + 2)
    draw_sessions(drawn, tables, row=len(heights))
    dressed(drawn, height=int(sum(heights)) + 130)
    drawn.update_xaxes(type="date")
    drawn.update_xaxes(title_text=words("time (UTC)"), row=len(heights))
    drawn.update_layout(showlegend=False)
    return drawn


def _layers(tables: Tables, words: Words) -> list[Layer]:
    frame = tables.segments
    hours = f"{cell(frame['time']).total_seconds() / 3600.0:.0f}"
    return [
        Layer(_parts(frame, "called", words), words("calls in {hours} h", hours=hours),
              words("calls"), 1.0, (CALLS_FAINT, CALLS)),
        Layer(_parts(frame, "forced_usd", words), words("forced sales, bn $ in {hours} h", hours=hours),
              words("billion dollars sold"), BILLION, (FORCED_FAINT, FORCED)),
    ]  # fmt: skip


def _parts(frame: DataFrame, column: str, words: Words) -> DataFrame:
    """The segments with most, the rest as one, those with none left out."""
    wide = cells(frame, "segment", column, "sum").fill_null(0.0)
    totals = {name: float(wide[name].sum()) for name in wide.columns if name != "time"}
    ranked = sorted((name for name in totals if totals[name] > 0.0), key=lambda n: -totals[n])
    return folded(wide.select("time", *ranked), ranked[:MOST], words("other"))


def _middle(frame: DataFrame, hours: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return frame["time"].dt.epoch("ms").to_numpy() + 0.5 * hours * HOUR


def _total(layer: Layer, hours: float) -> Bar:
    import plotly.graph_objects as go

    values = layer.parts.select(layer.names).sum_horizontal().to_numpy() / layer.unit
    return go.Bar(
        x=_middle(layer.parts, hours), y=values, width=0.92 * hours * HOUR,
        marker={"color": layer.colours[1], "line": {"width": 0}},
        hovertemplate=f"%{{y:,.3~r}} {layer.hover}<extra></extra>",
    )  # fmt: skip


def _by_segment(layer: Layer, hours: float, summary: Record) -> Heatmap:
    """One row a segment; darker is more, on a scale of powers of ten over three of them."""
    import plotly.graph_objects as go

    values = layer.parts.select(layer.names).to_numpy().T / layer.unit
    top = float(values.max(initial=0.0)) or 1.0
    floor = top / 1000.0
    logs = np.where(values > 0.0, np.log10(np.maximum(values, floor)), np.nan)
    return go.Heatmap(
        x=_middle(layer.parts, hours), y=[plain(title(summary, name)) for name in layer.names],
        z=rounded(logs), customdata=rounded(values), zmin=np.log10(floor), zmax=np.log10(top),
        colorscale=shades(*layer.colours), showscale=False, ygap=2,
        hovertemplate=f"%{{y}}: %{{customdata:,.3~r}} {layer.hover}<extra></extra>",
    )  # fmt: skip
