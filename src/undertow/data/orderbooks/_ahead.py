"""The next block is made while this one is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Block = TypeVar("Block")


def ahead(blocks: Iterator[Block]) -> Iterator[Block]:
    """The same blocks in the same order, each made in a thread beside; what it raises comes here.

    Unpacking and kernels let go of the interpreter, so both go on at once.
    """
    with ThreadPoolExecutor(max_workers=1) as reader:
        due = reader.submit(next, blocks, None)
        while (block := due.result()) is not None:
            due = reader.submit(next, blocks, None)
            yield block
