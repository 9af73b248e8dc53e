"""`undertow measure`: what every kind does with its answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, cast

from undertow.core.answers.measured import Measured
from undertow.core.errors import BadFile
from undertow.jobs.answer import Json, digest, told, wrapped

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

NOT_SHOWN = frozenset({"said"})


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of one kind of measure, and what went in."""

    kind: str
    answer: Measured
    inputs: dict[str, Json]

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        found = cast("DataclassInstance", self.answer)
        names = (field.name for field in fields(found) if field.name not in NOT_SHOWN)
        told_all = {name: told(getattr(found, name)) for name in names}
        outcome = " ".join(map(str, self.answer.said))
        return wrapped(f"measure {self.kind}", self.inputs, {"outcome": outcome, **told_all})


def inputs_of(files: Iterable[Path], asked: Mapping[str, Json]) -> dict[str, Json]:
    """Digest of the files and of what was asked, and what was asked."""
    contents = (content for file in files for content in _contents(file))
    return {"sha256": digest([*contents, repr(asked).encode()]), "seed": None, **asked}


def _contents(place: Path) -> Iterable[bytes]:
    """Bytes of a file, or of every file of a folder in the order of names."""
    try:
        if place.is_dir():
            return [f.read_bytes() for f in sorted(place.iterdir()) if f.is_file()]
        return [place.read_bytes()]
    except OSError as error:
        raise BadFile(f"{place} cannot be read ({error.strerror}); give a file.") from error
