"""Everything that happened, bar by bar, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from undertow.core.shapes import Floats


@dataclass(frozen=True, slots=True)
class Finding:
    """One conservation law, whether it held, and by how much it was missed at worst (relative)."""

    law: str
    holds: bool
    worst: float


@dataclass(frozen=True, slots=True)
class Paths:
    """Per bar (or round) and instrument, [bar, instrument]; prices as dealt at the bar's opening.

    news, forced: ln of the price's part due to news and to forced selling, since the start
    pressure: z;  displayed: depth shown over normal;  spread: multiple of normal
    sold: units sold by force (accounts and traders), net of closing purchases of shorts
    margin: base currency posted against each instrument
    """

    price: Floats
    news: Floats
    forced: Floats
    pressure: Floats
    displayed: Floats
    spread: Floats
    sold: Floats
    margin: Floats


@dataclass(frozen=True, slots=True)
class SegmentPaths:
    """Per bar and segment, [bar, segment]; counts in real accounts, money in base currency.

    called: new margin calls;  open: calls not yet met;  unrescuable: in call with nothing worth
    selling;  bankrupt: accounts that owe after all was sold;  bad_debt: what they owe
    sold: value of forced sales, [bar, segment, instrument]
    """

    called: Floats
    open: Floats
    unrescuable: Floats
    bankrupt: Floats
    bad_debt: Floats
    sold: Floats


@dataclass(frozen=True, slots=True)
class Contagion:
    """Who made whom sell what.

    by_seller: base currency that `sellers[k]` sold of `sold[j]` booked to `origins[i]`, [k, i, j]
    """

    origins: tuple[str, ...]
    sold: tuple[str, ...]
    sellers: tuple[str, ...]
    by_seller: Floats

    @property
    def usd(self) -> Floats:
        """The same over all sellers, [origin, sold]."""
        return self.by_seller.sum(axis=0)

    def largest(self, count: int) -> list[tuple[str, str, float]]:
        """The largest entries, as (origin, sold, money)."""
        usd = self.usd
        order = np.argsort(usd, axis=None)[::-1][:count]
        cells = [np.unravel_index(k, usd.shape) for k in order]
        return [
            (self.origins[i], self.sold[j], float(usd[i, j])) for i, j in cells if usd[i, j] > 0
        ]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """Who bore the bad debt of each segment, base currency."""

    insurance: dict[str, float]
    broker: dict[str, float]


@dataclass(frozen=True, slots=True)
class Trace:
    """The record of one run; it cannot run anything.

    rounds: bars or rounds played;  truncated: the cascade had not come to rest at the last round
    account_rounds: accounts times rounds;  scanned: margin tests really made
    """

    scenario: str
    instruments: tuple[str, ...]
    segments: tuple[str, ...]
    paths: Paths
    by_segment: SegmentPaths
    contagion: Contagion
    waterfall: Waterfall
    audit: tuple[Finding, ...]
    rounds: int
    truncated: bool
    account_rounds: int
    scanned: int

    @property
    def closes(self) -> bool:
        """Whether every law of the audit held."""
        return all(finding.holds for finding in self.audit)
