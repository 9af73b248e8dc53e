"""The page of an order book for the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.core.answers.said import Amount
from undertow.report.layout import fitted, numbers, percent, table
from undertow.report.words import ENGLISH, Words

WORST = 5
"""Windows that are listed."""


def orderbook_page(answer: OrderbookAnswer, words: Words = ENGLISH) -> Group:
    """The headline, what was measured, the worst windows, and what not to trust."""
    return Group(*map(fitted, _parts(answer, words)))


def _parts(answer: OrderbookAnswer, words: Words) -> Iterator[RenderableType]:
    yield Text(words.outcome(answer.said), style="bold")
    yield Text(words("{begin} to {end}", begin=_clock(answer.begin), end=_clock(answer.end)))
    for made in (_messages, _spreads, _depths, _ratios, _windows):
        yield Text()
        yield made(answer, words)
    if answer.warnings:
        yield Text()
        for one in answer.warnings:
            yield Text(words("Note: {warning}", warning=one), style="yellow")


def _clock(moment: str) -> str:
    """A moment to the second, as it is read; of a feed without a day the time of day."""
    return moment.partition("+")[0].partition(".")[0].replace("T", " ")


def _clocks(moments: list[str]) -> list[str]:
    """Moments, without the day if they share it."""
    read = list(map(_clock, moments))
    days = {moment.rpartition(" ")[0] for moment in read}
    return [moment.rpartition(" ")[2] for moment in read] if len(days) == 1 else read


def _kinds(words: Words) -> dict[str, str]:
    """Titles of the kinds of messages."""
    return {
        "add": words("orders added"),
        "cancel_part": words("orders cancelled in part"),
        "delete": words("orders deleted"),
        "fill": words("fills of orders in the book"),
        "hidden": words("fills of hidden orders"),
        "modify": words("orders changed"),
        "cross": words("crosses (auctions)"),
        "status": words("halts and states"),
        "level": words("levels set"),
        "trade": words("trades printed"),
        "clear": words("books cleared"),
        "quote": words("best quotes"),
    }


def number(value: float) -> str:
    """A measured number; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    sign, size = "−" if value < 0.0 else "", abs(value)
    return f"{sign}{size:,.0f}" if size >= 1e4 else f"{sign}{size:,.4g}".replace("e-", "e−")


def _lost(share: float) -> str:
    """A loss in per cent, − for a gain; a dash where there is none."""
    return percent(share if math.isfinite(share) else None).removeprefix("+")


def _messages(answer: OrderbookAnswer, words: Words) -> Table:
    made = table(words("Messages"))
    numbers(made, (words("count"), words("quantity")))
    named = _kinds(words)
    for name, one in answer.events.items():
        made.add_row(named.get(name, name), f"{one.count:,}", number(one.quantity))
    return made


def _spreads(answer: OrderbookAnswer, words: Words) -> Table:
    spread, paid = answer.spread_bps, answer.effective_spread_bps
    made = table(words("Spread, basis points"))
    numbers(made, (words("measured"),))
    rows = (
        (words("quoted, median by time"), spread.time_median),
        (words("quoted, mean by time"), spread.time_mean),
        (words("quoted, median by message"), spread.event_median),
        (words("quoted, 99 % of the time below"), spread.p99),
        (words("quoted, widest"), spread.max),
        (words("effective, mean of trades"), paid.mean),
        (words("effective, by value"), paid.by_value),
    )
    for name, value in rows:
        made.add_row(name, number(value))
    for horizon, one in answer.realised_spread_bps.items():
        made.add_row(words("realised after {time}, mean", time=horizon), number(one.mean))
    return made


def _depths(answer: OrderbookAnswer, words: Words) -> Table:
    made = table(words("Depth, both sides"))
    numbers(made, (words("median"), words("least"), words("most lost, %")))
    names = {
        "touch": words("at the touch"),
        "top10": words("ten levels"),
        "within_10bps": words("within 10 bp"),
        "within_50bps": words("within 50 bp"),
    }
    for key, name in names.items():
        one = answer.depth[key]
        made.add_row(name, number(one.median), number(one.min), _lost(one.loss))
    return made


def _ratios(answer: OrderbookAnswer, words: Words) -> Table:
    made = table(words("Cancels, impact, resilience"))
    numbers(made, (words("measured"),))
    away, back = answer.withdrawal, answer.resilience
    rows = (
        (words("cancelled, share of quantity"), answer.cancel_share_quantity),
        (words("cancelled, share of orders"), answer.cancel_share_count),
        (words("cancels per trade"), answer.cancels_per_fill),
        (words("messages per trade"), answer.order_to_trade),
        (words("Kyle's lambda, money a unit, by minute"), answer.kyle_lambda),
        (words("order-flow imbalance, money a unit, by 10 s"), answer.ofi_beta),
        (words("makers' withdrawal, worst window"), away.worst),
        (words("of it by cancels"), away.by_cancel),
        (words("makers' share of the depth within 10 bp"), away.coverage),
        (words("half-life of a wide spread, seconds"), back.half_life_s),
    )
    for name, value in rows:
        made.add_row(name, number(value))
    return made


def _windows(answer: OrderbookAnswer, words: Words) -> Table:
    known = [one for one in answer.windows if math.isfinite(one.spread_multiple)]
    shown = sorted(known, key=lambda one: -one.spread_multiple)[:WORST]
    made = table(
        words(
            "Widest of {count} {count:window|windows} against the baseline",
            count=Amount(len(answer.windows), "count"),
        )
    )
    heads = (
        words("spread, bp"),
        words("times baseline"),
        words("touch"),
        words("lost, %"),
        words("trades"),
    )
    numbers(made, heads)
    for begin, one in zip(_clocks([one.begin for one in shown]), shown, strict=True):
        times = f"{one.spread_multiple:.2f}{'*' if one.tick_bound else ''}"
        lost = _lost(one.touch_loss)
        row = (number(one.spread_bps), times, number(one.touch), lost, f"{one.fills:,}")
        made.add_row(begin, *row)
    if answer.baseline.tick_bound:
        made.caption = words("* the baseline is bound by its tick")
    return made
