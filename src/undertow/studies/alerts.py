"""Rules that turn readings into alerts: NAME OP NUMBER, told once when they come true."""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from undertow.core.answers.gauge import GaugeAnswer
from undertow.core.answers.said import Amount, Said
from undertow.core.errors import BadNumber, UnknownName

FORM = re.compile(r"^\s*(.+?)\s*(>=|<=|>|<)\s*([-−+]?[0-9.]+)\s*(%?)\s*$")
OPS: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
POINTS = ("index", "points ")
USUAL = ("index percentile >= 95%",)


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on one value. text: as it was written"""

    text: str
    name: str
    op: str
    level: float

    def holds(self, values: Mapping[str, float]) -> bool:
        """Whether it is true; a value that is NaN makes no rule true."""
        return OPS[self.op](values[self.name], self.level)


@dataclass(frozen=True, slots=True)
class Alert:
    """A rule that has come true. session: of the reading"""

    rule: Rule
    value: float
    session: str

    @property
    def said(self) -> Said:
        """One sentence."""
        return Said(
            "{session}: {rule} ({name} is {value}).",
            {
                "session": self.session,
                "rule": self.rule.text,
                "name": self.rule.name,
                "value": Amount(self.value, "number"),
            },
        )


def rule(text: str, known: Iterable[str]) -> Rule:
    """A rule such as `index > 50`, `index percentile >= 95%` or `amihud HYG > 2`."""
    found = FORM.match(text)
    if found is None:
        raise BadNumber(f"{text!r} is no rule; write it like --alert 'index > 50'.")
    name, op, number, percent = found.groups()
    _known(name, set(known))
    try:
        level = float(number.replace("−", "-")) / (100.0 if percent else 1.0)
    except ValueError:
        raise BadNumber(f"{number!r} in the rule {text!r} is no number; write one.") from None
    if name.endswith(" percentile") and not 0.0 <= level <= 1.0:
        raise BadNumber(f"{text!r} asks for a percentile beyond 0 to 100 %; write it like 95%.")
    if percent and name.startswith(POINTS) and not name.endswith(" percentile"):
        raise BadNumber(f"{text!r} has points in per cent; write it like 'index > 50'.")
    return Rule(text.strip(), name, op, level)


def _known(name: str, names: set[str]) -> None:
    """UnknownName for what is no reading: the nearest one, or where they are listed."""
    if name in names:
        return
    small = {one.lower(): one for one in sorted(names)}
    if close := difflib.get_close_matches(name.lower(), small, n=1):
        close_one = small[close[0]]
        raise UnknownName(f"reading {name!r} in the rule is not known; did you mean {close_one!r}?")
    raise UnknownName(
        f"reading {name!r} in the rule is not known; `undertow gauge --json` lists them under"
        " readings, and there are index and points SEGMENT."
    )


def values(answer: GaugeAnswer) -> dict[str, float]:
    """What rules can speak of: levels, and with ` percentile` or ` change` behind them those."""
    found = {
        "index": answer.index,
        "index percentile": answer.percentile,
        "index change": answer.change,
    }
    found |= {f"points {one.name}": one.points for one in answer.segments}
    for one in answer.readings:
        found[one.name] = one.level
        found[f"{one.name} percentile"] = one.percentile
        found[f"{one.name} change"] = one.change
    return found


def alerts(
    rules: Iterable[Rule], answer: GaugeAnswer, before: frozenset[str]
) -> tuple[tuple[Alert, ...], frozenset[str]]:
    """Rules that are true and were not before, and all that are true now."""
    found, now = values(answer), set[str]()
    fresh = []
    for one in rules:
        if one.holds(found):
            now.add(one.text)
            if one.text not in before:
                fresh.append(Alert(one, found[one.name], answer.session.isoformat()))
    return tuple(fresh), frozenset(now)
