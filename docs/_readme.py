"""Paste into the README what `undertow run feb-2026` really prints.

`python docs/_readme.py` writes it; `--check [FILE]` exits 1 where the README says something else
than FILE (or a run made now): same words, numbers to 1 % or to the last digit printed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
PASTED = re.compile(
    r"(?P<before><!-- output of: undertow (?P<args>[^\n]*) -->\n```text\n)(?P<text>.*?)```", re.S
)
NUMBER = re.compile(r"[+−-]?\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?")
STORED = re.compile(r"^(Stored in|Page:) .*?(?=(/page\.html)?$)", re.M)
FIRST_TABLE, INSTALLED = "Targets", "Successfully installed"
LEFT_OUT = ("Out of sample", "What was reported")
WIDTH = "80"
TOLERANCE = 0.01
SMALLEST = 1e-9


def printed(args: str) -> str:
    """What a command prints, in a terminal of the README's width."""
    with tempfile.TemporaryDirectory() as runs:
        done = subprocess.run(
            [sys.executable, "-m", "undertow.cli", *args.split(), "--out", runs],
            env={**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
    return as_pasted(done.stdout)


def as_pasted(output: str) -> str:
    """The page without trailing blanks, the tables in its middle and the folder's name."""
    start = output.splitlines(keepends=True)
    page = "".join(line.rstrip() + "\n" for line in _shortened(start))
    return STORED.sub(r"\1 ~/.cache/undertow/runs/<utc>-feb-2026-<hash>", page)


def _shortened(lines: list[str]) -> list[str]:
    """The page without the tables that are left out, each marked by a line of its own."""
    kept: list[str] = []
    dropped = False
    for line in lines:
        begins = line.startswith(LEFT_OUT)
        dropped = begins or (dropped and bool(line.strip()))
        if begins:
            kept.append("…\n")
        elif not dropped:
            kept.append(line)
    return kept


def differences(pasted: str, now: str) -> list[str]:
    """Lines that differ in words, or in a number by more than the tolerance."""
    old, new = (text.strip().splitlines() for text in (pasted, now))
    if len(old) != len(new):
        return [f"{len(old)} lines are pasted, {len(new)} are printed"]
    pairs = zip(old, new, strict=True)
    return [f"pasted:  {a}\nprinted: {b}" for a, b in pairs if not _alike(a, b)]


def _alike(old: str, new: str) -> bool:
    words = (" ".join(NUMBER.sub("#", line).split()) for line in (old, new))
    numbers = [NUMBER.findall(line) for line in (old, new)]
    return len(set(words)) == 1 and all(_near(a, b) for a, b in zip(*numbers, strict=True))


def _near(old: str, new: str) -> bool:
    a, b = (float(n.replace(",", "").replace("−", "-")) for n in (old, new))
    digits = len(old.partition(".")[2])
    return abs(a - b) <= max(
        1.5 * 10.0**-digits if "e" not in old else SMALLEST, TOLERANCE * abs(a)
    )


def main(arguments: list[str]) -> int:
    """Write or check every pasted output."""
    readme = README.read_text(encoding="utf-8")
    files = [name for name in arguments if not name.startswith("--")]

    def fresh(match: re.Match[str]) -> str:
        now = as_pasted(_tail(files[0])) if files else printed(match["args"])
        return f"{match['before']}{now}```"

    if "--check" not in arguments:
        README.write_text(PASTED.sub(fresh, readme), encoding="utf-8")
        return 0
    pasted = [match["text"] for match in PASTED.finditer(readme)]
    now = [match["text"] for match in PASTED.finditer(PASTED.sub(fresh, readme))]
    found = [line for old, new in zip(pasted, now, strict=True) for line in differences(old, new)]
    print("\n".join(found) or "The README prints what the command prints.")
    return int(bool(found))


def _tail(file: str) -> str:
    """The page at the end of a log: what an installer said before it is left out."""
    lines = Path(file).read_text(encoding="utf-8").splitlines(keepends=True)
    start = max(number for number, line in enumerate(lines) if line.startswith(FIRST_TABLE)) - 1
    while start > 0 and lines[start - 1].strip() and not lines[start - 1].startswith(INSTALLED):
        start -= 1
    return "".join(lines[start:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
