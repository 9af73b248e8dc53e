"""The command line as fresh processes: `--help`, and `run feb-2026` cold and warm.

Cold: an empty UNDERTOW_HOME, so that every kernel is compiled. Warm: the same again.
Usage: python bench/cold.py [--runs N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from time import perf_counter


def seconds(words: list[str], folder: str) -> float:
    """Wall time of one command in a process of its own."""
    environment = {**os.environ, "UNDERTOW_HOME": folder}
    environment.pop("NUMBA_CACHE_DIR", None)
    command = [sys.executable, "-m", "undertow.cli", *words]
    start = perf_counter()
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        empty = min(seconds(["--help"], folder) for _ in range(asked.runs))
        cold = seconds(["run", "feb-2026", "--json"], folder)
        warm = [seconds(["run", "feb-2026", "--json"], folder) for _ in range(asked.runs)]
    answer = {"load": os.getloadavg(), "help_s": empty, "cold_s": cold, "warm_s": warm}
    if asked.json:
        print(json.dumps(answer, indent=1))
        return
    print(f"--help {empty:.2f} s, run feb-2026 cold {cold:.1f} s, warm {min(warm):.1f} s")


if __name__ == "__main__":
    main()
