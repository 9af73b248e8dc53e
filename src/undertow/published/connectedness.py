"""Diebold and Yilmaz: the tables of 2012 (generalised) and 2009 (Cholesky)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from undertow.indicators._fevd import CHOLESKY, GENERALISED, shares
from undertow.published.check import Check, Fixture, Row, close, printed

OF_2012 = "models/dy/dy2012.csv"
OF_2009 = "models/dy/dy2009.csv"
TABLE_2012 = (
    ("88.76", "7.29", "0.35", "3.61"), ("10.21", "81.45", "2.73", "5.61"),
    ("0.47", "3.70", "93.69", "2.14"), ("5.69", "7.03", "1.55", "85.73"),
)  # fmt: skip
NET_2012 = ("5.13", "-0.54", "-1.69", "-2.90")


def play(data: Path) -> list[Row]:
    """Table 2 of 2012 with its total and nets, and the index of 2009's Table 3."""
    early, late = (
        np.loadtxt(data / name, delimiter=",", skiprows=1) for name in (OF_2009, OF_2012)
    )
    found = shares(late, 4, 10, GENERALISED)
    cells = [
        printed(f"2012 table, row {i + 1}, column {j + 1}", text, float(found.table[i, j]))
        for i, row in enumerate(TABLE_2012)
        for j, text in enumerate(row)
    ]
    nets = zip(NET_2012, found.net, strict=True)
    return [
        close("2012 total", 12.592113, found.total, within=1e-6),
        printed("2012 total as printed, %", "12.6", found.total),
        *cells,
        *(printed(f"2012 net {k + 1}", text, float(n)) for k, (text, n) in enumerate(nets)),
        printed("2009 index of returns, %", "35.5", shares(early, 2, 10, CHOLESKY).total),
    ]


CHECK = Check(
    name="connectedness",
    title="Connectedness of four markets (generalised, 2012) and nineteen (Cholesky, 2009)",
    source=(
        "Diebold, Yilmaz, Int. J. Forecasting 28 (2012) 57, Table 2; Economic J. 119 (2009) 158,"
        " Table 3; data in GabauerDavid/ConnectednessApproach, commit 37950cc, GPL-3"
    ),
    play=play,
    fixtures=(
        Fixture(OF_2009, "dba4ff2b2553b5821196843349b44a19228bd09139e69b4cd83281d18d4cdfab"),
        Fixture(OF_2012, "3b0dcbea9a9a35c05ef32af5b00c45290937131c52776642de1389252e2b1043"),
    ),
)
