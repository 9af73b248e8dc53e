"""The OFR Financial Stress Index: its parts add up to it, and where it peaks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from undertow.core.history import History
from undertow.core.shapes import Floats
from undertow.data.history import read_history
from undertow.published.check import Check, Fixture, Row, close, exactly, printed

FILE = "models/ofr_fsi/fsi.csv"
INDEX = "OFR FSI"
KINDS = ("Credit", "Equity valuation", "Safe assets", "Funding", "Volatility")
REGIONS = ("United States", "Other advanced economies", "Emerging markets")
PEAK = ("8.039", "2.893", "-0.269", "9.582", "9.075")


def gaps(history: History, parts: tuple[str, ...]) -> Floats:
    """Index less the sum of its parts, day by day."""
    _, values = history.together((INDEX, *parts))
    return np.asarray(values[:, 0] - values[:, 1:].sum(axis=1))


ODD_DAY, ODD_REGION = "2018-11-01", "Emerging markets"
"""The file has this region with the other sign on this day: turned, the three add up to 0.000."""


def turned(history: History) -> History:
    """The history with the odd day's sign turned."""
    bars = history[ODD_REGION]
    close = np.where(bars.date == np.datetime64(ODD_DAY), -bars.close, bars.close)
    return replace(history, bars={**history.bars, ODD_REGION: replace(bars, close=close)})


def _worst(history: History) -> str:
    """Days on which the regions are further from the index than rounding explains."""
    away = np.abs(gaps(history, REGIONS)) > 0.0025
    return " ".join(map(str, history.together((INDEX, *REGIONS))[0][away]))


def play(data: Path) -> list[Row]:
    """Both decompositions, and the peak with its parts."""
    history = read_history(data / FILE)
    index = history[INDEX]
    at = int(np.nanargmax(index.close))
    peak = str(index.date[at])
    parts = (history.until(peak)[name].close[-1] for name in KINDS)
    pairs = zip(KINDS, PEAK, parts, strict=True)
    return [
        exactly("days", 6292, len(index)),
        close("five kinds add up", 0.0, gaps(history, KINDS), within=0.0025),
        exactly("three regions do not on", ODD_DAY, _worst(history)),
        close(
            "three regions add up, that day turned",
            0.0,
            gaps(turned(history), REGIONS),
            within=0.0025,
        ),
        printed("mean", "0.104", float(index.close.mean())),
        exactly("day of the peak", "2008-10-10", peak),
        printed("peak", "29.320", float(index.close[at])),
        *(printed(f"{name} at the peak", text, float(value)) for name, text, value in pairs),
    ]


CHECK = Check(
    name="ofr_fsi",
    title="The OFR Financial Stress Index: five kinds and three regions add up to it",
    source=(
        "Monin, Risks 7 (2019) 25; US Office of Financial Research, 2000 to 2024-11-29, carried by"
        " wty2019usa/systemic-risk-datasets, commit f6f739e, US government work"
    ),
    play=play,
    fixtures=(Fixture(FILE, "ee38362df4076f56a793ae80dce320e35019c2b719bfed647e3309bef1871c10"),),
)
