"""`undertow gauge`: parse, call the job, print; and keep watching."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from undertow.cli.shared import INTERRUPTED, JsonOption, Lang, LangOption, console, print_json

if TYPE_CHECKING:
    from undertow.jobs.gauge import Gauged

DataOption: TypeAlias = Annotated[
    Path, typer.Option("--data", help="Daily prices: a file or a folder, CSV or Parquet.")
]
OnOption: TypeAlias = Annotated[str, typer.Option(help="Day to gauge; else today.")]
SinceOption: TypeAlias = Annotated[
    str, typer.Option(help="Write every indicator from this day on as Parquet, to --out.")
]
OutOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="File of --since; by default gauge.parquet.")
]
PageOption: TypeAlias = Annotated[
    Path | None, typer.Option(help="Draw the page into this file (needs undertow[page]).")
]
EveryOption: TypeAlias = Annotated[
    str, typer.Option(help="Keep watching, such as every 1h or 15min.")
]
AlertOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="A rule, such as 'index > 50'; with --every.")
]
ToOption: TypeAlias = Annotated[
    list[str] | None, typer.Option(help="Where alerts go: stdout, a file or a web address.")
]
BooksOption: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(help="An answer of `measure orderbook --json`, put on the same scale; again."),
]
CalmOption: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option("--books-reference", help="Such an answer of a calm day, for the scale; again."),
]
TimesOption: TypeAlias = Annotated[
    int, typer.Option(min=0, help="How often to look with --every; 0 never ends.")
]


def gauge(  # noqa: PLR0913, PLR0917 - one parameter per option
    data: DataOption,
    on: OnOption = "",
    since: SinceOption = "",
    out: OutOption = None,
    page: PageOption = None,
    books: BooksOption = None,
    calm: CalmOption = None,
    every: EveryOption = "",
    alert: AlertOption = None,
    to: ToOption = None,
    times: TimesOption = 0,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """All indicators and the stress index as of a day: level, percentile, change, light."""
    from undertow.jobs.days import day
    from undertow.jobs.gauge import GaugeRequest, gauge_of

    if alert or to or times:
        _need(every, "--alert, --to and --times need --every, such as --every 1h")
    if out is not None:
        _need(since, "--out needs --since, such as --since 2000-01-01; --page is a file of its own")
    if to and not all(place.strip() for place in to):
        raise typer.BadParameter("--to is empty; give stdout, a file or a web address")
    request = GaugeRequest(data, day(on, "--on"), tuple(books or ()), tuple(calm or ()))

    def look() -> Gauged:
        return gauge_of(request)

    def show(gauged: Gauged) -> None:
        _written(gauged, since, out or Path("gauge.parquet"))
        _drawn(gauged, page, lang.value)
        _tell(gauged, lang.value, as_json=as_json)

    if every:
        _watch(look, show, every, (tuple(alert or ()), tuple(to or ("stdout",)), times, lang.value))
        return
    show(look())


def _need(given: str, sentence: str) -> None:
    """Refuse an option that would change nothing."""
    if not given:
        raise typer.BadParameter(sentence)


def _written(gauged: Gauged, since: str, out: Path) -> None:
    from undertow.jobs.days import day
    from undertow.jobs.gauge import write_history

    first = day(since, "--since")
    if first is not None:
        rows = write_history(gauged, first, out)
        typer.echo(f"{rows} rows: {out}", err=True)


def _drawn(gauged: Gauged, page: Path | None, lang: str) -> None:
    from undertow.jobs.gauge import draw_gauge

    if page is not None:
        typer.echo(draw_gauge(gauged, page, lang), err=True)


def _tell(gauged: Gauged, lang: str, *, as_json: bool) -> None:
    if as_json:
        print_json(gauged.json())
        return
    from undertow.report.gauge import gauge_tables
    from undertow.report.words import speaker

    console().print(gauge_tables(gauged.answer, speaker(lang)))


def _watch(
    look: Callable[[], Gauged],
    show: Callable[[Gauged], None],
    every: str,
    how: tuple[tuple[str, ...], tuple[str, ...], int, str],
) -> None:
    """Look, tell what has come true, wait; the first look is shown whole."""
    from undertow.cli.alerts import sender
    from undertow.jobs.watch import Watch, seconds, watch
    from undertow.report.words import speaker

    rules, places, times, lang = how
    try:
        watch(
            look,
            Watch(rules, seconds(every), times or None),
            first=show,
            tell=sender(places, speaker(lang)),
            failed=lambda error: typer.echo(f"undertow: this look failed: {error}", err=True),
        )
    except KeyboardInterrupt:
        typer.echo("undertow: interrupted.", err=True)
        raise typer.Exit(INTERRUPTED) from None
