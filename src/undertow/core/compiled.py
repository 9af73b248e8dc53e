"""`@compiled`: a plain function that numba compiles on its first call, so imports stay light."""

from __future__ import annotations

import functools
import gc
import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, ParamSpec, TypeVar

from undertow import __version__

P = ParamSpec("P")
R = TypeVar("R")


def collect_seldom() -> None:
    """Have Python look for garbage a seventieth as often, in a process of our own.

    Imports, numba's compiling and a run make many objects and hardly any cycles.
    """
    gc.set_threshold(50_000, 20, 100)


def home() -> Path:
    """Folder of caches, compiled kernels and runs: `UNDERTOW_HOME`, or the user's cache folder."""
    given = os.environ.get("UNDERTOW_HOME")
    if given:
        return Path(given).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "undertow"


@dataclass(eq=False)
class Kernel(Generic[P, R]):
    """A plain function and, from its first call on, its machine code.

    A kernel may call other kernels of its own file (the cache on disk watches that file only).
    within: only other kernels call the machine code, so it needs no door for Python
    """

    plain: Callable[P, R]
    within: bool = False

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.plain)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run the machine code, or the function as it is written where Python has no door."""
        return (self.plain if self.within else self.machine)(*args, **kwargs)

    @functools.cached_property
    def machine(self) -> Callable[P, R]:
        """The compiled function; the first access imports numba."""
        return _machine_code(self.plain, within=self.within)

    @property
    def _numba_type_(self) -> object:
        """What numba asks of a name it meets inside another kernel."""
        return self.machine._numba_type_  # type: ignore[attr-defined]


def compiled(function: Callable[P, R]) -> Kernel[P, R]:
    """Compile `function` with numba when it is first called; releases the GIL, no fastmath.

    The same arguments always give the same bytes: sums are made in the order written.
    """
    return Kernel(inspect.unwrap(function))


def compiled_within(function: Callable[P, R]) -> Kernel[P, R]:
    """The same for what only kernels of its own file call: a fifth less to compile."""
    return Kernel(inspect.unwrap(function), within=True)


def nothing_cached() -> bool:
    """Whether kernels can be cached on disk, and none has been yet."""
    folder = _cache_folder()
    return _cache_is_writable() and next(folder.rglob("*.nbi"), None) is None


def _cache_folder() -> Path:
    return Path(os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels" / __version__)))


def _machine_code(function: Callable[P, R], *, within: bool) -> Callable[P, R]:
    _cache_folder()
    import numba

    # numba's type hints lack the two that leave doors out; its documentation has them.
    compile_: Callable[[Callable[P, R]], Callable[P, R]] = numba.njit(  # type: ignore[call-overload]
        nogil=True, cache=_cache_is_writable(), error_model="numpy", no_cfunc_wrapper=True,
        no_cpython_wrapper=within,
    )  # fmt: skip
    return compile_(function)


@functools.cache
def _cache_is_writable() -> bool:
    folder = _cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)
