"""Tables of what a run is set beside: later days, reported figures, assumed inputs, another run."""

from __future__ import annotations

import math

from rich.table import Table

from undertow.core.answers.said import Amount
from undertow.core.answers.simulation import Simulation
from undertow.report.cells import count, numbers, percent, table_of
from undertow.report.words import ENGLISH, Words

LARGEST, LATER = 5, 6


def later_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """The targets that really moved most in the days that no choice was made with."""
    known = {n: x for n, x in answer.out_of_sample.items() if x.actual is not None}
    targets = [name for name in answer.targets if name in known]
    if not targets:
        return None
    table = table_of(
        words(
            "Out of sample, {begin} to {end}, change in %",
            begin=words.day(answer.window.until),
            end=words.day(answer.window.end),
        )
    )
    heads = (words("forced"), words("simul."), words("actual"), words("unexpl."))
    numbers(table, heads)
    for name in sorted(targets, key=lambda name: -abs(known[name].actual or 0.0))[:LATER]:
        later = known[name]
        shares = (later.forced, later.simulated, later.actual, later.unexplained)
        table.add_row(name, *map(percent, shares))
    table.caption = words("the targets that really moved most; all are in --json")
    return table


def checks_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """Reported figures on selling beside the engine's own."""
    if not answer.facts_check:
        return None
    table = table_of(words("What was reported on selling"))
    table.add_column(words("in"))
    numbers(table, (words("engine"), words("reported"), words("ratio")))
    table.columns[0].no_wrap = False
    for check in answer.facts_check:
        ratio = f"{check.ratio:.2f}" if math.isfinite(check.ratio) else "–"
        money = [words.money(value) for value in (check.engine, check.reported)]
        table.add_row(words(check.what), words(check.unit), *money, ratio)
    return table


def rests_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """The inputs that the headline rests on most."""
    if answer.ranges is None or not answer.ranges.tornado:
        return None
    ranges = answer.ranges
    table = table_of(words("What {target} rests on most, forced change in %", target=ranges.target))
    numbers(table, (words("input"), words("at its low"), words("input"), words("at its high")))
    table.columns[0].no_wrap = False
    for rest in ranges.tornado[:LARGEST]:
        low, high = f"×{rest.low:.2g}", f"×{rest.high:.2g}"
        table.add_row(words(rest.input), low, percent(rest.at_low), high, percent(rest.at_high))
    table.caption = words(
        "{runs} small runs ({accounts} accounts): each assumed input alone at its low and high, and"
        " all at once",
        runs=Amount(ranges.runs, "count"),
        accounts=Amount(ranges.accounts, "count"),
    )
    return table


def beside_table(answer: Simulation, words: Words = ENGLISH) -> Table | None:
    """What the changes did: this run beside the one without them."""
    if answer.beside is None:
        return None
    base = answer.beside
    table = table_of(words("With {changes}, and without", changes="; ".join(answer.changes)))
    numbers(table, (words("with"), words("without"), words("difference")))
    totals = (
        (words("margin calls"), _calls, count),
        (words("forced sales, dollars"), _sold, words.money),
        (words("bad debt, dollars"), _bad_debt, words.money),
    )
    for title, total, written in totals:
        here, there = total(answer), total(base)
        table.add_row(title, written(here), written(there), written(here - there))
    moved = {n: a.forced - base.instruments[n].forced for n, a in answer.instruments.items()}
    for name in sorted(moved, key=lambda name: -abs(moved[name]))[:LARGEST]:
        here, there = answer.instruments[name].forced, base.instruments[name].forced
        title = words("{name}, forced change in %", name=name)
        table.add_row(title, *map(percent, (here, there, moved[name])))
    return table


def _calls(answer: Simulation) -> float:
    return sum(s.called for s in answer.segments.values())


def _sold(answer: Simulation) -> float:
    return sum(s.forced_usd for s in answer.segments.values())


def _bad_debt(answer: Simulation) -> float:
    return sum(s.bad_debt_usd for s in answer.segments.values())
