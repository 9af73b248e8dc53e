"""What is said of an order book: the headline, and what must not be trusted."""

from __future__ import annotations

import math
from collections.abc import Iterator

from undertow.core.answers.orderbook import OrderbookAnswer
from undertow.core.answers.said import Amount, Said
from undertow.core.events import About

DEPTHS = {
    "touch": "at the touch",
    "top10": "ten levels",
    "within_10bps": "within 10 bp",
    "within_50bps": "within 50 bp",
}
"""What depths are called; the terminal has the same words."""


def headline(answer: OrderbookAnswer) -> Iterator[Said]:
    """The worst window against its baseline."""
    spread, depth = answer.spread_bps, answer.depth["touch"]
    if math.isnan(spread.time_median):
        yield Said("The book was never open on both sides.")
        return
    open_windows = [one for one in answer.windows if not math.isnan(one.spread_multiple)]
    worst = max(open_windows, key=lambda one: one.spread_multiple)
    yield Said(
        "Spread {median} bp in the median, at most {times} times its baseline ({window}); depth at"
        " the touch falls by at most {loss}.",
        {
            "median": Amount(spread.time_median, "number"),
            "times": Amount(worst.spread_multiple, "number"),
            "window": worst.begin,
            "loss": Amount(depth.loss, "share"),
        },
    )


def warned(answer: OrderbookAnswer, about: About) -> Iterator[Said]:
    """Everything that a reader must know before a number is used."""
    yield from _of_the_baseline(answer)
    yield from _of_the_levels(answer, about)
    for reason, count in answer.odd.items():
        values: dict[str, Amount | str | Said] = {
            "reason": reason.replace("_", " "),
            "count": Amount(count, "count"),
        }
        yield Said("{count} {count:message|messages}: {reason}.", values)
    if answer.crossed["one_sided_seconds"] and about.shows != "never":
        yield Said(
            "For {seconds} s the book had one side only, or a best bid of 0 or less: that time"
            " weighs nothing.",
            {"seconds": Amount(answer.crossed["one_sided_seconds"], "number")},
        )
    if answer.crossed["states"]:
        yield Said(
            "The book was crossed after {count} {count:message|messages}, for"
            " {seconds} s; those states weigh nothing.",
            {
                "count": Amount(answer.crossed["states"], "count"),
                "seconds": Amount(answer.crossed["seconds"], "number"),
            },
        )


def _of_the_baseline(answer: OrderbookAnswer) -> Iterator[Said]:
    base = answer.baseline
    if base.n < 3:
        yield Said(
            "The baseline is {count} {count:window|windows} long: multiples and"
            " losses mean little.",
            {"count": Amount(base.n, "count")},
        )
    if base.of == "own":
        yield Said(
            "The windows are compared with their own median: no earlier day was given (--baseline)."
        )
    if base.tick_bound:
        yield Said(
            "The spread stands at one tick for half the baseline or more: its multiple counts ticks"
            " and cannot be below 1."
        )


def _of_the_levels(answer: OrderbookAnswer, about: About) -> Iterator[Said]:
    if not about.tells_cancels:
        yield Said(
            "The feed tells no orders: a cancel looks like a fill, so the shares and ratios of"
            " cancels are left out, and a withdrawal is the loss of depth."
        )
    if about.shows == "never":
        yield Said("The file holds trades alone: there is no book in it, and nothing of one.")
        return
    if about.shows == "at_trades":
        yield Said(
            "The file shows its quotes at trades only: what is weighed by time takes them to stand"
            " until the next trade."
        )
    if about.book == "ladder" and about.levels == 1:
        yield Said(
            "The file holds the best level of each side: depth beyond it, and what happened there,"
            " is not in it."
        )
    elif about.book == "ladder":
        yield Said(
            "The file holds {levels} {levels:level|levels} a side: depth beyond"
            " them, and what happened there, is not in it.",
            {"levels": Amount(about.levels, "count")},
        )
    for name, depth in answer.depth.items():
        if depth.cut:
            yield Said(
                "{name}: in {cut} of the samples the file's levels do not reach so far.",
                {"name": DEPTHS[name], "cut": Amount(depth.cut, "share")},
            )
