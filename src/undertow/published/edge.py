"""Ardia, Guidotti, Kroencke: the fixture of their own test of the EDGE spread."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from undertow.core.history import Bars, History
from undertow.indicators.abdi_ranaldo import AbdiRanaldo
from undertow.indicators.corwin_schultz import CorwinSchultz
from undertow.indicators.edge import Edge
from undertow.published.check import Check, Fixture, Row, claim, close

OHLC = "models/liquidity/bidask_ohlc.csv"
TRUTH = 0.01
"""Spread that the authors' simulation has."""


def play(data: Path) -> list[Row]:
    """Both values of the authors' test, and which estimator is nearest to the truth."""
    prices = np.loadtxt(data / OHLC, delimiter=",", skiprows=1)
    days = len(prices)
    date = np.datetime64("1990-01-01") + np.arange(days)
    opened, high, low, last = (prices[:, k].copy() for k in range(4))
    bars = Bars("simulated", date, opened, high, low, last, np.ones(days))
    history = History({"simulated": bars})
    early = history.until(date[9].item())
    found = {
        "EDGE": Edge(window=days).series(history, ["simulated"]).last,
        "AR": AbdiRanaldo(window=days - 1).series(history, ["simulated"]).last,
        "CS": CorwinSchultz(window=days - 1, floored=False).series(history, ["simulated"]).last,
    }
    nearest = min(found, key=lambda name: abs(found[name] - TRUTH))
    said = ", ".join(f"{name} {value:.5f}" for name, value in found.items())
    first = Edge(window=10, signed=True).series(early, ["simulated"]).last
    return [
        close("all rows", 0.0101849034905478, found["EDGE"], within=1e-9),
        close("first ten rows, signed", -0.016889917516422, first, within=1e-9),
        claim("nearest to the true 1 %", "EDGE", said, holds=nearest == "EDGE"),
    ]


CHECK = Check(
    name="edge",
    title="The EDGE spread of 10,000 simulated days, and of the first ten",
    source=(
        "Ardia, Guidotti, Kroencke, J. Financial Economics 161 (2024) 103916; test of"
        " eguidotti/bidask, commit d642e02, MIT, data CC BY 4.0"
    ),
    play=play,
    fixtures=(Fixture(OHLC, "4acf9a15e3e6c0c177a8db1917d2404acdbb3fcf9365b16c3016c0dfd5dc4def"),),
)
