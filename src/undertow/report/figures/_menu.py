"""A choice of what a figure shows; the page turns it into a list of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from undertow.report.theme import plain

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def choose(figure: Figure, groups: Sequence[tuple[str, str, int]]) -> None:
    """Let a reader show one group of traces at a time: (key, label, traces of the group).

    The first group is shown. `name` of a button is the key, by which the page's tables choose.
    """
    total = sum(count for _, _, count in groups)
    buttons, first = [], 0
    for key, label, count in groups:
        shown = [first <= at < first + count for at in range(total)]
        buttons.append({
            "method": "restyle", "label": plain(label), "name": key, "args": [{"visible": shown}],
        })  # fmt: skip
        first += count
    if not buttons:
        return
    for at, trace in enumerate(figure.data):
        trace.visible = at < groups[0][2]
    figure.update_layout(
        updatemenus=[
            {"buttons": buttons, "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
        ]
    )
