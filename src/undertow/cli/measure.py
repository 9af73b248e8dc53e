"""`undertow measure`: one command for each kind of data. Parse, call a job, print."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from undertow.cli.shared import JsonOption, Lang, LangOption, Several, console, print_json
from undertow.core.family import file_names, terminal_name

if TYPE_CHECKING:
    from undertow.jobs.measured import Answered

app = typer.Typer(
    name="measure",
    help="Liquidity stress in real data, against the instrument's own baseline.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _files_of(package: str) -> dict[str, str]:
    """What the files of a package are called in the terminal; none of them is imported."""
    return {name: terminal_name(name) for name in sorted(file_names(package))}


class BookFormat(StrEnum):
    """Feeds of order books that are read; a file in data/orderbooks is one more."""

    vars().update(_files_of("undertow.data.orderbooks"))


class QuoteFormat(StrEnum):
    """Layouts of minute quotes that are read; a file in data/quotes is one more."""

    vars().update(_files_of("undertow.data.quotes"))


class ChainFormat(StrEnum):
    """Layouts of option chains that are read; a file in data/chains is one more."""

    vars().update(_files_of("undertow.data.chains"))


TICKS = ", ".join([*(one.value for one in QuoteFormat), "lean-tick"])
DECAY = 0.94
IntradayOption: TypeAlias = Annotated[
    bool, typer.Option("--intraday", help="Prices within days, each at its own moments.")
]
TicksOption: TypeAlias = Annotated[
    str, typer.Option("--format", help=f"Of intraday files: {TICKS}; two with a comma; else long.")
]
EveryOption: TypeAlias = Annotated[
    str, typer.Option(help="Of intraday files: one price of each span such as 30s.")
]
SessionOption: TypeAlias = Annotated[
    str, typer.Option(help="Of intraday files: hours such as 9:30-16:00; those of an equity.")
]
FUTURE, SPOT = QuoteFormat("lean-future"), QuoteFormat("lean-equity")


def _tell(found: Answered, lang: Lang, *, as_json: bool) -> None:
    if as_json:
        print_json(found.json())
        return
    from undertow.report.measured import measured_page
    from undertow.report.words import speaker

    console().print(measured_page(found.answer, speaker(lang.value)))


def _belongs(given: Mapping[str, object], *, intraday: bool) -> None:
    """Refuse options of the other kind of prices."""
    from undertow.core.errors import BadNumber

    name = next((name for name, value in given.items() if value), None)
    if name is not None:
        kind = "daily prices; leave it or --intraday out" if intraday else "--intraday; add it"
        raise BadNumber(f"{name} is for {kind}.")


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


@app.command(cls=Several)
def quotes(
    baseline: Annotated[list[Path], typer.Option(help="Minute quotes of calm days, FILE…")],
    stress: Annotated[list[Path], typer.Option(help="Minute quotes of the stress day, FILE…")],
    form: Annotated[QuoteFormat, typer.Option("--format", help="Layout of the files.")],
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Minute quotes of a stress day against calm days: how much wider, how much thinner."""
    from undertow.jobs.measure_quotes import measure_quotes

    _tell(measure_quotes(baseline, stress, form.value), lang, as_json=as_json)


@app.command(cls=Several)
def basis(  # noqa: PLR0913, PLR0917 - one parameter per option
    future: Annotated[list[Path], typer.Option(help="Minute quotes of the future, FILE…")],
    spot: Annotated[list[Path], typer.Option(help="Minute quotes of the spot or ETF, FILE…")],
    reference: Annotated[
        str, typer.Option(help="First and last day that say what is normal, A:B.")
    ],
    multiplier: Annotated[float, typer.Option(help="Units of spot in one of the future.")] = 1.0,
    session: Annotated[
        str, typer.Option(help="Hours of the spot in its own clock; 9:30-16:00 of an equity.")
    ] = "",
    expiry: Annotated[
        str | None, typer.Option(help="Contract month such as 201312; else the first.")
    ] = None,
    future_format: Annotated[
        QuoteFormat, typer.Option(help="Layout of the future's files.")
    ] = FUTURE,
    spot_format: Annotated[QuoteFormat, typer.Option(help="Layout of the spot's files.")] = SPOT,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """A future against its spot: how unusual the basis is, and whether it lasts."""
    from undertow.jobs.measure_basis import BasisRequest, measure_basis

    request = BasisRequest(
        tuple(future), tuple(spot), reference, multiplier, session, expiry,
        future_format.value, spot_format.value,
    )  # fmt: skip
    _tell(measure_basis(request), lang, as_json=as_json)


@app.command()
def gamma(  # noqa: PLR0913, PLR0917 - one parameter per option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An option chain.")],
    form: Annotated[
        ChainFormat | None, typer.Option("--format", help="Layout; else what the file shows.")
    ] = None,
    symbol: Annotated[str, typer.Option(help="Underlying, where a file has several.")] = "",
    on: Annotated[str, typer.Option(help="Moment or day, where a file has several.")] = "",
    spot: Annotated[
        float | None, typer.Option(help="Price of the underlying, where the file has none.")
    ] = None,
    rate: Annotated[float, typer.Option(help="Interest per year, such as 0.05.")] = 0.0,
    adv: Annotated[
        float | None, typer.Option(help="Shares of the underlying traded on a usual day.")
    ] = None,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Option dealers: what they must trade for a move of 1 %, and where the sign flips."""
    from undertow.jobs.measure_gamma import GammaRequest, measure_gamma

    named = form.value if form else ""
    request = GammaRequest(file, named, symbol, on, spot, rate, adv)
    _tell(measure_gamma(request), lang, as_json=as_json)


@app.command()
def daily(  # noqa: PLR0913, PLR0917 - one parameter per option
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Daily prices: files or folders.")
    ],
    symbols: Annotated[str, typer.Option(help="Symbols such as GC=F,SI=F; else all.")] = "",
    on: Annotated[str, typer.Option(help="Day; else that of the newest bar.")] = "",
    years: Annotated[int, typer.Option(min=1, help="Years of the past to compare with.")] = 10,
    fundamentals: Annotated[
        Path | None, typer.Option(help="Table of date, series and value: fragile valuations.")
    ] = None,
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Daily prices: spreads, impact, ranges, volume, and how much moves as one."""
    from undertow.jobs.measure_daily import DailyRequest, measure_daily

    named = tuple(name.strip() for name in symbols.split(",") if name.strip())
    request = DailyRequest(tuple(files), named, on, years, fundamentals)
    _tell(measure_daily(request), lang, as_json=as_json)


@app.command()
def correlation(  # noqa: PLR0913, PLR0917 - one parameter per option
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Prices: files, or folders of daily ones.")
    ],
    pair: Annotated[
        str, typer.Option(help="Two symbols such as SPY,TLT; the first is the source.")
    ],
    on: Annotated[str, typer.Option(help="Day; else that of the newest bar.")] = "",
    window: Annotated[int, typer.Option(help="Days that a window rolls over.")] = 60,
    decay: Annotated[float, typer.Option(help="What of the EWMA is left a day later.")] = DECAY,
    crisis: Annotated[str, typer.Option(help="First and last day of a crisis, A:B.")] = "",
    quiet: Annotated[str, typer.Option(help="Days to compare it with; else all before.")] = "",
    idiosyncratic: Annotated[
        float, typer.Option(help="Own over common variance of the source.")
    ] = 0.0,
    intraday: IntradayOption = False,
    form: TicksOption = "",
    every: EveryOption = "",
    session: SessionOption = "",
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """Two markets: how they move together, with intervals, and whether a crisis changed it."""
    from undertow.jobs.measure_correlation import CorrelationRequest, measure_correlation
    from undertow.jobs.measure_intraday import IntradayRequest, measure_intraday

    daily_only = {
        "--decay": decay != DECAY, "--crisis": crisis, "--quiet": quiet,
        "--idiosyncratic": idiosyncratic,
    }  # fmt: skip
    within_days = {"--format": form, "--every": every, "--session": session}
    _belongs(daily_only if intraday else within_days, intraday=intraday)
    if intraday:
        asked = IntradayRequest(tuple(files), pair, form, on, window, every, session)
        _tell(measure_intraday(asked), lang, as_json=as_json)
        return

    request = CorrelationRequest(
        tuple(files), pair, on, window, decay, quiet, crisis, idiosyncratic
    )
    _tell(measure_correlation(request), lang, as_json=as_json)


@app.command(cls=Several)
def coverage(  # noqa: PLR0913, PLR0917 - one parameter per option
    holdings: Annotated[Path, typer.Argument(metavar="FILE", help="What the fund holds.")],
    data: Annotated[list[Path], typer.Option(help="Daily prices and volumes: FILE…")],
    redemption: Annotated[str, typer.Option(help="Share of the fund that is redeemed.")] = "10%",
    on: Annotated[str, typer.Option(help="Day; else that of the newest bar.")] = "",
    days: Annotated[float, typer.Option(help="Trading days until it must be paid.")] = 5.0,
    participation: Annotated[
        str, typer.Option(help="Share of usual volume that can be sold.")
    ] = "20%",
    in_kind: Annotated[
        str, typer.Option(help="Share of the redemption that is paid in securities.")
    ] = "0%",
    etf: Annotated[str, typer.Option(help="Of an ETF: its own symbol in the data.")] = "",
    ap_capacity: Annotated[
        float | None, typer.Option(help="Of an ETF: money a day that its participants can take.")
    ] = None,
    basket_sales: Annotated[
        float | None, typer.Option(help="Of an ETF: money of its basket that others sell by then.")
    ] = None,
    etf_nav: Annotated[
        str, typer.Option(help="Of an ETF: symbol of the value of a share in the data.")
    ] = "",
    lang: LangOption = Lang.en,
    as_json: JsonOption = False,
) -> None:
    """A fund: whether it can pay what is redeemed, by quality of assets and by time to sell."""
    from undertow.jobs.measure_coverage import CoverageRequest, measure_coverage

    request = CoverageRequest(
        holdings, tuple(data), redemption, on, days, participation, in_kind, etf, ap_capacity,
        basket_sales, etf_nav,
    )  # fmt: skip
    _tell(measure_coverage(request), lang, as_json=as_json)
