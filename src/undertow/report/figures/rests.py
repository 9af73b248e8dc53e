"""What the answer rests on: the headline with each assumed input at its lowest and highest."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from undertow.core.answers.tables import Tables
from undertow.report.speech import Words
from undertow.report.stored import Record, number, record, rows, text, title
from undertow.report.theme import FORCED, FORCED_FAINT, INK, dressed, plain

if TYPE_CHECKING:
    from plotly.graph_objects import Bar, Figure

MOST = 12
WIDE = 24


def figure(summary: Record, tables: Tables, words: Words) -> Figure:
    """A bar an input, the one that moves the target farthest on top; pale is its lowest value."""
    import plotly.graph_objects as go

    del tables
    found = rows(summary, "tornado")[:MOST]
    of = record(summary, "ranges_of")
    target = text(of, "target")
    base = 100.0 * (number(record(of, "base"), target) or 0.0)
    drawn = go.Figure([_bar(found, end, base, words) for end in ("low", "high")])
    dressed(drawn, height=130 + 34 * max(3, len(found)))
    drawn.add_vline(x=base, line_color=INK, line_width=1.5)
    drawn.update_layout(barmode="overlay", bargap=0.3)
    drawn.update_yaxes(autorange="reversed", showgrid=False, type="category")
    name = plain(title(summary, target))
    drawn.update_yaxes(title_text=words("assumed input, lowest to highest × base"))
    drawn.update_xaxes(title_text=words("{target} by forced selling (%)", target=name), zeroline=True)
    return drawn


def _bar(found: list[Record], end: str, base: float, words: Words) -> Bar:
    import plotly.graph_objects as go

    at = [100.0 * (number(one, f"at_{end}") or 0.0) for one in found]
    names = {"low": words("input at its lowest"), "high": words("input at its highest")}
    look = {
        "low": {"color": FORCED_FAINT, "line": {"color": FORCED, "width": 1.5}},
        "high": {"color": FORCED, "line": {"color": FORCED, "width": 1.5}},
    }
    return go.Bar(
        orientation="h", y=[_label(one) for one in found], base=base, x=[x - base for x in at],
        name=names[end], marker=look[end], customdata=at,
        hovertemplate="%{customdata:.3f} %<extra>" + names[end] + "</extra>",
    )  # fmt: skip


def _label(one: Record) -> str:
    """The input and its extremes as multiples of its base."""
    name = "<br>".join(wrap(plain(text(one, "input")), WIDE, break_on_hyphens=False))
    low, high = (number(one, key) for key in ("low", "high"))
    return name if low is None or high is None else f"{name} ({low:.3g}–{high:.3g} ×)"
