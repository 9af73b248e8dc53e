"""Indicators that a gauge shows beside the stress index and that are no part of it."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

from undertow.core.history import DAY, History, Moments
from undertow.core.shapes import Floats
from undertow.indicators import INDICATORS

SEGMENT = "beside"


@dataclass(frozen=True, slots=True)
class Beside:
    """One indicator of the family, as it is by default, of these symbols."""

    indicator: str
    symbols: tuple[str, ...]

    @property
    def name(self) -> str:
        """`indicator symbol`, with + between several."""
        return f"{self.indicator} {'+'.join(self.symbols)}"

    @property
    def unit(self) -> str:
        """Of its readings."""
        return INDICATORS.member(self.indicator).unit


@cache
def beside_panel() -> tuple[Beside, ...]:
    """All of them, in the order of the file."""
    text = (files("undertow.studies") / "gauge_panel.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Beside(row["indicator"], tuple(row["symbols"].split())) for row in rows)


def beside_series(history: History, days: Moments) -> Mapping[str, Floats]:
    """Readings on the sessions of the index, by name; none where a symbol is absent."""
    return {
        one.name: _on(one, history, days)
        for one in beside_panel()
        if all(name in history and history[name].step == DAY for name in one.symbols)
    }


def _on(one: Beside, history: History, days: Moments) -> Floats:
    series = INDICATORS.make(one.indicator, {}).series(history, one.symbols)
    found = np.full(len(days), np.nan)
    if len(series):
        at = np.minimum(np.searchsorted(series.date, days), len(series) - 1)
        found = np.where(series.date[at] == days, series.value[at], np.nan)
    return found
