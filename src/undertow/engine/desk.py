"""A desk: the accounts of one group, their broker's tests and their open calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from undertow.core.accounts import NO_CALL, Group
from undertow.core.columns import Columns
from undertow.core.market import Market
from undertow.core.shapes import FlagPerColumn, Flags, Floats, PerColumn, PerPosition, PerRow, Rows
from undertow.engine.board import Board, board_of
from undertow.engine.copied import copied
from undertow.engine.ledger import Clocks, Face, Memory, clocks_of, fresh_memory
from undertow.engine.live import Live, write_home
from undertow.engine.near import NearList
from undertow.engine.pending import NOBODY, Calls, carried
from undertow.engine.pool import Pool
from undertow.engine.totals import Totals, totals, used_pairs
from undertow.engine.weights import Weights
from undertow.model.liquidation.base import Called
from undertow.model.margin.base import MarginRule
from undertow.model.scenario import Regime, Segment

DUST = 1e-12
"""A need below this share of an account's scale is rounding: it calls nobody and ends a call.

scale = |cash| + Σ|q·w| in the row of the target test that binds
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Called accounts of one desk that sell through one seller in one bar.

    calls: which of the desk's open calls these are;  places: where the accounts stand
    need: slack still missing after free cash;  called: its need is the part to be raised now
    offered: what of it the policy was shown
    sales: units per slot;  closing: weighted units per column
    """

    calls: slice | Rows
    places: Rows
    called: Called
    offered: Called
    need: PerRow
    owner: bool
    sales: Floats
    closing: PerColumn


@dataclass(slots=True)
class Desk:
    """Working state of one group; its arrays are the run's own.

    segment: rules in force (a hike replaces them)
    near: accounts that may be called soon, and where they stand;  calls: those in call
    board, number: where its tests are compiled, with those of other desks, and under which number
    sides: sign of each column, 0 where nobody holds it;  opening: totals at the start
    reach: columns that the broker may close, and the owner
    kept: units the owner will not sell, None where the owner is ready to sell all
    passed: version of its tests by which nobody was newly short; −1 if an account changed since
    clocks, face, memory: the ledger; None and empty when it is off
    """

    segment: Segment
    columns: Columns
    near: NearList
    board: Board
    number: int
    sides: PerColumn
    reach: tuple[FlagPerColumn, FlagPerColumn]
    opening: Totals
    calls: Calls
    kept: PerPosition | None = None
    passed: int = -1
    clocks: Clocks | None = None
    face: Face | None = None
    memory: Memory = field(default_factory=fresh_memory)

    @property
    def group(self) -> Group:
        """All accounts as they stand; what is written here is not seen by a near list."""
        write_home(self.near.live, Pool())
        return self.near.group

    @property
    def live(self) -> Live:
        """Where the accounts that may change stand now."""
        return self.near.live

    @property
    def open(self) -> Rows:
        """Places of the accounts with an open call."""
        return self.calls.place

    @property
    def bound(self) -> slice:
        """Its columns among those of the board."""
        return self.board.bounds[self.number]

    @property
    def trigger(self) -> Weights:
        """The test below which an account is called."""
        return self.board.test(self.number, target=False)

    @property
    def target(self) -> Weights:
        """The test that a called account must pass again."""
        return self.board.test(self.number, target=True)

    @property
    def held(self) -> PerColumn:
        """Weighted units per column now."""
        return self.board.held[self.bound]

    def retest(self, market: Market) -> None:
        """Compile the tests of a desk that has a board of its own for today's market and rules."""
        self.board.retest([self.segment.regime], market)

    def scan(self, pool: Pool) -> range:
        """Get ready to ask for short accounts, block by block; returns the blocks."""
        self.calls.place = self.near.renew(self.trigger, self.sides, self.open, pool)
        return range(self.near.count())

    def newly_short(self, market: Market, pool: Pool) -> tuple[Rows, Called]:
        """Places of accounts to be called, ascending, and their copies.

        They are below the trigger, have no open call, and need more than the smallest transfer
        and than rounding.
        """
        least = (self.segment.regime.minimum_transfer, DUST)
        if self._has_exact_rule:
            places = self.short(market, pool)
            return copied(self.live, self.target, places, least)
        self.scan(pool)
        tests, noted = (self.trigger, self.target), self.calls.noted
        found = self.near.short_and_copied(tests, least, pool, noted=noted)
        if not (len(found[0]) or self.near.plain):
            self.passed = int(self.board.version[self.number])
        return found

    @property
    def has_passed(self) -> bool:
        """Whether nobody can be newly short: the tests and the accounts are as they were."""
        return self.passed == self.board.version[self.number]

    def short(self, market: Market, pool: Pool) -> Rows:
        """Places of all accounts below the trigger without an open call, ascending."""
        parts = pool.map(lambda block: self._places_in(block, market), self.scan(pool))
        return np.concatenate([NOBODY, *parts])

    def _places_in(self, block: int, market: Market) -> Rows:
        places = self.near.short(self.trigger, block)
        if self.calls.noted:
            places = places[self.live.opened[places] == NO_CALL]
        return self._really_short(places, market) if self._has_exact_rule else places

    @property
    def _has_exact_rule(self) -> bool:
        return type(self.segment.regime.rule).exact is not MarginRule.exact

    def _really_short(self, places: Rows, market: Market) -> Rows:
        """Where the margin table is only a ceiling, keep those short by the exact rule."""
        rule = self.segment.regime.rule
        held, kind = self.live.quantity[places], self.live.column_at(places)
        exact = rule.exact(held, kind, market, self.columns)
        if exact is None:
            return places
        value = market.value[self.columns.instruments]
        pledged = np.where(self.columns.way[kind // 2] == 0, value[kind], 0.0)
        equity = self.live.cash[places] + (held * pledged).sum(axis=1)
        short = equity < exact
        if self.segment.regime.cash_test:
            settled = (held * self.trigger.weight[-1][kind]).sum(axis=1)
            short |= self.live.cash[places] + settled + self.trigger.offset[-1] < 0.0
        kept: Rows = places[short]
        return kept

    def keep_calls(self, still: Flags) -> None:
        """Go on with these of the open calls; the accounts of the others are whole, or gone."""
        if self.clocks is not None:
            known = ~still & (self.calls.line >= 0)
            self.memory.touched[self.live.at_home(self.open[known])] = self.clocks.now
            self.memory.release(self.calls.line[known])
        self.live.moved, self.passed = True, -1
        self.calls.keep(still, self.live)

    def close_calls(self, places: Rows) -> None:
        """Note that these accounts are whole again, or gone."""
        self.keep_calls(~np.isin(self.open, places, assume_unique=True))


def open_desk(group: Group, segment: Segment, columns: Columns, market: Market) -> Desk:
    """A desk over a group at the opening market, with nothing new called yet."""
    return open_desks([group], [segment], columns, market)[0]


def open_desks(
    groups: Sequence[Group], segments: Sequence[Segment], columns: Columns, market: Market
) -> list[Desk]:
    """A desk over each group at the opening market, all on one board."""
    own = [_own_columns(group, columns) for group in groups]
    starts = [totals(group, used.count) for group, used in own]
    board = board_of(
        [used for _, used in own],
        [start.gross for start in starts],
        [segment.regime for segment in segments],
        market,
    )
    return [
        _open_desk(board, number, group, segment, starts[number])
        for number, ((group, _), segment) in enumerate(zip(own, segments, strict=True))
    ]


def _open_desk(board: Board, number: int, group: Group, segment: Segment, start: Totals) -> Desk:
    columns, near = board.parts[number], NearList(group)
    return Desk(
        segment=segment,
        columns=columns,
        near=near,
        board=board,
        number=number,
        sides=np.where(start.gross > 0.0, columns.sign, 0.0),
        reach=(
            _reach(segment.regime, columns, owner=False),
            _reach(segment.regime, columns, owner=True),
        ),
        opening=start,
        calls=carried(near.live),
        kept=_kept(group, segment.regime.willing, columns),
    )


def _reach(regime: Regime, columns: Columns, *, owner: bool) -> FlagPerColumn:
    """Columns this seller may close: all for the owner, pledged ones for the broker.

    What is pledged elsewhere is out of reach where its money would come after the grace.
    """
    everything = owner or regime.recourse
    late = regime.transfer_days > regime.grace_days
    return columns.pledged | (everything & ~(late & columns.elsewhere))


def _kept(group: Group, willing: float, columns: Columns) -> PerPosition | None:
    if willing >= 1.0:
        return None
    outside = ~columns.pledged[group.column]
    return np.where(outside, (1.0 - willing) * np.abs(group.quantity), 0.0)


def keep_ledger(desks: Sequence[Desk], lookthrough: Floats, bars: int) -> None:
    """Switch the ledger of the desks of one board on."""
    if not desks:
        return
    clocks, faces = clocks_of(desks[0].board, lookthrough, bars)
    for desk, face in zip(desks, faces, strict=True):
        desk.clocks, desk.face = clocks, face
        desk.memory = fresh_memory(len(desk.near.group), len(face.sources))


def _own_columns(group: Group, columns: Columns) -> tuple[Group, Columns]:
    """The group with only the kinds of position it holds, so that its tests are short."""
    used = used_pairs(group.column, len(columns.instrument))
    if len(used) == len(columns.instrument):
        return group, columns
    own = Columns(
        instrument=columns.instrument[used],
        way=columns.way[used],
        entry=columns.entry[used],
        released=columns.released[used],
    )
    place = np.zeros(columns.count, np.uint16)
    place[2 * used], place[2 * used + 1] = 2 * np.arange(len(used)), 2 * np.arange(len(used)) + 1
    return replace(group, column=place[group.column]), own
