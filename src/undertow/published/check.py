"""A check: one published result, what it needs, and the rows of got beside published."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.shapes import Floats


@dataclass(frozen=True, slots=True)
class Row:
    """One published value (or several of one kind) beside what the engine gives."""

    name: str
    published: str
    got: str
    tolerance: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Fixture:
    """A data file under the data folder; its hash is part of the check."""

    path: str
    sha256: str

    def missing(self, data: Path) -> bool:
        """Whether the file is not there."""
        return not (data / self.path).is_file()

    def verify(self, data: Path) -> None:
        """BadFile if the file is not byte for byte the one the check was written against."""
        found = hashlib.sha256((data / self.path).read_bytes()).hexdigest()
        if found != self.sha256:
            raise BadFile(
                f"{self.path} has sha256 {found[:12]}…, not {self.sha256[:12]}…; "
                "restore the file, or review the check and state the new hash."
            )


@dataclass(frozen=True, slots=True)
class Check:
    """One published result.

    name: short, unique;  title: what is reproduced
    source: who published it, where, and under which commit and licence
    play: computes the rows from the data folder (checks without fixtures never read it)
    """

    name: str
    title: str
    source: str
    play: Callable[[Path], list[Row]]
    fixtures: tuple[Fixture, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a check, or the reason why it was skipped."""

    check: Check
    rows: tuple[Row, ...]
    skipped: str | None = None

    @property
    def holds(self) -> bool:
        """Whether nothing was found that disagrees."""
        return all(row.holds for row in self.rows)


def answer(check: Check, data: Path) -> Answer:
    """Run a check on the files of a data folder; skipped where one of them is absent."""
    absent = [fixture.path for fixture in check.fixtures if fixture.missing(data)]
    if absent:
        return Answer(check, (), f"{absent[0]} is not in {data}; give --data DIR")
    for fixture in check.fixtures:
        fixture.verify(data)
    return Answer(check, tuple(check.play(data)))


def without_data(play: Callable[[], list[Row]]) -> Callable[[Path], list[Row]]:
    """A check that reads no file."""
    return lambda _: play()


def exactly(name: str, published: object, got: object) -> Row:
    """Counts, flags and exact zeros: equal or not."""
    return Row(name, str(published), str(got), "exact", bool(published == got))


def close(
    name: str,
    published: Floats | float,
    got: Floats | float,
    *,
    within: float,
    relative: bool = False,
) -> Row:
    """Numbers that agree to `within`; of several the largest gap decides and is shown."""
    theirs, ours = np.atleast_1d(published), np.atleast_1d(got)
    scale = np.abs(theirs) if relative else np.ones(theirs.shape)
    worst = float(np.max(np.abs(ours - theirs) / scale))
    kind = "relative" if relative else "absolute"
    tolerance = f"{within:g} {kind}, gap {worst:.1g}"
    return Row(name, _shown(theirs), _shown(ours), tolerance, worst <= within)


def printed(name: str, published: str, got: float) -> Row:
    """A number as printed: ours, given to the same digits, is the same text."""
    ours = like(published, got)
    return Row(name, published, f"{ours}  ({got:.10g})", "as printed", ours == published)


def like(text: str, value: float) -> str:
    """`value` with as many decimals as `text` shows."""
    decimals = len(text.partition(".")[2])
    return f"{value:.{decimals}f}"


def claim(name: str, expected: str, got: str, *, holds: bool) -> Row:
    """A statement in words, with the figures that decide it."""
    return Row(name, expected, got, "sign or order", bool(holds))


def _shown(values: Floats) -> str:
    if values.size == 1:
        return f"{float(values.ravel()[0]):.12g}"
    few = " ".join(f"{v:.6g}" for v in values.ravel()[:3])
    return few if values.size <= 3 else f"{few} … ({values.size} numbers)"
