"""Breuer, Summer, Urošević: the least and the greatest fire-sale equilibrium of 51 European banks.

The README of the authors' package pairs the US quantity with the depth of the rest of the world
and the reverse: its impact parameters are sorted by name, its quantities are not. "As published"
keeps that pairing, "corrected" undoes it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from undertow.core.shapes import Floats, PerAccount, PerInstrument
from undertow.engine.equilibrium import Equilibrium, equilibrium
from undertow.engine.prices import dealt_price, pressed
from undertow.model.impact.one_minus import OneMinus
from undertow.model.scenario import Scenario
from undertow.published.check import Check, Fixture, Row, close, exactly, printed
from undertow.published.stage import Holders, bonds_and_loans, cap, stage

LEVERAGE, KAPPA = 33.0, 1.5
STATE = Fixture(
    "models/syslosseval/eba2016_state_h1.csv",
    "a10cd50986e3c37c8d89b0d1f24c680231ce9d305c4cc8a486f42557ec5174dd",
)
IMPACT = Fixture(
    "models/syslosseval/impact_params_2015.csv",
    "adf891d25c693d2a32d1e729545f0139c10f62d9b102217f2c1a628de0a31ad8",
)
TABLE = Fixture(
    "models/syslosseval/expected_readme_table.csv",
    "35af10ab9ba9ab79064622f576dce3add325fa563b07d6a545c23926fb25b67d",
)
CLASSES = ("DE", "ES", "FR", "GB", "IT", "JP", "US", "RoW")

SELLERS = {
    "Bank Nederlandse": 1.0,
    "Deutsche Bank": 1.0,
    "Monte dei Paschi": 1.0,
    "Société Générale": 1.0,
    "Lloyds": 0.87519,
    "Barclays": 0.22880,
    "La Banque Postale": 0.20176,
}
CORRECTED = (0.004965, 0.000640, 0.007035, 0.010649, 0.011752, 0.000507, 0.001041, 0.005618)
CORRECTED_MAX = {"US": 0.002161, "RoW": 0.017552}


@dataclass(frozen=True, slots=True)
class Banks:
    """Balance sheets after loan losses, EUR million: bonds per class, other loans, equity."""

    name: tuple[str, ...]
    bonds: Floats
    loans: PerAccount
    equity: PerAccount
    equity_before: PerAccount


def banks(data: Path) -> Banks:
    """The 51 banks of the 2016 stress test, one year into its adverse scenario."""
    rows = _read(data / STATE.path)
    return Banks(
        name=tuple(row["bank"] for row in rows),
        bonds=np.array([[float(row[f"S_{c}"]) for c in CLASSES] for row in rows]),
        loans=np.array([float(row["L1"]) for row in rows]),
        equity=np.array([float(row["e1"]) for row in rows]),
        equity_before=np.array([float(row["e0"]) for row in rows]),
    )


def scene(data: Path, *, corrected: bool) -> Scenario:
    """Bonds are instruments, loans one more that nobody can sell; the law is π = 1 − κσ√z."""
    rows = _read(data / IMPACT.path)
    swap = [0, 1, 2, 3, 4, 5, 7, 6] if corrected else [0, 1, 2, 3, 4, 5, 6, 7]
    sigma = np.array([float(row["daily_vol_2015"]) for row in rows])[swap]
    volume = np.array([float(row["adv_2015_meur"]) for row in rows])[swap]
    held = banks(data)
    assets = np.column_stack([held.bonds, held.loans])
    holders = Holders("banks", assets, assets.sum(axis=1) - held.equity, cap(LEVERAGE))
    law = OneMinus(coefficient=KAPPA, fill="final", linear_below=0.0)
    return stage(bonds_and_loans(volume, sigma), [holders], law)


def largest_discount(scenario: Scenario) -> PerInstrument:
    """δ max: the discount if everybody sold everything."""
    market = scenario.market
    held = sum(group.quantity.sum(axis=0) for group in scenario.accounts)
    after = pressed(market, held, np.zeros(len(market.price)))
    return 1.0 - dealt_price(scenario.rules.impact, after)[:-1]


def sold_share(found: Equilibrium) -> PerAccount:
    """θ: the share of its bonds that each bank sells (the same in every class)."""
    return found.fractions[0][:, :-1].max(axis=1)


def play(data: Path) -> list[Row]:
    """Both alignments, both fixed points, the sellers and what is left of their equity."""
    published, corrected = scene(data, corrected=False), scene(data, corrected=True)
    least, greatest = equilibrium(published), equilibrium(published, start="greatest")
    rows = _readme_table(data, published, least, greatest)
    rows += _sellers(banks(data), least)
    return rows + _corrected(corrected, banks(data))


def _readme_table(
    data: Path, scenario: Scenario, least: Equilibrium, greatest: Equilibrium
) -> list[Row]:
    table = _read(data / TABLE.path)
    found = {
        "lower": least.discount,
        "upper": greatest.discount,
        "max": largest_discount(scenario),
    }
    rows = [
        printed(f"δ {side} {line['sec_class']}", line[f"delta_{side}"], float(values[k]))
        for side, values in found.items()
        for k, line in enumerate(table)
    ]
    return rows + [
        exactly(f"iterations {side}", {int(line[f"iter_{side}"]) for line in table}, {counted})
        for side, counted in (("lower", least.iterations), ("upper", greatest.iterations))
    ]


def _sellers(held: Banks, least: Equilibrium) -> list[Row]:
    share = sold_share(least)
    rows = [exactly("banks that sell", len(SELLERS), int((share > 0.0).sum()))]
    for name, theta in SELLERS.items():
        at = next(k for k, bank in enumerate(held.name) if name.lower() in bank.lower())
        rows.append(close(f"share sold, {held.name[at]}", theta, float(share[at]), within=5e-6))
    after = float((held.equity - held.bonds @ least.discount[:-1]).sum())
    sums = {"before losses": 1_238_479.0, "after losses": 1_038_591.0, "after sales": 1_030_087.0}
    ours = (float(held.equity_before.sum()), float(held.equity.sum()), after)
    return rows + [
        close(f"CET1 {when}, EUR million", theirs, value, within=0.5)
        for (when, theirs), value in zip(sums.items(), ours, strict=True)
    ]


def _corrected(scenario: Scenario, held: Banks) -> list[Row]:
    least, greatest = equilibrium(scenario), equilibrium(scenario, start="greatest")
    top, bnp = largest_discount(scenario), next(k for k, n in enumerate(held.name) if "BNP" in n)
    rows = [
        printed(f"corrected δ {name}", f"{value:.6f}", float(least.discount[k]))
        for k, (name, value) in enumerate(zip(CLASSES, CORRECTED, strict=True))
    ]
    rows += [
        close("corrected δ, greatest = least", least.discount, greatest.discount, within=1e-9),
        exactly("corrected iterations, least", 10, least.iterations),
        exactly("corrected iterations, greatest", 10, greatest.iterations),
    ]
    rows += [
        printed(f"corrected δ max {name}", f"{value:.6f}", float(top[CLASSES.index(name)]))
        for name, value in CORRECTED_MAX.items()
    ]
    return [*rows, printed("corrected share sold, BNP Paribas", "0.015", sold_share(least)[bnp])]


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


CHECK = Check(
    name="breuer",
    title="Fire-sale equilibria of 51 banks (EBA 2016), as published and with depths corrected",
    source=(
        "Breuer, Summer, Urosevic, OeNB working paper 235 (2021); README of "
        "Martin-Summer-1090/syslosseval, commit 5c74f0c, MIT; corrected values: a second program "
        "written for the project's model notes"
    ),
    play=play,
    fixtures=(STATE, IMPACT, TABLE),
)
