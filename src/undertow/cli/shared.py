"""What the terminal's doors share: options, and how an answer is printed."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from rich.console import Console

    from undertow.jobs.answer import Json

REFUSED = 1
INTERRUPTED = 130


class Lang(StrEnum):
    """What the reader reads."""

    en = "en"
    zh = "zh"


LangOption: TypeAlias = Annotated[Lang, typer.Option(help="Language of what is printed.")]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]
AccountsOption: TypeAlias = Annotated[int | None, typer.Option(min=1, help="Simulated accounts.")]
SeedOption: TypeAlias = Annotated[int | None, typer.Option(min=0, help="Seed of the population.")]
BarOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Length of a bar, such as 15min or 1h.")
]


class Several(TyperCommand):
    """A command whose options take several values: `--spot A B` says `--spot A --spot B`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Repeat an option before each of its further values."""
        several = {
            name for one in self.params if getattr(one, "multiple", False) for name in one.opts
        }
        return TyperCommand.parse_args(self, ctx, repeated(args, several))


def repeated(args: list[str], several: set[str]) -> list[str]:
    """The words with an option that takes several values before each of them."""
    said: list[str] = []
    current = None
    for word in args:
        if word.startswith("-"):
            current = word if word in several else None
        elif current is not None and said[-1] != current:
            said.append(current)
        said.append(word)
    return said


def console() -> Console:
    """The screen; brackets in a title are letters, not its markup."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def print_json(answer: dict[str, Json]) -> None:
    """The one JSON on standard output."""
    typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
