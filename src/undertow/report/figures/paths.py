"""Simulated against actual paths, with the range over the assumed inputs and the ceiling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from undertow.core.answers.stored import Record, items, number, record, records, text
from undertow.core.answers.tables import Tables
from undertow.report.figures._frames import by_name, moments, thinned
from undertow.report.figures._menu import choose
from undertow.report.stored import instruments, title
from undertow.report.theme import (
    ACTUAL,
    CEILING,
    MUTED,
    NEWS,
    OPEN,
    RANGE,
    SIMULATED,
    dressed,
    over_time,
)  # fmt: skip
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure, Scatter
    from polars import DataFrame

    from undertow.core.shapes import Floats

Style: TypeAlias = Mapping[str, object]

SPARSE = 80
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Path:
    """What is known of one instrument; `without` is its run without the changes."""

    name: str
    run: DataFrame
    band: DataFrame | None
    actual: DataFrame | None
    without: DataFrame | None
    ceiling: float | None


def figure(
    summary: Record, tables: Tables, words: Words, *, beside: Tables | None = None
) -> Figure:
    """One instrument at a time, chosen from a menu, the one moved furthest by force first.

    beside: tables of the run without the changes, drawn dashed
    """
    import plotly.graph_objects as go

    drawn, groups = go.Figure(), []
    changed = bool(items(summary, "changes"))
    other = words("without the changes") if changed else words("the other run")
    for path in _paths(summary, tables, beside):
        traces = list(_traces(path, other, words))
        drawn.add_traces(traces)
        groups.append((path.name, _label(summary, path.name, words), len(traces)))
    choose(drawn, groups)
    dressed(drawn, height=430)
    over_time(drawn, words)
    drawn.update_xaxes(title_text=words("time (UTC)"))
    drawn.update_yaxes(title_text=words("change since the opening (%)"), zeroline=True)
    drawn.update_layout(hovermode="x unified")
    _shade_later(drawn, summary, words)
    return drawn


def _label(summary: Record, name: str, words: Words) -> str:
    long, role = title(summary, name, words), text(records(summary, "instruments")[name], "role")
    said = {
        "given": words("{instrument} (given)", instrument=long),
        "linked": words("{instrument} (linked)", instrument=long),
    }
    return said.get(role, long)


def _paths(summary: Record, tables: Tables, beside: Tables | None) -> Iterator[Path]:
    run = by_name(thinned(tables.instruments), "instrument")
    bands = by_name(None if tables.bands is None else thinned(tables.bands), "instrument")
    actual = by_name(None if tables.actual is None else thinned(tables.actual), "instrument")
    without = by_name(None if beside is None else thinned(beside.instruments), "instrument")
    ceilings = records(summary, "ceiling")
    for name in instruments(summary):
        if name in run:
            limit = number(ceilings.get(name, {}), "impact")
            yield Path(name, run[name], bands.get(name), actual.get(name), without.get(name), limit)


def _traces(path: Path, other: str, words: Words) -> Iterator[Scatter]:
    """Range, ceiling, news alone, the run without changes, simulated, actual: the last on top."""
    run, change = path.run, _change(path.run)
    if path.band is not None:
        yield from _band(run, path.band, words)
    if path.ceiling is not None:
        ends = run[[0, -1]]
        yield _line(
            ends,
            np.full(len(ends), path.ceiling),
            {"name": words("ceiling"), "line": _dashed(CEILING, "longdash")},
        )
    news = np.expm1(run["log_news"].to_numpy())
    if np.abs(news).max() > ROUNDING:
        yield _line(run, news, {"name": words("news alone"), "line": _dashed(NEWS, "dot")})
    if path.without is not None:
        style = {"name": other, "line": _dashed(SIMULATED, "dash")}
        yield _line(path.without, _change(path.without), style)
    solid = {"color": SIMULATED, "width": 2.5}
    yield _line(run, change, {"name": words("simulated"), "line": solid})
    if path.actual is not None:
        opening = float(run["price"][0]) / (1.0 + change[0])
        yield _actual(path.actual, opening, words)


def _change(run: DataFrame) -> Floats:
    return np.expm1(run["log_news"].to_numpy() + run["log_forced"].to_numpy())


def _band(run: DataFrame, band: DataFrame, words: Words) -> Iterator[Scatter]:
    """The range of the forced part, laid on the news that it comes on top of."""
    news = run.select("time", "log_news")
    both = band.join_asof(news, on="time", strategy="nearest")
    alone = np.exp(both["log_news"].to_numpy())
    edge = {"color": RANGE, "width": 0.5}
    low, high = (alone * (1.0 + both[side].to_numpy()) - 1.0 for side in ("low", "high"))
    yield _line(both, low, {"line": edge, "showlegend": False, "hoverinfo": "skip"})
    fill = {"name": words("range"), "line": edge, "fill": "tonexty", "fillcolor": RANGE}
    yield _line(both, high, {**fill, "hoverinfo": "skip"})


def _actual(actual: DataFrame, opening: float, words: Words) -> Scatter:
    known = actual.drop_nulls("price").filter(actual["price"].is_finite())
    style = {
        "name": words("actual"),
        "mode": "lines+markers" if len(known) <= SPARSE else "lines",
        "line": {"color": ACTUAL, "width": 1.2},
        "marker": {"size": 5, "symbol": "diamond"},
    }
    return _line(known, known["price"].to_numpy() / opening - 1.0, style)


def _dashed(colour: str, dash: str) -> dict[str, object]:
    return {"color": colour, "width": 1.4, "dash": dash}


def _line(frame: DataFrame, share: Floats, style: Style) -> Scatter:
    """A share of the price over time, drawn in per cent."""
    import plotly.graph_objects as go

    hover = "%{y:.2f} %"
    return go.Scatter(**{
        **moments(frame["time"]), "y": (100.0 * share).astype(np.float32),
        "mode": "lines", "hovertemplate": hover, **style,
    })  # fmt: skip


def _shade_later(figure: Figure, summary: Record, words: Words) -> None:
    """The days that no choice was made with."""
    window = record(summary, "window")
    until, end = text(window, "until"), text(window, "end")
    if not until or until >= end:
        return
    figure.add_vrect(
        x0=until, x1=end, fillcolor=OPEN, line_width=0, layer="below",
        annotation_text=words("out of sample"), annotation_position="bottom left",
        annotation_font_color=MUTED,
    )  # fmt: skip
