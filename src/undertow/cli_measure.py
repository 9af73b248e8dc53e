"""`undertow measure`: one command for each kind of data. Parse, call a job, print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from undertow.cli_shared import JsonOption, Lang, LangOption, console, print_json

app = typer.Typer(
    name="measure",
    help="Liquidity stress in real data, against the instrument's own baseline.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class BookFormat(StrEnum):
    """Feeds of order books that are read; a file in data/orderbooks is one more."""

    binance = "binance"
    bitstamp = "bitstamp"
    dbn = "dbn"
    itch = "itch"
    lobster = "lobster"


@app.command()
def orderbook(  # noqa: PLR0913, PLR0917 - one parameter per option
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Messages; then trades or the book.")
    ],
    feed: Annotated[BookFormat, typer.Option("--format", help="Feed that the files are of.")],
    baseline: Annotated[
        list[str] | None,
        typer.Option(help="Files of an earlier day, with commas between; again for each day."),
    ] = None,
    window: Annotated[str, typer.Option(help="Length of a window, such as 1min.")] = "1min",
    symbol: Annotated[str, typer.Option(help="Symbol, where a file has several.")] = "",
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Replay an order book: spread, depth, cancels, withdrawal, impact, window by window."""
    from undertow.jobs.measure_orderbook import OrderbookRequest, measured_orderbook

    request = OrderbookRequest(
        tuple(files), feed.value, window=window, symbol=symbol, baseline=tuple(baseline or ())
    )
    found = measured_orderbook(request)
    if as_json:
        print_json(found.json())
        return
    from undertow.report.orderbook import orderbook_page
    from undertow.report.words import speaker

    console().print(orderbook_page(found.answer, speaker(lang.value)))
