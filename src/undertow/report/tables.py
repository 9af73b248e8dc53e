"""Tables of answers for the terminal; they take what is stored and compute nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.simulation import Simulation
from undertow.report.words import ENGLISH, Words

LARGEST = 5


def simulation_page(answer: Simulation, words: Words = ENGLISH) -> Group:
    """What `undertow run` prints: sentence, instruments, segments, contagion, audit, warnings."""
    return Group(*_parts(answer, words))


def _parts(answer: Simulation, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    yield Text()
    yield instruments_table(answer, words)
    yield Text()
    yield segments_table(answer, words)
    yield Text()
    yield contagion_table(answer, words)
    yield Text()
    yield audit_line(answer, words)
    for warning in answer.warnings:
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


def instruments_table(answer: Simulation, words: Words = ENGLISH) -> Table:
    """One row per instrument; changes over the window in per cent of the opening price."""
    table = _table(words("Instruments, change in %"))
    table.add_column(words("role"), no_wrap=True)
    heads = (
        words("given"), words("forced"), words("worst"), words("simul."), words("actual"),
        words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for name, a in answer.instruments.items():
        changes = (a.given, a.forced, a.forced_low, a.simulated, a.actual, a.unexplained)
        depth, spread = f"{a.depth_low:.0%}", f"{a.spread_high:.1f}×"
        table.add_row(name, words(a.role), *map(percent, changes), depth, spread)
    table.caption = words(
        "forced: by forced selling at the end; worst: the deepest on the way;"
        " depth: lowest, spread: widest, both of normal"
    )
    return table


def segments_table(answer: Simulation, words: Words = ENGLISH) -> Table:
    """One row per segment; counts are real accounts that the simulated ones stand for."""
    table = _table(words("Segments"))
    heads = (
        words("real accounts"), words("calls"), words("forced sales"), words("bankrupt"),
        words("bad debt"),
    )  # fmt: skip
    for head in heads:
        table.add_column(head, justify="right")
    for name, s in answer.segments.items():
        table.add_row(
            name, count(s.weight), count(s.called), words.money(s.forced_usd), count(s.bankrupt),
            words.money(s.bad_debt_usd),
        )  # fmt: skip
    return table


def contagion_table(answer: Simulation, words: Words = ENGLISH) -> Table:
    """The largest entries of the contagion matrix: who made whom sell what."""
    table = _table(words("Who made whom sell what"))
    table.columns[0].header = words("because of")
    table.add_column(words("was sold"))
    table.add_column(words("dollars"), justify="right")
    for origin, sold, money in answer.contagion.largest(LARGEST):
        table.add_row(words.origin(origin), sold, words.money(money))
    return table


def audit_line(answer: Simulation, words: Words = ENGLISH) -> Text:
    """Whether the books close, or where they do not."""
    if answer.closes:
        worst = max((finding.worst for finding in answer.audit), default=0.0)
        said = words("The books close (largest relative gap {gap:.0e}).", gap=worst)
        return Text(said, style="green")
    broken = words.listed(
        words("{law} ({gap:.1e})", law=finding.law, gap=finding.worst)
        for finding in answer.audit
        if not finding.holds
    )
    return Text(words("The books do not close: {laws}.", laws=broken), style="red")


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


def count(value: float) -> str:
    """A number of accounts."""
    return f"{value:,.0f}" if value else "–"
