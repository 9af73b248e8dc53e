"""What the terminal's doors share: options, and how an answer is printed."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from undertow.jobs.answer import Json


class Lang(StrEnum):
    """What the reader reads."""

    en = "en"
    zh = "zh"


LangOption: TypeAlias = Annotated[Lang, typer.Option(help="Language of what is printed.")]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")]


def console() -> Console:
    """The screen; brackets in a title are letters, not its markup."""
    from rich.console import Console

    return Console(highlight=False, markup=False, emoji=False)


def print_json(answer: dict[str, Json]) -> None:
    """The one JSON on standard output."""
    typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
