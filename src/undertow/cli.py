"""The terminal's door: parse, call a job, print. No arithmetic."""

from __future__ import annotations

import json
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow import __version__
from undertow.core.errors import UndertowError

if TYPE_CHECKING:
    from undertow.jobs.run import Done

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


class Origin(StrEnum):
    """How the price of a source is treated."""

    given = "given"
    free = "free"


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
    origin: Annotated[
        Origin, typer.Option(help="Sources follow their path, or one shock.")
    ] = Origin.given,
    accounts: Annotated[int | None, typer.Option(min=1, help="Simulated accounts.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Seed of the population.")] = None,
    bar: Annotated[str | None, typer.Option(help="Length of a bar, such as 15min or 1h.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder that run folders go into.")] = None,
    threads: Annotated[int, typer.Option(min=1, help="Threads; answers do not depend on it.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    timing: Annotated[bool, typer.Option(help="Add how long it took to the JSON.")] = False,
) -> None:
    """Simulate an episode: who is called, what is sold by force, and what prices make of it."""
    from undertow.jobs.run import Request, run_episode
    from undertow.report.progress import progress

    request = Request(episode, origin.value, accounts, seed, bar, out, threads)
    try:
        with progress("Simulating", shown=not as_json) as advance:
            done = run_episode(request, advance)
    except KeyboardInterrupt:
        typer.echo("undertow: interrupted; nothing was stored.", err=True)
        raise typer.Exit(INTERRUPTED) from None
    if as_json:
        typer.echo(json.dumps(done.json(timing=timing), indent=1, ensure_ascii=False))
    else:
        _page(done)
    if done.answer.truncated:
        raise typer.Exit(TRUNCATED)


def _page(done: Done) -> None:
    from rich.console import Console

    from undertow.report.tables import simulation_page

    console = Console(highlight=False)
    console.print(simulation_page(done.answer))
    console.print(f"Stored in {done.folder}", soft_wrap=True)


@app.command()
def rules(
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """List every rule a scenario can choose, by family."""
    from undertow.jobs.rules import rules_answer

    answer = rules_answer()
    if as_json:
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
        return
    from rich.console import Console

    from undertow.report.rules import rules_page

    Console(highlight=False).print(rules_page(answer))


@app.command()
def episodes(
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """List the episodes that come with Undertow."""
    from undertow.jobs.episodes import episodes_answer

    answer = episodes_answer()
    if as_json:
        typer.echo(json.dumps(answer, indent=1, ensure_ascii=False))
        return
    listed = answer["episodes"]
    for name, title in sorted(listed.items()) if isinstance(listed, dict) else ():
        typer.echo(f"{name:12} {title}")


def main() -> None:
    """Run the command line; wrong input is one sentence on standard error and exit code 1.

    A request to terminate ends a run as an interruption does: with nothing half-written.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        app()
    except UndertowError as error:
        typer.echo(f"undertow: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
