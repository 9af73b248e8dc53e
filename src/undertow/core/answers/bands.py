"""Between what each price's forced part lies through time, over the assumed inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from undertow.core.shapes import Floats


@dataclass(frozen=True, slots=True)
class Bands:
    """Lowest and highest forced change since the start, over all runs of the ranges.

    times: begin of each bar of the small runs (UTC);  low, high: share of the price,
    [bar, instrument] in the order of `instruments`
    """

    times: tuple[datetime, ...]
    instruments: tuple[str, ...]
    low: Floats
    high: Floats
