"""Raw answers of providers, kept as they came with the moment they came."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from undertow.core.compiled import home
from undertow.core.errors import NotWritable

STAMP = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was kept. moment: UTC, when it came;  file: where it lies."""

    content: bytes
    moment: datetime
    file: Path

    @property
    def sha256(self) -> str:
        """Of the answer as it came."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Cache:
    """A folder of raw answers: `<provider>/<question>-<moment>.raw`, never overwritten.

    Beside each stands what was asked, `<question>.json`; keys are no part of a question.
    """

    folder: Path

    def keep(
        self, provider: str, question: dict[str, str], content: bytes, moment: datetime
    ) -> Kept:
        """Write an answer down; NotWritable where that fails."""
        name = _named(question)
        file = self.folder / provider / f"{name}-{moment.astimezone(UTC):{STAMP}}.raw"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            asked = json.dumps(question, indent=1, ensure_ascii=False)
            (file.parent / f"{name}.json").write_text(asked, encoding="utf-8")
            part = file.with_suffix(f".{os.getpid()}")
            part.write_bytes(content)
            part.replace(file)
        except OSError as error:
            raise NotWritable(
                f"answers cannot be kept in {str(self.folder)!r} ({error.strerror});"
                " choose another folder with UNDERTOW_HOME."
            ) from error
        return Kept(content, moment, file)

    def newest(
        self, provider: str, question: dict[str, str], now: datetime, within: timedelta
    ) -> Kept | None:
        """The last answer to the very same question, if it is not older than that."""
        for file in sorted((self.folder / provider).glob(f"{_named(question)}-*.raw"))[::-1]:
            try:
                moment = datetime.strptime(file.stem.rpartition("-")[2], STAMP).replace(tzinfo=UTC)
                # One of the future was kept before the clock was set back: it says no age.
                if timedelta(0) <= now - moment <= within:
                    return Kept(file.read_bytes(), moment, file)
            except (ValueError, OSError):
                continue
        return None


def raw_answers() -> Cache:
    """The cache under UNDERTOW_HOME."""
    return Cache(home() / "raw")


def _named(question: dict[str, str]) -> str:
    text = json.dumps(question, sort_keys=True)
    plain = "".join(c if c.isalnum() else "_" for c in question.get("symbol", ""))
    return f"{plain[:40]}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
