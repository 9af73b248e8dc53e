"""Minute quotes in the layouts that Undertow reads, made for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

MINUTE = 60_000


def lean_rows(
    bid: np.ndarray, ask: np.ndarray, size: np.ndarray, *, first_minute: int = 0, unit: float = 1.0
) -> str:
    """LEAN rows with the same open, high, low and close."""
    lines = []
    prices = [side if unit == 1.0 else np.round(side / unit) for side in (bid, ask)]
    for k, (b, a, q) in enumerate(zip(*prices, size, strict=True)):
        time = (first_minute + k) * MINUTE
        lines.append(f"{time},{b},{b},{b},{b},{q},{a},{a},{a},{a},{q}")
    return "\n".join(lines) + "\n"


def packed(folder: Path, name: str, *members: tuple[str, str]) -> Path:
    """A zip with these members."""
    file = folder / name
    with zipfile.ZipFile(file, "w") as into:
        for member, text in members:
            into.writestr(member, text)
    return file


def day_file(
    folder: Path, day: int, spread: np.ndarray, size: np.ndarray, symbol: str = "btcusd"
) -> Path:
    """A day of quotes around 100 in the layout lean-crypto."""
    half = 0.5 * spread
    text = lean_rows(100.0 - half, 100.0 + half, size)
    name = f"{day}_{symbol}_minute_quote"
    return packed(folder, f"{name}.zip", (f"{name}.csv", text))
