"""JSON of Binance: its objects by kind, with the lines on which they stand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from undertow.core.answers.said import Said
from undertow.core.errors import BadFile
from undertow.data.books._noted import Noted
from undertow.data.books.base import Source

Json: TypeAlias = "float | str | bool | list[Json] | dict[str, Json] | None"
LINE = re.compile(r'"symbol"\s*:')


@dataclass(frozen=True, slots=True)
class Record:
    """One object of the file, its numbers as they are written."""

    file: str
    line: int
    cells: Mapping[str, str]


@dataclass(slots=True)
class Found:
    """What the files hold, by kind of object; grows while they are read."""

    noted: dict[str, Noted] = field(default_factory=dict)
    positions: list[Record] = field(default_factory=list)
    wallets: list[Record] = field(default_factory=list)
    rates: list[Record] = field(default_factory=list)
    accounts: list[Record] = field(default_factory=list)


def collect(file: Source, found: Found) -> None:
    """Sort the objects of a file by what they hold."""
    noted = found.noted.setdefault(file.name, Noted(file.name))
    lines = _lines(file.text)

    def kept(pairs: list[tuple[str, Json]]) -> Json:
        names = [name for name, _ in pairs]
        line = next(lines, 0) if "symbol" in names else 0
        if len(set(names)) < len(names):
            noted.say(line, Said("An object says one name twice; keep one of the two."))
        cells = {name: _text(value) for name, value in pairs if not isinstance(value, dict | list)}
        _sort(Record(file.name, line, cells), found)
        return dict(pairs)

    try:
        json.loads(
            file.text, object_pairs_hook=kept, parse_float=str, parse_int=str, parse_constant=_none
        )
    except (ValueError, RecursionError, BadFile) as error:
        why = str(error) if isinstance(error, json.JSONDecodeError) else type(error).__name__
        noted.say(
            0, Said("The file is no JSON ({why}); export it again.", {"why": why}), grave=True
        )


def _sort(record: Record, found: Found) -> None:
    cells = record.cells
    if "positionAmt" in cells and "symbol" in cells:
        found.positions.append(record)
    elif "asset" in cells and ("crossWalletBalance" in cells or "walletBalance" in cells):
        found.wallets.append(record)
    elif "bidRate" in cells and "symbol" in cells:
        found.rates.append(record)
    elif "totalMaintMargin" in cells or "multiAssetsMargin" in cells:
        found.accounts.append(record)


def _lines(text: str) -> Iterator[int]:
    """Lines on which objects name a symbol, in order."""
    line, at = 1, 0
    for found in LINE.finditer(text):
        line += text.count("\n", at, found.start())
        at = found.start()
        yield line


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _none(text: str) -> Json:
    raise BadFile(f"{text} is no number; write one.")
