"""What `undertow run` prints; tables take what is stored and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.said import Amount
from undertow.core.answers.simulation import InstrumentAnswer, Simulation
from undertow.report.cells import Fitting, Names, count, named, numbers, percent, table_of
from undertow.report.readings import beside_table, checks_table, later_table, rests_table
from undertow.report.words import ENGLISH, Words

LARGEST = 5


def simulation_page(
    answer: Simulation, words: Words = ENGLISH, titles: Mapping[str, str] | None = None
) -> Group:
    """What `undertow run` prints: the sentences, then one table for each question.

    titles: of instruments, segments and traders, shown beside their names where there is room
    """
    return Group(*_parts(answer, words, Names(words, titles or {})))


def _parts(answer: Simulation, words: Words, names: Names) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    for table in _tables(answer, words, names):
        if table is not None:
            yield Text()
            yield table
    yield Text()
    yield audit_line(answer, words)
    for warning in answer.warnings:
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


def _tables(answer: Simulation, words: Words, names: Names) -> Iterator[RenderableType | None]:
    roles = {a.role for a in answer.instruments.values()}
    yield _fitting(targets_table, answer, names) if "free" in roles else None
    yield _fitting(sources_table, answer, names) if roles - {"free"} else None
    yield later_table(answer, words)
    yield _fitting(segments_table, answer, names)
    yield contagion_table(answer, words)
    yield checks_table(answer, words)
    yield rests_table(answer, words)
    yield beside_table(answer, words)


def _fitting(
    table: Callable[[Simulation, Words, Names | None], Table], answer: Simulation, names: Names
) -> Fitting:
    narrow = table(answer, names.words, None)
    return Fitting(table(answer, names.words, names) if names.titles else narrow, narrow)


def targets_table(answer: Simulation, words: Words = ENGLISH, names: Names | None = None) -> Table:
    """What is earned: one row a target, the ceiling first; shares of the opening price."""
    table = table_of(words("Targets: what forced selling did, change in %"), names, close=True)
    heads = (
        words("ceiling"), words("given"), words("forced"), words("from"), words("to"),
        words("simul."), words("actual"), words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    numbers(table, heads)
    for name in answer.targets:
        a, ceiling = answer.instruments[name], answer.ceiling.get(name)
        span = answer.ranges.forced.get(name) if answer.ranges else None
        shares = (
            ceiling.impact if ceiling else None, a.given, a.forced,
            span.low if span else None, span.high if span else None,
            a.simulated, a.actual, a.unexplained,
        )  # fmt: skip
        table.add_row(*named(name, names), *map(percent, shares), *_liquidity(a))
    table.caption = words(
        "ceiling: had every dollar lost in the sources ({lost}) been raised by selling this one"
        " alone; forced: by forced selling at the end, from and to over the assumed inputs;"
        " given: rival news; depth: lowest, spread: widest, both of normal",
        lost=Amount(sum(answer.losses.values()), "dollars"),
    )
    return table


def sources_table(answer: Simulation, words: Words = ENGLISH, names: Names | None = None) -> Table:
    """What is given or inherits what is given: that it fits is no result."""
    rows = {name: a for name, a in answer.instruments.items() if a.role != "free"}
    table = table_of(words("Sources, change in %: given, so that they fit is no result"), names)
    table.add_column(words("role"), no_wrap=True)
    heads = (
        words("given"), words("forced"), words("worst"), words("simul."), words("actual"),
        words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    numbers(table, heads)
    for name, a in rows.items():
        changes = (a.given, a.forced, a.forced_low, a.simulated, a.actual, a.unexplained)
        table.add_row(*named(name, names), words(a.role), *map(percent, changes), *_liquidity(a))
    table.caption = words("worst: the deepest by forced selling on the way")
    return table


def _liquidity(a: InstrumentAnswer) -> tuple[str, str]:
    return f"{a.depth_low:.0%}", f"{a.spread_high:.1f}×"


def segments_table(answer: Simulation, words: Words = ENGLISH, names: Names | None = None) -> Table:
    """One row per segment; counts are real accounts that the simulated ones stand for."""
    table = table_of(words("Segments"), names)
    heads = (
        words("real accounts"), words("calls"), words("forced sales"), words("bankrupt"),
        words("bad debt"),
    )  # fmt: skip
    for head in heads:
        table.add_column(head, justify="right")
    for name, s in answer.segments.items():
        table.add_row(
            *named(name, names), count(s.weight), count(s.called), words.money(s.forced_usd),
            count(s.bankrupt), words.money(s.bad_debt_usd),
        )  # fmt: skip
    return table


def contagion_table(answer: Simulation, words: Words = ENGLISH) -> Table:
    """The largest entries of the contagion matrix: who made whom sell what."""
    table = table_of(words("Who made whom sell what"))
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
