"""Tables for a terminal: their look, and as many names as it has room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.measure import Measurement
from rich.table import Column, Table
from rich.text import Text

from undertow.report.words import Words

LONGEST = 30
NO_LIMIT = 10_000
NARROWEST = 16
"""Width that a name keeps before its table is written with a line for each number."""

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
        fits = next((t for t, width in pairs if width <= options.max_width), None)
        yield fits or _narrowed(self.tables[-1], options.max_width)


def fitted(part: RenderableType) -> RenderableType:
    """A part of a page; of a table no number is cut, however narrow the terminal."""
    return Widest((part,)) if isinstance(part, Table) else part


def _narrowed(made: Table, width: int) -> Table:
    """Heads and names on several lines; where that does not do, a line for each number."""
    return _wrapped(made, width) or _stacked(made)


def _like(made: Table) -> Table:
    """An empty table with the same heading and caption."""
    other = table("", 0)
    other.title, other.caption, other.padding = made.title, made.caption, (0, 1, 0, 0)
    return other


def _wrapped(made: Table, width: int) -> Table | None:
    """With the widest name on as many lines as it needs; None if it would be too narrow."""
    widths = list(map(_width, made.columns))
    names = [at for at, column in enumerate(made.columns) if column.justify != "right"]
    if names:
        most = max(names, key=lambda at: widths[at])
        room = width - sum(widths) - len(widths) + widths[most]
        if room < min(widths[most], NARROWEST):
            return None
        widths[most] = min(widths[most], room)
    other = _like(made)
    for column, chosen in zip(made.columns, widths, strict=True):
        other.add_column(column.header, justify=column.justify, width=chosen, overflow="fold")
    for row in zip(*(column.cells for column in made.columns), strict=True):
        other.add_row(*row)
    return other if sum(widths) + len(widths) <= width else None


def _width(column: Column) -> int:
    """That of the longest cell, or of the longest word of the heading."""
    texts = [*map(str, column.cells), *str(column.header).split()]
    return max(map(cell_len, texts), default=0)


def _stacked(made: Table) -> Table:
    other = _like(made)
    other.expand, other.show_header = True, False
    other.add_column("", overflow="fold")
    other.add_column("", justify="right", no_wrap=True)
    names = [column.justify != "right" for column in made.columns]
    heads = [str(column.header) for column in made.columns]
    for row in zip(*(column.cells for column in made.columns), strict=True):
        cells = list(zip(heads, map(str, row), names, strict=True))
        called = " ".join(cell for _, cell, name in cells if name)
        read = [(head, cell) for head, cell, name in cells if not name]
        if len(read) == 1:
            other.add_row(called, read[0][1])
            continue
        other.add_row(Text(called, style="bold"), "")
        for head, cell in read:
            other.add_row(f"  {head}", cell)
    return other


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
