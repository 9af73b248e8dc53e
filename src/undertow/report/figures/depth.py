"""Displayed depth and quoted spread through time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.stored import Record, number, text
from undertow.core.answers.tables import Tables
from undertow.report.figures._frames import cells, moments
from undertow.report.figures._menu import choose
from undertow.report.stored import instruments, label, title
from undertow.report.theme import DEPTH, SPREAD, dressed, over_time, plain
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter
    from polars import DataFrame

CELLS = 400
DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
TICKS = (1, 2, 5, 10, 20, 50, 100, 200)
A_ROLE = {"given": 2, "linked": 1, "free": 2}


def figure(summary: Record, tables: Tables, words: Words) -> Figure:
    """The thinnest markets of every role, then one instrument at a time, chosen from a menu."""
    from plotly.subplots import make_subplots

    drawn = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.06)
    depth = cells(tables.instruments, "instrument", "depth_of_normal", "min", CELLS)
    spread = cells(tables.instruments, "instrument", "spread_of_normal", "max", CELLS)
    groups = []
    for key, said, names in _views(summary, depth.columns, words):
        for at, name in enumerate(names):
            style = (plain(label(summary, name, words)), DASHES[at % len(DASHES)])
            drawn.add_trace(_line(depth, name, DEPTH, style), row=1, col=1)
            drawn.add_trace(_line(spread, name, SPREAD, style), row=2, col=1)
        groups.append((key, said, 2 * len(names)))
    choose(drawn, groups)
    dressed(drawn, height=520)
    drawn.update_layout(hovermode="x unified")
    drawn.update_yaxes(title_text=words("depth (% of normal)"), rangemode="tozero", row=1)
    drawn.update_yaxes(title_text=words("spread (multiple of normal)"), type="log", row=2)
    drawn.update_yaxes(tickvals=TICKS, ticktext=[f"{tick} ×" for tick in TICKS], row=2)
    over_time(drawn, words)
    drawn.update_xaxes(title_text=words("time (UTC)"), row=2)
    return drawn


def _views(
    summary: Record, known: Sequence[str], words: Words
) -> Iterator[tuple[str, str, list[str]]]:
    listed = [name for name in instruments(summary) if name in known]
    yield "", words("The thinnest of every role"), list(_thinnest(summary, listed))
    for name in listed:
        yield name, title(summary, name, words), [name]


def _thinnest(summary: Record, listed: list[str]) -> Iterator[str]:
    found = instruments(summary)
    for role, count in A_ROLE.items():
        ones = [name for name in listed if text(found[name], "role") == role]
        ones.sort(key=lambda name: number(found[name], "depth_low") or 0.0)
        yield from ones[:count]


def _line(wide: DataFrame, name: str, colour: str, style: tuple[str, str]) -> Scatter:
    import plotly.graph_objects as go

    called, dash = style
    depth = colour == DEPTH
    values = wide[name].to_numpy() * (100.0 if depth else 1.0)
    return go.Scatter(
        **moments(wide["time"]), y=values.astype(np.float32), name=called, mode="lines",
        line={"color": colour, "dash": dash, "width": 1.6}, legendgroup=called, showlegend=depth,
        hovertemplate="%{y:.0f} %" if depth else "%{y:.1f} ×",
    )  # fmt: skip
