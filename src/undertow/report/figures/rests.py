"""What the answer rests on: the headline with each assumed input at its lowest and highest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from undertow.core.answers.stored import Record, number, record, rows, text
from undertow.core.answers.tables import Tables
from undertow.report.stored import title
from undertow.report.theme import FORCED, FORCED_FAINT, INK, MUTED, PAPER, dressed, plain
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Bar, Figure

MOST = 12
ROW = 42


def figure(summary: Record, tables: Tables, words: Words) -> Figure:
    """A bar an input, the one that moves the target farthest on top; pale is its lowest value."""
    import plotly.graph_objects as go

    del tables
    found = rows(summary, "tornado")[:MOST]
    of = record(summary, "ranges_of")
    target = text(of, "target")
    base = 100.0 * (number(record(of, "base"), target) or 0.0)
    drawn = go.Figure([_bar(found, end, base, words) for end in ("low", "high")])
    dressed(drawn, height=110 + ROW * max(2, len(found)))
    drawn.add_vline(x=base, line_color=INK, line_width=1.5)
    drawn.update_layout(barmode="overlay", bargap=0.66, annotations=list(_labels(found, words)))
    drawn.update_yaxes(range=[len(found) - 0.6, -0.9], showgrid=False, showticklabels=False,
                       zeroline=False)  # fmt: skip
    name = plain(title(summary, target, words))
    drawn.update_xaxes(
        title_text=words("{target}: change by forced selling (%)", target=name), zeroline=True
    )
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
        orientation="h", y=list(range(len(found))), base=base, x=[x - base for x in at],
        name=names[end], marker=look[end], customdata=at,
        hovertemplate="%{customdata:.3f} %<extra>" + names[end] + "</extra>",
    )  # fmt: skip


def _labels(found: list[Record], words: Words) -> list[dict[str, object]]:
    """The input and its extremes as multiples of its base, above its bar."""
    return [
        {
            "text": _label(one, words), "x": 0, "xref": "paper", "xanchor": "left",
            "y": at, "yref": "y", "yshift": 16, "showarrow": False, "font": {"color": MUTED},
            "bgcolor": PAPER, "borderpad": 0,
        }
        for at, one in enumerate(found)
    ]  # fmt: skip


def _label(one: Record, words: Words) -> str:
    name = plain(words(text(one, "input")))
    low, high = (number(one, key) for key in ("low", "high"))
    if low is None or high is None:
        return name
    return words(
        "{input}, {low} to {high} × base", input=name, low=f"{low:.3g}", high=f"{high:.3g}"
    )
