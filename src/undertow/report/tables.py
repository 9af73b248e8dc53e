"""Tables of answers for the terminal; they take what is stored and compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from undertow.core.answers.simulation import Simulation
from undertow.report.words import ENGLISH, Words

LARGEST = 5
NO_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Names:
    """What symbols and segments are called in a language; where nothing is known, by themselves."""

    words: Words
    titles: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, name: str) -> str:
        """The title of a symbol, segment or trader."""
        return self.words(self.titles.get(name) or name.replace("_", " "))


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
    yield Text()
    yield _fitting(instruments_table, answer, names)
    yield Text()
    yield _fitting(segments_table, answer, names)
    yield Text()
    yield contagion_table(answer, words)
    yield Text()
    yield audit_line(answer, words)
    for warning in answer.warnings:
        yield Text(words("Note: {warning}", warning=warning), style="yellow")


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
        table.add_row(*_named(name, names), words(a.role), *map(percent, changes), depth, spread)
    table.caption = words(
        "forced: by forced selling at the end; worst: the deepest on the way;"
        " depth: lowest, spread: widest, both of normal"
    )
    return table


def segments_table(answer: Simulation, words: Words = ENGLISH, names: Names | None = None) -> Table:
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


def _table(title: str, names: Names | None = None) -> Table:
    table = Table(
        title=title,
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
