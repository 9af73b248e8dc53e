"""The contract of a reader of option chains."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from undertow.core.chain import Chain

Lines: TypeAlias = Sequence[Sequence[str]]
"""The cells of a file's lines; none of a Parquet file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of several underlyings and days of a file; empty where there is only one."""

    symbol: str = ""
    on: str = ""
    spot: float = float("nan")


class ChainLayout(ABC):
    """Reads one underlying's options at one moment from one file.

    Moments are in UTC, a day alone is its close. A file that cannot be read, or is of another
    layout, is BadFile with its line; a number that the file has not is NaN.
    """

    @abstractmethod
    def shown(self, lines: Lines) -> bool:
        """Whether the lines show this layout; at most one layout may say so of a file."""

    @abstractmethod
    def chain(self, file: Path, lines: Lines, wanted: Wanted) -> Chain:
        """The chain that is wanted; UnknownName if the file has another, or several."""
