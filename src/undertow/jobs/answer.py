"""The one JSON: every door prints the same shape."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from undertow import __version__
from undertow.core.answers.reading import Ranges
from undertow.core.answers.said import Said
from undertow.core.answers.simulation import Simulation

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None

SCHEMA = 1
MATTER_MOST = 5


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
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    return plain(float(value))  # type: ignore[arg-type]


def told(value: object) -> Json:
    """An answer as JSON: its sentences in English, its records by field."""
    if isinstance(value, Said):
        return str(value)
    if is_dataclass(value):
        return {field.name: told(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): told(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [told(inner) for inner in value]
    return plain(value)


def simulation_json(answer: Simulation) -> dict[str, Json]:
    """The fields of `undertow run --json`."""
    return {
        "outcome": answer.outcome,
        "window": plain(asdict(answer.window)),
        "accounts": answer.accounts,
        "bars": answer.bars,
        "rounds": answer.rounds,
        "truncated": answer.truncated,
        "losses": plain(answer.losses),
        "ceiling": plain(_records(answer.ceiling)),
        "ceiling_of_baskets": plain(_records(answer.ceiling_of_baskets)),
        "instruments": plain(_records(answer.instruments)),
        "segments": plain(_records(answer.segments)),
        "out_of_sample": plain(_records(answer.out_of_sample)),
        "contagion": _contagion(answer),
        "facts_check": [plain(asdict(check)) for check in answer.facts_check],
        "audit": [plain(asdict(finding)) for finding in answer.audit],
        "assumed": list(answer.assumed),
        "changes": list(answer.changes),
        "warnings": [str(warning) for warning in answer.warnings],
        **(ranges_json(answer.ranges) if answer.ranges else {}),
        **({"beside": simulation_json(answer.beside)} if answer.beside else {}),
    }


def stored_json(answer: Simulation) -> dict[str, Json]:
    """The same, with the sentences in parts, so that they can be shown in another language."""
    parts = {"said": answer.said, "warned": answer.warnings}
    told = {key: [plain(asdict(one)) for one in said] for key, said in parts.items()}
    return {**simulation_json(answer), **told}


def ranges_json(ranges: Ranges) -> dict[str, Json]:
    """What the assumed inputs leave open."""
    return {
        "ranges": {name: [one.low, one.high] for name, one in ranges.forced.items()},
        "totals": plain(_records(ranges.totals)),
        "rests_on": [plain(asdict(rest)) for rest in ranges.tornado[:MATTER_MOST]],
        "tornado": [plain(asdict(rest)) for rest in ranges.tornado],
        "ranges_of": {
            "target": ranges.target,
            "runs": ranges.runs,
            "accounts": ranges.accounts,
            "bar_minutes": ranges.bar_minutes,
            "base": plain(ranges.base),
        },
    }


def _records(found: Mapping[str, DataclassInstance]) -> dict[str, dict[str, object]]:
    return {name: asdict(record) for name, record in found.items()}


def _contagion(answer: Simulation) -> Json:
    """The matrix without origins that caused nothing and instruments that nobody sold."""
    matrix, usd = answer.contagion, answer.contagion.usd
    rows, columns = (np.flatnonzero(usd.any(axis=axis)).tolist() for axis in (1, 0))
    return {
        "origins": [matrix.origins[k] for k in rows],
        "sold": [matrix.sold[k] for k in columns],
        "usd": [[float(usd[i, j]) for j in columns] for i in rows],
    }
