"""The answer of `undertow run`."""

from __future__ import annotations

from dataclasses import dataclass

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
    """What happened to whom, and what it rests on; `outcome` says it in one sentence."""

    outcome: str
    accounts: int
    bars: int
    rounds: int
    truncated: bool
    instruments: dict[str, InstrumentAnswer]
    segments: dict[str, SegmentAnswer]
    contagion: Contagion
    audit: tuple[Finding, ...]
    warnings: tuple[str, ...]
    assumed: tuple[str, ...] = ()

    @property
    def closes(self) -> bool:
        """Whether the books close."""
        return all(finding.holds for finding in self.audit)
