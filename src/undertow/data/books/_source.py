"""Files as text: what a spreadsheet or a broker's terminal saves."""

from __future__ import annotations

import codecs
from pathlib import Path

from undertow.core.answers.said import Amount, Said
from undertow.data.books.base import Finding, Source

MOST_BYTES = 64_000_000
MOST_LINES = 100_000
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def opened(path: Path) -> Source | Finding:
    """One file in UTF-8, UTF-16 with its mark, or GBK; else what is wrong with it."""
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        why = error.strerror or type(error).__name__
        return _finding("The file cannot be read ({why}); name another.", path, why=why)
    if size > MOST_BYTES:
        many = {"size": Amount(size, "count"), "most": Amount(MOST_BYTES, "count")}
        return _finding("The file has {size} bytes, a book at most {most}; cut it.", path, **many)
    text = decoded(raw)
    if text is None:
        return _finding("The file is no text in UTF-8 or GBK; save it as CSV in UTF-8.", path)
    lines = text.count("\n")
    if lines > MOST_LINES:
        many = {"lines": Amount(lines, "count"), "most": Amount(MOST_LINES, "count")}
        return _finding("The file has {lines} lines, a book at most {most}; cut it.", path, **many)
    return Source(path.name, text)


def decoded(raw: bytes) -> str | None:
    """The text of a file, None if it is none: a mark decides, then UTF-8, then GBK."""
    is_wide = raw.startswith(WIDE) and not raw.startswith(codecs.BOM_UTF32_LE)
    if b"\0" in raw and not is_wide:
        return None
    for code in ("utf-16",) if is_wide else ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(code)
        except UnicodeDecodeError:
            continue
    return None


def _finding(text: str, path: Path, **values: Amount | str) -> Finding:
    return Finding(path.name, 0, Said(text, values), grave=True)
