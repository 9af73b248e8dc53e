"""Accounts of all segments, and the kinds of position they need."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from undertow.core.accounts import Accounts
from undertow.core.columns import Columns, Way
from undertow.core.errors import BadDate, BadNumber
from undertow.core.market import Market
from undertow.episodes.episode import Episode
from undertow.episodes.made import said_with_place
from undertow.episodes.schema_segments import Held, Segment
from undertow.model.margin.base import MarginRule
from undertow.model.population import Holding, SegmentPlan, draw


class Kind(NamedTuple):
    """What makes two positions the same kind."""

    instrument: int
    way: Way
    entry: float
    released: float


@dataclass(frozen=True, slots=True)
class Slot:
    """One holding of a segment: its total in units and the kind of each entry vintage."""

    held: Held
    units: float
    kinds: tuple[Kind, ...]


def accounts_of(
    episode: Episode,
    market: Market,
    rules: dict[str, MarginRule],
    *,
    accounts: int | None = None,
    seed: int | None = None,
) -> tuple[Columns, Accounts]:
    """All kinds of position, and every segment drawn from its own random streams."""
    plan = episode.plan
    slots = {name: tuple(_slots(episode, name, s, market)) for name, s in plan.segments.items()}
    pairs = _pairs(slots.values())
    columns = _columns(pairs)
    counts = simulated(episode, plan.accounts if accounts is None else accounts)
    groups = []
    for name in plan.segments:
        with said_with_place(f"{episode.file} [segments.{name}]"):
            drawn = _plan(episode, name, counts[name], slots[name], pairs)
            start = plan.seed if seed is None else seed
            groups.append(draw(drawn, columns, market, rules[name], start))
    return columns, Accounts(tuple(groups))


def simulated(episode: Episode, accounts: int) -> dict[str, int]:
    """Accounts of each segment, as near to its share as whole numbers allow; none is empty."""
    share = {name: segment.share for name, segment in episode.plan.segments.items()}
    if accounts < len(share):
        raise BadNumber(
            f"{accounts} accounts are too few for the {len(share)} segments of {episode.file};"
            " simulate at least one each."
        )
    counts = {name: max(1, round(accounts * share[name])) for name in share}
    while off := accounts - sum(counts.values()):
        step = 1 if off > 0 else -1
        lag = {n: step * (accounts * share[n] - counts[n]) for n in share if counts[n] + step > 0}
        counts[max(lag, key=lambda name: lag[name])] += step
    return counts


def _pairs(segments: Iterable[tuple[Slot, ...]]) -> dict[Kind, int]:
    """All kinds of position of all segments, in order of first appearance."""
    kinds = [kind for slots in segments for slot in slots for kind in slot.kinds]
    return {kind: pair for pair, kind in enumerate(dict.fromkeys(kinds))}


def _columns(pairs: Iterable[Kind]) -> Columns:
    kinds = tuple(pairs)
    return Columns(
        instrument=np.array([kind.instrument for kind in kinds], dtype=np.int64),
        way=np.array([kind.way for kind in kinds], dtype=np.int64),
        entry=np.array([kind.entry for kind in kinds]),
        released=np.array([kind.released for kind in kinds]),
    )


def _slots(episode: Episode, name: str, segment: Segment, market: Market) -> Iterator[Slot]:
    """One slot per instrument held, baskets taken apart."""
    common = episode.plan.population.vintages
    for held in segment.holds:
        where = f"{episode.file} [segments.{name}.holds]"
        for symbol, share in _parts(episode, held):
            at = episode.symbols.index(symbol)
            per_unit = 1.0 if held.total_usd is None else float(market.value[at])
            total = held.total_units if held.total_usd is None else held.total_usd
            entries = (_entry(episode, v, at, market, where) for v in held.vintages or common)
            way = Way[held.way.upper()]
            kinds = tuple(Kind(at, way, entry, held.released) for entry in entries)
            yield Slot(held, share * (total or 0.0) / per_unit, kinds)


def _parts(episode: Episode, held: Held) -> Iterator[tuple[str, float]]:
    if held.instrument is not None:
        yield held.instrument, 1.0
        return
    weights = episode.plan.baskets[str(held.basket)]
    total = math.fsum(weights.values())
    yield from ((symbol, weight / total) for symbol, weight in weights.items())


def _entry(
    episode: Episode, vintage: float | datetime, at: int, market: Market, where: str
) -> float:
    """Entry price of a vintage: a share of the opening price, or the price of that day."""
    if isinstance(vintage, float):
        return vintage * float(market.price[at])
    if vintage > episode.plan.start:
        raise BadDate(
            f"{where}: the vintage {vintage:%Y-%m-%d} lies after the start; take an earlier one."
        )
    path = episode.plan.instruments[episode.symbols[at]].path
    return episode.facts.as_of(vintage).opening(path, where).value


def _plan(
    episode: Episode, name: str, accounts: int, slots: tuple[Slot, ...], pairs: dict[Kind, int]
) -> SegmentPlan:
    segment, common = episode.plan.segments[name], episode.plan.population
    return SegmentPlan(
        name=name,
        accounts=accounts,
        count=segment.count,
        holdings=tuple(_holding(slot, pairs) for slot in slots),
        excess=segment.excess.mean,
        excess_shape=segment.excess.shape,
        spread=common.spread if segment.spread is None else segment.spread,
        mixing=common.mixing if segment.mixing is None else segment.mixing,
        free_cash=segment.free_cash_usd,
    )


def _holding(slot: Slot, pairs: dict[Kind, int]) -> Holding:
    return Holding(
        pairs=tuple(pairs[kind] for kind in slot.kinds),
        units=slot.units,
        short=slot.held.side == "short",
        held_by=slot.held.held_by,
    )
