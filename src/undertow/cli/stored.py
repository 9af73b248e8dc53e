"""`undertow explain` and `undertow report`: what a stored run says, and its page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from undertow.cli.shared import JsonOption, Lang, LangOption, console, print_json

RunArgument: TypeAlias = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's folder or name, or last.")
]


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
