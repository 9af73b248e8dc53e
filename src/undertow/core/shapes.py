"""Names of the array shapes that travel through the house; the words are the axes."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

PerInstrument: TypeAlias = Annotated[Floats, "instrument"]
FlagPerInstrument: TypeAlias = Annotated[Flags, "instrument"]
InstrumentMatrix: TypeAlias = Annotated[Floats, "instrument underlying"]

PerColumn: TypeAlias = Annotated[Floats, "column"]
IndexPerColumn: TypeAlias = Annotated[NDArray[np.int64], "column"]
FlagPerColumn: TypeAlias = Annotated[Flags, "column"]
PerMoveColumn: TypeAlias = Annotated[Floats, "move column"]
PerMoveSlot: TypeAlias = Annotated[Floats, "move slot"]
PerMove: TypeAlias = Annotated[Floats, "move"]

PerAccount: TypeAlias = Annotated[Floats, "account"]
IndexPerAccount: TypeAlias = Annotated[NDArray[np.int32], "account"]
PerPosition: TypeAlias = Annotated[Floats, "account slot"]
ColumnPerPosition: TypeAlias = Annotated[NDArray[np.uint16], "account slot"]

PerRow: TypeAlias = Annotated[Floats, "row"]
Rows: TypeAlias = Annotated[NDArray[np.int64], "row"]
MovePerRow: TypeAlias = Annotated[NDArray[np.int64], "row"]
PerSlot: TypeAlias = Annotated[Floats, "row slot"]
ColumnPerSlot: TypeAlias = Annotated[NDArray[np.uint16], "row slot"]
