"""The terminal's door: parse, call a job, print. No arithmetic."""

from __future__ import annotations

import signal
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from undertow import __version__, cli_fetch, cli_gauge
from undertow.cli_measure import app as measure_app
from undertow.cli_shared import JsonOption, Lang, LangOption, console, print_json
from undertow.core.errors import RefusedBook, UndertowError

if TYPE_CHECKING:
    from undertow.jobs.book import Booked, BookRequest
    from undertow.jobs.run import Done
    from undertow.jobs.system import Request
    from undertow.report.words import Words

REFUSED = 1
INTERRUPTED = 130
TRUNCATED = 3

app = typer.Typer(
    name="undertow",
    help="An engine for cross-asset margin-call contagion.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(measure_app)


class Origin(StrEnum):
    """How the price of a source is treated."""

    given = "given"
    free = "free"


OriginOption: TypeAlias = Annotated[
    Origin, typer.Option(help="Sources follow their path, or one shock.")
]
AccountsOption: TypeAlias = Annotated[int | None, typer.Option(min=1, help="Simulated accounts.")]
SeedOption: TypeAlias = Annotated[int | None, typer.Option(min=0, help="Seed of the population.")]
BarOption: TypeAlias = Annotated[
    str | None, typer.Option(help="Length of a bar, such as 15min or 1h.")
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
RunArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder or name, or last.")
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"undertow {__version__}")
        raise typer.Exit


@app.callback()
def undertow(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Simulate margin-call contagion across assets, and say how much of a sell-off was forced."""


@app.command()
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


@app.command()
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


@app.command()
def explain(
    stored: RunArgument,
    instrument: Annotated[
        str | None, typer.Option(help="Symbol; by default the one the headline names.")
    ] = None,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Tell one instrument's story: how much was news, how much forced, by whom, from what."""
    from undertow.jobs.explain import explain_run

    told = explain_run(stored, instrument)
    if as_json:
        print_json(told.json())
        return
    from undertow.report.explanation import explanation_page
    from undertow.report.words import speaker

    console().print(explanation_page(told.answer, speaker(lang.value).naming(told.titles)))


@app.command()
def report(
    stored: RunArgument,
    beside: Annotated[
        str | None, typer.Option(help="Another stored run to compare it with.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default page.html in the run's folder.")
    ] = None,
    lang: LangOption = Lang.en,
) -> None:
    """Draw the page of a stored run, beside another one if asked."""
    from undertow.jobs.report import draw_page

    typer.echo(draw_page(stored, beside=beside, out=out, lang=lang.value))


@app.command()
def rules(
    as_json: JsonOption = False,
) -> None:
    """List every rule a scenario can choose, by family."""
    from undertow.jobs.rules import rules_answer

    answer = rules_answer()
    if as_json:
        print_json(answer)
        return
    from undertow.report.rules import rules_page

    console().print(rules_page(answer))


@app.command()
def episodes(
    as_json: JsonOption = False,
) -> None:
    """List the episodes that come with Undertow."""
    from undertow.jobs.episodes import episodes_answer

    answer = episodes_answer()
    if as_json:
        print_json(answer)
        return
    listed = answer["episodes"]
    for name, title in sorted(listed.items()) if isinstance(listed, dict) else ():
        typer.echo(f"{name:12} {title}")


app.command()(cli_fetch.fetch)
app.command()(cli_gauge.gauge)


def main() -> None:
    """Run the command line; wrong input is one sentence on standard error and exit code 1.

    A request to terminate ends a run as an interruption does: with nothing half-written.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no − or no Chinese shows a question mark in its place.
            stream.reconfigure(errors="replace")
    try:
        app()
    except UndertowError as error:
        typer.echo(f"undertow: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
