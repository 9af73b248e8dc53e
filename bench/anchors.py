"""Computes the dated numbers behind the stress index, and says what 2008 and March 2020 reach.

`python bench/anchors.py [FOLDER]` writes src/undertow/studies/anchors.csv from the daily prices in
the folder (../shared/data/market); `--check` compares and writes nothing; `--windows` says what
other reference windows would give, and writes nothing.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from undertow.core.history import History
from undertow.data.history import read_history
from undertow.studies.stress_index import rank_stability, stress_index
from undertow.studies.stress_reference import COLUMNS, reference, rows

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "undertow" / "studies" / "anchors.csv"
MARKET = ROOT.parent / "shared" / "data" / "market"
WINDOW = ("2010-01-04", "2019-12-31")
END = "2026-02-28"
OTHERS = (
    ("2012-01-03", "2019-12-31"),
    ("2013-01-02", "2017-12-29"),
    ("2005-07-01", "2019-12-31"),
    ("2005-07-01", "2025-12-31"),
    ("2021-01-04", "2025-12-31"),
)
CRISES = {"2008": ("2008-09-01", "2008-12-31"), "2020": ("2020-03-01", "2020-03-31")}


def others(history: History) -> None:
    """Peaks, 5 February 2026 and the lowest session of 9 to 20 March 2020 by reference window."""
    for window in (WINDOW, *OTHERS):
        held = reference(history, *window, CRISES)
        stress = stress_index(history, held)
        peaks = (f"{p.name} {stress.index[stress.at(p.day)]:.1f}" for p in held.peaks)
        march = stress.index[stress.at("2020-03-09") : stress.at("2020-03-20") + 1].min()
        day = stress.index[stress.at("2026-02-05")]
        print(*window, *peaks, f"2026-02-05 {day:.1f}", f"9 to 20 March 2020 from {march:.1f}")


def main() -> int:
    words = [word for word in sys.argv[1:] if word not in {"--check", "--windows"}]
    folder = Path(words[0]) if words else MARKET
    if not (folder / "prices_daily.parquet").exists():
        print(f"{folder} has no prices_daily.parquet; nothing to compute from")
        return 0
    history = read_history(folder / "prices_daily.parquet").until(END)
    if "--windows" in sys.argv:
        others(history)
        return 0
    held = reference(history, *WINDOW, CRISES)
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(COLUMNS)
    out.writerows(rows(held))
    stress = stress_index(history, held)
    print(f"reference {held.first} to {held.last}: {len(held.scales)} members")
    print(f"y at its median {held.median:.4f} -> 20, at its 95th percentile {held.high:.4f} -> 50")
    for found in held.peaks:
        at = stress.at(found.day)
        print(f"{found.name}: highest {stress.index[at]:.1f} (y {found.y:.4f}) on {found.day}")
    print(f"highest of all {stress.index.max():.1f} on {stress.days[stress.index.argmax()]}")
    print(f"lowest rank correlation under weights ±20 %: {rank_stability(stress):.4f}")
    same = FILE.exists() and FILE.read_text(encoding="utf-8") == text.getvalue()
    if "--check" in sys.argv:
        print("anchors.csv is what the data say" if same else "anchors.csv is stale")
        return int(not same)
    FILE.write_text(text.getvalue(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
