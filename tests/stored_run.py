"""A small stored run, made up, for tests of what is read and drawn from one."""

from __future__ import annotations

import json
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from undertow.core.answers.tables import Tables

START = datetime(2026, 1, 29, tzinfo=UTC)
BARS = 96
TIMES = [START + timedelta(hours=k) for k in range(BARS)]
INSTRUMENTS = {"SI": ("given", -0.3), "SLV": ("linked", -0.3), "NQ": ("free", 0.0)}
SEGMENTS = ("retail", "idle", "trend")

SENTENCE = "1,200 margin calls and 2.5 billion dollars of forced sales pushed NQ furthest."


def instrument(role: str, given: float, actual: float | None = -0.05) -> dict[str, object]:
    unexplained = None if actual is None else actual - given + 0.01
    return {
        "role": role, "given": given, "forced": -0.01, "forced_low": -0.02, "forced_high": 0.0,
        "simulated": given - 0.01, "actual": actual, "unexplained": unexplained,
        "depth_low": 0.25, "spread_high": 12.7,
    }  # fmt: skip


def segment(accounts: int, forced_usd: float) -> dict[str, object]:
    return {
        "accounts": accounts, "weight": 10.0 * accounts, "called": 1200.0 if accounts else 0.0,
        "forced_usd": forced_usd, "bankrupt": 3.0 if accounts else 0.0,
        "bad_debt_usd": 4.2e6 if accounts else 0.0,
    }  # fmt: skip


BARE: dict[str, object] = {
    "undertow": "0", "schema": 1, "command": "run", "inputs": {"sha256": "ab" * 32, "seed": 7},
    "outcome": SENTENCE,
    "window": {"start": TIMES[0].isoformat(), "until": TIMES[-1].isoformat(),
               "end": TIMES[-1].isoformat()},
    "accounts": 2000, "bars": BARS, "rounds": BARS, "truncated": False,
    "instruments": {name: instrument(*about) for name, about in INSTRUMENTS.items()},
    "segments": {"retail": segment(2000, 2e9), "trend": segment(0, 5e8),
                 "idle": {**segment(5, 0.0), "called": 0, "bankrupt": 0, "bad_debt_usd": 0}},
    "audit": [{"law": "cash in = cash out", "holds": True, "worst": 1e-16}],
    "assumed": ["impact.coefficient"], "changes": [], "warnings": [],
}  # fmt: skip
"""A summary without anything that older or faster runs lack."""


def rest(name: str, at_low: float, at_high: float) -> dict[str, object]:
    return {
        "input": name, "facts": 2, "low": 0.5, "high": 1.5, "at_low": at_low, "at_high": at_high,
        "usd_at_low": 2e9, "usd_at_high": 3e9,
    }  # fmt: skip


def whole() -> dict[str, object]:
    """A summary with ranges, ceiling, reported facts, later days, and a sentence with places."""
    summary = deepcopy(BARE)
    limit = {
        "usd_raised": 3.3e10,
        "of_volume": 0.4,
        "impact": -0.009,
        "low": -0.012,
        "high": -0.006,
    }
    summary |= {
        "said": [{"text": "{calls} margin calls and {money} of forced sales pushed {target} "
                          "furthest.",
                  "values": {"calls": {"value": 1200, "kind": "count"},
                             "money": {"value": 2.5e9, "kind": "dollars"}, "target": "NQ"}}],
        "titles": {"SI": "COMEX silver", "retail": "Small accounts"},
        "losses": {"SI": 3.3e10}, "ceiling": {"NQ": limit},
        "ceiling_of_baskets": {"seven largest": limit},
        "ranges": {"NQ": [-0.03, 0.002], "SI": [-0.02, -0.01], "SLV": [-0.02, -0.01]},
        "totals": {key: {"value": 2.0, "low": 1e3, "high": 3e3}
                   for key in ("calls", "forced_usd", "bad_debt_usd")},
        "tornado": [rest("willing share", -0.02, 0.003), rest("grace", -0.005, -0.012)],
        "ranges_of": {"target": "NQ", "runs": 129, "accounts": 400, "bar_minutes": 60.0,
                      "base": {"NQ": -0.009}},
        "facts_check": [{"what": "Longs cut", "engine": 9e7, "reported": 6e7, "unit": "ounces",
                         "ratio": 1.5, "status": "official", "source": "a report",
                         "note": "what to know"}],
        "out_of_sample": {"NQ": {"forced": 0.001, "simulated": 0.001, "actual": 0.02,
                                 "unexplained": 0.019}},
        "window": {"start": TIMES[0].isoformat(), "until": TIMES[60].isoformat(),
                   "end": TIMES[-1].isoformat()},
    }  # fmt: skip
    return summary


def paths() -> pl.DataFrame:
    share = np.linspace(0.0, 1.0, BARS)
    return pl.concat(
        pl.DataFrame(
            {
                "time": TIMES, "instrument": [name] * BARS,
                "price": 100.0 * np.exp(share * (given - 0.01)),
                "log_news": share * given, "log_forced": -0.01 * share,
                "depth_of_normal": 1.0 - 0.7 * share, "spread_of_normal": 1.0 + 9.0 * share,
            }
        )
        for name, (_, given) in INSTRUMENTS.items()
    )  # fmt: skip


def bare() -> Tables:
    """The four tables that every run has."""
    called = np.where(np.arange(BARS) % 24 == 15, 300.0, 0.0)
    segments = pl.concat(
        pl.DataFrame(
            {
                "time": TIMES, "segment": [name] * BARS, "called": called * (name == "retail"),
                "bankrupt": 0.0 * called, "bad_debt_usd": 0.0 * called,
                "forced_usd": called * 1e6 * (name != "idle"),
            }
        )
        for name in SEGMENTS
    )  # fmt: skip
    sales = pl.DataFrame(
        {
            "time": [TIMES[15]] * 3, "segment": ["retail", "retail", "trend"],
            "instrument": ["SI", "NQ", "SI"], "usd": [1.5e9, 5e8, 5e8],
        }
    )  # fmt: skip
    contagion = pl.DataFrame(
        {
            "seller": ["retail"] * 3, "origin": ["SI: news", "SI: news", "SI: forced selling"],
            "sold": ["SI", "NQ", "NQ"], "usd": [1.5e9, 4.9e8, 1e7],
        }
    )  # fmt: skip
    return Tables(paths(), segments, sales, contagion)


def full() -> Tables:
    """The same with bands, actual prices (one unknown) and sessions."""
    run = bare()
    bands = run.instruments.select(
        "time", "instrument", low=pl.col("log_forced") * 2.0, high=pl.col("log_forced") * 0.5
    )
    actual = run.instruments.select("time", "instrument", "price").with_columns(
        price=pl.when(pl.int_range(pl.len()) == 5).then(float("nan")).otherwise("price")
    )
    sessions = pl.DataFrame(
        {
            "venue": ["nyse", "nyse"], "begin": [TIMES[0] - timedelta(hours=3), TIMES[30]],
            "end": [TIMES[6], TIMES[37]],
        }
    )  # fmt: skip
    return Tables(run.instruments, run.segments, run.sales, run.contagion, bands, actual, sessions)


def write(folder: Path, summary: dict[str, object], tables: Tables) -> None:
    """The folder that such a run would be stored in."""
    (folder / "summary.json").write_text(json.dumps(summary))
    for name in ("instruments", "segments", "sales", "contagion", "bands", "actual", "sessions"):
        frame = getattr(tables, name)
        if frame is not None:
            frame.write_parquet(folder / f"{name}.parquet")
