"""Tables of answers for the terminal; they take what is stored and compute nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.said import Amount
from undertow.core.answers.simulation import InstrumentAnswer, Simulation
from undertow.report.layout import (
    Named,
    Widest,
    both,
    count,
    fitted,
    numbers,
    percent,
    symbol,
    table,
    title,
    widest,
)  # fmt: skip
from undertow.report.tables_reading import beside_table, checks_table, rests_table
from undertow.report.words import ENGLISH, Words

LARGEST = 5
LATER = 6


def simulation_page(
    answer: Simulation, words: Words = ENGLISH, titles: Mapping[str, str] | None = None
) -> Group:
    """What `undertow run` prints: the sentences, then one table for each question.

    titles: of instruments and segments in English, shown with their names where there is room
    """
    return Group(*map(fitted, _parts(answer, words.naming(titles or {}))))


def _parts(answer: Simulation, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    for part in (
        targets_table(answer, words),
        sources_table(answer, words),
        later_table(answer, words),
        segments_table(answer, words),
        contagion_table(answer, words),
        checks_table(answer, words),
        rests_table(answer, words),
        beside_table(answer, words),
    ):
        if part is not None:
            yield Text()
            yield part
    yield Text()
    yield audit_line(answer, words)
    for warning in answer.warnings:
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


def targets_table(answer: Simulation, words: Words = ENGLISH) -> Widest | None:
    """What is earned: one row a target, the ceiling first; shares of the opening price."""
    if not answer.targets:
        return None
    return widest(lambda named: _targets(answer, words, named), both, symbol, words=words)


def _targets(answer: Simulation, words: Words, named: Named) -> Table:
    heading = words("Targets: what forced selling did, change in %")
    made = table(heading, len(named("", words)), narrow=True)
    heads = (
        words("ceiling"), words("given"), words("forced"), words("from"), words("to"),
        words("simul."), words("actual"), words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    numbers(made, heads)
    for name in answer.targets:
        a, ceiling = answer.instruments[name], answer.ceiling.get(name)
        span = answer.ranges.forced.get(name) if answer.ranges else None
        shares = (
            ceiling.impact if ceiling else None, a.given, a.forced,
            span.low if span else None, span.high if span else None,
            a.simulated, a.actual, a.unexplained,
        )  # fmt: skip
        made.add_row(*named(name, words), *map(percent, shares), *_liquidity(a))
    made.caption = words(
        "ceiling: had every dollar lost in the sources ({lost}) been raised by selling this one"
        " alone; forced: by forced selling at the end, from and to over the assumed inputs;"
        " given: rival news; depth: lowest, spread: widest, both of normal",
        lost=Amount(sum(answer.losses.values()), "dollars"),
    )
    return made


def sources_table(answer: Simulation, words: Words = ENGLISH) -> Widest | None:
    """What is given or inherits what is given: that it fits is no result."""
    if all(a.role == "free" for a in answer.instruments.values()):
        return None
    return widest(lambda named: _sources(answer, words, named), both, symbol, words=words)


def _sources(answer: Simulation, words: Words, named: Named) -> Table:
    heading = words("Sources, change in %: given, so that they fit is no result")
    made = table(heading, len(named("", words)))
    made.add_column(words("role"), no_wrap=True)
    heads = (
        words("given"), words("forced"), words("worst"), words("simul."), words("actual"),
        words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    numbers(made, heads)
    for name, a in answer.instruments.items():
        if a.role != "free":
            changes = (a.given, a.forced, a.forced_low, a.simulated, a.actual, a.unexplained)
            shares = map(percent, changes)
            made.add_row(*named(name, words), words(a.role), *shares, *_liquidity(a))
    made.caption = words("worst: the deepest by forced selling on the way")
    return made


def _liquidity(a: InstrumentAnswer) -> tuple[str, str]:
    return f"{a.depth_low:.0%}", f"{a.spread_high:.1f}×"


def later_table(answer: Simulation, words: Words = ENGLISH) -> Widest | None:
    """The targets that really moved most in the days that no choice was made with."""
    known = {n: x for n, x in answer.out_of_sample.items() if x.actual is not None}
    targets = [name for name in answer.targets if name in known]
    most = sorted(targets, key=lambda name: -abs(known[name].actual or 0.0))[:LATER]
    if not most:
        return None
    return widest(lambda named: _later(answer, most, words, named), both, symbol, words=words)


def _later(answer: Simulation, names: list[str], words: Words, named: Named) -> Table:
    begin, end = words.day(answer.window.until), words.day(answer.window.end)
    heading = words("Out of sample, {begin} to {end}, change in %", begin=begin, end=end)
    made = table(heading, len(named("", words)))
    numbers(made, (words("forced"), words("simul."), words("actual"), words("unexpl.")))
    for name in names:
        later = answer.out_of_sample[name]
        shares = (later.forced, later.simulated, later.actual, later.unexplained)
        made.add_row(*named(name, words), *map(percent, shares))
    made.caption = words("the targets that really moved most; all are in --json")
    return made


def segments_table(answer: Simulation, words: Words = ENGLISH) -> Widest:
    """One row per segment; counts are real accounts that the simulated ones stand for."""
    return widest(lambda named: _segments(answer, words, named), both, title, symbol, words=words)


def _segments(answer: Simulation, words: Words, named: Named) -> Table:
    made = table(words("Segments"), len(named("", words)))
    heads = (
        words("real accounts"), words("calls"), words("forced sales"), words("bankrupt"),
        words("bad debt"),
    )  # fmt: skip
    numbers(made, heads)
    for name, s in answer.segments.items():
        made.add_row(
            *named(name, words), count(s.weight), count(s.called), words.money(s.forced_usd),
            count(s.bankrupt), words.money(s.bad_debt_usd),
        )  # fmt: skip
    return made


def contagion_table(answer: Simulation, words: Words = ENGLISH) -> Table:
    """The largest entries of the contagion matrix: who made whom sell what."""
    made = table(words("Who made whom sell what"))
    made.columns[0].header = words("because of")
    made.add_column(words("was sold"))
    made.add_column(words("dollars"), justify="right")
    for origin, sold, money in answer.contagion.largest(LARGEST):
        made.add_row(words.origin(origin), words.name(sold), words.money(money))
    return made


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
