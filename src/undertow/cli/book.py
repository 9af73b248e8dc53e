"""`undertow book`: parse, call the job, print. No arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from undertow.cli.shared import (
    INTERRUPTED,
    REFUSED,
    AccountsOption,
    BarOption,
    JsonOption,
    Lang,
    LangOption,
    SeedOption,
    console,
    print_json,
)
from undertow.core.errors import RefusedBook

if TYPE_CHECKING:
    from undertow.jobs.book import Booked, BookRequest
    from undertow.report.words import Words

FilesArgument: TypeAlias = Annotated[
    list[Path] | None, typer.Argument(metavar="FILE…", help="Tables, or a broker's export.")
]
ShockOption: TypeAlias = Annotated[
    str, typer.Option(help="Prices that move at once, such as SI=-26%,GC=-9%.")
]
RaiseOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A margin, such as SI=15%, or 15% for all.")
]
OnOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Day whose rules apply where a file has none; else today.")
]
LenientOption: TypeAlias = Annotated[
    bool, typer.Option("--lenient", help="Leave bad lines out, and say which.")
]
InsideOption: TypeAlias = Annotated[
    str | None, typer.Option("--in", help="Play the book inside this episode's crowd.")
]
RunsOption: TypeAlias = Annotated[
    int | None,
    typer.Option(min=2, max=1000, help="Small runs of the episode, for the odds inside it."),
]
GapOption: TypeAlias = Annotated[
    str, typer.Option(help="How far beyond its trigger a close-out is filled, such as 2%.")
]
BeyondOption: TypeAlias = Annotated[
    str, typer.Option(help="What brings the calls beyond this move, such as 15%; else --shock.")
]
HedgesOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Positions that may be opened as hedges, one table.")
]
DataOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Daily closes (date,symbol,close) for the odds.")
]
DaysOption: TypeAlias = Annotated[
    int, typer.Option(min=1, max=2520, help="Trading days of the odds.")
]
LikelyOption: TypeAlias = Annotated[
    str, typer.Option(help="What brings the odds of no call to this, such as 95%; with --data.")
]
LeverageOption: TypeAlias = Annotated[
    float | None, typer.Option(min=0.0, help="Ask every regime about a leverage, with --move.")
]
MoveOption: TypeAlias = Annotated[
    str | None, typer.Option(help="A move such as -7%, with --leverage.")
]


def book(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    files: FilesArgument = None,
    shock: ShockOption = "",
    hike: RaiseOption = None,
    gap: GapOption = "",
    on: OnOption = None,
    lenient: LenientOption = False,
    inside: InsideOption = None,
    accounts: AccountsOption = None,
    seed: SeedOption = None,
    bar: BarOption = None,
    runs: RunsOption = None,
    beyond: BeyondOption = "",
    hedges: HedgesOption = None,
    data: DataOption = None,
    days: DaysOption = 20,
    likely: LikelyOption = "",
    leverage: LeverageOption = None,
    move: MoveOption = None,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Your own positions: when you are called, when sold out, and what is left."""
    from undertow.jobs.book import BookRequest, day_of
    from undertow.jobs.heard import unheard
    from undertow.jobs.inside import Inside
    from undertow.report.words import speaker

    if wrong := unheard(_given(context)):
        raise typer.BadParameter(wrong)
    words = speaker(lang.value)
    if leverage is not None and move is not None:
        _claim(leverage, move, words, as_json=as_json)
        return
    crowd = None if inside is None else Inside(inside, accounts, seed, bar, runs=runs or 0)
    request = BookRequest(
        tuple(files or ()), day_of(on), shock, tuple(hike or ()), lenient, crowd, beyond=beyond,
        hedges=hedges, data=data, days=days, likely=likely, gap=gap,
    )  # fmt: skip
    _tell(_booked(request, words, quiet=as_json), words, as_json=as_json)


def _given(context: typer.Context) -> set[str]:
    """The options that were written, and FILE for a file."""
    source = context.get_parameter_source
    known = [(one, source(one.name)) for one in context.command.params if one.name]
    written = [one for one, how in known if how is not None and how.name == "COMMANDLINE"]
    return {"FILE" if one.name == "files" else one.opts[0] for one in written}


def _tell(booked: Booked, words: Words, *, as_json: bool) -> None:
    if as_json:
        print_json(booked.json())
        return
    from undertow.report.book import book_page

    console().print(book_page(booked.answer, words))


def _booked(request: BookRequest, words: Words, *, quiet: bool) -> Booked:
    from undertow.jobs.book import book_of
    from undertow.report.progress import progress

    try:
        with progress("Simulating", shown=not quiet) as advance:
            return book_of(request, advance)
    except RefusedBook as error:
        for finding in error.args:
            typer.echo(f"undertow: {words.said(finding)}", err=True)
        raise typer.Exit(REFUSED) from None
    except KeyboardInterrupt:
        typer.echo("undertow: interrupted.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _claim(leverage: float, move: str, words: Words, *, as_json: bool) -> None:
    """What a leverage and a move come to under every regime."""
    from undertow.jobs.claim import claim_of

    claimed = claim_of(leverage, move)
    if as_json:
        print_json(claimed.json())
        return
    from undertow.report.book import claim_page

    console().print(claim_page(claimed.answer, words))
