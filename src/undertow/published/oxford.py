"""Oxford's fire-sale model of 48 European banks, round by round on the engine's own parts.

A round here is the second half of one of theirs and the first half of the next: their orders of
step t clear in step t + 1, the engine's in the round that makes them.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from undertow.core.market import Market, plain_instruments
from undertow.core.shapes import Floats, PerAccount, PerInstrument, Rows
from undertow.engine.desk import Desk, open_desk
from undertow.engine.mark import mark
from undertow.engine.pace import round_of
from undertow.engine.pool import Pool
from undertow.engine.state import State, opened
from undertow.model.impact.exponential import Exponential
from undertow.model.liquidation.pro_rata import ProRata
from undertow.model.liquidation.whole_account import WholeAccount
from undertow.model.scenario import Regime, Segment
from undertow.published.check import Check, Fixture, Row, claim, close, exactly
from undertow.published.stage import Holders, cap, resting, shocked, stage, trade

BANKS = Fixture(
    "models/firesale_ox/EBA_2018.csv",
    "ebef06cdb81ced57edd4dfc46efd5720a5fb630cb5c56d09a816af1a8e113f42",
)
EXPECTED = Fixture(
    "models/firesale_ox/expected_head_dd861c6.csv",
    "885399bf3ab5ae2aaca9023e9dca7f3072901cb611b99df44940aa4ed2ac6cf1",
)
NAMES = ("corporate bonds", "government bonds", "cash", "other assets")
CASH = NAMES.index("cash")
"""Bonds come before it, what has no market after it."""
PAYABLE, TRADABLE = np.array([0.0, 0.0, 1.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
LEAST, BUFFER, TARGET = 0.03, 0.04, 0.05
ROUNDS, CASH_SHARE, REFERENCE_SHARE = 6, 0.05, 0.05


@dataclass(frozen=True, slots=True)
class Sheets:
    """Balance sheets, EUR million: assets [bank, asset], equity."""

    assets: Floats
    equity: PerAccount

    @property
    def debt(self) -> PerAccount:
        """All that is not equity."""
        return self.assets.sum(axis=1) - self.equity


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: banks in default, share of the bonds sold, prices of the bonds."""

    defaults: int
    sold: float
    price: PerInstrument


def sheets(data: Path) -> Sheets:
    """`CET1 leverage% bonds government`, where "a+b" is a sum; 5 % of the assets are cash."""
    lines = (data / BANKS.path).read_text(encoding="utf-8").split("\n")[1:]
    rows = [line.split() for line in lines if line]
    equity, leverage, bonds = (np.array([float(r[k]) for r in rows]) for k in (1, 2, 3))
    government = np.array([sum(float(part) for part in r[4].split("+")) for r in rows])
    total = equity / (leverage / 100)
    cash = CASH_SHARE * total
    parts = (bonds - government, government, cash, total - bonds - cash)
    return Sheets(np.column_stack(parts), equity)


def market(held: Sheets, impact: float, shock: float) -> Market:
    """Selling 5 % of a bond takes its price down by `impact`; cash and the rest have no market."""
    beta = -np.log(1.0 - impact) / REFERENCE_SHARE
    depth = np.full(len(NAMES), np.inf)
    np.divide(held.assets.sum(axis=0), beta, out=depth, where=(TRADABLE > 0.0) & (beta > 0.0))
    instruments = plain_instruments(NAMES, depth=depth)
    return shocked(resting(instruments), np.array([1.0, 1.0 - shock, 1.0, 1.0]))


def play_model(held: Sheets, impact: float, shock: float, *, buffer: float = BUFFER) -> Outcome:
    """Six tests, five trades: defaults sell out, the others go back to 5 % equity."""
    start = market(held, impact, shock)
    alive = Holders("alive", held.assets, held.debt, cap(1 / buffer, 1 / TARGET))
    failed = Holders("failed", 0.0 * held.assets, 0.0 * held.debt, cap(1.0), WholeAccount())
    state = opened(stage(start, [alive, failed], Exponential("mid")), bars=ROUNDS, ledger=False)
    supervisor = _supervisor(state)
    defaults = 0
    with Pool() as pool:
        for number in range(ROUNDS):
            pace = round_of(number, len(NAMES))
            mark(state, pace)
            supervisor.retest(state.market)
            fallen = supervisor.short(state.market, pool)
            defaults += len(fallen)
            if number < ROUNDS - 1:
                _hand_over(state, fallen)
                _deal(state, number, pool)
    left = sum(desk.group.quantity[:, :CASH].sum() for desk in state.desks)
    return Outcome(defaults, 1.0 - left / held.assets[:, :CASH].sum(), state.market.price[:CASH])


def _supervisor(state: State) -> Desk:
    """Watches the living banks and closes those below 3 % equity."""
    alive = state.desks[0]
    regime = Segment("supervisor", Regime(cap(1 / LEAST)), ProRata(), ProRata())
    return open_desk(alive.group, regime, alive.columns, state.market)


def _hand_over(state: State, fallen: Rows) -> None:
    """Move the books of banks in default to the desk that sells everything."""
    alive, failed = (desk.group for desk in state.desks)
    for old, new in ((alive.quantity, failed.quantity), (alive.cash, failed.cash)):
        new[fallen] = old[fallen]
        old[fallen] = 0.0


def _deal(state: State, number: int, pool: Pool) -> None:
    """Pay debts from cash; sell bonds for the rest; what they fetch is cash until next time."""
    pace, alive = round_of(number, len(NAMES)), state.desks[0]
    state.market = replace(state.market, sellable=PAYABLE)
    trade(state, pace, pool)
    paid_from_cash = alive.group.cash.copy()
    state.market = replace(state.market, sellable=TRADABLE)
    trade(state, pace, pool)
    alive.group.quantity[:, CASH] += alive.group.cash - paid_from_cash
    alive.group.cash[:] = paid_from_cash
    alive.close_calls(alive.open)


def play(data: Path) -> list[Row]:
    """Both experiments of the reference run: counts, shares sold and final prices."""
    held = sheets(data)
    with (data / EXPECTED.path).open(encoding="utf-8") as file:
        expected = list(csv.DictReader(file))
    rows: list[Row] = []
    for name in dict.fromkeys(line["experiment"] for line in expected):
        lines = [line for line in expected if line["experiment"] == name]
        rows += _experiment(name.replace("_", " "), lines, held)
    return [*rows, _targeting(held)]


def _targeting(held: Sheets) -> Row:
    """Banks that hold their target instead of waiting for the buffer to be breached."""
    shocks = (0.015, 0.15, 0.18)
    waiting, holding = (
        [play_model(held, 0.01, shock, buffer=least) for shock in shocks]
        for least in (BUFFER, TARGET)
    )
    return claim(
        "leverage targeting in place of the threshold, shocks of 1.5, 15 and 18 %",
        "substantially different losses",
        f"defaults {[o.defaults for o in waiting]} and {[o.defaults for o in holding]}, "
        f"sold at 1.5 % {waiting[0].sold:.2f} and {holding[0].sold:.2f}",
        holds=[o.defaults for o in waiting] != [o.defaults for o in holding]
        and holding[0].sold > 2.0 * waiting[0].sold,
    )


def _experiment(name: str, lines: Sequence[dict[str, str]], held: Sheets) -> list[Row]:
    found = [
        play_model(
            held,
            float(line["price_impact_5pct"]),
            float(line["initial_shock_gov"]),
            buffer=float(line["lev_buffer"]),
        )
        for line in lines
    ]
    share = np.array([float(line["frac_tradable_sold"]) for line in lines])
    prices = np.array([[float(line["price_corp"]), float(line["price_gov"])] for line in lines])
    counts = " ".join(line["n_defaults"] for line in lines)
    return [
        exactly(f"{name}: defaults of 48", counts, " ".join(str(f.defaults) for f in found)),
        close(f"{name}: share sold", share, np.array([f.sold for f in found]), within=1e-12),
        close(f"{name}: final prices", prices, np.array([f.price for f in found]), within=1e-12),
    ]


CHECK = Check(
    name="oxford",
    title="Defaults of 48 banks (EBA 2018) against price impact and against the size of the shock",
    source=(
        "Farmer, Kleinnijenhuis, Nahai-Williamson, Wetzer, BoE SWP 861 (2020); output of "
        "ox-inet-resilience/firesale_stresstest, commit dd861c6, Apache-2.0; targeting: abstract "
        "of Cont, Schaanning, SSRN 2541114 (2017)"
    ),
    play=play,
    fixtures=(BANKS, EXPECTED),
)
