"""Files as they come, packed or not: what is inside, in blocks of bytes."""

from __future__ import annotations

import gzip
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from undertow.core.errors import BadFile
from undertow.data.orderbooks._ahead import ahead

BLOCK = 1 << 20
"""Bytes of a block."""

GZIP, XZ, ZSTD, ZIP = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
BROKEN = (EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error, gzip.BadGzipFile)


def blocks(path: Path, size: int = BLOCK) -> Iterator[bytes]:
    """The bytes of a file, unpacked; BadFile with the place where the packing breaks off."""
    found = _blocks(path, size)
    return ahead(found) if is_packed(path) else found


def first(path: Path, size: int = BLOCK) -> bytes:
    """The bytes that a file begins with, unpacked."""
    return next(_blocks(path, size), b"")


def is_packed(path: Path) -> bool:
    """Whether it begins as packed files do."""
    with path.open("rb") as raw:
        return raw.read(8).startswith((GZIP, XZ, ZSTD, ZIP))


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    done = 0
    with unpacked(path) as inside:
        while True:
            try:
                block = inside.read(size)
            except BROKEN as error:
                raise BadFile(
                    f"{path} breaks off or is damaged after {done:,} unpacked bytes"
                    f" ({error}); fetch it again."
                ) from error
            if not block:
                return
            done += len(block)
            yield block


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """A file open for reading; how it is packed is told by its first bytes, not by its name."""
    with path.open("rb", buffering=0) as raw:
        head = raw.read(8)
        raw.seek(0)
        if head.startswith(GZIP):
            with gzip.GzipFile(fileobj=raw) as inside:
                yield cast("BinaryIO", inside)
        elif head.startswith(XZ):
            with lzma.LZMAFile(raw) as whole:
                yield cast("BinaryIO", whole)
        elif head.startswith(ZSTD):
            yield _zstd(raw, path)
        elif head.startswith(ZIP):
            yield from _zip(path)
        else:
            yield raw


def _zip(path: Path) -> Iterator[BinaryIO]:
    try:
        with zipfile.ZipFile(path) as folder:
            names = [one.filename for one in folder.infolist() if not one.is_dir()]
            if len(names) != 1:
                raise BadFile(f"{path} holds {len(names)} files; give one that holds one.")
            with folder.open(names[0]) as inside:
                yield cast("BinaryIO", inside)
    except zipfile.BadZipFile as error:
        raise BadFile(f"{path} is no whole zip file ({error}); fetch it again.") from error


def _zstd(raw: BinaryIO, path: Path) -> BinaryIO:
    try:
        from undertow.data.orderbooks._zstd import Frames
    except ImportError as error:
        raise BadFile(
            f"{path} is packed with zstd: pip install 'undertow[tape]' adds what reads it."
        ) from error
    return cast("BinaryIO", Frames(raw))
