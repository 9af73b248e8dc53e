"""Metals reach technology only through those who hold both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from feb_2026 import SEVEN
from undertow.engine.run import run
from undertow.episodes import Episode, compile_episode, load

STEPS = (0.0, 0.25, 0.5, 1.0)
METALS = ("SI", "GC", "HG", "SLV", "AGQ", "GLD")
TECHNOLOGY = (*SEVEN, "AVGO", "AMD", "IGV", "ES", "NQ", "SPX", "NDX")
BASKETS = ("technology", "stock")


def holds_technology(holds: list[dict[str, Any]]) -> bool:
    return any(h.get("instrument") in TECHNOLOGY or h.get("basket") in BASKETS for h in holds)


def part(number: object, share: float) -> str:
    """A reference or formula times a share."""
    return f"= ({str(number).removeprefix('=').strip()}) * {share}"


def thinned(holds: list[dict[str, Any]], share: float) -> list[dict[str, Any]]:
    """The same holdings with only a share of the metals."""
    return [
        {k: part(v, share) if k.startswith("total") else v for k, v in held.items()}
        if held.get("instrument") in METALS
        else held
        for held in holds
        if share or held.get("instrument") not in METALS
    ]


def with_overlap(episode: Episode, share: float) -> Episode:
    """Who also holds technology keeps only a share of the metals."""
    raw: Any = episode.raw
    settings: dict[str, object] = {
        f"segments.{name}.holds": thinned(segment["holds"], share)
        for name, segment in raw["segments"].items()
        if holds_technology(segment["holds"])
    }
    for path, trader in (("risk_funds", "holdings"), ("trend", "positions")):
        units = raw["traders"][path][trader]
        kept = {s: part(v, share) if s in METALS else v for s, v in units.items()}
        left = {s: v for s, v in kept.items() if share or s not in METALS}
        settings[f"traders.{path}.{trader}"] = left
    return episode.changed(settings)


@pytest.fixture(scope="module")
def booked() -> dict[float, float]:
    """Sales of technology booked to silver and gold, by share of the overlap that is left."""
    episode, found = load("feb-2026"), {}
    for share in STEPS:
        scenario = compile_episode(with_overlap(episode, share), accounts=2_000, bar="1h")
        made = run(scenario).contagion
        origins = [name.split(":")[0] in ("SI", "GC") for name in made.origins]
        sold = [name in TECHNOLOGY for name in made.sold]
        found[share] = float(made.usd[np.ix_(origins, sold)].sum())
    return found


def test_without_common_owners_no_technology_is_sold_for_metals(
    booked: dict[float, float],
) -> None:
    assert booked[0.0] == 0.0


def test_common_owners_sell_technology_for_metals(booked: dict[float, float]) -> None:
    assert booked[1.0] > 0.0


def test_restoring_the_overlap_in_steps_never_lowers_the_sales(
    booked: dict[float, float],
) -> None:
    assert [booked[share] for share in STEPS] == sorted(booked.values())
