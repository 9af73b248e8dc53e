"""The system that a request describes: an episode with its changes, compiled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

from undertow.engine.channels import without
from undertow.episodes import Episode, compile_episode, load
from undertow.episodes.changes import set_to
from undertow.episodes.hiking import hiked
from undertow.jobs.answer import Json, digest
from undertow.model.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Request:
    """What the caller asks for; None takes what the episode says.

    hikes: such as SI=22%@2026-02-09;  off: channels;  settings: PATH=VALUE;  allow: fits that are
    else refused;  ranges: whether the assumed inputs are varied;  page: whether it is drawn
    """

    episode: str
    origin: str = "given"
    accounts: int | None = None
    seed: int | None = None
    bar: str | None = None
    hikes: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    out: Path | None = None
    threads: int = 2
    ranges: bool = True
    page: bool = True
    lang: str = "en"

    @property
    def changes(self) -> tuple[str, ...]:
        """What is otherwise than in the episode, as it was asked for."""
        hikes = (f"--hike {hike}" for hike in self.hikes)
        off = (f"--off {channel}" for channel in self.off)
        return (*hikes, *off, *(f"--set {setting}" for setting in self.settings))

    def unchanged(self) -> Request:
        """The same request on the episode as it is."""
        return replace(self, hikes=(), off=(), settings=())


@dataclass(frozen=True, slots=True)
class System:
    """An episode as changed, the scenario made of it, and what went in."""

    episode: Episode
    scenario: Scenario
    inputs: dict[str, Json]

    @property
    def titles(self) -> dict[str, str]:
        """What instruments and segments are called; traders have a name only."""
        plan = self.episode.plan
        return {
            **{name: name.replace("_", " ") for name in plan.traders},
            **{name: one.title for name, one in plan.instruments.items()},
            **{name: one.title for name, one in plan.segments.items()},
        }


def system_of(request: Request) -> System:
    """Load, change and compile; equal `sha256` means an equal run."""
    episode = reduce(set_to, request.settings, load(request.episode))
    episode = reduce(hiked, request.hikes, episode)
    compiled = compile_episode(
        episode,
        accounts=request.accounts,
        seed=request.seed,
        bar=request.bar,
        origin=request.origin,
        allow=request.allow,
    )
    scenario = reduce(without, request.off, compiled)
    return System(episode, scenario, _inputs(request, episode, scenario))


def _inputs(request: Request, episode: Episode, scenario: Scenario) -> dict[str, Json]:
    said: dict[str, Json] = {
        "seed": episode.plan.seed if request.seed is None else request.seed,
        "origin": request.origin,
        "accounts": len(scenario.accounts),
        "bar_minutes": scenario.clock.step.total_seconds() / 60.0,
        "changes": list(request.changes),
    }
    sha = digest([*episode.files().values(), repr(said).encode()])
    return {"sha256": sha, **said}
