"""`undertow run`: parse, call the job, print. No arithmetic."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from undertow.cli.shared import (
    INTERRUPTED,
    AccountsOption,
    BarOption,
    JsonOption,
    Lang,
    LangOption,
    SeedOption,
    console,
    print_json,
)

if TYPE_CHECKING:
    from undertow.jobs.run import Done
    from undertow.jobs.system import Request

TRUNCATED = 3


class Origin(StrEnum):
    """How the price of a source is treated."""

    given = "given"
    free = "free"


OriginOption: TypeAlias = Annotated[
    Origin, typer.Option(help="Sources follow their path, or one shock.")
]
HikeOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A margin hike, such as SI=22%@2026-02-09.")
]
OffOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(help="A channel to take out: news, calls, hikes, makers or traders."),
]
SettingOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", help="An entry of the episode (PATH=VALUE) or a fact (@ID=VALUE)."),
]
AllowOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A fit that is refused else; the refusal names it.")
]
OutOption: TypeAlias = Annotated[Path | None, typer.Option(help="Folder that run folders go into.")]
ThreadsOption: TypeAlias = Annotated[
    int, typer.Option(min=1, help="Threads; answers do not depend on it.")
]


def run(  # noqa: PLR0913, PLR0917 - one parameter per option
    episode: Annotated[str, typer.Argument(help="Name of an episode, or a FILE.toml.")],
    origin: OriginOption = Origin.given,
    accounts: AccountsOption = None,
    seed: SeedOption = None,
    bar: BarOption = None,
    hike: HikeOption = None,
    off: OffOption = None,
    setting: SettingOption = None,
    allow: AllowOption = None,
    out: OutOption = None,
    ranges: Annotated[bool, typer.Option(help="Vary what is assumed.")] = True,
    page: Annotated[bool, typer.Option(help="Draw the page (needs undertow[page]).")] = True,
    threads: ThreadsOption = 2,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
    timing: Annotated[bool, typer.Option(help="Add how long it took to the JSON.")] = False,
) -> None:
    """Simulate an episode: who is called, what is sold by force, and what prices make of it."""
    from undertow.jobs.system import Request

    request = Request(
        episode, origin.value, accounts, seed, bar,
        hikes=tuple(hike or ()), off=tuple(off or ()), settings=tuple(setting or ()),
        allow=tuple(allow or ()), out=out, threads=threads, ranges=ranges, page=page,
        lang=lang.value,
    )  # fmt: skip
    done = _done(request, quiet=as_json)
    if as_json:
        print_json(done.json(timing=timing))
    else:
        _print_page(done, lang, page=page)
    if done.answer.truncated:
        raise typer.Exit(TRUNCATED)


def _done(request: Request, *, quiet: bool) -> Done:
    from undertow.jobs.run import run_episode
    from undertow.report.progress import progress

    try:
        with progress("Simulating", shown=not quiet) as advance:
            return run_episode(request, advance)
    except KeyboardInterrupt:
        typer.echo("undertow: interrupted; nothing was stored.", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _print_page(done: Done, lang: Lang, *, page: bool) -> None:
    from undertow.report.tables import simulation_page
    from undertow.report.words import speaker

    words, screen = speaker(lang.value), console()
    screen.print(simulation_page(done.answer, words, done.titles))
    screen.print(words("Stored in {folder}", folder=str(done.folder)), soft_wrap=True)
    if done.page is not None:
        screen.print(words("Page: {file}", file=str(done.page)), soft_wrap=True)
    elif page:
        screen.print(words("No page was drawn: pip install 'undertow[page]' adds what it needs."))
