"""The way out of a book, its odds, and what to do, in tables."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.table import Table

from undertow.core.answers.book import Basis, BookAnswer
from undertow.core.answers.leaving import Leaving
from undertow.core.answers.remedy import Likely, Remedy, Way
from undertow.core.answers.said import Amount, money
from undertow.core.answers.survival import Chance, Survival
from undertow.report.layout import noted, numbers, table
from undertow.report.words import Words


def ways_tables(answer: BookAnswer, words: Words) -> Iterator[Table]:
    """What was found, in the order: the way out, the odds, what to do; each says what it is of."""
    first, terms = after_shock(answer.basis, words), under_margins(answer.basis, words)
    if answer.leaving is not None:
        yield noted(leaving_table(answer.leaving, answer.markets, words), first)
        yield noted(rescue_table(answer.leaving, words), first, terms)
    if answer.survival:
        yield noted(survival_table(answer.survival, words), first, terms)
    if answer.likely:
        yield noted(likely_table(answer.likely, words), first, terms)
    if answer.remedies:
        start = first if answer.basis.remedies_after else ""
        yield noted(remedies_table(answer.remedies, words), start, terms)


def after_shock(basis: Basis, words: Words) -> str:
    """Which shock comes first, empty without one."""
    return words("after the shock {shock}", shock=basis.shock) if basis.shock else ""


def under_margins(basis: Basis, words: Words) -> str:
    """Which margins hold, empty for those of the regimes."""
    asked = ", ".join(basis.margins)
    return words("under the margins {margins}", margins=asked) if asked else ""


def leaving_table(found: Leaving, markets: str, words: Words) -> Table:
    """Time and cost of closing each position, in normal markets and in stressed ones."""
    made = table(words("The way out, by the markets of {episode}", episode=markets))
    made.add_column("", no_wrap=True)
    heads = (
        words("first hour"), words("hours"), words("left after a day"), words("cost, %"),
        words("under stress, %"),
    )  # fmt: skip
    numbers(made, heads)
    for one, worse in zip(found.normal.lines, found.stressed.lines, strict=True):
        made.add_row(
            one.account, one.symbol, hours(one.wait_hours), hours(one.hours),
            share(one.left_after_a_day), cost(one.cost), cost(worse.cost),
        )  # fmt: skip
    all_, bad = found.normal, found.stressed
    made.add_row(
        words("all"), "", "", hours(all_.hours), share(all_.left_after_a_day), cost(all_.cost),
        cost(bad.cost),
    )  # fmt: skip
    made.caption = words(
        "at most {participation} of the volume, while the venue is open; stress: a quarter of the"
        " depth, twice the volatility",
        participation=Amount(found.participation, "share"),
    )
    names = ", ".join(found.without)
    return noted(made, words("not listed there: {names}", names=names) if names else "")


def rescue_table(found: Leaving, words: Words) -> Table:
    """What share of each account must be sold to end a call, and whether any does."""
    made = table(words("Whether selling ends a call: share of the account to sell"))
    numbers(made, (words("today"), words("just past the call"), words("the same under stress")))
    for one in found.rescues:
        shares = (one.now, one.after, one.after_stressed)
        made.add_row(
            one.pool.removeprefix("book: "),
            *(share(x) if math.isfinite(x) else words("no sale does") for x in shares),
        )
    return made


def survival_table(found: tuple[Survival, ...], words: Words) -> Table:
    """Probabilities of no call and no liquidation, with their intervals."""
    made = table(
        words("Odds over {days} trading {days:day|days}", days=Amount(found[0].days, "count"))
    )
    _odds_rows(made, found, words)
    first = found[0]
    made.caption = words(
        "returns of {since} to {until} drawn anew at today's volatility; the"
" interval counts {trials} independent {trials:stretch|stretches}",
        since=str(first.since), until=str(first.until), trials=Amount(first.trials, "count"),
    )  # fmt: skip
    return noted(made, *_looked_at(found, words))


def odds_inside_table(found: tuple[Survival, ...], words: Words) -> Table:
    """The share of small runs of an episode that end without a call and without liquidation."""
    made = table(words("Odds inside the episode"))
    _odds_rows(made, found, words)
    made.caption = words(
        "shares of {runs} small runs, all that is assumed drawn anew in each, tested at every bar;"
        " prices that are given are the same in all of them",
        runs=Amount(found[0].paths, "count"),
    )
    return made


def _odds_rows(made: Table, found: tuple[Survival, ...], words: Words) -> None:
    numbers(made, (words("no call"), words("from"), words("to"), words("not closed out"),
                   words("from"), words("to")))  # fmt: skip
    for one in found:
        made.add_row(
            one.pool.removeprefix("book: "), *_odds(one.no_call), *_odds(one.no_liquidation)
        )


def _looked_at(found: tuple[Survival, ...], words: Words) -> Iterator[str]:
    """Which accounts are tested at the worst of each day, and which at closes only."""
    within = [one.pool.removeprefix("book: ") for one in found if one.extremes]
    closing = [one.pool.removeprefix("book: ") for one in found if not one.extremes]
    if closing:
        yield words("{names}: tested at closes only", names=", ".join(closing))
    if within:
        yield words(
            "{names}: at the worst of each day too, of all symbols at one moment",
            names=", ".join(within),
        )


def _odds(chance: Chance) -> tuple[str, str, str]:
    return share(chance.value), share(chance.low), share(chance.high)


def remedies_table(found: tuple[Remedy, ...], words: Words) -> Table:
    """The ways that bring the call beyond the move, each with its cost."""
    made = table(words("What brings the call beyond the move: arithmetic, not advice"))
    made.add_column(words("way"))
    numbers(made, (words("money"), words("cost")))
    for one in found:
        name = one.account if not one.pool else f"{one.account}: {one.pool}"
        for row in _ways(one, words):
            made.add_row(name, *row)
            name = ""
    return made


def likely_table(found: tuple[Likely, ...], words: Words) -> Table:
    """The trades that bring the odds of no call to what is wanted."""
    wanted = Amount(found[0].wanted, "share")
    made = table(words("What brings the odds of no call to {wanted}", wanted=wanted))
    made.add_column(words("way"))
    numbers(made, (words("odds now"), words("then"), words("money"), words("cost")))
    for one in found:
        now, then = share(one.now.value), share(one.after.value) if one.after else ""
        made.add_row(one.account, *_likely(one, words, (now, then)))
    return made


def _likely(one: Likely, words: Words, odds: tuple[str, str]) -> tuple[str, ...]:
    if one.remedy is None or one.remedy.trades is None:
        is_fine = one.now.value >= one.wanted
        return (words("nothing to do") if is_fine else words("no sale does"), *odds, "", "")
    name, *rest = _trades(words("cheapest trades"), one.remedy.trades)
    return (name, *odds, *rest)


def _ways(one: Remedy, words: Words) -> Iterator[tuple[str, str, str]]:
    if one.need <= 0.0:
        yield words("nothing to do"), "", ""
        return
    if one.trades is None:
        yield words("no sale does"), "", ""
    else:
        yield _trades(words("cheapest trades"), one.trades)
    if one.pro_rata is not None:
        yield _trades(words("the same share of each"), one.pro_rata)
    yield words("pay in"), money(one.deposit.deposit), ""
    for way in one.hedges:
        yield _trades(words("hedge"), way)
    if one.unable:
        yield words("no hedge at any size: {names}", names="; ".join(one.unable)), "", ""


def _trades(name: str, way: Way) -> tuple[str, str, str]:
    listed = ", ".join(
        f"{trade.symbol} {trade.quantity:+,.4g}".replace("-", "−")
        for trade in way.trades
        if abs(trade.value) >= 1.0
    )
    value = sum(trade.value for trade in way.trades)
    return f"{name}: {listed}", money(value), money(way.cost)


def hours(value: float) -> str:
    """Hours, a dash where they have no end."""
    return f"{value:,.1f}" if math.isfinite(value) else "–"


def share(value: float) -> str:
    """A share in per cent."""
    return f"{100.0 * value:.1f}%"


def cost(value: float) -> str:
    """A cost in per cent of what is closed."""
    return f"{100.0 * value:.3f}"
