"""Tables of answers for the terminal; they take what is stored and compute nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.simulation import Simulation

LARGEST = 5
UNITS = ((1e12, "tn"), (1e9, "bn"), (1e6, "m"), (1e3, "k"))


def simulation_page(answer: Simulation) -> Group:
    """What `undertow run` prints: sentence, instruments, segments, contagion, audit, warnings."""
    return Group(*_parts(answer))


def _parts(answer: Simulation) -> Iterator[RenderableType]:
    yield Text(answer.outcome, style="bold")
    yield Text()
    yield instruments_table(answer)
    yield Text()
    yield segments_table(answer)
    yield Text()
    yield contagion_table(answer)
    yield Text()
    yield audit_line(answer)
    for warning in answer.warnings:
        yield Text(f"Note: {warning}", style="yellow")


def instruments_table(answer: Simulation) -> Table:
    """One row per instrument; changes over the window in per cent of the opening price."""
    table = _table("Instruments, change in %")
    heads = ("role", "given", "forced", "worst", "simul.", "actual", "unexpl.", "depth", "spread")
    for head in heads:
        table.add_column(head, justify="left" if head == "role" else "right", no_wrap=True)
    for name, a in answer.instruments.items():
        changes = (a.given, a.forced, a.forced_low, a.simulated, a.actual, a.unexplained)
        depth, spread = f"{a.depth_low:.0%}", f"{a.spread_high:.1f}×"
        table.add_row(name, a.role, *map(percent, changes), depth, spread)
    table.caption = (
        "forced: by forced selling at the end; worst: the deepest on the way;"
        " depth: lowest, spread: widest, both of normal"
    )
    return table


def segments_table(answer: Simulation) -> Table:
    """One row per segment; counts are real accounts that the simulated ones stand for."""
    table = _table("Segments")
    for head in ("real accounts", "calls", "forced sales", "bankrupt", "bad debt"):
        table.add_column(head, justify="right")
    for name, s in answer.segments.items():
        table.add_row(
            name, count(s.weight), count(s.called), dollars(s.forced_usd), count(s.bankrupt),
            dollars(s.bad_debt_usd),
        )  # fmt: skip
    return table


def contagion_table(answer: Simulation) -> Table:
    """The largest entries of the contagion matrix: who made whom sell what."""
    table = _table("Who made whom sell what")
    table.columns[0].header = "because of"
    table.add_column("was sold")
    table.add_column("dollars", justify="right")
    for origin, sold, money in answer.contagion.largest(LARGEST):
        table.add_row(origin, sold, dollars(money))
    return table


def audit_line(answer: Simulation) -> Text:
    """Whether the books close, or where they do not."""
    if answer.closes:
        worst = max((finding.worst for finding in answer.audit), default=0.0)
        return Text(f"The books close (largest relative gap {worst:.0e}).", style="green")
    broken = ", ".join(f"{f.law} ({f.worst:.1e})" for f in answer.audit if not f.holds)
    return Text(f"The books do not close: {broken}.", style="red")


def _table(title: str) -> Table:
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("", justify="left", no_wrap=True)
    return table


def percent(value: float | None) -> str:
    """A share in per cent with its sign, − for a fall; a dash where it is unknown."""
    if value is None:
        return "–"
    said = f"{100.0 * value:+.2f}"
    return "0.00" if said in {"+0.00", "-0.00"} else said.replace("-", "−")


def dollars(value: float) -> str:
    """Money in dollars with a unit a reader can take in."""
    for size, unit in UNITS:
        if abs(value) >= size:
            return f"{value / size:,.1f} {unit}"
    return f"{value:,.0f}" if value else "–"


def count(value: float) -> str:
    """A number of accounts."""
    return f"{value:,.0f}" if value else "–"
