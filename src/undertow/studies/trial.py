"""One small run of an episode under other facts."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from undertow.core.errors import InputError
from undertow.core.shapes import Floats
from undertow.engine.channels import without
from undertow.engine.run import How, run
from undertow.episodes.build import compile_episode
from undertow.episodes.episode import Episode
from undertow.model.scenario import Scenario

TOTALS = ("calls", "forced_usd", "bad_debt_usd")


@dataclass(frozen=True, slots=True)
class Design:
    """Many small runs of the same system; the defaults are those of the command (decision 30).

    accounts, bar: size of each run;  draws: runs in which every input stands somewhere
    workers: processes; no answer depends on how many
    origin, seed, allow, off: as in the run that the ranges belong to; `off` are channels
    """

    accounts: int = 10_000
    bar: str = "1h"
    draws: int = 24
    workers: int = 2
    origin: str = "given"
    seed: int | None = None
    allow: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a small run says: forced change of each price, [bar, instrument], and `TOTALS`.

    forced: share of the price;  closes: whether the books close
    """

    forced: Floats
    totals: tuple[float, ...]
    closes: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no run: together these facts are outside what a rule can mean."""

    why: str


@dataclass(frozen=True)
class Trial:
    """The system under other facts, by name; called with the facts that differ."""

    episode: Episode
    design: Design

    def __call__(self, facts: Mapping[str, float]) -> Outcome | Refused | None:
        """What happens; None where the facts leave the system as it was, to the byte."""
        try:
            scenario = self.scenario(facts)
        except InputError as error:
            return Refused(str(error).rstrip("."))
        if facts and _digest(scenario) == self._as_assumed:
            return None
        return _outcome(scenario)

    def scenario(self, facts: Mapping[str, float]) -> Scenario:
        """The small system under these facts."""
        design = self.design
        small = compile_episode(
            self.episode.with_facts(facts),
            accounts=design.accounts,
            seed=design.seed,
            bar=design.bar,
            origin=design.origin,
            allow=design.allow,
        )
        return reduce(without, design.off, small)

    @cached_property
    def _as_assumed(self) -> bytes:
        return _digest(self.scenario({}))


def _digest(scenario: Scenario) -> bytes:
    """Equal systems of one process have equal digests; a run takes a hundred times as long."""
    return hashlib.sha256(pickle.dumps(scenario, pickle.HIGHEST_PROTOCOL)).digest()


def _outcome(scenario: Scenario) -> Outcome:
    trace = run(scenario, how=How(threads=1, ledger=False))
    paths = trace.by_segment
    totals = (paths.called.sum(), paths.sold.sum(), paths.bad_debt.sum())
    return Outcome(np.expm1(trace.paths.forced), tuple(map(float, totals)), trace.closes)
