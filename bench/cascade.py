"""MC-CASCADE-1: the same cascade through the engine, NumPy, Mesa and mesa-frames, in one run.

N accounts, A = 8 assets; rounds until nobody breaches:

    V = q·p   E = V − d   M = (q·p)·m      breach when E < M
    f = 1 if E ≤ 0, else 1 − E/((1 + b)M)
    S_j = Σ f·q_j·p_j;   d −= f·V;   q *= 1 − f;   p_j *= exp(−S_j/D_j)

Mesa and mesa-frames run in an environment of their own, which is made on first use. A million
accounts take Mesa minutes, so it is given them only if `--mesa 1000000` says so.
Usage: python bench/cascade.py [--accounts N]… [--seed S] [--threads T]… [--peers all|none]
[--mesa N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from undertow.core.accounts import Accounts, plain_group
from undertow.core.clock import Clock
from undertow.core.columns import pledged_columns
from undertow.core.compiled import home
from undertow.core.market import calm_market, plain_instruments
from undertow.engine.run import How, until_calm
from undertow.engine.warm import warm_up
from undertow.model.impact import IMPACT
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.margin import MARGIN
from undertow.model.scenario import Regime, Rules, Scenario, Segment, quiet

ASSETS, MAX_ROUNDS = 8, 500
PEERS = Path(__file__).parent / "peers"
NEEDS = ("mesa", "mesa-frames", "boto3", "psycopg2-binary")


def given(accounts: int, seed: int) -> dict[str, np.ndarray]:
    """The input of MC-CASCADE-1: wealth, holdings, debts, rates, depths in currency."""
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.full(ASSETS, 0.35), accounts)
    wealth = np.exp(rng.normal(10, 1.2, accounts))
    q = weights * wealth[:, None]
    m = np.linspace(0.08, 0.30, ASSETS)
    requirement = q @ m
    cushion = rng.gamma(2.0, 0.6, accounts)
    equity = np.minimum(requirement * (1.02 + cushion), wealth * 0.999)
    depth = q.sum(0) * np.linspace(0.5, 1.5, ASSETS)
    return {"q": q, "d": wealth - equity, "m": m, "D": depth, "b": np.array(0.10),
            "shock": np.array(0.20)}  # fmt: skip


def plainly(x: dict[str, np.ndarray]) -> dict[str, object]:
    """The cascade in NumPy, as anyone would write it: reference and peer."""
    q, d, p = x["q"].copy(), x["d"].copy(), np.ones(ASSETS)
    p[0] *= 1 - x["shock"]
    rounds = 0
    while rounds < MAX_ROUNDS:
        rounds += 1
        value = q * p
        gross, required = value.sum(1), value @ x["m"]
        equity = gross - d
        breach = (equity < required) & (required > 1e-9)
        if not breach.any():
            break
        target = np.where(required > 0, (1 + x["b"]) * required, 1.0)
        f = np.where(breach, np.where(equity <= 0, 1.0, 1 - equity / target), 0.0)
        sold = f @ value
        d -= f * gross
        q *= (1 - f)[:, None]
        p = p * np.exp(-sold / x["D"])
    return {"rounds": rounds, "prices": p.tolist()}


def scenario(x: dict[str, np.ndarray]) -> Scenario:
    """The same cascade as a scenario of Undertow."""
    names = tuple(f"A{k}" for k in range(ASSETS))
    policy = LIQUIDATION.make("pro_rata", {})
    rates = dict(zip(names, x["m"].tolist(), strict=True))
    rule = MARGIN.make("percent_of_notional", {"rates": rates, "target": 1.0 + float(x["b"])})
    rules = Rules(
        segments=(Segment("all", Regime(rule), policy, policy),),
        impact=IMPACT.make("exponential", {"fill": "opening"}),
        makers=MAKERS.make("constant_money", {}),
        foresight=0.0,
    )
    market = calm_market(plain_instruments(names, depth=x["D"]), np.ones(ASSETS))
    clock = Clock(datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=15), 1)
    people = Accounts((plain_group("all", x["q"], -x["d"]),))
    return Scenario(
        "mc-cascade-1", clock, market, pledged_columns(ASSETS), people, rules, quiet(1, ASSETS)
    )


def engine(
    x: dict[str, np.ndarray], *, threads: int, plain: bool
) -> Callable[[], dict[str, object]]:
    """The cascade through `until_calm`, ready to run."""
    ready, shock = scenario(x), np.ones(ASSETS)
    shock[0] -= x["shock"]
    how = How(threads=threads, plain=plain, ledger=False)
    warm_up(ready)

    def play() -> dict[str, object]:
        trace = until_calm(ready, shock=shock, max_rounds=MAX_ROUNDS, how=how)
        return {"rounds": trace.rounds, "prices": trace.paths.price[-1].tolist()}

    play()
    return play


def timed(play: Callable[[], dict[str, object]], repeats: int) -> dict[str, object]:
    """The answer of the last of several runs, and the wall and processor seconds of each."""
    walls, cpus, answer = [], [], {}
    for _ in range(repeats):
        wall, cpu = perf_counter(), process_time()
        answer = play()
        walls.append(perf_counter() - wall)
        cpus.append(process_time() - cpu)
    return {**answer, "wall_s": walls, "cpu_s": cpus}


def peers_python() -> Path:
    """Python of the peers' own environment, made on first use."""
    folder = home() / "bench-peers"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *NEEDS], check=True)
    return python


def peer(script: str, x: dict[str, np.ndarray], repeats: int) -> dict[str, object]:
    """The answer of a peer, run in its own process and environment."""
    python = os.environ.get("UNDERTOW_PEERS_PYTHON") or str(peers_python())
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given.npz"
        np.savez(file, **x)
        command = [python, str(PEERS / script), str(file), str(repeats)]
        environment = {**os.environ, "POLARS_MAX_THREADS": "1"}
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def compared(
    accounts: int, seed: int, threads: list[int], *, peers: bool, mesa: int
) -> list[dict[str, object]]:
    """One row a way of running the same input; `gap` is the largest relative difference."""
    x = given(accounts, seed)
    rows = []
    for count in threads:
        for name, plain in (("near list", False), ("plain scan", True)):
            play = engine(x, threads=count, plain=plain)
            rows.append({"name": f"undertow, {name}", "threads": count, **timed(play, 5)})
    rows.append({"name": "NumPy", "threads": 1, **timed(lambda: plainly(x), 1)})
    reference = rows[-1]
    if peers:
        rows.append({"name": "mesa-frames", **peer("mesa_frames_cascade.py", x, 2)})
        if accounts <= mesa:
            rows.append({"name": "Mesa", **peer("mesa_cascade.py", x, 1)})
    for row in rows:
        ratio = np.array(row["prices"]) / np.array(reference["prices"])
        row["gap"] = float(np.max(np.abs(ratio - 1.0)))
        best = min(row["cpu_s"]) if row["threads"] == 1 else min(row["wall_s"])
        row["account_rounds_per_s"] = accounts * row["rounds"] / best
    for row in rows:
        row["times_of_first"] = rows[0]["account_rounds_per_s"] / row["account_rounds_per_s"]
    return [{"accounts": accounts, **row} for row in rows]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--accounts", type=int, action="append")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, action="append")
    parser.add_argument("--peers", choices=("all", "none"), default="all")
    parser.add_argument("--mesa", type=int, default=100_000, help="most accounts given to Mesa")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    rows = []
    for accounts in asked.accounts or [100_000, 1_000_000]:
        threads = asked.threads or [1, 2]
        peers = asked.peers == "all"
        rows += compared(accounts, asked.seed, threads, peers=peers, mesa=asked.mesa)
    load = os.getloadavg()
    if asked.json:
        print(json.dumps({"seed": asked.seed, "load": load, "rows": rows}, indent=1))
        return
    print(f"seed {asked.seed}, load {load[0]:.1f}; one thread by processor time, more by the clock")
    for row in rows:
        speed = float(row["account_rounds_per_s"]) / 1e6
        print(
            f"{row['accounts']:>9,} {row['name']:<21} {row['threads']} thread(s) {row['rounds']:>4}"
            f" rounds {speed:8.1f} M account-rounds/s, undertow {row['times_of_first']:7.2f}×,"
            f" prices differ by {row['gap']:.0e}"
        )


if __name__ == "__main__":
    main()
