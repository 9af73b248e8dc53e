"""The command line as fresh processes: `--help`, and `run feb-2026` cold, warm and with ranges.

Cold: an empty UNDERTOW_HOME, so that every kernel is compiled. Warm: the same again. Both are the
base alone; `whole` is the default command, with its ranges and its page.
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

BASE = ["run", "feb-2026", "--no-ranges", "--no-page", "--json"]


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
        cold = seconds(BASE, folder)
        warm = [seconds(BASE, folder) for _ in range(asked.runs)]
        whole = seconds(["run", "feb-2026", "--json"], folder)
    answer = {
        "load": os.getloadavg(), "help_s": empty, "cold_s": cold, "warm_s": warm, "whole_s": whole,
    }  # fmt: skip
    if asked.json:
        print(json.dumps(answer, indent=1))
        return
    print(
        f"--help {empty:.2f} s, run feb-2026 cold {cold:.1f} s, warm {min(warm):.1f} s, with ranges"
        f" and page {whole:.1f} s"
    )


if __name__ == "__main__":
    main()
