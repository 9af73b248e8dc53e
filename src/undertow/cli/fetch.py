"""`undertow fetch`: parse, call the job, print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from undertow.cli.shared import REFUSED, JsonOption, Lang, LangOption, console, print_json
from undertow.core.family import file_names

if TYPE_CHECKING:
    from undertow.jobs.fetch import FetchDone

ProviderArgument: TypeAlias = Annotated[
    str, typer.Argument(help=f"One of {', '.join(sorted(file_names('undertow.data.sources')))}.")
]
SymbolsArgument: TypeAlias = Annotated[
    list[str], typer.Argument(metavar="SYMBOL…", help="As the provider writes it.")
]
FromOption: TypeAlias = Annotated[
    str, typer.Option("--from", help="First day, such as 2025-01-01.")
]
FolderOption: TypeAlias = Annotated[
    Path, typer.Option("--out", help="Folder that the files go into.")
]
ToOption: TypeAlias = Annotated[str, typer.Option("--to", help="Last day; else today.")]
StepOption: TypeAlias = Annotated[str, typer.Option(help="Length of a bar: 1d, 1h or 1m.")]
AgainstOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Another source's prices, file or folder, to check with.")
]
AgainOption: TypeAlias = Annotated[
    bool, typer.Option("--again", help="Ask even if a fresh answer is kept.")
]
AsOfOption: TypeAlias = Annotated[
    str, typer.Option(help="Day on which the values were known (fred); else as they are now.")
]
AtOption: TypeAlias = Annotated[str, typer.Option(help="Address in place of the provider's own.")]


def fetch(  # noqa: PLR0913, PLR0917 - one parameter per option
    provider: ProviderArgument,
    symbols: SymbolsArgument,
    first: FromOption,
    out: FolderOption,
    last: ToOption = "",
    step: StepOption = "1d",
    against: AgainstOption = None,
    again: AgainOption = False,
    as_of: AsOfOption = "",
    at: AtOption = "",
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Fetch prices from a provider: keep its raw answer, write the long form, check it."""
    from undertow.jobs.days import day, utc_now
    from undertow.jobs.fetch import FetchRequest
    from undertow.jobs.fetch import fetch as fetched

    today = utc_now().date()
    begin, end = day(first, "--from") or today, day(last, "--to") or today
    request = FetchRequest(
        provider, tuple(symbols), begin, end, out,
        step=step, against=against, again=again, at=at, as_of=day(as_of, "--as-of"),
    )  # fmt: skip
    done = fetched(request)
    _tell(done, lang.value, as_json=as_json)
    if done.answer.failed:
        raise typer.Exit(REFUSED)


def _tell(done: FetchDone, lang: str, *, as_json: bool) -> None:
    if as_json:
        print_json(done.json())
        return
    from undertow.report.fetched import fetched_page
    from undertow.report.words import speaker

    console().print(fetched_page(done.answer, speaker(lang)))
