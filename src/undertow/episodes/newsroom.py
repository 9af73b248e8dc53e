"""What comes from outside during the window: given paths, bulletins, currencies, margin hikes."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from undertow.core.clock import Clock
from undertow.core.errors import BadDate, BadFile
from undertow.core.shapes import Flags, Floats
from undertow.episodes.episode import Episode
from undertow.episodes.hours import OpenPerBar
from undertow.episodes.paths import bars_apart, path_per_bar
from undertow.episodes.schema_market import Hike as HikeTable
from undertow.model.scenario import Hike, News


def news_of(episode: Episode, opens: OpenPerBar, clock: Clock) -> News:
    """Of all prices after the start, only those of `given` instruments are looked at."""
    listed = episode.plan.instruments.values()
    return News(
        shock=_shocks(episode, clock),
        given=np.array([i.role == "given" for i in listed], dtype=np.bool_),
        actual=_given_paths(episode, opens, clock),
        linked=np.array([i.role == "linked" for i in listed], dtype=np.bool_),
        hikes=tuple(_hike(h, clock) for h in episode.plan.hikes if _is_tested(h, episode, clock)),
        fx=_rates(episode, clock),
        spacing=_spacing(episode, opens, clock),
    )


def free_origins(episode: Episode) -> Episode:
    """The episode with its given instruments free: their stated news moves them, not their path."""
    plan = episode.plan
    origins = [symbol for symbol, one in plan.instruments.items() if one.role == "given"]
    if not any(bulletin.instrument in origins for bulletin in plan.news):
        raise BadFile(
            f"{episode.file} has no news for its origins ({', '.join(origins) or 'none'}), so"
            " nothing starts with free origins; add [[news]] for one of them."
        )
    return episode.changed({f"instruments.{symbol}.role": "free" for symbol in origins})


def _given_paths(episode: Episode, opens: OpenPerBar, clock: Clock) -> Floats:
    actual = np.full(opens.shape, np.nan)
    for at, (symbol, one) in enumerate(episode.plan.instruments.items()):
        if one.role == "given":
            actual[:, at] = _path(episode, one.path, opens[:, at], clock, f"instruments.{symbol}")
    return actual


def _spacing(episode: Episode, opens: OpenPerBar, clock: Clock) -> Floats:
    """Bars that share a dated move: of given instruments, and of what is linked to them."""
    plan, apart = episode.plan, np.ones(opens.shape)
    for at, (symbol, one) in enumerate(plan.instruments.items()):
        linked = one.look_through if one.role == "linked" else ()
        for source in (s for s in (symbol, *linked) if plan.instruments[s].role == "given"):
            path = plan.instruments[source].path
            times, values = episode.facts.path(path, f"{episode.file} [instruments.{source}]")
            each = bars_apart(times, values, opens[:, at], clock)
            apart[:, at] = np.maximum(apart[:, at], each)
    return apart


def _path(episode: Episode, name: str, opens: Flags, clock: Clock, where: str) -> Floats:
    times, values = episode.facts.path(name, f"{episode.file} [{where}]")
    return path_per_bar(times, values, opens, clock)


def _shocks(episode: Episode, clock: Clock) -> Floats:
    """Δln F in the first bar that begins at or after the bulletin."""
    shock = np.zeros((clock.bars, len(episode.symbols)))
    given = [symbol for symbol, i in episode.plan.instruments.items() if i.role == "given"]
    for bulletin in (b for b in episode.plan.news if b.instrument not in given):
        bar = _bar(bulletin.time, clock, f"{episode.file} [news] {bulletin.title!r}")
        shock[bar, episode.symbols.index(bulletin.instrument)] += bulletin.shock
    return shock


def _bar(moment: datetime, clock: Clock, what: str) -> int:
    """First bar that begins at or after `moment`; there must be one."""
    bar = clock.bar_at(moment, what)
    if bar == clock.bars:
        raise BadDate(f"{what} comes after the last bar has begun; move it or the end.")
    return bar


def _is_tested(hike: HikeTable, episode: Episode, clock: Clock) -> bool:
    """Whether a bar begins after the change is asked for; in the last bar nobody meets it."""
    segments = episode.plan.segments
    heeded = any(segments[name].regime.heeds_notice for name in hike.segments)
    first = min(hike.notice, hike.effect) if heeded else hike.effect
    what = f"the margin change of {hike.instrument!r}"
    return clock.bar_at(max(first, clock.start), what) < clock.bars


def _hike(hike: HikeTable, clock: Clock) -> Hike:
    what = f"the margin change of {hike.instrument!r}"
    return Hike(
        instrument=hike.instrument,
        rate=hike.rate,
        notice=_bar(max(hike.notice, clock.start), clock, f"the notice of {what}"),
        effect=clock.bar_at(hike.effect, what),
        segments=hike.segments,
    )


def _rates(episode: Episode, clock: Clock) -> Floats | None:
    """Base currency per unit of each instrument's currency, per bar; None if no rate moves."""
    plan = episode.plan
    if not any(money.moves for money in plan.currencies.values()):
        return None
    always = np.ones(clock.bars, dtype=np.bool_)
    rates = {"USD": np.ones(clock.bars)}
    for name, money in plan.currencies.items():
        opened = np.full(clock.bars, episode.facts.opening(money.path).value)
        where = f"currencies.{name}"
        path = _path(episode, money.path, always, clock, where) if money.moves else opened
        rates[name] = 1.0 / path
    return np.column_stack([rates[i.currency] for i in plan.instruments.values()])
