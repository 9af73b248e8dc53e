"""The terminal's door: one file for each command or family of commands. No arithmetic."""

from __future__ import annotations

import errno
import os
import signal
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from undertow import __version__
from undertow.cli import book, fetch, gauge, lists, measure, run, stored
from undertow.cli.shared import REFUSED
from undertow.core.compiled import collect_seldom
from undertow.core.errors import UndertowError

app = typer.Typer(
    name="undertow",
    help="An engine for cross-asset margin-call contagion.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(measure.app)
for command in (
    run.run, book.book, stored.explain, stored.report, lists.rules, lists.episodes, fetch.fetch,
    gauge.gauge,
):  # fmt: skip
    app.command()(command)


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


def main() -> None:
    """Run the command line; wrong input is one sentence on standard error and exit code 1.

    A request to terminate ends a run as an interruption does: with nothing half-written.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    collect_seldom()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no − or no Chinese shows a question mark in its place.
            stream.reconfigure(errors="replace")
    try:
        app()
    except UndertowError as error:
        typer.echo(f"undertow: {error}", err=True)
        sys.exit(REFUSED)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        # What stands in the buffer would fail once more when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        typer.echo(
            f"undertow: the answer cannot be written ({error.strerror}); make room, or write it"
            " elsewhere.",
            err=True,
        )
        sys.exit(REFUSED)
