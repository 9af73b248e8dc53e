"""An episode: a plan, the facts it rests on, and what happened in the end."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from undertow.core.clock import Clock
from undertow.core.errors import BadDate, BadFile, MissingSource
from undertow.core.shapes import PerInstrument
from undertow.episodes.checks import check
from undertow.episodes.facts import UNDATED, Fact, Facts, files_of, read_facts
from undertow.episodes.formulas import named, referred, resolved
from undertow.episodes.made import said_with_place
from undertow.episodes.problems import first_problem
from undertow.episodes.schema import Plan
from undertow.episodes.schema_market import DEFAULTS
from undertow.episodes.tables import Moment

STALE = timedelta(days=4)
BAR = re.compile(r"(\d+)\s*(min|h|d)")
UNITS = {"min": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Episode:
    """A dated, sourced record of a squeeze.

    file: name for messages;  raw: the file as written;  plan: the same with its numbers
    facts: seen from the plan's start;  texts: the files it was read from, and what was changed
    """

    file: str
    raw: Mapping[str, object]
    plan: Plan
    facts: Facts
    texts: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Short name of the episode."""
        return self.plan.name

    @property
    def symbols(self) -> tuple[str, ...]:
        """Instruments, in the order of every array."""
        return tuple(self.plan.instruments)

    @property
    def used(self) -> tuple[Fact, ...]:
        """The facts that enter a scenario, each once: no path of a target, no figure to read by."""
        listed = self.plan.instruments.values()
        paths = [path for i in listed for path in (i.path, i.settlement) if path]
        paths += [currency.path for currency in self.plan.currencies.values()]
        opened = [self.facts.opening(path) for path in paths]
        entering = {key: table for key, table in self.raw.items() if key != "reading"}
        named = referred(_with_defaults(entering), self.facts)
        return tuple({id(fact): fact for fact in (*opened, *named)}.values())

    @property
    def assumed(self) -> tuple[Fact, ...]:
        """The used facts that are assumptions."""
        return tuple(fact for fact in self.used if fact.status == "assumed")

    def files(self) -> dict[str, bytes]:
        """The files behind the episode by name, and `changes.json` if it was changed."""
        return dict(self.texts)

    def actual(self, moment: datetime | None = None) -> PerInstrument:
        """Prices that were really seen last, at `moment` or at the end; never in a scenario.

        NaN where the last one is older than a weekend and a holiday: it is not known.
        """
        until = self.plan.end if moment is None else moment
        late = self.facts.as_of(until)
        last = [late.opening(i.path) for i in self.plan.instruments.values()]
        fresh = [until - (fact.moment or UNDATED) <= STALE for fact in last]
        return np.where(fresh, [fact.value for fact in last], np.nan)

    def clock(self, bar: str | None = None) -> Clock:
        """Bars from start to end; BadDate if the window is not a whole number of bars."""
        step = _step(self.plan.bar if bar is None else bar, self.file)
        window = self.plan.end - self.plan.start
        if window % step:
            raise BadDate(
                f"{self.file}: the window of {window} is not a whole number of bars of {step};"
                " choose another bar or move the end."
            )
        return Clock(self.plan.start, step, window // step)

    def changed(self, settings: Mapping[str, object]) -> Episode:
        """The same episode with other entries: `{"segments.funds.free_cash_usd": 0.0}`."""
        raw = copy.deepcopy(dict(self.raw))
        for path, value in settings.items():
            _put(raw, path, value)
        return self._noted(parse(raw, self.facts, self.file), dict(settings))

    def with_fact(self, name: str, value: float) -> Episode:
        """The same episode had this fact another value."""
        return self.with_facts({name: value})

    def with_facts(self, values: Mapping[str, float]) -> Episode:
        """The same episode had these facts other values; names are ID or ID@MOMENT."""
        pairs = [(named(f"@{name}", self.facts, self.file), v) for name, v in values.items()]
        other = parse(self.raw, self.facts.with_values(pairs), self.file)
        return self._noted(other, {f"@{name}": value for name, value in values.items()})

    def _noted(self, other: Episode, change: dict[str, object]) -> Episode:
        earlier = json.loads(self.texts.get("changes.json", b"[]"))
        changes = json.dumps([*earlier, change], default=str).encode()
        return replace(other, texts={**self.texts, "changes.json": changes})


def read_episode(file: Path) -> Episode:
    """Read an episode file and the facts.csv beside it."""
    beside = file.parent / "facts.csv"
    facts = read_facts(beside)
    try:
        written = file.read_bytes()
        raw = tomllib.loads(written.decode())
    except tomllib.TOMLDecodeError as error:
        raise BadFile(f"{file.name} is not TOML: {error}; mend that line.") from error
    except (OSError, UnicodeError) as error:
        raise BadFile(f"{file} cannot be read: {error}; put a UTF-8 TOML file there.") from error
    texts = {file.name: written, **{f.name: f.read_bytes() for f in files_of(beside)}}
    return replace(parse(raw, facts, file.name), texts=texts)


def parse(raw: Mapping[str, object], facts: Facts, file: str) -> Episode:
    """Put numbers in the place of references and validate the result."""
    full = _with_defaults(raw)
    try:
        seen = facts.as_of(_Start.model_validate(full).start)
        with said_with_place(file):
            numbers = resolved(full, seen)
        plan = Plan.model_validate(numbers)
    except ValidationError as error:
        raise first_problem(error, Plan, full, file) from error
    check(plan, file)
    _check_sources(raw, facts, file)
    return Episode(file, raw, plan, seen)


def _check_sources(raw: Mapping[str, object], facts: Facts, file: str) -> None:
    """What was reported must be a fact: a person asks who said so."""
    reading = raw.get("reading", {})
    for one in reading.get("checks", ()) if isinstance(reading, dict) else ():
        if next(referred(one["reported"], facts), None) is None:
            raise MissingSource(
                f"{file} [reading.checks] {one['title']!r} has reported ="
                f" {one['reported']!r}, which names no source; put it into the facts and name"
                ' it here as "@ID".'
            )


class _Start(BaseModel):
    """The one entry that must be known before facts can be looked up."""

    model_config = ConfigDict(extra="ignore")

    start: Moment


def _with_defaults(raw: Mapping[str, object]) -> dict[str, object]:
    full = dict(raw)
    instruments = full.get("instruments")
    if isinstance(instruments, dict):
        full["instruments"] = {
            symbol: {**_defaults(symbol), **table} if isinstance(table, dict) else table
            for symbol, table in instruments.items()
        }
    return full


def _defaults(symbol: str) -> dict[str, str]:
    return {key: text.format(symbol=symbol) for key, text in DEFAULTS.items()}


def _step(text: str, file: str) -> timedelta:
    match = BAR.fullmatch(text.strip())
    if match is None or int(match[1]) == 0:
        raise BadFile(f"{file}: {text!r} is no length of a bar; write it like '15min' or '1h'.")
    try:
        return int(match[1]) * UNITS[match[2]]
    except OverflowError:
        raise BadFile(f"{file}: a bar of {text!r} is too long; write it like '15min'.") from None


def _put(raw: dict[str, object], path: str, value: object) -> None:
    *way, last = path.split(".")
    table: object = raw
    for step in way:
        if isinstance(table, list) and step.isdigit() and int(step) < len(table):
            table = table[int(step)]
        elif isinstance(table, dict):
            table = table.setdefault(step, {})
        else:
            break
    if isinstance(table, list) and last.isdigit() and int(last) < len(table):
        table[int(last)] = value
    elif isinstance(table, dict):
        table[last] = value
    else:
        raise BadFile(f"{path!r} leads nowhere; write TABLE.NAME.KEY, as in the episode file.")
