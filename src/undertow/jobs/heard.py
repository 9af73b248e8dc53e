"""Which options of `undertow book` mean something together: one that does nothing is refused."""

from __future__ import annotations

from collections.abc import Collection, Mapping

NEEDS: Mapping[str, tuple[str, ...]] = {
    "--days": ("--data",),
    "--likely": ("--data",),
    "--hedges": ("--beyond", "--shock"),
    "--accounts": ("--in",),
    "--seed": ("--in",),
    "--bar": ("--in",),
    "--runs": ("--in",),
}
"""Options that change nothing unless one of these is there too."""

CLAIM = frozenset({"--leverage", "--move"})
SHOWN = frozenset({"--lang", "--json"})


def unheard(given: Collection[str]) -> str | None:
    """What is wrong with a set of options, in one sentence; None if each has something to say.

    given: the options as they are written, FILE for a file
    """
    if CLAIM & set(given) or "FILE" not in given:
        return _claim(set(given))
    for option, needed in NEEDS.items():
        if option in given and not set(needed) & set(given):
            return f"{option} needs {' or '.join(needed)}; add it, or leave {option} out"
    if {"--on", "--in"} <= set(given):
        return "--in has a day of its own, on which its episode begins; leave --on out"
    return None


def _claim(given: set[str]) -> str | None:
    if not given >= CLAIM:
        return "give FILE…, or --leverage and --move together and no file"
    others = sorted(given - CLAIM - SHOWN)
    if not others:
        return None
    return (
        f"--leverage and --move ask every regime without a book; leave {', '.join(others)} out,"
        " or ask about FILE… without them"
    )
