"""The page of margin regimes, from the members of the family and their tables of rates."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import groupby

from undertow.model.rulebook import RULEBOOK, Rate, Rulebook, read_rates
from undertow.model.rulebook._rates import FOLDER

SOURCE = "../src/undertow/model/rulebook"
SHOWN = 6
OPEN = ("memory", "assumed")
SAID = (
    "What `undertow book` knows of margin, one file a regime. Every number is a dated row of a"
    " table with unit, source and status: `official` is the exchange's or the law's own text,"
    " `reported` someone's account of it, `data` observed, `assumed` a choice made here,"
    " `memory` not yet checked against a source. Where sources disagree, the regime says so under"
    " its limits."
)


def sections() -> Iterator[str]:
    """Each regime: what it is, how it tests and who sells, and where its rates come from."""
    rows = {file.stem: read_rates(file) for file in sorted(FOLDER.glob("*.csv"))}
    for name, part in RULEBOOK.discover().items():
        yield f"## `{name}`"
        listed = f"rates in [{name}.csv]({SOURCE}/rates/{name}.csv)"
        yield f"[{part.__name__}]({SOURCE}/{name}.py), {listed}"
        yield f"```text\n{inspect.getdoc(part)}\n```"
        heads = ("tested", "days to pay", "restored to", "who sells", "who pays")
        yield table(heads, [terms(part)])
        heads = ("rate", "of", "values", "unit", "in force", "status", "source")
        yield table(heads, list(rates(rows.get(name, ()))))
    yield unchecked()


def unchecked() -> str:
    """The rates that no source has been seen for, by regime."""
    rows = [row for file in sorted(FOLDER.glob("*.csv")) for row in read_rates(file)]
    open_ = sorted((r for r in rows if r.status in OPEN), key=lambda r: (r.regime, r.what))
    lines = []
    for (regime, what), same in groupby(open_, key=lambda r: (r.regime, r.what)):
        mine = list(same)
        status = ", ".join(sorted({row.status for row in mine}))
        lines.append((f"`{regime}`", f"`{what}`", names(mine), str(len(mine)), status))
    share = f"{len(open_)} of {len(rows)} rows are of status `memory` or `assumed`."
    heads = ("table", "rate", "of", "rows", "status")
    return f"## What is still to be checked\n\n{share}\n\n{table(heads, lines)}"


def terms(part: type[Rulebook]) -> tuple[str, ...]:
    """The regime's terms on the day of its example."""
    said = part.example().terms(part.example_pool().opening.on)
    days = "the broker's" if said.grace_days != said.grace_days else f"{said.grace_days:g}"
    return (said.tested, days, said.restored_to, said.sells, said.absorbs)


def rates(rows: tuple[Rate, ...]) -> Iterator[tuple[str, ...]]:
    """Rows of one kind and source together."""

    def kind(row: Rate) -> tuple[str, str, str, str]:
        return (row.what, row.unit, row.status, row.source)

    for (what, unit, status, source), same in groupby(sorted(rows, key=kind), key=kind):
        mine = list(same)
        yield (f"`{what}`", names(mine), values(mine), unit, since(mine), status, source)


def names(rows: list[Rate]) -> str:
    """The symbols, or how many more there are."""
    known = sorted({row.symbol for row in rows})
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return ", ".join(f"`{name}`" for name in known[:SHOWN]) + more


def values(rows: list[Rate]) -> str:
    """One number, or from the least to the most."""
    low, high = min(row.value for row in rows), max(row.value for row in rows)
    return f"{low:.6g}" if low == high else f"{low:.6g} to {high:.6g}"


def since(rows: list[Rate]) -> str:
    """The first day of any, and the last where all end."""
    starts = [row.since for row in rows if row.since]
    ends = [row.until for row in rows]
    first = str(min(starts)) if len(starts) == len(rows) else ""
    last = max(str(end) for end in ends) if all(ends) else ""
    said = (f"from {first}" if first else "", f"until {last}" if last else "")
    return " ".join(word for word in said if word) or "always"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in r)} |" for r in lines)
