"""Tables for a terminal: their look, and as many names as it has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.table import Table

from undertow.report.words import Words

LONGEST = 30
NO_LIMIT = 10_000

Named: TypeAlias = Callable[[str, Words], tuple[str, ...]]


def both(name: str, words: Words) -> tuple[str, ...]:
    """The symbol and its title."""
    return name, words.name(name)


def title(name: str, words: Words) -> tuple[str, ...]:
    """The title alone."""
    return (words.name(name),)


def symbol(name: str, words: Words) -> tuple[str, ...]:
    """The symbol alone."""
    del words
    return (name,)


@dataclass(frozen=True, slots=True)
class Widest:
    """Of several tables, widest first, the first that the terminal has room for, else the last."""

    tables: tuple[Table, ...]

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> Iterator[RenderableType]:
        """Choose by the width of the columns."""
        free = options.update(width=NO_LIMIT)
        widths = (Measurement.get(console, free, table).maximum for table in self.tables)
        pairs = zip(self.tables, widths, strict=True)
        yield next((t for t, width in pairs if width <= options.max_width), self.tables[-1])


def widest(make: Callable[[Named], Table], *ways: Named, words: Words) -> Widest:
    """The table with its rows named in each of these ways; without titles in the last one only."""
    return Widest(tuple(map(make, ways if words.titles else ways[-1:])))


def table(heading: str, names: int = 1, *, narrow: bool = False) -> Table:
    """An empty table whose first columns are names, without lines."""
    made = Table(
        title=heading,
        padding=(0, 1, 0, 0) if narrow else (0, 1),
        title_justify="left",
        title_style="bold",
        caption_justify="left",
        box=None,
        pad_edge=False,
    )
    for at in range(names):
        # A title beside its symbol may be cut, what stands alone may not.
        made.add_column("", no_wrap=True, max_width=LONGEST if at else None)
    return made


def numbers(made: Table, heads: Iterable[str]) -> None:
    """Add columns of numbers."""
    for head in heads:
        made.add_column(head, justify="right", no_wrap=True)


def percent(value: float | None) -> str:
    """A share in per cent with its sign, − for a fall; a dash where it is unknown."""
    if value is None:
        return "–"
    said = f"{100.0 * value:+.2f}"
    return "0.00" if said in {"+0.00", "-0.00"} else said.replace("-", "−")


def count(value: float) -> str:
    """A number of accounts."""
    return f"{value:,.0f}" if value else "–"


def noted(made: Table, *notes: str) -> Table:
    """The table with some notes under it, each on a line of its own; empty ones are none."""
    said = (str(made.caption or ""), *notes)
    made.caption = "\n".join(note for note in said if note) or None
    return made
