"""`@compiled`: a plain function that numba compiles on its first call, so imports stay light."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from undertow import __version__

P = ParamSpec("P")
R = TypeVar("R")


def home() -> Path:
    """Folder of caches, compiled kernels and runs: `UNDERTOW_HOME`, or the user's cache folder."""
    given = os.environ.get("UNDERTOW_HOME")
    if given:
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "undertow"


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile `function` with numba when it is first called; releases the GIL, no fastmath.

    The same arguments always give the same bytes: sums are made in the order written.
    """
    plain = inspect.unwrap(function)
    machine: Callable[P, R] | None = None

    @functools.wraps(plain)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        nonlocal machine
        if machine is None:
            machine = _machine_code(plain)
        return machine(*args, **kwargs)

    return call


def _machine_code(function: Callable[P, R]) -> Callable[P, R]:
    os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels" / __version__))
    import numba

    compile_ = numba.njit(nogil=True, cache=_cache_is_writable(), error_model="numpy")
    return compile_(function)


@functools.cache
def _cache_is_writable() -> bool:
    folder = Path(os.environ["NUMBA_CACHE_DIR"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
