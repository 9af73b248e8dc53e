"""Option chains from files: a file here is a layout more."""

from __future__ import annotations

import csv
import gzip
import lzma
import zlib
from collections.abc import Callable
from pathlib import Path

from undertow.core.chain import Chain
from undertow.core.errors import BadFile
from undertow.core.family import Family, terminal_name
from undertow.data.chains.base import ChainLayout, Lines, Wanted

CHAINS: Family[ChainLayout] = Family("chains", __name__, ChainLayout)  # type: ignore[type-abstract]
OTHERWISE = "long"
"""What a file is taken for whose lines show no layout."""
ANY = Wanted()


def read_chain(file: Path, form: str = "", wanted: Wanted = ANY) -> Chain:
    """The chain of a file; the layout is known by its lines if none is named."""
    lines = () if file.suffix == ".parquet" else _lines(file)
    layout = CHAINS.written(form or _shown(file, lines))
    chain = layout().chain(file, lines, wanted)
    if not len(chain):
        raise BadFile(f"{file} holds no option; give a chain.")
    return chain


def _shown(file: Path, lines: Lines) -> str:
    found = [
        terminal_name(name) for name, layout in CHAINS.discover().items() if layout().shown(lines)
    ]
    if len(found) > 1:
        raise BadFile(f"{file} may be {' or '.join(found)}; say which with --format.")
    return found[0] if found else OTHERWISE


def _lines(file: Path) -> Lines:
    openers: dict[str, Callable[[Path], bytes]] = {
        ".gz": lambda f: gzip.decompress(f.read_bytes()),
        ".xz": lambda f: lzma.decompress(f.read_bytes()),
    }
    try:
        content = openers.get(file.suffix, Path.read_bytes)(file)
        return list(csv.reader(content.decode("utf-8-sig").splitlines()))
    except (OSError, EOFError, zlib.error, lzma.LZMAError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(f"{file} cannot be read ({error}); give a whole file in UTF-8.") from error
