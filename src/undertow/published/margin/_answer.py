"""Worked examples of margin rules: what we get, then beside what was expected."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from undertow.core.errors import BadFile, InputError
from undertow.jobs.answer import Json, digest, plain, wrapped
from undertow.published.margin._adapter import (
    Adapter,
    Inputs,
    Results,
    Value,
    adapters,
    row_of,
)
from undertow.published.margin._words import in_all_words

COLUMNS = ("regime", "inputs", "expected")
TOLERANCE = 1e-6
UNANSWERED = (InputError, ArithmeticError, ValueError, LookupError, TypeError, AttributeError)
"""What a rule raises on inputs it cannot read: the row is not supported, the file goes on."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row of the file. row: counted from 1, without the heading."""

    row: int
    regime: str
    inputs: Mapping[str, Value]
    expected: Mapping[str, Value]
    note: str


def read_examples(path: Path) -> tuple[Example, ...]:
    """Rows of a file with the columns regime, inputs, expected and perhaps note."""
    try:
        lines = csv.DictReader(io.StringIO(_text(path.read_bytes()), newline=""))
        lacking = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
        if lacking:
            raise BadFile(f"{path.name} has no column {lacking[0]!r}; add it.")
        return tuple(_example(k, cells, path.name) for k, cells in enumerate(lines, 1))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{path} cannot be read: {error}; give a CSV file in UTF-8.") from error


def _text(raw: bytes) -> str:
    """UTF-8, with or without its mark, else what Chinese spreadsheets write."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")


def _example(row: int, cells: Mapping[str, str | None], file: str) -> Example:
    inputs, expected = (_object(cells[key], f"{file} row {row} {key}") for key in COLUMNS[1:])
    return Example(row, cells["regime"] or "", inputs, expected, cells.get("note") or "")


def _object(text: str | None, where: str) -> dict[str, Value]:
    try:
        found = json.loads(text or "")
    except (json.JSONDecodeError, RecursionError) as error:
        raise BadFile(f"{where} is not JSON: {error}; write an object.") from error
    if not isinstance(found, dict):
        raise BadFile(f"{where} is {found!r}; write an object with names and values.")
    return found


def got(
    regime: str, inputs: Mapping[str, Value], known: Sequence[Adapter]
) -> tuple[Results | None, str]:
    """Results of the first adapter that fits and can, or the reason why there are none."""
    row, why = (
        _said(regime, inputs),
        f"no rule is registered for {regime!r} with {', '.join(inputs)}",
    )
    for adapter in known:
        if adapter.fits(regime, row):
            try:
                return in_all_words(adapter.gives(row)), ""
            except UNANSWERED as error:
                why = f"{type(error).__name__}: {error}"
    return None, why


def _said(regime: str, inputs: Mapping[str, Value]) -> Inputs:
    """The row with what only its regime says: a short, a put or a call, the regime itself."""
    row, words = row_of(inputs), regime.lower()
    told: dict[str, Value] = {"regime": regime}
    whole = {"legs", "position"} & row.given.keys()
    if re.search(r"\bshort\b", words) and not whole and "side" not in row and "short" not in row:
        told["side"] = "short"
    rights = re.findall(r"\b(put|call)\b(?! spread| price| level| date| amount)", words)
    if "strike" in row and "right" not in row and not whole and len(set(rights)) == 1:
        told["right"] = rights[0]
    return Inputs({**told, **row.given})


def margin_answer(path: Path) -> dict[str, Json]:
    """Run every row of a file; the public functions never see what is expected."""
    examples, known = read_examples(path), adapters()
    found = [(one, *got(one.regime, one.inputs, known)) for one in examples]
    results: list[Json] = [{"row": e.row, "got": plain(r)} for e, r, _ in found if r is not None]
    failed: list[Json] = [
        {"row": e.row, "regime": e.regime, "got": _asked(r, e), "expected": plain(e.expected)}
        for e, r, _ in found
        if r is not None and not matches(r, e.expected, e.note)
    ]
    unsupported: list[Json] = [
        {"row": e.row, "regime": e.regime, "reason": why} for e, r, why in found if r is None
    ]
    matched = len(results) - len(failed)
    said = f"{matched} of {len(examples)} worked examples match, {len(failed)} do not"
    answer: dict[str, Json] = {
        "outcome": f"{said}, {len(unsupported)} are not supported.",
        "warnings": [],
        "rows": len(examples),
        "matched": matched,
        "failed": failed,
        "results": results,
        "unsupported": unsupported,
    }
    return wrapped("published", {"sha256": digest([path.read_bytes()]), "seed": None}, answer)


def matches(results: Results, expected: Mapping[str, Value], note: str) -> bool:
    """Whether every expected name has its value, within the tolerance of the note."""
    return bool(expected) and all(
        key in results and alike(results[key], value, tolerance(note, key))
        for key, value in expected.items()
    )


def alike(ours: object, theirs: object, within: float) -> bool:
    """Numbers to a relative tolerance, lists and tables part by part, the rest exactly."""
    if isinstance(theirs, bool) or isinstance(ours, bool) or theirs is None:
        return ours is theirs
    if isinstance(theirs, int | float) and isinstance(ours, int | float):
        return math.isclose(ours, theirs, rel_tol=within, abs_tol=1e-9)
    if isinstance(theirs, list) and isinstance(ours, list | tuple):
        pairs = zip(ours, theirs, strict=False)
        return len(ours) == len(theirs) and all(alike(a, b, within) for a, b in pairs)
    if isinstance(theirs, dict) and isinstance(ours, Mapping):
        return all(k in ours and alike(ours[k], v, within) for k, v in theirs.items())
    return type(ours) is type(theirs) and ours == theirs


def tolerance(note: str, key: str) -> float:
    """Relative tolerance of one expected name: a band said of it alone, or of all, or 1e-6."""
    band = re.search(rf"\b{re.escape(key)} [^;|]*?\+/-\s*([\d.]+)\s*%", note)
    if band:
        return float(band[1]) / 100.0
    said = re.search(r"rel tol ([\d.]+(?:e[+-]?\d+)?)", note, re.IGNORECASE)
    return float(said[1]) if said else TOLERANCE


def _asked(results: Results, example: Example) -> Json:
    """The expected names only, or all if none of them is there."""
    return plain({k: results[k] for k in example.expected if k in results} or results)


def page(answer: Mapping[str, Json]) -> str:
    """The answer in lines: what does not match, what is not supported, and the count."""
    lines = [
        *(f"✗ row {_cells(each, 'regime', 'got', 'expected')}" for each in _list(answer, "failed")),
        *(f"· row {_cells(each, 'regime', 'reason')}" for each in _list(answer, "unsupported")),
        str(answer["outcome"]),
    ]
    return "\n".join(lines)


def _list(answer: Mapping[str, Json], key: str) -> list[dict[str, Json]]:
    found = answer[key]
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _cells(each: dict[str, Json], *keys: str) -> str:
    return "  ".join([str(each["row"]), *(f"{key} {each[key]}" for key in keys)])
