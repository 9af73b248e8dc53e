"""A layout that nobody writes: a head, then minute, bid, ask and the size of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from undertow.core.errors import BadFile
from undertow.core.quotes import Quotes
from undertow.data.quotes.base import QuoteLayout


@dataclass(frozen=True, slots=True)
class MadeUp(QuoteLayout):
    """Numbers with spaces between, a minute a line; the head has the day.

    Source: made up for a test.
    """

    def quotes(self, file: Path, expiry: str | None) -> Quotes:
        """No contract months."""
        lines = file.read_bytes().decode(errors="replace").splitlines() if file.is_file() else []
        if not lines or not lines[0].startswith("made up quotes of "):
            raise BadFile(f"{file} is not made up; check --format.")
        minute, bid, ask, size = np.loadtxt(lines[1:], ndmin=2).T
        day = np.datetime64(lines[0].removeprefix("made up quotes of "), "ms")
        time = day + (60_000 * minute).astype("timedelta64[ms]")
        return Quotes("T", time, bid, ask, size, size)
