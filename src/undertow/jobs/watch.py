"""`undertow gauge --every`: look again and again, and tell what has come true."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

from undertow.core.errors import BadNumber, InputError
from undertow.jobs.gauge import Gauged
from undertow.studies.alerts import USUAL, Alert, alerts, rule, values

UNITS_S = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
LONGEST_S = 366 * UNITS_S["d"]
FORM = re.compile(r"^(\d+)\s*(s|min|h|d)$")

Tell = Callable[[tuple[Alert, ...]], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """How one watches. rules: as written, the usual one if there are none

    every_s: seconds between looks;  times: how many looks, None without end
    """

    rules: tuple[str, ...]
    every_s: float
    times: int | None = None
    sleep: Callable[[float], None] = time.sleep


def watch(
    look: Callable[[], Gauged],
    how: Watch,
    *,
    first: Callable[[Gauged], None],
    tell: Tell,
    failed: Callable[[InputError], None],
) -> None:
    """Each rule is told when it comes true, and again only after it was false in between.

    The first look must work, and its answer goes to `first`; later ones may fail, since a file may
    be being written: `failed` is told, and the next look is tried.
    """
    gauged = look()
    known = values(gauged.answer)
    rules = [rule(text, known) for text in how.rules or USUAL]
    first(gauged)
    true: frozenset[str] = frozenset()
    done = 0
    while True:
        fresh, true = alerts(rules, gauged.answer, true)
        if fresh:
            tell(fresh)
        done += 1
        if done == how.times:
            return
        how.sleep(how.every_s)
        try:
            gauged = look()
        except InputError as error:
            failed(error)


def seconds(text: str) -> float:
    """Seconds of such as 15min, 1h, 1d."""
    found = FORM.match(text.strip())
    if found is None or int(found[1]) == 0:
        raise BadNumber(f"{text!r} is no length of time; write it like --every 1h.")
    length = int(found[1]) * UNITS_S[found[2]]
    if length > LONGEST_S:
        raise BadNumber(f"{text!r} is more than a year; write it like --every 1h.")
    return float(length)
