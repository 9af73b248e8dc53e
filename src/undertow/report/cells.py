"""What all tables of the terminal are made of: cells, heads, and names beside symbols."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.table import Table

from undertow.report.words import Words

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


def table_of(title: str, names: Names | None = None, *, close: bool = False) -> Table:
    """An empty table whose rows begin with a name; `close` leaves one space between columns."""
    table = Table(
        title=title,
        padding=(0, 1, 0, 0) if close else (0, 1),
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


def numbers(table: Table, heads: Iterable[str]) -> None:
    """Add columns of numbers."""
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)


def named(name: str, names: Names | None) -> tuple[str, ...]:
    """The cells a row begins with."""
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
