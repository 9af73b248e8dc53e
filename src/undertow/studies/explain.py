"""The question: why did this price go as it did: how much news, how much forced, by whom?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.explanation import Explanation, Flow
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.tables import Tables
from undertow.core.errors import BadFile, unknown

if TYPE_CHECKING:
    from polars import DataFrame

LARGEST = 6
REST = "other"
_ROLES = {
    "given": Said(
        "{name} follows its actual path: that it fits is no result. Forced selling made up"
        " {forced} of it; the rest, {given}, is counted as news."
    ).text,
    "linked": Said(
        "{name} inherits the news of what it looks through to, {given}; forced selling moved it"
        " by {forced}."
    ).text,
    "free": Said("Forced selling moved {name} by {forced} at the end.").text,
}


def explain(summary: Mapping[str, object], tables: Tables, instrument: str) -> Explanation:
    """Read one instrument's story off a stored run.

    summary: its JSON;  tables: as stored
    """
    known = _instruments(summary)
    if instrument not in known:
        raise unknown("instrument", instrument, known, "this run")
    one = _table(known, instrument)
    sold = _sales(tables.sales, instrument)
    matrix = tables.contagion
    booked = _flows(matrix.filter(matrix["sold"] == instrument))
    onward = _flows(matrix.filter(matrix["origin"] == f"{instrument}: forced selling"))
    low, high = _range(summary, instrument)
    deepest, when = _deepest(tables.instruments, instrument)
    return Explanation(
        said=tuple(_sentences(instrument, one, sold, (low, high))),
        instrument=instrument,
        role=str(one["role"]),
        news=_number(one, "given"),
        forced=_number(one, "forced"),
        low=low,
        high=high,
        simulated=_number(one, "simulated"),
        actual=_maybe(one, "actual"),
        unexplained=_maybe(one, "unexplained"),
        ceiling=_maybe(_table(_table(summary, "ceiling"), instrument), "impact"),
        deepest=deepest,
        when=when,
        sold_usd=sum(flow.usd for flow in sold),
        by_seller=_largest(sold),
        from_what=_largest([*booked, *_uncalled(sold, booked)]),
        onward=_largest(onward),
    )


def headline_of(summary: Mapping[str, object]) -> str:
    """The free instrument that forced selling moved furthest, else the first one."""
    known = _instruments(summary)
    tables = {name: _table(known, name) for name in known}
    free = [name for name, one in tables.items() if one["role"] == "free"] or list(tables)
    return max(free, key=lambda name: max(-_number(tables[name], "forced_low"),
                                          _number(tables[name], "forced_high")))  # fmt: skip


def _instruments(summary: Mapping[str, object]) -> Mapping[str, object]:
    """What the run knows of each instrument; BadFile if that is nothing."""
    known = _table(summary, "instruments")
    if not known or any(_table(known, name).get("role") not in _ROLES for name in known):
        raise BadFile(
            "the summary of this run does not say what its instruments did; name a folder that"
            " `undertow run` stored."
        )
    return known


def _sales(frame: DataFrame, instrument: str) -> list[Flow]:
    """Forced sales of it by seller, the largest first."""
    own = frame.filter(frame["instrument"] == instrument).select("segment", "usd")
    totals = own.group_by("segment", maintain_order=True).sum().sort("usd", descending=True)
    return [
        Flow(row["segment"], "", instrument, row["usd"]) for row in totals.iter_rows(named=True)
    ]


def _flows(booked: DataFrame) -> list[Flow]:
    """Sales that are booked to what called their sellers."""
    return [Flow(*row) for row in booked.select("seller", "origin", "sold", "usd").iter_rows()]


def _uncalled(sold: list[Flow], booked: list[Flow]) -> list[Flow]:
    """Sales of traders: nobody called them, so no origin is booked."""
    called = {flow.seller for flow in booked}
    return [flow for flow in sold if flow.seller not in called]


def _largest(flows: list[Flow]) -> tuple[Flow, ...]:
    """The largest flows, and all others as one."""
    ordered = sorted((f for f in flows if f.usd > 0.0), key=lambda flow: -flow.usd)
    shown, rest = ordered[:LARGEST], ordered[LARGEST:]
    if not rest:
        return tuple(shown)
    return (*shown, Flow(REST, "", "", sum(flow.usd for flow in rest)))


def _range(summary: Mapping[str, object], instrument: str) -> tuple[float | None, float | None]:
    found = _table(summary, "ranges").get(instrument)
    if not isinstance(found, list):
        return None, None
    return float(found[0]), float(found[1])


def _deepest(frame: DataFrame, instrument: str) -> tuple[float, str]:
    """Deepest change by forced selling, and when."""
    own = frame.filter(frame["instrument"] == instrument)
    at = own["log_forced"].arg_min()
    if at is None:
        return 0.0, ""
    return float(np.expm1(own["log_forced"][at])), f"{own['time'][at]:%Y-%m-%d %H:%M} UTC"


def _sentences(
    name: str,
    one: Mapping[str, object],
    sold: list[Flow],
    span: tuple[float | None, float | None],
) -> Iterator[Said]:
    yield Said(_ROLES[str(one["role"])], _shares(one, "forced", "given", name=name))
    if one["role"] == "free" and abs(_number(one, "given")) > 0.0:
        yield Said("Rival news that is given moved it by {given}.", _shares(one, "given"))
    low, high = span
    if low is not None and high is not None:
        yield Said(
            "With the assumed inputs varied, forced selling lies between {low} and {high}.",
            {"low": Amount(low, "percent"), "high": Amount(high, "percent")},
        )
    if one["role"] == "free" and _maybe(one, "actual") is not None:
        yield Said(
            "It really moved {actual}, which leaves {unexplained} unexplained.",
            _shares(one, "actual", "unexplained"),
        )
    if sold:
        money = Amount(sum(flow.usd for flow in sold), "dollars")
        yield Said(
            "{money} of it were sold by force, most by {seller}.",
            {"money": money, "seller": sold[0].seller},
        )
    else:
        yield Said("Nobody sold it by force.")


def _shares(one: Mapping[str, object], *keys: str, **names: str) -> dict[str, Amount | str]:
    return {**names, **{key: Amount(_number(one, key), "percent") for key in keys}}


def _table(parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = parent.get(key)
    return found if isinstance(found, Mapping) else {}


def _number(table: Mapping[str, object], key: str) -> float:
    return _maybe(table, key) or 0.0


def _maybe(table: Mapping[str, object], key: str) -> float | None:
    found = table.get(key)
    return float(found) if isinstance(found, int | float) else None
