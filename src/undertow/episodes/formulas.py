"""Numbers in an episode file that come from facts: "@id", "@id@date" and "= formula"."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache
from itertools import count

from undertow.core.clock import utc
from undertow.core.errors import BadDate, BadFile, BadNumber
from undertow.episodes.facts import Fact, Facts

NAME = re.compile(r"@(?P<id>\w+\.\w+)(?:@(?P<date>\d{4}-\d\d-\d\d(?:T[\d:]+Z?)?))?")
ARITHMETIC = re.compile(r"[\d.eE+\-*/() ]*")
TEXTS = frozenset({"title", "source"})
OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def resolved(raw: object, facts: Facts, where: str = "") -> object:
    """The same tables and lists with every reference and formula replaced by its number."""
    if isinstance(raw, dict):
        return {key: _entry(str(key), each, facts, where) for key, each in raw.items()}
    if isinstance(raw, list):
        return [resolved(each, facts, f"{where}.{n}") for n, each in enumerate(raw)]
    return number(raw, facts, where) if _refers(raw) else raw


def _entry(key: str, raw: object, facts: Facts, where: str) -> object:
    return raw if key in TEXTS else resolved(raw, facts, f"{where}.{key}" if where else key)


def _refers(raw: object) -> bool:
    return isinstance(raw, str) and raw.startswith(("@", "="))


def referred(raw: object, facts: Facts) -> Iterator[Fact]:
    """Every fact that a table refers to, in order, with repetitions."""
    if isinstance(raw, dict):
        for key, each in raw.items():
            yield from () if key in TEXTS else referred(each, facts)
    elif isinstance(raw, list):
        for each in raw:
            yield from referred(each, facts)
    elif isinstance(raw, str) and _refers(raw):
        yield from (_row(match["id"], match["date"], facts, "") for match in NAME.finditer(raw))


def number(raw: object, facts: Facts, where: str) -> float:
    """The number behind "@id", "@id@date" or "= formula"; `where` names the place for messages.

    A formula has numbers, facts, + − * / and brackets: "= 1 - @impact.permanent_share".
    """
    text = str(raw).removeprefix("=").strip()
    names, formula = _read(text)
    values = [_row(name, date, facts, where).value for name, date in names]
    if formula is None:
        raise BadFile(
            f"{where} has the formula {text!r}, which cannot be read; use numbers, @facts,"
            " + - * / and brackets."
        )
    try:
        found = _evaluated(formula, values)
    except ArithmeticError:
        found = math.nan
    if not math.isfinite(found):
        raise BadNumber(
            f"{where} has the formula {text!r}, which has no finite value; mend its facts."
        )
    return found


@cache
def _read(text: str) -> tuple[tuple[tuple[str, str | None], ...], ast.expr | None]:
    """The facts that a formula names, and what it does with them; None if it is no formula."""
    names = tuple((match["id"], match["date"]) for match in NAME.finditer(text))
    places = (f" f{number} " for number in count())
    plain = NAME.sub(lambda match: next(places), text).strip()
    try:
        if not ARITHMETIC.fullmatch(NAME.sub(" ", text)):
            return names, None
        formula = ast.parse(plain, mode="eval").body
        _evaluated(formula, [1.0] * len(names))
    except (SyntaxError, ValueError, RecursionError):
        return names, None
    except ArithmeticError:
        pass
    return names, formula


def _evaluated(node: ast.expr, values: list[float]) -> float:
    match node:
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](_evaluated(left, values), _evaluated(right, values))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_evaluated(operand, values)
        case ast.Constant(value=float() | int() as value) if not isinstance(value, bool):
            return float(value)
        case ast.Name(id=name) if name.startswith("f"):
            return values[int(name[1:])]
        case _:
            raise ValueError(ast.dump(node))


def named(reference: str, facts: Facts, where: str) -> Fact:
    """The row behind "@id" or "@id@date"."""
    match = NAME.fullmatch(reference)
    if match is None:
        raise BadFile(f"{where}: {reference!r} names no fact; write @ID or @ID@2026-02-02T22:00Z.")
    return _row(match["id"], match["date"], facts, where)


def _row(name: str, date: str | None, facts: Facts, where: str) -> Fact:
    return facts.fact(name, where) if date is None else dated(name, date, facts, where)


def dated(name: str, date: str, facts: Facts, where: str) -> Fact:
    """The row of an id that carries exactly this time."""
    rows = facts.all(name, where)
    try:
        moment = utc(datetime.fromisoformat(date))
    except ValueError as error:
        raise BadDate(
            f"{where}: {date!r} in @{name}@{date} is no time; write it like 2026-02-02T22:00Z."
        ) from error
    found = [fact for fact in rows if fact.moment == moment]
    if not found:
        times = ", ".join(f"{f.moment:%Y-%m-%dT%H:%MZ}" for f in rows if f.moment)
        raise BadDate(f"{where}: {facts.file} has {name!r} at {times}, not at {date}; pick one.")
    return found[0]
