"""Same seed, same bytes, any number of threads: groups larger than a chunk."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from crowds import crowd
from small import shocked
from undertow.core.trace import Trace
from undertow.engine.pool import CHUNK, Pool, chunks
from undertow.engine.run import How, run, until_calm
from undertow.model.scenario import Scenario

ACCOUNTS = 3 * CHUNK + 1_000


@cache
def struck() -> Scenario:
    return shocked(crowd(ACCOUNTS, seed=3), (1, 1, 0.94), (3, 0, 0.97))


def bytes_of(trace: Trace) -> list[bytes]:
    arrays = [getattr(trace.paths, name) for name in trace.paths.__dataclass_fields__]
    arrays += [getattr(trace.by_segment, n) for n in trace.by_segment.__dataclass_fields__]
    return [np.ascontiguousarray(a).tobytes() for a in (*arrays, trace.contagion.usd)]


@pytest.mark.parametrize("plain", [True, False])
def test_a_run_gives_the_same_bytes_on_one_two_and_four_threads(plain: bool) -> None:
    one, two, four = (run(struck(), how=How(threads=n, plain=plain)) for n in (1, 2, 4))

    assert one.by_segment.called.sum() > 1_000
    assert bytes_of(one) == bytes_of(two) == bytes_of(four)


def test_a_cascade_gives_the_same_bytes_on_one_two_and_four_threads() -> None:
    shock = np.array([0.97, 0.9, 1.0, 1.0])
    one, two, four = (
        until_calm(struck(), shock=shock, how=How(threads=n), max_rounds=30) for n in (1, 2, 4)
    )

    assert one.rounds > 3
    assert bytes_of(one) == bytes_of(two) == bytes_of(four)


def test_the_ledger_moves_no_price() -> None:
    with_it, without = (run(struck(), how=How(threads=1, ledger=on)) for on in (True, False))

    assert with_it.paths.price.tobytes() == without.paths.price.tobytes()
    assert with_it.by_segment.sold.tobytes() == without.by_segment.sold.tobytes()
    assert without.contagion.usd.sum() == 0.0


def test_another_segment_changes_no_account_that_shares_no_market() -> None:
    """Groups are scanned on their own: appending an empty one changes nothing."""
    scenario = struck()
    whole = scenario.accounts.groups[0]
    none = replace(whole, **{
        name: getattr(whole, name)[:0]
        for name in ("quantity", "column", "cash", "free_cash", "owed", "weight", "opened")
    })  # fmt: skip
    more = replace(scenario, accounts=replace(scenario.accounts, groups=(whole, none)))

    assert bytes_of(run(more, how=How(threads=1))) == bytes_of(run(scenario, how=How(threads=1)))


def test_chunks_cover_all_rows_once_and_answers_come_in_order() -> None:
    bounds = chunks(2 * CHUNK + 5)
    with Pool(4) as pool:
        answers = pool.map(lambda chunk: chunk[0], bounds)

    assert bounds[0] == (0, CHUNK)
    assert bounds[-1] == (2 * CHUNK, 2 * CHUNK + 5)
    assert answers == [start for start, _ in bounds]
