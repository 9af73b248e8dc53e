"""The answer of `undertow run`."""

from __future__ import annotations

from dataclasses import dataclass, field

from undertow.core.answers.reading import Ceiling, FactCheck, Later, Ranges, Window
from undertow.core.answers.said import Said
from undertow.core.trace import Contagion, Finding


@dataclass(frozen=True, slots=True)
class InstrumentAnswer:
    """One instrument over the window; all changes are shares of the opening price.

    role: given (its path is the actual one), linked (inherits its underlying's) or free (earned)
    given: change due to news that was given;  forced: change due to forced selling at the end
    forced_low, forced_high: the deepest and highest forced change on the way
    simulated: news and forced together
    actual: what happened, None where unknown;  unexplained: actual − simulated
    depth_low: lowest displayed depth over normal;  spread_high: widest spread over normal
    """

    role: str
    given: float
    forced: float
    forced_low: float
    forced_high: float
    simulated: float
    actual: float | None
    unexplained: float | None
    depth_low: float
    spread_high: float


@dataclass(frozen=True, slots=True)
class SegmentAnswer:
    """One segment over the window; counts in real accounts, money in base currency.

    accounts: simulated;  weight: real accounts they stand for
    insurance_usd, broker_usd: who bore the bad debt
    """

    accounts: int
    weight: float
    called: float
    forced_usd: float
    bankrupt: float
    bad_debt_usd: float
    insurance_usd: float
    broker_usd: float
    unrescuable: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """What happened to whom, and what it rests on; `said` says it in a few sentences.

    changes: what was set otherwise than in the episode;  beside: the run without these changes
    losses: dollars lost in each source, which the ceiling rests on;  assumed: ids of facts
    """

    said: tuple[Said, ...]
    window: Window
    accounts: int
    bars: int
    rounds: int
    truncated: bool
    instruments: dict[str, InstrumentAnswer]
    segments: dict[str, SegmentAnswer]
    contagion: Contagion
    audit: tuple[Finding, ...]
    warnings: tuple[Said, ...]
    assumed: tuple[str, ...] = ()
    losses: dict[str, float] = field(default_factory=dict)
    ceiling: dict[str, Ceiling] = field(default_factory=dict)
    ceiling_of_baskets: dict[str, Ceiling] = field(default_factory=dict)
    ranges: Ranges | None = None
    facts_check: tuple[FactCheck, ...] = ()
    out_of_sample: dict[str, Later] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    beside: Simulation | None = None

    @property
    def outcome(self) -> str:
        """What it comes to, in English."""
        return " ".join(map(str, self.said))

    @property
    def closes(self) -> bool:
        """Whether the books close."""
        return all(finding.holds for finding in self.audit)

    @property
    def targets(self) -> tuple[str, ...]:
        """Instruments whose every number is earned."""
        return tuple(name for name, one in self.instruments.items() if one.role == "free")
