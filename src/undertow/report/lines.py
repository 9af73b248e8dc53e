"""Lines of a label: between words, and in Chinese between any two characters."""

from __future__ import annotations

import re

from rich.cells import cell_len

HAN, OPENS, ENDS = r"\u4e00-\u9fff", "（“《", "，。；：、）”》？！"
PIECE = re.compile(rf"\s*(?:[{OPENS}]*[{HAN}][{ENDS}]*|[{OPENS}]*[^\s{HAN}{OPENS}]+|[{OPENS}]+)")


def lines(text: str, wide: int) -> list[str]:
    """Lines of at most `wide` letters, a Chinese character counting as two; words are not cut."""
    made: list[str] = []
    for piece in PIECE.findall(text):
        if made and cell_len(made[-1] + piece) <= wide:
            made[-1] += piece
        else:
            made.append(piece.lstrip())
    return made
