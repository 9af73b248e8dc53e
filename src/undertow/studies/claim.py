"""The question: what does a move do to a leverage, under each regime, on each date?"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from undertow.core.answers.book import ClaimAnswer, ClaimRow
from undertow.core.answers.said import Amount, Said
from undertow.core.book import NAN, BookAccount, Kind, Marks, Mode, Position
from undertow.model.rulebook import Pool, Rulebook, moved, moves, rulebook_of

CASES = Path(__file__).with_name("claim.csv")


@dataclass(frozen=True, slots=True)
class Case:
    """A position to hold at a leverage, and the day whose rules are asked.

    opened: day on which the leverage was taken;  fallen: change of the price since then
    hike: margin that is asked for instead of the listed one, NaN if none;  note: why it is so
    """

    title: str
    regime: str
    position: Position
    on: date
    opened: date
    fallen: float
    hike: float
    note: str


@cache
def cases() -> tuple[Case, ...]:
    """The positions of claim.csv."""
    with CASES.open(encoding="utf-8", newline="") as file:
        rows = tuple(csv.DictReader(file))
    return tuple(_case(row) for row in rows)


def _case(row: dict[str, str]) -> Case:
    position = Position(
        account="claim",
        symbol=row["symbol"],
        quantity=float(row["quantity"]),
        price=float(row["price"]),
        kind=Kind(row["kind"]),
        entry=float(row["price"]),
        multiplier=float(row["multiplier"] or 1.0),
        currency=row["currency"],
        leverage=float(row["fund"] or 1.0),
        underlying=row["underlying"],
        group=row["group"],
        broker_rate=float(row["house"] or NAN),
        mode=Mode(row["mode"] or Mode.CROSS),
    )
    on = date.fromisoformat(row["on"])
    opened = date.fromisoformat(row["opened"]) if row["opened"] else on
    return Case(
        title=row["title"],
        regime=row["regime"],
        position=position,
        on=on,
        opened=opened,
        fallen=float(row["fallen"] or 0.0),
        hike=float(row["hike"] or NAN),
        note=row["note"],
    )


def claim(leverage: float, move: float) -> ClaimAnswer:
    """What a move comes to for an account of that leverage, by case.

    lost = leverage·|move|;   leverage after = leverage·(1 + move)/(1 − lost)
    Longs for a fall, shorts for a rise.
    """
    side = -1.0 if move > 0.0 else 1.0
    rows = tuple(_row(case, leverage, move, side) for case in cases())
    lost = leverage * abs(move)
    left = 1.0 - lost
    after = leverage * (1.0 + move) / left if left > 0.0 else math.inf
    return ClaimAnswer(tuple(_said(rows, leverage, move)), leverage, move, lost, after, rows)


def _row(case: Case, leverage: float, move: float, side: float) -> ClaimRow:
    rulebook = _rulebook(case)
    bought = _pool(case, leverage, side)
    opened, size = rulebook.levels(bought, bought.opening), bought.gross(bought.opening)
    feasible = opened.equity >= opened.initial * (1.0 - 1e-12)
    name = case.position.underlying if case.position.leverage != 1.0 else case.position.symbol
    along = {name: -side}
    before = moved(bought.opening, {name: side}, case.fallen, bought.positions)
    pool = bought.at(replace(before, on=case.on))
    reach = moves(rulebook, pool, along)
    then = rulebook.levels(pool, moved(pool.opening, along, abs(move), pool.positions))
    needed = then.maintenance + (opened.equity - then.equity)
    most = size / opened.initial if opened.initial > 0.0 else math.inf
    return ClaimRow(
        case=case.title,
        regime=case.regime,
        symbol=case.position.symbol,
        on=case.on,
        leverage=leverage,
        margin=opened.maintenance / size,
        leverage_max=most,
        feasible=feasible,
        call=reach.call,
        liquidation=reach.liquidation,
        zero=reach.zero,
        called=feasible and then.equity < then.maintenance,
        liquidated=feasible and then.equity < then.liquidation,
        wiped=feasible and then.equity <= 0.0,
        does_it=size / needed if needed > 0.0 else math.inf,
        note=case.note,
        # A hair less, so that it is allowed.
        at_most=None if feasible else _row(case, most * (1.0 - 1e-12), move, side),
    )


def _rulebook(case: Case) -> Rulebook:
    """The regime, under another margin if the case has one."""
    shipped = rulebook_of(BookAccount("claim", case.regime, 0.0))
    if math.isnan(case.hike):
        return shipped
    return shipped.hiked(case.position.symbol, case.hike, case.opened)


def _pool(case: Case, leverage: float, side: float) -> Pool:
    one = replace(case.position, quantity=side * case.position.quantity)
    price = {one.symbol: one.price}
    if one.underlying:
        price |= {one.underlying: one.price}
    marks = Marks(case.opened, price, {one.currency: 1.0})
    account = BookAccount("claim", case.regime, 0.0, one.currency)
    bare = Pool(account, (one,), 0.0, marks)
    equity = bare.gross(marks) / leverage
    return replace(bare, account=replace(account, equity=equity), equity=equity)


def _said(rows: tuple[ClaimRow, ...], leverage: float, move: float) -> Iterator[Said]:
    """What the move costs, and under how many regimes it does what is claimed."""
    lost = leverage * abs(move)
    values: dict[str, Amount | str] = {
        "leverage": Amount(leverage, "number"),
        "move": Amount(move, "percent"),
        "lost": Amount(min(lost, 1.0), "share"),
        "wiping": Amount(1.0 / abs(move), "number") if move else "",
    }
    if lost < 1.0:
        yield Said(
            "At {leverage} times leverage a move of {move} costs {lost} of the equity; it takes"
            " {wiping} times for nothing to be left, or something that moves {beta} times as far.",
            {**values, "beta": Amount(1.0 / lost, "number")},
        )
    else:
        yield Said("At {leverage} times leverage a move of {move} leaves nothing.", values)
    can = [row for row in rows if row.feasible]
    counts = {
        "all": Amount(len(rows), "count"),
        "can": Amount(len(can), "count"),
        "called": Amount(sum(row.called for row in can), "count"),
        "sold": Amount(sum(row.liquidated for row in can), "count"),
        "wiped": Amount(sum(row.wiped for row in can), "count"),
    }
    yield Said(
        "Of {all} cases {can} allow it: {called} are called, {sold} closed out, {wiped} wiped out.",
        counts,
    )
    for row in rows:
        if not row.feasible and row.zero <= abs(move):
            yield Said(
                "{case} is refused at this leverage: nothing would be left at {zero}; at {most}"
                " times, the most that is allowed, at {last}.",
                {
                    "case": Said(row.case),
                    "zero": Amount(math.copysign(row.zero, move), "percent"),
                    "most": Amount(row.leverage_max, "number"),
                    "last": Amount(math.copysign(_last(row), move), "percent"),
                },
            )


def _last(row: ClaimRow) -> float:
    """Where nothing is left at the most leverage that is allowed."""
    return row.at_most.zero if row.at_most else row.zero
