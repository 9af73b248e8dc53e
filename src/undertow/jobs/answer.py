"""The one JSON: every door prints the same shape."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TypeAlias

from undertow import __version__
from undertow.core.answers.simulation import Simulation

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

SCHEMA = 1


def digest(contents: Iterable[bytes]) -> str:
    """SHA-256 over all inputs in order."""
    total = hashlib.sha256()
    for content in contents:
        total.update(len(content).to_bytes(8, "little"))
        total.update(content)
    return total.hexdigest()


def wrapped(
    command: str, inputs: Mapping[str, Json], answer: Mapping[str, Json]
) -> dict[str, Json]:
    """The top of every answer, with NaN and infinity as null."""
    top: dict[str, Json] = {
        "undertow": __version__,
        "schema": SCHEMA,
        "command": command,
        "inputs": dict(inputs),
    }
    return {**top, **{key: plain(value) for key, value in answer.items()}}


def plain(value: object) -> Json:
    """A value as JSON knows it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return plain(float(value))  # type: ignore[arg-type]


def simulation_json(answer: Simulation) -> dict[str, Json]:
    """The fields of `undertow run --json`."""
    return {
        "outcome": answer.outcome,
        "accounts": answer.accounts,
        "bars": answer.bars,
        "rounds": answer.rounds,
        "truncated": answer.truncated,
        "instruments": {name: plain(asdict(a)) for name, a in answer.instruments.items()},
        "segments": {name: plain(asdict(s)) for name, s in answer.segments.items()},
        "contagion": _contagion(answer),
        "audit": [plain(asdict(finding)) for finding in answer.audit],
        "assumed": list(answer.assumed),
        "warnings": list(answer.warnings),
    }


def _contagion(answer: Simulation) -> Json:
    """The matrix without origins that caused nothing and instruments that nobody sold."""
    matrix = answer.contagion
    rows = [k for k in range(len(matrix.origins)) if matrix.usd[k].any()]
    columns = [k for k in range(len(matrix.sold)) if matrix.usd[:, k].any()]
    return {
        "origins": [matrix.origins[k] for k in rows],
        "sold": [matrix.sold[k] for k in columns],
        "usd": [[float(matrix.usd[i, j]) for j in columns] for i in rows],
    }
