"""The door of `undertow fetch`: parse, call the job, print."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def fetch(  # noqa: PLR0913, PLR0917 - one parameter per option
    provider: Annotated[
        str, typer.Argument(help="yfinance, fred, ccxt, akshare, cftc or databento.")
    ],
    symbols: Annotated[
        list[str], typer.Argument(metavar="SYMBOL…", help="As the provider writes it.")
    ],
    first: Annotated[str, typer.Option("--from", help="First day, such as 2025-01-01.")],
    out: Annotated[Path, typer.Option(help="Folder that the files go into.")],
    last: Annotated[str, typer.Option("--to", help="Last day; else today.")] = "",
    step: Annotated[str, typer.Option(help="Length of a bar: 1d, 1h or 1m.")] = "1d",
    against: Annotated[
        Path | None, typer.Option(help="Another source's prices, file or folder, to check with.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Ask even if an answer of today is kept.")
    ] = False,
    at: Annotated[str, typer.Option(help="Address in place of the provider's own.")] = "",
    lang: Annotated[str, typer.Option(help="Language of what is printed: en or zh.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Fetch prices from a provider: keep its raw answer, write the long form, check it."""
    from undertow.jobs.fetch import FetchRequest, day
    from undertow.jobs.fetch import fetch as fetched
    from undertow.report.words import speaker

    words = speaker(lang)
    days = (day(first, "--from"), day(last, "--to"))
    done = fetched(
        FetchRequest(
            provider, tuple(symbols), *days, out, step=step, against=against, again=again, at=at
        )
    )
    if as_json:
        typer.echo(json.dumps(done.json(), indent=1, ensure_ascii=False))
    else:
        from rich.console import Console

        from undertow.report.fetched import fetched_page

        console = Console(highlight=False, markup=False, emoji=False)
        console.print(fetched_page(done.answer, words))
    if done.answer.failed:
        raise typer.Exit(1)
