"""One look for every picture: a colour means one thing, and has a twin on dark paper."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from undertow.core.errors import InputError
from undertow.report.lines import lines
from undertow.report.words import Words

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

INK = "#1b1f24"
MUTED = "#5f6873"
GRID = "#e3e6ea"
PAPER = "#ffffff"
SIMULATED = "#0072b2"
RANGE = "#b9d9ec"
CALLS = "#c98a00"
FORCED = "#d5500a"
DEFAULTS = "#5b2a86"
DEPTH = "#00795a"
SPREAD = "#a23b72"
CEILING = "#8a929c"
NEWS = MUTED
ACTUAL = INK
CALLS_FAINT = "#fbf0d4"
FORCED_FAINT = "#fce3d4"
DEPTH_FAINT = "#d5efe7"
SPREAD_FAINT = "#f6dfeb"
OPEN = "#eef1f4"

DARK = {
    INK: "#e8eaed",
    MUTED: "#a3acb6",
    GRID: "#343b44",
    PAPER: "#14171b",
    SIMULATED: "#4fb0e8",
    RANGE: "#1f4660",
    CALLS: "#f2b733",
    FORCED: "#ff8a4c",
    DEFAULTS: "#b79be6",
    DEPTH: "#35c79c",
    SPREAD: "#ec8bbb",
    CEILING: "#7f8893",
    CALLS_FAINT: "#3a2f12",
    FORCED_FAINT: "#432315",
    DEPTH_FAINT: "#123a30",
    SPREAD_FAINT: "#40202f",
    OPEN: "#1f252c",
}
"""What each colour becomes on dark paper; the page swaps them in the reader's browser."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif"
HALF_A_DAY_MS = 43_200_000
WANTED = "pip install 'undertow[page]'"


def dressed(figure: Figure, *, height: int) -> Figure:
    """The figure in the one theme; it has no title, the page or the notebook gives one."""
    figure.update_layout(
        height=height,
        autosize=True,
        template="none",
        font={"family": FONT, "size": 12, "color": INK},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 8, "r": 12, "t": 34, "b": 8},
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "xanchor": "left"},
        hoverlabel={"font": {"family": FONT, "size": 12}},
        bargap=0.12,
    )
    axis = {"gridcolor": GRID, "linecolor": GRID, "zerolinecolor": MUTED, "automargin": True}
    figure.update_xaxes(**axis, title_font_color=MUTED, tickfont_color=MUTED, title_standoff=8)
    figure.update_yaxes(**axis, title_font_color=MUTED, tickfont_color=MUTED, title_standoff=8)
    return figure


def shades(faint: str, full: str) -> list[tuple[float, str]]:
    """A scale of one colour: faint is little, so it reads in grey; on dark paper both change."""
    return [(0.0, faint), (1.0, full)]


def plain(name: str, wide: int = 0) -> str:
    """A name as text, since Plotly reads markup in labels; in lines of so many letters."""
    return "<br>".join(map(escape, lines(name, wide) if wide else [name]))


def over_time(figure: Figure, words: Words) -> None:
    """A time axis that says days in the reader's way, and hours where one looks closer."""
    day = words.day_format()
    stops = [
        {"dtickrange": [None, HALF_A_DAY_MS], "value": f"%H:%M<br>{day}"},
        {"dtickrange": [HALF_A_DAY_MS, None], "value": day},
    ]
    figure.update_xaxes(type="date", tickformatstops=stops, hoverformat=f"{day} %H:%M", tickangle=0)


def narrow(figure: Figure, **changes: object) -> None:
    """What changes on a phone: `xaxis_tickangle=-90`; the page's script applies it."""
    figure.update_layout(meta={key.replace("_", ".", 1): value for key, value in changes.items()})


def plotly_script() -> str:
    """The drawing library's own JavaScript, from the installed package."""
    try:
        from plotly.offline import get_plotlyjs
    except ImportError as error:
        raise InputError(f"the page needs plotly, which is not installed; {WANTED}.") from error
    return str(get_plotlyjs())
