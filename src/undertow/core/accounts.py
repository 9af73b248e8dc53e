"""What all participants own and owe, as arrays, group by group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from undertow.core.shapes import (
    ColumnPerPosition,
    IndexPerAccount,
    PerAccount,
    PerPosition,
)

NO_CALL = -1


@dataclass(frozen=True, slots=True)
class Group:
    """Accounts of one segment with the same number of positions.

    quantity: signed units per slot;  column: kind of position per slot (side bit = sign)
    cash: net cash in the account's margin book, base currency (loans and futures' entry values
    are negative cash);  free_cash: cash outside the margin book that can be paid in
    owed: debt left after all was sold;  weight: real accounts this one stands for
    opened: bar at which the open call was made, NO_CALL if none
    """

    segment: str
    quantity: PerPosition
    column: ColumnPerPosition
    cash: PerAccount
    free_cash: PerAccount
    owed: PerAccount
    weight: PerAccount
    opened: IndexPerAccount

    def __len__(self) -> int:
        return len(self.cash)

    @property
    def slots(self) -> int:
        """Number of positions per account."""
        return int(self.quantity.shape[1])

    @property
    def nbytes(self) -> int:
        """Memory of all arrays."""
        arrays = (getattr(self, f.name) for f in fields(self) if f.name != "segment")
        return sum(a.nbytes for a in arrays)

    def copy(self) -> Group:
        """The same accounts; what a run changes is in arrays of their own, the rest is shared."""
        return replace(
            self,
            quantity=self.quantity.copy(),
            cash=self.cash.copy(),
            free_cash=self.free_cash.copy(),
            owed=self.owed.copy(),
            opened=self.opened.copy(),
        )


@dataclass(frozen=True, slots=True)
class Accounts:
    """All groups of a run."""

    groups: tuple[Group, ...]

    def __len__(self) -> int:
        return sum(len(g) for g in self.groups)

    def __iter__(self) -> Iterator[Group]:
        return iter(self.groups)

    @property
    def segments(self) -> tuple[str, ...]:
        """Segment names in order of first appearance."""
        return tuple(dict.fromkeys(g.segment for g in self.groups))

    @property
    def nbytes(self) -> int:
        """Memory of all groups."""
        return sum(g.nbytes for g in self.groups)

    def copy(self) -> Accounts:
        """The same accounts in arrays of their own."""
        return Accounts(tuple(g.copy() for g in self.groups))


def plain_group(
    segment: str,
    quantity: PerPosition,
    cash: PerAccount,
    *,
    column: ColumnPerPosition | None = None,
    weight: PerAccount | None = None,
) -> Group:
    """A group of weight one without free cash; by default slot k holds pair k, side by sign."""
    quantity = np.ascontiguousarray(quantity, dtype=np.float64)
    accounts, slots = quantity.shape
    if column is None:
        column = (2 * np.arange(slots) + (quantity < 0)).astype(np.uint16)
    return Group(
        segment=segment,
        quantity=quantity,
        column=np.ascontiguousarray(column, dtype=np.uint16),
        cash=np.ascontiguousarray(cash, dtype=np.float64),
        free_cash=np.zeros(accounts),
        owed=np.zeros(accounts),
        weight=np.ones(accounts) if weight is None else np.ascontiguousarray(weight, np.float64),
        opened=np.full(accounts, NO_CALL, dtype=np.int32),
    )
