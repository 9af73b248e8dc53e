"""The question: why did this price go as it did: how much news, how much forced, by whom?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from undertow.core.answers.explanation import Explanation, Flow
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.stored import Record, furthest, number, pair, record
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


def explain(summary: Record, tables: Tables, instrument: str) -> Explanation:
    """Read one instrument's story off a stored run.

    summary: its JSON;  tables: as stored
    """
    known = _instruments(summary)
    if instrument not in known:
        raise unknown("instrument", instrument, known, "this run")
    one = record(known, instrument)
    sold = _sales(tables.sales, instrument)
    matrix = tables.contagion
    booked = _flows(matrix.filter(matrix["sold"] == instrument))
    onward = _flows(matrix.filter(matrix["origin"] == f"{instrument}: forced selling"))
    low, high = pair(record(summary, "ranges"), instrument) or (None, None)
    deepest, when = _deepest(tables.instruments, instrument)
    return Explanation(
        said=tuple(_sentences(instrument, one, sold, (low, high))),
        instrument=instrument,
        role=str(one["role"]),
        news=(number(one, "given") or 0.0),
        forced=(number(one, "forced") or 0.0),
        low=low,
        high=high,
        simulated=(number(one, "simulated") or 0.0),
        actual=number(one, "actual"),
        unexplained=number(one, "unexplained"),
        ceiling=number(record(record(summary, "ceiling"), instrument), "impact"),
        deepest=deepest,
        when=when,
        sold_usd=sum(flow.usd for flow in sold),
        by_seller=_largest(sold),
        from_what=_largest([*booked, *_uncalled(sold, booked)]),
        onward=_largest(onward),
    )


def headline_of(summary: Record) -> str:
    """The free instrument that forced selling moved furthest, else the first one."""
    known = _instruments(summary)
    tables = {name: record(known, name) for name in known}
    free = [name for name, one in tables.items() if one["role"] == "free"] or list(tables)
    return max(free, key=lambda name: furthest(tables[name]))


def _instruments(summary: Record) -> Record:
    """What the run knows of each instrument; BadFile if that is nothing."""
    known = record(summary, "instruments")
    if not known or any(record(known, name).get("role") not in _ROLES for name in known):
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


def _deepest(frame: DataFrame, instrument: str) -> tuple[float, str]:
    """Deepest change by forced selling, and when."""
    own = frame.filter(frame["instrument"] == instrument)
    at = own["log_forced"].arg_min()
    if at is None:
        return 0.0, ""
    return float(np.expm1(own["log_forced"][at])), f"{own['time'][at]:%Y-%m-%d %H:%M} UTC"


def _sentences(
    name: str,
    one: Record,
    sold: list[Flow],
    span: tuple[float | None, float | None],
) -> Iterator[Said]:
    yield Said(_ROLES[str(one["role"])], _shares(one, "forced", "given", name=name))
    if one["role"] == "free" and abs(number(one, "given") or 0.0) > 0.0:
        yield Said("Rival news that is given moved it by {given}.", _shares(one, "given"))
    low, high = span
    if low is not None and high is not None:
        yield Said(
            "With the assumed inputs varied, forced selling lies between {low} and {high}.",
            {"low": Amount(low, "percent"), "high": Amount(high, "percent")},
        )
    if one["role"] == "free" and number(one, "actual") is not None:
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


def _shares(one: Record, *keys: str, **names: str) -> dict[str, Amount | str]:
    return {**names, **{key: Amount((number(one, key) or 0.0), "percent") for key in keys}}
