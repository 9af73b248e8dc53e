"""Tables of answers for the terminal; they take what is stored and compute nothing."""

from __future__ import annotations

<<<<<<< HEAD
import math
from collections.abc import Iterable, Iterator
=======
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
>>>>>>> main

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from undertow.core.answers.said import Amount
from undertow.core.answers.simulation import InstrumentAnswer, Simulation
from undertow.report.words import ENGLISH, Words

LARGEST = 5
NO_LIMIT = 10_000


<<<<<<< HEAD
LATER = 6


def simulation_page(answer: Simulation, words: Words = ENGLISH) -> Group:
    """What `undertow run` prints: the sentences, then one table for each question."""
    return Group(*_parts(answer, words))
=======
@dataclass(frozen=True, slots=True)
class Names:
    """What symbols and segments are called in a language; where nothing is known, by themselves."""

    words: Words
    titles: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        """The title of a symbol, segment or trader."""
        return self.words(self.titles.get(name) or name.replace("_", " "))
>>>>>>> main


@dataclass(frozen=True, slots=True)
class Fitting:
    """The wide table where the terminal has room for it, else the narrow one."""

    wide: Table
    narrow: Table

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Choose by the width of the columns."""
        needed = Measurement.get(console, options.update(width=NO_LIMIT), self.wide).maximum
        yield self.wide if needed <= options.max_width else self.narrow


def simulation_page(
    answer: Simulation, words: Words = ENGLISH, titles: Mapping[str, str] | None = None
) -> Group:
    """What `undertow run` prints: sentence, instruments, segments, contagion, audit, warnings.

    titles: of instruments, segments and traders, shown beside their names where there is room
    """
    return Group(*_parts(answer, words, Names(words, titles or {})))


def _parts(answer: Simulation, words: Words, names: Names) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
<<<<<<< HEAD
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
=======
    yield Text()
    yield _fitting(instruments_table, answer, names)
    yield Text()
    yield _fitting(segments_table, answer, names)
    yield Text()
    yield contagion_table(answer, words)
>>>>>>> main
    yield Text()
    yield audit_line(answer, words)
    for warning in answer.warnings:
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


<<<<<<< HEAD
def targets_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """What is earned: one row a target, the ceiling first; shares of the opening price."""
    if not answer.targets:
        return None
    table = _table(words("Targets: what forced selling did, change in %"), narrow=True)
    heads = (
        words("ceiling"), words("given"), words("forced"), words("from"), words("to"),
        words("simul."), words("actual"), words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    _numbers(table, heads)
    for name in answer.targets:
        a, ceiling = answer.instruments[name], answer.ceiling.get(name)
        span = answer.ranges.forced.get(name) if answer.ranges else None
        shares = (
            ceiling.impact if ceiling else None, a.given, a.forced,
            span.low if span else None, span.high if span else None,
            a.simulated, a.actual, a.unexplained,
        )  # fmt: skip
        table.add_row(name, *map(percent, shares), *_liquidity(a))
    table.caption = words(
        "ceiling: had every dollar lost in the sources ({lost}) been raised by selling this one"
        " alone; forced: by forced selling at the end, from and to over the assumed inputs;"
        " given: rival news; depth: lowest, spread: widest, both of normal",
        lost=Amount(sum(answer.losses.values()), "dollars"),
    )
    return table


def sources_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """What is given or inherits what is given: that it fits is no result."""
    rows = {name: a for name, a in answer.instruments.items() if a.role != "free"}
    if not rows:
        return None
    table = _table(words("Sources, change in %: given, so that they fit is no result"))
=======
def _fitting(
    table: Callable[[Simulation, Words, Names | None], Table], answer: Simulation, names: Names
) -> Fitting:
    narrow = table(answer, names.words, None)
    return Fitting(table(answer, names.words, names) if names.titles else narrow, narrow)


def instruments_table(
    answer: Simulation, words: Words = ENGLISH, names: Names | None = None
) -> Table:
    """One row per instrument; changes over the window in per cent of the opening price."""
    table = _table(words("Instruments, change in %"), names)
>>>>>>> main
    table.add_column(words("role"), no_wrap=True)
    heads = (
        words("given"), words("forced"), words("worst"), words("simul."), words("actual"),
        words("unexpl."), words("depth"), words("spread"),
    )  # fmt: skip
    _numbers(table, heads)
    for name, a in rows.items():
        changes = (a.given, a.forced, a.forced_low, a.simulated, a.actual, a.unexplained)
<<<<<<< HEAD
        table.add_row(name, words(a.role), *map(percent, changes), *_liquidity(a))
    table.caption = words("worst: the deepest by forced selling on the way")
    return table


def _liquidity(a: InstrumentAnswer) -> tuple[str, str]:
    return f"{a.depth_low:.0%}", f"{a.spread_high:.1f}×"


def later_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """The targets that really moved most in the days that no choice was made with."""
    known = {n: x for n, x in answer.out_of_sample.items() if x.actual is not None}
    targets = [name for name in answer.targets if name in known]
    if not targets:
        return None
    table = _table(
        words(
            "Out of sample, {begin} to {end}, change in %",
            begin=words.day(answer.window.until),
            end=words.day(answer.window.end),
        )
    )
    heads = (words("forced"), words("simul."), words("actual"), words("unexpl."))
    _numbers(table, heads)
    for name in sorted(targets, key=lambda name: -abs(known[name].actual or 0.0))[:LATER]:
        later = known[name]
        shares = (later.forced, later.simulated, later.actual, later.unexplained)
        table.add_row(name, *map(percent, shares))
    table.caption = words("the targets that really moved most; all are in --json")
    return table


def checks_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """Reported figures on selling beside the engine's own."""
    if not answer.facts_check:
        return None
    table = _table(words("What was reported on selling"))
    table.add_column(words("in"))
    _numbers(table, (words("engine"), words("reported"), words("ratio")))
    table.columns[0].no_wrap = False
    for check in answer.facts_check:
        ratio = f"{check.ratio:.2f}" if math.isfinite(check.ratio) else "–"
        money = [words.money(value) for value in (check.engine, check.reported)]
        table.add_row(words(check.what), words(check.unit), *money, ratio)
    return table


def rests_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """The inputs that the headline rests on most."""
    if answer.ranges is None or not answer.ranges.tornado:
        return None
    ranges = answer.ranges
    table = _table(words("What {target} rests on most, forced change in %", target=ranges.target))
    _numbers(table, (words("input"), words("at its low"), words("input"), words("at its high")))
    table.columns[0].no_wrap = False
    for rest in ranges.tornado[:LARGEST]:
        low, high = f"×{rest.low:.2g}", f"×{rest.high:.2g}"
        table.add_row(words(rest.input), low, percent(rest.at_low), high, percent(rest.at_high))
=======
        depth, spread = f"{a.depth_low:.0%}", f"{a.spread_high:.1f}×"
        table.add_row(*_named(name, names), words(a.role), *map(percent, changes), depth, spread)
>>>>>>> main
    table.caption = words(
        "{runs} small runs ({accounts} accounts): each assumed input alone at its low and high, and"
        " all at once",
        runs=Amount(ranges.runs, "count"),
        accounts=Amount(ranges.accounts, "count"),
    )
    return table


<<<<<<< HEAD
def beside_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """What the changes did: this run beside the one without them."""
    if answer.beside is None:
        return None
    base = answer.beside
    table = _table(words("With {changes}, and without", changes="; ".join(answer.changes)))
    _numbers(table, (words("with"), words("without"), words("difference")))
    totals = (
        (words("margin calls"), _calls, count),
        (words("forced sales, dollars"), _sold, words.money),
        (words("bad debt, dollars"), _bad_debt, words.money),
    )
    for title, total, written in totals:
        here, there = total(answer), total(base)
        table.add_row(title, written(here), written(there), written(here - there))
    moved = {n: a.forced - base.instruments[n].forced for n, a in answer.instruments.items()}
    for name in sorted(moved, key=lambda name: -abs(moved[name]))[:LARGEST]:
        here, there = answer.instruments[name].forced, base.instruments[name].forced
        title = words("{name}, forced change in %", name=name)
        table.add_row(title, *map(percent, (here, there, moved[name])))
    return table


def _calls(answer: Simulation) -> float:
    return sum(s.called for s in answer.segments.values())


def _sold(answer: Simulation) -> float:
    return sum(s.forced_usd for s in answer.segments.values())


def _bad_debt(answer: Simulation) -> float:
    return sum(s.bad_debt_usd for s in answer.segments.values())


def segments_table(answer: Simulation, words: Words = ENGLISH) -> Table:
=======
def segments_table(answer: Simulation, words: Words = ENGLISH, names: Names | None = None) -> Table:
>>>>>>> main
    """One row per segment; counts are real accounts that the simulated ones stand for."""
    table = _table(words("Segments"), names)
    heads = (
        words("real accounts"), words("calls"), words("forced sales"), words("bankrupt"),
        words("bad debt"),
    )  # fmt: skip
    for head in heads:
        table.add_column(head, justify="right")
    for name, s in answer.segments.items():
        table.add_row(
            *_named(name, names), count(s.weight), count(s.called), words.money(s.forced_usd),
            count(s.bankrupt), words.money(s.bad_debt_usd),
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


<<<<<<< HEAD
def _numbers(table: Table, heads: Iterable[str]) -> None:
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)


def _table(title: str, *, narrow: bool = False) -> Table:
=======
def _table(title: str, names: Names | None = None) -> Table:
>>>>>>> main
    table = Table(
        title=title,
        padding=(0, 1, 0, 0) if narrow else (0, 1),
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    table.add_column("", justify="left", no_wrap=True)
    if names:
        table.add_column("", justify="left", no_wrap=True)
    return table


def _named(name: str, names: Names | None) -> tuple[str, ...]:
    return (name, names(name)) if names else (name,)


def percent(value: float | None) -> str:
    """A share in per cent with its sign, − for a fall; a dash where it is unknown."""
    if value is None:
        return "–"
    said = f"{100.0 * value:+.2f}"
    return "0.00" if said in {"+0.00", "-0.00"} else said.replace("-", "−")


def count(value: float) -> str:
    """A number of accounts."""
    return f"{value:,.0f}" if value else "–"
