"""Messages of order books from files: a file here is a format more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from undertow.core.errors import BadFile
from undertow.core.family import Family
from undertow.data.orderbooks._ahead import ahead
from undertow.data.orderbooks._packed import is_packed
from undertow.data.orderbooks.base import Feed, Opened

FEEDS: Family[Feed] = Family("orderbooks", __name__, Feed)  # type: ignore[type-abstract]


def opened(paths: Sequence[Path], feed: str, symbol: str = "") -> Opened:
    """The messages of the files of one feed, not yet read; BadFile if they cannot be its files.

    symbol: what is wanted of a file that holds several
    """
    reader = FEEDS.written(feed)()
    for path in paths:
        if not path.is_file():
            raise BadFile(f"{path} is no file; give the files of a {feed} feed.")
        if path.stat().st_size == 0:
            raise BadFile(f"{path} is empty; give a file with messages.")
    there = [path.resolve() for path in paths]
    for path, it in zip(paths, there, strict=True):
        if there.count(it) > 1:
            raise BadFile(f"{path} is among the files twice; give each once.")
    made = reader.opened(tuple(paths), symbol)
    if any(map(is_packed, paths)):
        # Unpacking holds a core; whoever replays should not wait for the reading that follows it.
        made = replace(made, blocks=ahead(made.blocks))
    return made
