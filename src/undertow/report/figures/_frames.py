"""Stored frames, cut to what a screen can show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from polars import DataFrame, Series

    from undertow.core.shapes import Floats

POINTS = 400
CELLS = 190


def thinned(frame: DataFrame, points: int = POINTS) -> DataFrame:
    """Every so many times, counted from the last one."""
    times = frame["time"].unique().sort()
    step = max(1, ceil(len(times) / points))
    kept = times.gather_every(step, offset=(len(times) - 1) % step)
    return frame.join(kept.to_frame(), on="time", how="semi").sort("time")


def by_name(frame: DataFrame | None, column: str) -> dict[str, DataFrame]:
    """One frame per name; empty where there is none."""
    if frame is None:
        return {}
    return {str(key[0]): part for key, part in frame.partition_by(column, as_dict=True).items()}


def moments(times: Series) -> dict[str, object]:
    """Times as Plotly takes them: a first one and a step where they are even, else all."""
    stamps = times.dt.epoch("ms").to_numpy()
    steps = np.unique(np.diff(stamps))
    if len(steps) != 1:
        return {"x": stamps}
    return {"x0": int(stamps[0]), "dx": int(steps[0])}


def cell(times: Series, most: int = CELLS) -> timedelta:
    """Whole hours, so that a window has at most so many cells."""
    stamps = times.dt.epoch("ms")
    span_ms = stamps.to_numpy().max(initial=0) - stamps.to_numpy().min(initial=2**62)
    return timedelta(hours=max(1, ceil(float(span_ms) / 3.6e6 / most)))


def cells(frame: DataFrame, name: str, column: str, how: str, most: int = CELLS) -> DataFrame:
    """`time`, then one column a name: `column` summed (or least, or largest) over each cell."""
    import polars as pl

    kept = {"sum": pl.col(column).sum(), "min": pl.col(column).min(), "max": pl.col(column).max()}
    start = pl.col("time").dt.truncate(cell(frame["time"], most))
    binned = frame.with_columns(start).group_by("time", name, maintain_order=True).agg(kept[how])
    return binned.pivot(on=name, index="time", values=column).sort("time")


def folded(wide: DataFrame, keep: Sequence[str], other: str) -> DataFrame:
    """The columns of `keep`, the rest summed into `other` if there is a rest."""
    rest = [name for name in wide.columns if name != "time" and name not in keep]
    kept = wide.select("time", *keep)
    if not rest:
        return kept
    return kept.with_columns(wide.select(rest).sum_horizontal().alias(other))


def rounded(values: Floats) -> list[list[float | None]]:
    """Four digits, and nothing where there is no number."""
    return [[float(f"{x:.4g}") if np.isfinite(x) else None for x in line] for line in values]
