"""Tables that set a run beside something: reported figures, its assumed inputs, another run."""

from __future__ import annotations

import math

from rich.table import Table

from undertow.core.answers.said import Amount
from undertow.core.answers.simulation import Simulation
from undertow.report.layout import count, numbers, percent, table
from undertow.report.words import ENGLISH, Words

LARGEST = 5


def checks_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """Reported figures on selling beside the engine's own."""
    if not answer.facts_check:
        return None
    made = table(words("What was reported on selling"))
    made.add_column(words("in"))
    numbers(made, (words("engine"), words("reported"), words("ratio")))
    made.columns[0].no_wrap = False
    for check in answer.facts_check:
        ratio = f"{check.ratio:.2f}" if math.isfinite(check.ratio) else "–"
        money = [words.money(value) for value in (check.engine, check.reported)]
        made.add_row(words(check.what), words(check.unit), *money, ratio)
    return made


def rests_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """The inputs that the headline rests on most."""
    if answer.ranges is None or not answer.ranges.tornado:
        return None
    ranges = answer.ranges
    made = table(words("What {target} rests on most, forced change in %", target=ranges.target))
    numbers(made, (words("input"), words("at its low"), words("input"), words("at its high")))
    made.columns[0].no_wrap = False
    for rest in ranges.tornado[:LARGEST]:
        low, high = f"×{rest.low:.2g}", f"×{rest.high:.2g}"
        made.add_row(words(rest.input), low, percent(rest.at_low), high, percent(rest.at_high))
    made.caption = words(
        "{runs} small runs ({accounts} {accounts:account|accounts}): each"
        " assumed input alone at its low and high, and all at once",
        runs=Amount(ranges.runs, "count"),
        accounts=Amount(ranges.accounts, "count"),
    )
    return made


def beside_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """What the changes did: this run beside the one without them."""
    if answer.beside is None:
        return None
    base = answer.beside
    made = table(words("With {changes}, and without", changes="; ".join(answer.changes)))
    numbers(made, (words("with"), words("without"), words("difference")))
    totals = (
        (words("margin calls"), _calls, count),
        (words("forced sales, dollars"), _sold, words.money),
        (words("bad debt, dollars"), _bad_debt, words.money),
    )
    for title, total, written in totals:
        here, there = total(answer), total(base)
        made.add_row(title, written(here), written(there), written(here - there))
    moved = {n: a.forced - base.instruments[n].forced for n, a in answer.instruments.items()}
    for name in sorted(moved, key=lambda name: -abs(moved[name]))[:LARGEST]:
        here, there = answer.instruments[name].forced, base.instruments[name].forced
        title = words("{name}, forced change in %", name=name)
        made.add_row(title, *map(percent, (here, there, moved[name])))
    return made


def _calls(answer: Simulation) -> float:
    return sum(s.called for s in answer.segments.values())


def _sold(answer: Simulation) -> float:
    return sum(s.forced_usd for s in answer.segments.values())


def _bad_debt(answer: Simulation) -> float:
    return sum(s.bad_debt_usd for s in answer.segments.values())
