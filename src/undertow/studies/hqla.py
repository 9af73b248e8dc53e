"""What counts as liquid by its quality, as Basel's liquidity coverage ratio has it for banks."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from undertow.core.holdings import Holding


@dataclass(frozen=True, slots=True)
class Level:
    """A level of quality. name: 1, 2A or 2B;  weight: share of the value that counts"""

    name: str
    weight: float


def hqla_weights() -> dict[tuple[str, str], Level]:
    """Levels by class and rating, from the dated rows beside this file."""
    return {
        (row["kind"], row["rating"]): Level(row["level"], float(row["weight"]))
        for row in _rows("hqla.csv")
    }


def hqla_caps() -> dict[str, float]:
    """Largest share of the stock that level 2, and of it 2B, may have."""
    return {row["level"]: float(row["most"]) for row in _rows("hqla_caps.csv")}


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("undertow.studies").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


def weight_of(holding: Holding, table: Mapping[tuple[str, str], Level]) -> Level | None:
    """Level of a holding: AA+ is AA; None for what the table does not have."""
    rating = holding.rating.rstrip("+-")
    return table.get((holding.kind, "*"), table.get((holding.kind, rating)))


def capped(levels: Mapping[str, float], caps: Mapping[str, float]) -> float:
    """The stock with its caps: level 2 at most 40 % of it, 2B at most 15 %, after haircuts.

    L1 + L2A + L2B − cut_B − cut;  cut_B = max(L2B − 15/85 (L1 + L2A), L2B − 15/60 L1, 0)
    cut = max(L2A + L2B − cut_B − 2/3 L1, 0).  Source: BCBS 238, annex 1; nothing is unwound here.
    """
    first, better, lesser = levels["1"], levels["2A"], levels["2B"]
    all_two, only_b = caps["2"], caps["2B"]
    room = only_b / (1.0 - only_b) * (first + better), only_b / (1.0 - all_two) * first
    lesser = min(lesser, *room)
    return first + min(better + lesser, all_two / (1.0 - all_two) * first)
