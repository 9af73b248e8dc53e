"""What a replay shows after each message: the touch, and what the message did to the book."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

from undertow.core import events as ev
from undertow.core.shapes import Floats

Seen: TypeAlias = Annotated[NDArray[np.int64], "event column"]
"""A row a message, in the columns below."""
Row: TypeAlias = Annotated[NDArray[np.int64], "column"]
"""One of them."""
Sampled: TypeAlias = Annotated[NDArray[np.int64], "sample column"]
"""A row a second, in the columns further below."""
Ledger: TypeAlias = Annotated[Floats, "window column"]
"""A row a window."""
Counters: TypeAlias = Annotated[NDArray[np.int64], "counter"]
"""What is remembered from one block to the next."""

TIME, BID, ASK, BID_QUANTITY, ASK_QUANTITY, STATE = 0, 1, 2, 3, 4, 5
KIND, SIDE, PRICE, GONE, PLACE, NEW, FLAGS, ORDER = 6, 7, 8, 9, 10, 11, 12, 13
COLUMNS = 14
"""KIND as in `core.events`, NOTHING where the book did not change; GONE leaves at PRICE, NEW comes
at PLACE; a trade has its quantity in GONE. A replay of orders finds the message's own quantity in
NEW."""

OPEN, ONE_SIDED, CROSSED, BETWEEN = 0, 1, 2, 3
"""STATE: both sides are there; one is not; the best bid is at or above the best ask; nobody saw the
book then, as more of the same was still to come."""

NOTHING = ev.NOTHING
"""KIND of a message that is passed over."""

AT, USED = 0, 1
S_BID, S_ASK, S_BID_TOUCH, S_ASK_TOUCH = 2, 3, 4, 5
S_BID_TEN, S_ASK_TEN, S_BID_10, S_ASK_10, S_BID_50, S_ASK_50 = 6, 7, 8, 9, 10, 11
S_CUT, S_BID_MAKERS, S_ASK_MAKERS = 12, 13, 14
SAMPLE_COLUMNS = 15
"""USED is the STATE; S_CUT tells what the file's levels do not reach: 1 ten levels, 2 within 10 bp,
4 within 50 bp."""

CUT_TEN, CUT_10, CUT_50 = 1, 2, 4
SECOND = 1_000_000_000
