"""The absorption ratio of a small matrix, as the Matlab code of Bisias et al. gives it."""

from __future__ import annotations

import numpy as np

from undertow.indicators.absorption import absorbed
from undertow.published.check import Check, Row, close, exactly, without_data

MOVES = np.array(
    [
        [0.015, 0.031, 0.007, 0.034, 0.014, 0.011],
        [0.012, 0.063, 0.027, 0.023, 0.073, 0.055],
        [0.072, 0.043, 0.097, 0.078, 0.036, 0.083],
    ]
)
"""Returns of three assets on six days."""


def play() -> list[Row]:
    """Of a fifth of the directions, and of a tenth, which is none."""
    return [
        close("a fifth", 0.7746543307660252, absorbed(MOVES, 0.2), within=1e-12),
        exactly("a tenth", 0.0, absorbed(MOVES, 0.1)),
    ]


CHECK = Check(
    name="absorption",
    title="The absorption ratio of three assets over six days",
    source=(
        "Bisias, Flood, Lo, Valavanis (2012), Matlab code; its value in a test of mgao6767/frds,"
        " MIT"
    ),
    play=without_data(play),
)
