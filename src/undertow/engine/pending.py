"""Open calls of a desk, from the bar in which they are made to the one in which they are met."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from undertow.core.accounts import NO_CALL
from undertow.core.shapes import Flags, Rows
from undertow.engine.live import Live
from undertow.model.liquidation.base import Called

NOBODY: Rows = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Fresh:
    """Calls made in this bar, with copies of the accounts from when they were found."""

    places: Rows
    called: Called


@dataclass(slots=True)
class Calls:
    """Open calls, older ones first; those of one bar are in the order of their accounts.

    place: in the near list;  since: bar of the call
    line: line of the account in the ledger's memory, −1 for none
    fresh: the calls of this bar, in parts;  carried: how many are older
    noted: whether accounts know of their calls (`opened`); calls met in the bar they were made
    are never noted
    """

    place: Rows = field(default_factory=NOBODY.copy)
    since: Rows = field(default_factory=NOBODY.copy)
    line: Rows = field(default_factory=NOBODY.copy)
    fresh: list[Fresh] = field(default_factory=list)
    carried: int = 0
    noted: bool = False

    def __len__(self) -> int:
        return len(self.place)

    def take_up(self, parts: list[Fresh], bar: int) -> Rows:
        """Take up new calls; returns their places."""
        self.fresh = [part for part in parts if len(part.places)]
        if not self.fresh:
            self.carried = len(self.place)
            return NOBODY
        parts_of = [part.places for part in self.fresh]
        new = parts_of[0] if len(parts_of) == 1 else np.concatenate(parts_of)
        self.carried = len(self.place)
        self.place = _with(self.place, new)
        self.since = _with(self.since, np.full(len(new), bar, np.int64))
        self.line = _with(self.line, np.full(len(new), -1, np.int64))
        return new

    def keep(self, still: Flags, accounts: Live) -> None:
        """Drop the calls that are over, and let the accounts know."""
        if still.all():
            accounts.opened[self.place[self.carried :]] = self.since[self.carried :]
        else:
            if self.noted:
                accounts.opened[self.place[~still]] = NO_CALL
            each = (of[still] for of in (self.place, self.since, self.line))
            self.place, self.since, self.line = each
            accounts.opened[self.place] = self.since
        self.fresh, self.carried, self.noted = [], len(self.place), len(self.place) > 0


def _with(old: Rows, new: Rows) -> Rows:
    return np.concatenate([old, new]) if len(old) else new


def carried(accounts: Live) -> Calls:
    """The calls that are open at the start."""
    place = np.flatnonzero(accounts.opened != NO_CALL)
    since = accounts.opened[place].astype(np.int64)
    line = np.full(len(place), -1, np.int64)
    return Calls(place, since, line, carried=len(place), noted=len(place) > 0)
