"""Calm bars: the near list against the plain scan, equal answers, at several sizes of move.

N accounts × 10 positions × 50 instruments with MC-CASCADE-1's cushions (gamma, shape 2) above a
maintenance of 8 to 30 %. Each bar every price moves by a normal step of the stated size; every
account is tested; nobody sells, so that only the tests are timed (called accounts stay called).
One thread by processor time, more by the clock: the best of several turns of both, one by one.
Usage: python bench/calm.py [--accounts N]… [--moves 0.0005 0.002 0.008] [--bars B] [--repeats R]
       [--threads T] [--seed S] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import replace
from time import perf_counter, process_time

import numpy as np

from undertow.core.accounts import Group, plain_group
from undertow.core.columns import pledged_columns
from undertow.core.market import Market, calm_market, plain_instruments
from undertow.engine.desk import open_desk
from undertow.engine.pool import CHUNK, Pool
from undertow.model.liquidation import LIQUIDATION
from undertow.model.margin import MARGIN
from undertow.model.scenario import Regime, Segment

SLOTS, INSTRUMENTS = 10, 50


def people(accounts: int, seed: int) -> tuple[Group, np.ndarray]:
    """Long accounts, none below maintenance, and the maintenance rates."""
    rng = np.random.default_rng(seed)
    rates = np.linspace(0.08, 0.30, INSTRUMENTS)
    pair = rng.integers(0, INSTRUMENTS, (accounts, SLOTS))
    quantity = rng.lognormal(0.0, 1.0, (accounts, SLOTS))
    required = (quantity * rates[pair]).sum(axis=1)
    equity = required * (1.02 + rng.gamma(2.0, 0.6, accounts))
    column = (2 * pair).astype(np.uint16)
    return plain_group("all", quantity, equity - quantity.sum(axis=1), column=column), rates


def bars(size: float, count: int, seed: int) -> list[Market]:
    """Markets of successive bars."""
    rng = np.random.default_rng(seed)
    names = tuple(f"A{k}" for k in range(INSTRUMENTS))
    market = calm_market(plain_instruments(names), np.ones(INSTRUMENTS))
    steps = np.exp(np.cumsum(rng.normal(0.0, size, (count, INSTRUMENTS)), axis=0))
    return [replace(market, price=price) for price in steps]


def tested(
    group: Group, rates: np.ndarray, markets: list[Market], *, plain: bool, threads: int
) -> tuple[float, list[bytes]]:
    """Seconds for all bars, and the accounts found short in each, as bytes."""
    names = markets[0].instruments.names
    by_name = dict(zip(names, rates.tolist(), strict=True))
    rule = MARGIN.make("percent_of_notional", {"rates": by_name})
    policy = LIQUIDATION.make("pro_rata", {})
    segment = Segment("all", Regime(rule), policy, policy)
    desk = open_desk(group, segment, pledged_columns(INSTRUMENTS), markets[0])
    desk.near.plain = plain
    found = []
    with Pool(threads) as pool:
        desk.retest(markets[0])
        desk.short(markets[0], pool)
        now = process_time if threads == 1 else perf_counter
        start = now()
        for market in markets:
            desk.retest(market)
            places = desk.short(market, pool)
            found.append(np.sort(desk.live.at_home(places)).tobytes())
        return now() - start, found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, action="append")
    parser.add_argument("--moves", type=float, nargs="+", default=[0.0005, 0.002, 0.008])
    parser.add_argument("--bars", type=int, default=60)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    few, rates = people(CHUNK, asked.seed)
    tested(few, rates, bars(0.002, 3, asked.seed), plain=False, threads=1)  # compiles
    for accounts in asked.accounts or [1_000_000, 10_000_000]:
        group, rates = people(accounts, asked.seed)
        for size in asked.moves:
            markets = bars(size, asked.bars, asked.seed)
            both = [
                [
                    tested(group, rates, markets, plain=p, threads=asked.threads)
                    for p in (False, True)
                ]
                for _ in range(asked.repeats)
            ]
            near, plain = (min(turn[k][0] for turn in both) for k in (0, 1))
            (_, ours), (_, theirs) = both[-1]
            rows.append({"accounts": accounts, "move": size, "near_s": near, "plain_s": plain,
                         "ratio": plain / near, "equal": ours == theirs})  # fmt: skip
    if asked.json:
        print(json.dumps({"load": os.getloadavg(), "bars": asked.bars, "rows": rows}, indent=1))
        return
    for row in rows:
        print(
            f"{row['accounts']:>11,} accounts, {row['move']:.2%} a bar: near list"
            f" {row['ratio']:.1f} times the plain scan, equal {row['equal']}"
        )


if __name__ == "__main__":
    main()
