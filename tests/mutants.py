"""Mutants: the engine with one thing wrong, each killed by a law or a published result.

`python tests/mutants.py` copies the package, breaks one line at a time, runs the tests that should
notice, and prints which did. It exits 1 if a mutant survives or no longer applies.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "undertow"


@dataclass(frozen=True)
class Mutant:
    """One wrong line: `old` (once in `file`) becomes `new`; `tests` should notice."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def law(*names: str) -> tuple[str, ...]:
    return tuple(f"tests/laws/test_{name}.py" for name in names)


MUTANTS = (
    Mutant(
        "sales raise prices",
        "engine/prices.py",
        "market.pressure + smeared * units",
        "market.pressure - smeared * units",
        law("fixed_points", "sales", "rival"),
    ),
    Mutant(
        "clearing moves no price",
        "engine/step.py",
        "state.market, state.factor = cleared.market, cleared.factor",
        "state.factor = 0.0 * cleared.factor",
        law("time", "origins", "rival"),
    ),
    Mutant(
        "the broker sells first, then the owner",
        "engine/call.py",
        "mine = (ages < grace) == owner",
        "mine = (ages >= grace) == owner",
        law("sales", "rival"),
    ),
    Mutant(
        "while all is closed nobody is asked in a round",
        "engine/call.py",
        "mine &= (ages == first_age) | _able",
        "mine &= ((ages - 1) * pace.elapsed < first_age) | _able",
        law("calls"),
    ),
    Mutant(
        "a call is met when one row of its test is",
        "engine/settle.py",
        "if is_met and left > 0.0 and len(offset) > 1:",
        "if is_met and left > 0.0 and len(offset) < 0:",
        law("calls"),
    ),
    Mutant(
        "calls are made for rounding errors",
        "engine/desk.py",
        "least = (self.segment.regime.minimum_transfer, DUST)",
        "least = (self.segment.regime.minimum_transfer, 0.0)",
        law("calls", "sales"),
    ),
    Mutant(
        "a gap is filled at the price before it",
        "engine/books.py",
        "each = (cleared.paid[own] - sign",
        "each = (market.settlement[own] - sign",
        law("sales", "rival"),
    ),
    Mutant(
        "free cash is never used",
        "engine/call.py",
        "paid = np.minimum(live.free_cash[places], need)",
        "paid = 0.0 * need",
        law("sales", "rival"),
    ),
    Mutant(
        "debts are not written off",
        "engine/books.py",
        "    if len(places) == 0:\n        return 0.0, 0.0",
        "    if len(places) >= 0:\n        return 0.0, 0.0",
        law("books", "rival"),
    ),
    Mutant(
        "the broker pays before the insurance fund",
        "engine/books.py",
        "paid = min(fund, debt)",
        "paid = 0.0 * fund",
        law("books"),
    ),
    Mutant(
        "shorts need no margin",
        "engine/weights.py",
        "margin = counted - columns.sign *",
        "margin = counted - np.maximum(columns.sign, 0.0) *",
        law("hikes", "books", "rival"),
    ),
    Mutant(
        "shorts are closed by selling",
        "engine/step.py",
        "bought = board.per_instrument(closing, ~long, count)",
        "forced = forced + board.per_instrument(closing, ~long, count)",
        law("sales", "rival"),
    ),
    Mutant(
        "the box of the near list lies on the wrong side",
        "engine/near.py",
        "corner = test.weight - sign *",
        "corner = test.weight + sign *",
        law("near_list"),
    ),
    Mutant(
        "accounts in call may leave the near list",
        "engine/near.py",
        "noted = len(open_places) > 0",
        "noted = False",
        law("near_list"),
    ),
    Mutant(
        "sales on the near list are forgotten at home",
        "engine/live.py",
        "if source is None or rows is None or not live.moved:",
        "if source is None or rows is None or live.moved:",
        law("near_list"),
    ),
    Mutant(
        "hikes are not heard",
        "engine/mark.py",
        "if h.effect == pace.bar)",
        "if h.effect == pace.bar and False)",
        law("hikes"),
    ),
    Mutant(
        "hikes work from their notice",
        "engine/mark.py",
        "if h.effect == pace.bar)",
        "if h.notice - 1 == pace.bar)",
        law("hikes", "rival"),
    ),
    Mutant(
        "the actual prices of targets are read",
        "engine/mark.py",
        "dealt = np.where(state.news.pinned, state.news.actual[pace.bar], dealt)",
        "actual = state.news.actual[pace.bar]\n"
        "        dealt = np.where(np.isnan(actual), dealt, actual)",
        law("time"),
    ),
    Mutant(
        "pressure never passes",
        "engine/prices.py",
        "pressure = market.pressure * np.exp(-days / market.instruments.resilience)",
        "pressure = market.pressure * np.exp(-0.0 * days)",
        law("rival", "time"),
    ),
    Mutant(
        "a product is paid the product of averages",
        "engine/prices.py",
        "if joint.any():",
        "if joint.any() and False:",
        law("round_trip", "rival"),
    ),
    Mutant(
        "everything needed is sold at once",
        "engine/call.py",
        "called.column, self.share * need, called.move",
        "called.column, 1.0 * need, called.move",
        law("sales"),
    ),
    Mutant(
        "owners sell what they meant to keep",
        "engine/desk.py",
        "(1.0 - willing) * np.abs(group.quantity)",
        "0.0 * np.abs(group.quantity)",
        law("sales"),
    ),
    Mutant(
        "makers are paid twice",
        "engine/books.py",
        "absorber.cash -= float(closed @ gross)",
        "absorber.cash -= 2.0 * float(closed @ gross)",
        law("books"),
    ),
    Mutant(
        "price limits begin on the second day",
        "engine/state.py",
        "limits=_limits(rules, brakes, count),",
        "limits=Limits(np.zeros(count), np.full(count, np.inf)),",
        law("sales", "rival"),
    ),
    Mutant(
        "forced losses are booked to the news",
        "engine/ledger.py",
        "rest = np.log(v1 / v0) - causes.fx - causes.forced.sum(axis=1)",
        "rest = np.log(v1 / v0) - causes.fx",
        law("books", "origins"),
    ),
    Mutant(
        "old losses are remembered when an account is whole",
        "engine/desk.py",
        "self.memory.touched[self.live.at_home(self.open[known])] = self.clocks.now",
        "self.memory.touched[self.live.at_home(self.open[known])] += 0",
        law("origins", "rival"),
    ),
    Mutant(
        "the search for a fixed point spends free cash as it goes",
        "engine/equilibrium.py",
        "desk.group.cash[:], desk.group.free_cash[:] = cash, free",
        "del cash, free",
        law("fixed_points"),
    ),
    Mutant(
        "the trigger is tested at target rates",
        "engine/desk.py",
        "return self.board.test(self.number, target=False)",
        "return self.board.test(self.number, target=True)",
        law("hikes", "sales", "rival"),
    ),
)


def broken(mutant: Mutant, right: Path, copy: Path) -> bool:
    """Write the mutant into the copy; False if its line is not there once."""
    text = (right / mutant.file).read_text(encoding="utf-8")
    (copy / mutant.file).write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return text.count(mutant.old) == 1


def mended(mutant: Mutant, right: Path, copy: Path) -> None:
    """Put the right file back with its own date, so that compiled kernels stay valid."""
    shutil.copy2(right / mutant.file, copy / mutant.file)


def killer(mutant: Mutant, folder: Path) -> str | None:
    """The first test that fails with the mutant, None if all pass."""
    settings = {
        "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT / "tests"))),
        "UNDERTOW_HOME": str(folder / "home"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [
        sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider",
        "-p", "no_shrinking", "--hypothesis-seed=0", *mutant.tests,
    ]  # fmt: skip
    done = subprocess.run(  # noqa: S603 - our own interpreter on our own tests
        command,
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    failed = re.search(r"^FAILED tests/(\S+)", done.stdout, flags=re.MULTILINE)
    return failed[1] if failed else None


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """Break, test and mend; 1 if a mutant survives or does not apply."""
    survivors, begin = 0, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="undertow-mutants-") as name:
        right, copy = Path(name) / "right", Path(name) / "undertow"
        shutil.copytree(PACKAGE, right, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(right, copy)
        for mutant in MUTANTS:
            applies = broken(mutant, right, copy)
            found = killer(mutant, Path(name)) if applies else None
            mended(mutant, right, copy)
            survivors += found is None
            fate = "killed" if found else "SURVIVED" if applies else "NO LINE"
            _say(f"{fate:9} {mutant.name}: {found or f'{mutant.file}, {mutant.tests}'}")
    killed = len(MUTANTS) - survivors
    _say(f"{killed} of {len(MUTANTS)} killed in {time.monotonic() - begin:.0f} s")
    return int(survivors > 0)


if __name__ == "__main__":
    sys.exit(main())
