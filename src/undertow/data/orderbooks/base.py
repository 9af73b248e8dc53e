"""The contract of a reader of one feed's files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from undertow.core.events import About, Events


@dataclass(frozen=True, slots=True)
class Opened:
    """A feed that is being read.

    blocks: messages in file order, some ten thousand at a time; can be gone through once
    skipped: what was left out or is odd, by reason, counted while the blocks are gone through
    """

    about: About
    blocks: Iterator[Events]
    skipped: Counter[str] = field(default_factory=Counter)


class Feed(ABC):
    """Reads the files of one format as they are, compressed or not, block by block.

    A line that cannot be read is BadFile with its place. What the format allows to be odd, such as
    a gap in the sequence numbers, is counted in `skipped`.
    """

    @abstractmethod
    def opened(self, paths: tuple[Path, ...], symbol: str) -> Opened:
        """The first file holds the messages, the second one what the format keeps apart."""
