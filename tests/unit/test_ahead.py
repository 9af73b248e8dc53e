"""The second process that compiles: it fills the cache, and nothing depends on it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from small import holders, shocked, system
from undertow.engine import ahead
from undertow.engine.origins import book_origins
from undertow.engine.run import How, run
from undertow.engine.settle import book_sales
from undertow.model.liquidation import LIQUIDATION
from undertow.model.liquidation.pro_rata import ProRata


def asleep() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])


def cold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "nothing_cached", lambda: True)
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: 2)


def test_it_leaves_kernels_in_the_cache_on_disk(tmp_path: Path) -> None:
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    policy = f"{ProRata.__module__}:{ProRata.__qualname__}"
    command = [sys.executable, "-m", "undertow.engine.ahead"]
    subprocess.run(command, check=True, env=environment, input=policy.encode())  # noqa: S603

    assert list(tmp_path.rglob("pro_rata._sell_pro_rata*.nbi"))
    assert list(tmp_path.rglob("origins.book_origins*.nbi"))


def test_the_ledger_needs_no_other_kernel_than_the_one_compiled_ahead() -> None:
    ahead.book_once()
    known = set(book_origins.machine.signatures)  # type: ignore[attr-defined]
    funds = holders([10.0], [-800.0])
    trace = run(shocked(system(funds, bars=2), (1, 0, 0.85)), how=How(threads=1))

    assert trace.contagion.by_seller.any()
    assert set(book_origins.machine.signatures) == known  # type: ignore[attr-defined]


def test_one_that_died_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    cold(monkeypatch)
    with ahead.compiling() as second:
        assert second.process is not None
        second.process.kill()
        second.process.wait()
        second.also([ProRata()])
        second.done()

    assert second.process.poll() is not None


def test_an_interruption_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cold(monkeypatch)
    monkeypatch.setattr(ahead, "_started", asleep)
    with pytest.raises(KeyboardInterrupt), ahead.compiling() as second:
        raise KeyboardInterrupt

    assert second.process is not None
    assert second.process.poll() is not None


def test_a_process_that_cannot_start_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    cold(monkeypatch)
    monkeypatch.setattr(ahead.sys, "executable", "/nowhere/python")
    with ahead.compiling() as second:
        second.also([ProRata()])
        second.done()

    assert second.process is None


def test_nothing_is_started_where_kernels_are_cached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "nothing_cached", lambda: False)
    monkeypatch.setattr(ahead, "_started", lambda: pytest.fail("started"))
    with ahead.compiling() as second:
        pass

    assert second.process is None


@pytest.mark.parametrize("member", LIQUIDATION.members())
def test_every_policy_can_be_asked_for_a_small_sale(member: str) -> None:
    assert ahead.sell_once(LIQUIDATION.make(member, {})) is None


def test_settlement_needs_no_other_kernel_than_the_one_compiled_ahead() -> None:
    ahead.settle_once()
    known = set(book_sales.machine.signatures)  # type: ignore[attr-defined]
    trace = run(shocked(system(holders([10.0], [-800.0]), bars=2), (1, 0, 0.85)))

    assert trace.by_segment.sold.sum() > 0.0
    assert set(book_sales.machine.signatures) == known  # type: ignore[attr-defined]
