"""Computes the dated numbers behind the stress index, and says what 2008 and March 2020 reach.

`python bench/anchors.py [FOLDER]` writes src/undertow/studies/anchors.csv from the daily prices in
the folder (../shared/data/market); `--check` compares and writes nothing.
"""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from undertow.data.history import read_history
from undertow.studies.stress_index import rank_stability, stress_index
from undertow.studies.stress_reference import COLUMNS, reference, rows

ROOT = Path(__file__).parents[1]
FILE = ROOT / "src" / "undertow" / "studies" / "anchors.csv"
MARKET = ROOT.parent / "shared" / "data" / "market"
WINDOW = ("2010-01-04", "2019-12-31")
END = "2026-02-28"
CRISES = {"2008": ("2008-09-01", "2008-12-31"), "2020": ("2020-03-01", "2020-03-31")}


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "--check"]
    folder = Path(words[0]) if words else MARKET
    history = read_history(folder / "prices_daily.parquet").until(END)
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
