"""zstd files frame by frame; one that breaks off inside a frame is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import BinaryIO

import zstandard

PACKED = 1 << 20


@dataclass(slots=True)
class Frames:
    """Reads like a file. The library's own reader ends silently where a frame breaks off."""

    raw: BinaryIO
    frame: zstandard.ZstdDecompressionObj | None = None
    rest: bytes = b""
    made: bytearray = field(default_factory=bytearray)

    def read(self, size: int) -> bytes:
        """At most so many unpacked bytes, none at the end; EOFError inside a frame."""
        while len(self.made) < size and self._more():
            pass
        block = bytes(self.made[:size])
        del self.made[:size]
        return block

    def _more(self) -> bool:
        packed = self.rest or self.raw.read(PACKED)
        self.rest = b""
        if not packed:
            if self.frame is not None:
                raise EOFError("a zstd frame is not whole")
            return False
        if self.frame is None:
            self.frame = zstandard.ZstdDecompressor().decompressobj()
        try:
            self.made += self.frame.decompress(packed)
        except zstandard.ZstdError as error:
            raise EOFError(str(error)) from error
        if self.frame.eof:
            self.rest, self.frame = self.frame.unused_data, None
        return True
