"""Synthetic exports of brokers, typed for the tests: no account, name or trade is real."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from undertow.data.books import Read, Source, read_sources

EXPORTS = Path(__file__).parent / "exports"


def read_text(*texts: str, lenient: bool = False, on: date | None = None) -> Read:
    """What the readers make of some texts, the first called file 1."""
    files = tuple(Source(f"file {k}", text, on) for k, text in enumerate(texts, 1))
    return read_sources(files, lenient=lenient)


def said(read: Read) -> str:
    """All findings in one text."""
    return "\n".join(str(one) for one in read.findings)


def export(name: str) -> str:
    """One of the files in `tests/exports`."""
    return (EXPORTS / name).read_text(encoding="utf-8")


CTP = export("ctp_statement.txt")
"""Two lots of silver long and seven of iron ore short, on 2026-02-09."""
