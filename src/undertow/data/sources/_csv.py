"""An answer that should be a table of commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from undertow.core.errors import NoAnswer


def read_csv(answer: bytes, columns: Sequence[str], who: str) -> list[dict[str, object]]:
    """Rows by column; NoAnswer where a column is gone or a row is cut short."""
    lines = csv.reader(io.StringIO(answer.decode("utf-8", errors="replace")))
    head = next(lines, [])
    lacking = [column for column in columns if column not in head]
    if lacking:
        had = ", ".join(head)[:200] or "nothing"
        raise NoAnswer(
            f"{who} answers without the column {lacking[0]!r} (it has: {had}); its form has"
            " changed, so update undertow or use another provider."
        )
    rows: list[dict[str, object]] = []
    for cells in lines:
        if len(cells) != len(head):
            raise NoAnswer(
                f"{who} gives half an answer (row {len(rows) + 1} has {len(cells)} of"
                f" {len(head)} columns); ask again later."
            )
        rows.append(dict(zip(head, cells, strict=True)))
    return rows
