"""Answers of checks as a sentence, as tables for the terminal, and as the one JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Group
from rich.table import Table
from rich.text import Text

from undertow.jobs.answer import Json, digest, plain, wrapped
from undertow.published.check import Answer, Check


def outcome(answers: Sequence[Answer]) -> str:
    """What was found, in one sentence."""
    played = [found for found in answers if found.skipped is None]
    rows = [row for found in played for row in found.rows]
    missed = [found.check.name for found in played if not found.holds]
    held = sum(row.holds for row in rows)
    skipped = len(answers) - len(played)
    said = f"{held} of {len(rows)} rows hold in {len(played)} published results"
    said += f"; missed in {', '.join(missed)}" if missed else ""
    return said + (f"; {skipped} skipped." if skipped else ".")


def summary(answers: Sequence[Answer]) -> dict[str, Json]:
    """The answer of `python -m undertow.published --json`."""
    files = {f.path: f.sha256 for found in answers for f in found.check.fixtures}
    inputs: dict[str, Json] = {"sha256": digest(h.encode() for h in files.values()), "seed": None}
    skips = [f"{a.check.name}: {a.skipped}" for a in answers if a.skipped]
    answer: dict[str, Json] = {
        "outcome": outcome(answers),
        "warnings": list(skips),
        "checks": [_check_json(found) for found in answers],
    }
    return wrapped("published", inputs, answer)


def _check_json(found: Answer) -> Json:
    check = found.check
    return {
        "name": check.name,
        "title": check.title,
        "source": check.source,
        "skipped": found.skipped,
        "holds": found.holds if found.skipped is None else None,
        "rows": [plain(asdict(row)) for row in found.rows],
    }


def listing(checks: Sequence[Check]) -> Table:
    """The checks by name."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for check in checks:
        table.add_row(check.name, check.title)
    return table


def page(found: Answer) -> Group:
    """One check: title, source, and each row with its mark beside what was published and got."""
    check = found.check
    title, source = Text(f"{check.name}: {check.title}", style="bold"), Text(check.source)
    if found.skipped is not None:
        return Group(title, source, Text(f"skipped: {found.skipped}", style="yellow"))
    table = Table(box=None, pad_edge=False)
    for head in ("", "what", "published", "got", "tolerance"):
        table.add_column(head, overflow="fold")
    for row in found.rows:
        mark = Text("✓", style="green") if row.holds else Text("✗ missed", style="red")
        table.add_row(mark, *map(Text, (row.name, row.published, row.got, row.tolerance)))
    return Group(title, source, table)
