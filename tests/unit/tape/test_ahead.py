"""Blocks that are made in a thread beside come as they would without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from undertow.core.errors import BadFile
from undertow.data.orderbooks._ahead import ahead


def counted(met: list[int], until: int = 5) -> Iterator[int]:
    for k in range(1, until):
        met.append(k)
        yield k


def test_blocks_come_in_their_order() -> None:
    assert list(ahead(counted([]))) == [1, 2, 3, 4]


def test_only_one_block_is_made_ahead() -> None:
    met: list[int] = []
    blocks = ahead(counted(met, until=50))
    taken = [next(blocks), next(blocks)]
    blocks.close()

    assert taken == [1, 2]
    assert len(met) <= 3


def test_what_goes_wrong_is_told_after_the_blocks_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise BadFile("damaged")

    blocks = ahead(broken())
    assert next(blocks) == 1

    with pytest.raises(BadFile, match="damaged"):
        next(blocks)


def test_no_thread_is_left_behind() -> None:
    before = threading.active_count()
    list(ahead(counted([])))
    next(ahead(counted([])))

    assert threading.active_count() == before
