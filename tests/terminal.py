"""A command line played in this process, and what it said."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from undertow.cli import main

SMALL = ("--accounts", "700", "--bar", "1h", "--no-ranges", "--no-page", "--threads", "1")


class Terminal:
    """Runs a command line in this process and keeps what it said."""

    small = SMALL

    def __init__(
        self, patch: pytest.MonkeyPatch, screen: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        self.patch, self.screen, self.runs = patch, screen, folder / "runs"

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self.patch.setattr(sys, "argv", ["undertow", *words])
        try:
            main()
            code = 0
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = self.screen.readouterr()
        return code, out, err

    def run(self, *words: str) -> tuple[int, str, str]:
        return self("run", "feb-2026", *SMALL, "--out", str(self.runs), *words)

    def json(self, *words: str) -> dict:
        code, out, err = self.run("--json", *words)

        assert (code, err) == (0, "")
        return json.loads(out)


def refused(answer: tuple[int, str, str]) -> str:
    """The one sentence of a refusal."""
    code, out, err = answer

    assert (code, out) == (1, "")
    assert err.startswith("undertow: ")
    assert err.strip().count("\n") == 0
    return err
