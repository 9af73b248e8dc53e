"""What `undertow measure` prints: the sentences, the tables of its kind, the warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatch

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.fragility import Fragility
from undertow.core.answers.gamma import GammaAnswer
from undertow.core.answers.intraday import IntradayAnswer
from undertow.core.answers.measured import (
    BasisAnswer,
    Contagion,
    CorrelationAnswer,
    CoverageAnswer,
    DailyAnswer,
    IndicatorReading,
    Measured,
    QuotesAnswer,
)
from undertow.core.answers.said import Amount
from undertow.core.answers.secondary import Secondary
from undertow.report.indicators import fragilities, indicators
from undertow.report.layout import fitted, numbers, table
from undertow.report.words import ENGLISH, Words


def measured_page(answer: Measured, words: Words = ENGLISH) -> Group:
    """Everything about one measure."""
    if isinstance(answer, DailyAnswer):
        words = words.naming(indicators(ENGLISH))
    return Group(*map(fitted, _parts(answer, words)))


def _parts(answer: Measured, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    for part in tables_of(answer, words):
        yield Text()
        yield part
    for said in answer.warnings:
        yield Text(words("Note: {warning}", warning=said), style="yellow")


@singledispatch
def tables_of(answer: object, words: Words) -> Iterable[Table]:
    """The tables of an answer: none for a kind that has said it all."""
    del answer, words
    return ()


def number(value: float | None, places: int = 2) -> str:
    """A number with its places, − below 0; a dash where it is unknown."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN is not itself
        return "–"
    return f"{value:,.{places}f}".replace("-", "−")


def listed(
    heading: str, heads: Iterable[str], rows: Iterable[tuple[str, ...]], names: int = 1
) -> Table:
    """A table of names and numbers."""
    made = table(heading, names)
    numbers(made, heads)
    for row in rows:
        made.add_row(*row)
    return made


@tables_of.register
def _quotes(answer: QuotesAnswer, words: Words) -> Iterator[Table]:
    before = answer.baseline
    heads = (words("spread, bp"), words("times baseline"), words("depth"), words("lost, %"))
    normal = (
        words("baseline"), number(before.spread_bps, 4), "1", number(before.depth_usd, 0), "0",
    )  # fmt: skip
    made = listed(
        words("Each hour against a baseline of {hours} {hours:hour|hours}",
              hours=Amount(before.hours, "count")),
        heads,
        (
            normal,
            *(
                (
                    f"{h.hour:%Y-%m-%d %H:%M}", number(h.spread_bps, 4),
                    number(h.spread_multiple), number(h.depth_usd, 0),
                    number(100.0 * h.depth_loss, 1),
                )
                for h in answer.hours
            ),
        ),
    )  # fmt: skip
    made.caption = words(
        "spread of the baseline {low} to {high} bp (95 %); depth: money at the touch, both sides;"
        " hours UTC",
        low=number(before.spread_low, 4),
        high=number(before.spread_high, 4),
    )
    yield made


@tables_of.register
def _basis(answer: BasisAnswer, words: Words) -> Iterator[Table]:
    heads = (
        words("minutes"),
        words("highest z"),
        words("lowest z"),
        words("lasting, highest"),
        words("lasting, lowest"),
    )
    rows = [
        (name, number(one.minutes, 0), number(one.z_max), number(one.z_min),
         number(one.persistent_z_max), number(one.persistent_z_min))
        for name, one in (
            (words("all minutes"), answer.whole),
            (words("after the reference"), answer.after),
        )
        if one is not None
    ]  # fmt: skip
    made = listed(words("Deviations of the basis"), heads, rows)
    made.caption = words(
        "reference: {mean} bp, deviation {sd} bp, {n} {n:minute|minutes};"
        " lasting: of the median of five minutes; clocks: minute returns"
        " correlate {likeness}",
        mean=number(answer.reference.mean_bps),
        sd=number(answer.reference.sd_bps),
        n=Amount(answer.reference.n, "count"),
        likeness=number(answer.clocks.at_zero),
    )
    yield made


@tables_of.register
def _gamma(answer: GammaAnswer, words: Words) -> Iterator[Table]:
    usd, shares = answer.net_usd_per_1pct, answer.net_shares_per_1pct
    model = answer.model_call_usd_per_1pct - answer.model_put_usd_per_1pct
    skewed = answer.skew_adjusted.net_usd_per_1pct
    rows = [
        (words("dealers long calls, short puts"), usd.naive, shares.naive),
        (words("the reverse"), usd.reversed, shares.reversed),
        (words("dealers short of everything"), usd.all_short, shares.all_short),
        (words("the first, ours everywhere"), model, model / answer.spot),
        (words("that, volatility moving with spot"), skewed.naive, skewed.naive / answer.spot),
    ]
    made = listed(
        words("Bought by dealers for a fall of 1 %, − is sold"),
        (words("million dollars"), words("shares")),
        [(name, number(1e-6 * money, 1), number(units, 0)) for name, money, units in rows],
    )
    made.caption = words(
        "calls {calls}, puts {puts}; flip {low} to {high} with volatilities a tenth lower or"
        " higher; share of daily volume {share} %; calls up to 5 % above spot {above} of all",
        calls=Amount(answer.call_usd_per_1pct, "dollars"),
        puts=Amount(answer.put_usd_per_1pct, "dollars"),
        low=number(answer.flip_low),
        high=number(answer.flip_high),
        share=number(None if answer.share_of_adv is None else 100.0 * answer.share_of_adv),
        above=Amount(answer.calls_above, "share"),
    )
    yield made


@tables_of.register
def _daily(answer: DailyAnswer, words: Words) -> Iterator[Table]:
    for symbol, found in answer.symbols.items():
        yield _readings(symbol, found, words)
    if answer.together:
        yield _readings(words("all together"), answer.together, words)
    if answer.fragility is not None and answer.fragility.parts:
        yield _fragility(answer.fragility, words)


def _fragility(found: Fragility, words: Words) -> Table:
    titles = fragilities(words)
    heads = (words("reading"), words("rank, %"), words("weight, %"), words("readings"))
    rows = [
        (titles.get(one.name, one.name), number(one.value, 4), number(100.0 * one.rank, 0),
         number(100.0 * one.weight, 1), number(one.readings, 0))
        for one in found.parts
    ]  # fmt: skip
    made = listed(words("Fragility of valuations"), heads, rows)
    made.caption = words(
        "level {level}, percentile {percentile}; loss for 1 % more interest: {loss} %",
        level=number(found.level),
        percentile=number(100.0 * found.percentile, 0),
        loss=number(None if found.loss_for_100bp is None else 100.0 * found.loss_for_100bp, 1),
    )
    return made


def _readings(heading: str, found: Mapping[str, IndicatorReading], words: Words) -> Table:
    heads = (words("reading"), words("usual"), "5 %", "95 %", words("percentile"))
    titles = indicators(words)
    rows = [
        (
            titles.get(name, name),
            *(f"{x:.3g}".replace("-", "−") for x in (one.value, one.usual, one.low, one.high)),
            number(100.0 * one.percentile, 0),
        )
        for name, one in found.items()
    ]
    return listed(heading, heads, rows)


@tables_of.register
def _correlation(answer: CorrelationAnswer, words: Words) -> Iterator[Table]:
    rows = [
        (words("rolling"), answer.rolling),
        (words("EWMA"), answer.ewma),
        (words("DCC(1,1)"), answer.dcc),
    ]
    heads = (
        words("correlation"), words("from"), words("to"), words("a window before"),
        words("percentile"),
    )  # fmt: skip
    yield listed(
        ", ".join(answer.symbols),
        heads,
        [
            (name, *(number(x) for x in (one.value, one.low, one.high, one.before)),
             number(100.0 * one.percentile, 0))
            for name, one in rows
        ],
    )  # fmt: skip
    if answer.contagion is not None:
        yield _crisis(answer.contagion, words)


@tables_of.register
def _intraday(answer: IntradayAnswer, words: Words) -> Iterator[Table]:
    own = (
        words("each at its own moments"), number(answer.value), number(answer.low),
        number(answer.high), number(min(answer.observations), 0),
    )  # fmt: skip
    grids = (
        (
            words("every {seconds} s", seconds=Amount(one.seconds, "count")),
            number(one.value), "–", "–", number(one.returns, 0),
        )
        for one in answer.on_grid
    )  # fmt: skip
    heads = (words("correlation"), words("from"), words("to"), words("prices or steps"))
    made = listed(", ".join(answer.symbols), heads, (own, *grids))
    made.caption = words(
        "Hayashi and Yoshida; interval (95 %) from {blocks}"
        " {blocks:block|blocks} of {minutes} min; moves of a day {first} % and"
        " {second} %; on a grid each price is the last one seen",
        blocks=Amount(answer.blocks, "count"),
        minutes=number(answer.block_seconds / 60.0, 0),
        first=number(100.0 * answer.volatility[0]),
        second=number(100.0 * answer.volatility[1]),
    )
    yield made


def _crisis(found: Contagion, words: Words) -> Table:
    quiet, crisis = found.quiet, found.crisis
    heads = (words("correlation"), words("from"), words("to"), words("returns"))
    rows = [
        (words("quiet"), quiet.value, quiet.low, quiet.high, quiet.returns),
        (words("crisis"), crisis.value, crisis.low, crisis.high, crisis.returns),
        (
            words("corrected (Forbes, Rigobon)"),
            found.adjusted,
            found.adjusted_low,
            found.adjusted_high,
            None,
        ),
        (words("to be expected (Corsetti and others)"), found.threshold, None, None, None),
    ]
    return listed(
        words("A crisis against quiet days"),
        heads,
        [(name, number(x), number(y), number(z), number(n, 0)) for name, x, y, z, n in rows],
    )


@tables_of.register
def _coverage(answer: CoverageAnswer, words: Words) -> Iterator[Table]:
    rows = [
        (words("by quality of assets"), answer.hqla),
        (words("by quality, capped as for banks"), answer.hqla_capped),
        (words("by what can be sold in time"), answer.liquidation),
    ]
    heads = (
        words("can be paid"), words("coverage"), words("at most"), words("gap, % of the fund"),
        words("band"),
    )  # fmt: skip
    made = listed(
        words("Redemption of {share}", share=Amount(answer.redemption, "share")),
        heads,
        [
            (
                name, words.money(one.liquid), number(one.rcr), number(one.rcr_high),
                number(100.0 * one.gap, 1), words(one.band),
            )
            for name, one in rows
        ],
    )  # fmt: skip
    made.caption = words(
        "fund of {nav}; {days} {days:day|days} at {part} of volume; all could be"
        " met up to a redemption of {most}; ten largest holdings {top}",
        nav=words.money(answer.nav),
        days=number(answer.horizon_days, 0),
        part=Amount(answer.participation, "share"),
        most=Amount(answer.largest_met, "share"),
        top=Amount(answer.top10, "share"),
    )
    yield made
    if answer.secondary is not None:
        yield _secondary(answer.secondary, words)


def _secondary(found: Secondary, words: Words) -> Table:
    heads = (
        words("can take"), words("redeemed"), words("sold by others"), words("coverage"),
        words("band"),
    )  # fmt: skip
    row = (
        found.etf or words("the ETF"), words.money(found.capacity), words.money(found.redemption),
        words.money(found.basket_sales), number(found.coverage), words(found.band),
    )  # fmt: skip
    made = listed(words("Secondary market of the ETF"), heads, [row])
    if found.premium is not None:
        made.caption = words(
            "premium {bps} bp, {z} robust deviations of the {days} {days:day|days} before",
            bps=number(found.premium.bps, 1),
            z=number(found.premium.robust_z),
            days=Amount(found.premium.days, "count"),
        )
    return made
