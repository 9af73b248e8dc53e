"""Write the pages that follow from the code: rules, regimes, commands, episode file, run folder.

`python docs/_reference.py` writes them, `--check` exits 1 where one is not what it would write.
"""

from __future__ import annotations

import dataclasses
import difflib
import inspect
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import get_args, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from undertow.cli import app
from undertow.cli.measure import app as measure_app
from undertow.core.answers import book, fetched, gauge, leaving, remedy, survival, within
from undertow.core.answers.simulation import InstrumentAnswer, SegmentAnswer, Simulation
from undertow.core.family import Family, terminal_name
from undertow.episodes.facts import HEADER, SOURCES, STATUSES, Fact
from undertow.episodes.schema import Plan
from undertow.episodes.schema_market import DEFAULTS
from undertow.jobs.rules import FAMILIES, FORMATS
from undertow.model.rulebook import Rates
from undertow.published.__main__ import app as published_app
from undertow.published.checks import CHECKS

DOCS = Path(__file__).parent
SOURCE = "../src/undertow"
WRITTEN = "<!-- Written by docs/_reference.py; do not edit. -->"
BOOK_RECORDS = (
    book.BookAnswer, book.Basis, book.AccountAnswer, book.PositionAnswer, book.Reach,
    book.DirectionAnswer, book.StateAnswer, book.Reconciled, book.TermsAnswer, leaving.Leaving,
    leaving.WayOut, leaving.LeavingLine, leaving.Rescue, survival.Survival, survival.Chance,
    remedy.Remedy, remedy.Way, remedy.Trade, remedy.Likely, within.Within, within.InsideAccount,
    within.Losses, within.ForcedSale, within.Moved, book.ClaimAnswer, book.ClaimRow,
)  # fmt: skip
GAUGE_RECORDS = (
    gauge.GaugeAnswer, gauge.SegmentReading, gauge.Reading, gauge.PeakReading, gauge.LevelClaim,
    gauge.BookStress, gauge.BookWindow, fetched.FetchAnswer, fetched.Fetched, fetched.Doubt,
)  # fmt: skip
Schema = Mapping[str, object]


def rules() -> str:
    """Every member of every family: what it is, its formula, parameters, limits and source."""
    return _page(
        "Rules",
        "What a scenario can choose, a book name (rulebook), a measure use (indicator), and a fetch"
        " ask (source);"
        " `undertow rules` lists them.",
        _members(FAMILIES),
    )


def formats() -> str:
    """Every format of the files that are measured."""
    return _page(
        "Formats",
        "How the files may be written that [measure](measure.md) and [order books](orderbook.md)"
        " read: what `undertow measure --format` takes. A file in the folder of the contract is one"
        " format more.",
        _members(FORMATS),
    )


def _members(families: Iterable[Family[object]]) -> Iterator[str]:
    for family in families:
        yield f"## {family.name}"
        yield _first(family.base) + f" Contract: [base.py]({_folder(family)}/base.py)."
        for name, part in family.discover().items():
            yield f"### `{terminal_name(name) if family in FORMATS else name}`"
            yield f"[{part.__name__}]({_home(family, name, part)})"
            yield f"```text\n{inspect.getdoc(part)}\n```"
            yield from _parameters(part)


def _folder(family: Family[object]) -> str:
    return f"{SOURCE}/{family.package.removeprefix('undertow.').replace('.', '/')}"


def _home(family: Family[object], name: str, part: type[object]) -> str:
    mine = part.__module__.startswith(family.package)
    return f"{_folder(family)}/{name}.py" if mine else part.__module__


def _parameters(part: type[object]) -> Iterator[str]:
    fields = dataclasses.fields(part)  # type: ignore[arg-type]
    if fields:
        rows = [(f"`{f.name}`", f"`{f.type}`", _default(f)) for f in fields]
        yield _table(("parameter", "type", "default"), rows)


def _default(field: dataclasses.Field[object]) -> str:
    if field.default is not dataclasses.MISSING:
        return f"`{field.default}`"
    if field.default_factory is not dataclasses.MISSING:
        made = field.default_factory()
        said = f"rates/{made.regime}.csv" if isinstance(made, Rates) else made
        return f"`{said}`"
    return "required"


def commands() -> str:
    """Every command and option of the terminal."""
    said = "The same words as `undertow COMMAND --help`."
    return _page("Commands", said, _commands())


def _commands() -> Iterator[str]:
    top = app.registered_callback
    yield from _command("undertow", top.callback if top else None)
    for command in app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        yield from _command(f"undertow {name}", command.callback)
    yield f"## `undertow measure`\n\n{measure_app.info.help}"
    for command in measure_app.registered_commands:
        name = command.name or getattr(command.callback, "__name__", "")
        yield from _command(f"undertow measure {name}", command.callback)
    for command in published_app.registered_commands:
        yield from _command("python -m undertow.published", command.callback)


def _command(name: str, callback: Callable[..., object] | None) -> Iterator[str]:
    yield f"## `{name}`"
    yield inspect.getdoc(callback) or ""
    hints = get_type_hints(callback, include_extras=True)
    signature = inspect.signature(callback).parameters.values() if callback else ()
    # What has no annotation of its own is the command's context, no option.
    known = (p for p in signature if get_args(hints[p.name]))
    rows = [_option(p.name, hints[p.name], p.default) for p in known]
    if rows:
        yield _table(("argument or option", "meaning", "default"), rows)


def _option(name: str, hint: object, default: object) -> tuple[str, str, str]:
    kind, info = get_args(hint)[:2]
    names = [name.upper()] if isinstance(info, ArgumentInfo) else _flags(name, kind, info)
    is_choice = isinstance(kind, type) and issubclass(kind, Enum)
    values = f" One of {', '.join(f'`{c.value}`' for c in kind)}." if is_choice else ""
    shown = "" if default in (None, False, "", inspect.Parameter.empty) else f"`{_plain(default)}`"
    return ", ".join(f"`{n}`" for n in names), f"{info.help or ''}{values}", shown


def _flags(name: str, kind: object, info: OptionInfo) -> list[str]:
    # typer takes the first flag for the default where the default stands in the signature.
    written = [str(w) for w in (info.default, *(info.param_decls or ())) if str(w).startswith("--")]
    word = name.replace("_", "-")
    return written or [f"--{word}", f"--no-{word}"][: 1 + (kind is bool)]


def _plain(value: object) -> str:
    return str(getattr(value, "value", value))


def episode_file() -> str:
    """Every table and key of `episode.toml`, from the models that read it."""
    said = (
        "An episode is a folder with `episode.toml` and `facts.csv`. A number may be written as"
        ' `"@id"` (a fact), `"@id@2026-02-02T22:00Z"` (one dated row of it) or'
        ' `"= @id * 2 / 3"` (a formula with + − * / and brackets). Unknown keys are refused.'
    )
    return _page("The episode file", said, _tables(Plan.model_json_schema(by_alias=True)))


def _tables(schema: Schema) -> Iterator[str]:
    yield "## facts.csv"
    yield f"Columns, in this order: {', '.join(f'`{name}`' for name in HEADER)}."
    yield f"A status is one of {', '.join(f'`{name}`' for name in STATUSES)}."
    yield (
        f"A source that begins with `#` is a key of `{SOURCES}` beside it, a table with the columns"
        " `key` and `source`; it need not be there."
    )
    yield f"```text\n{inspect.getdoc(Fact)}\n```"
    parts: dict[str, Schema] = {"Plan": schema, **schema["$defs"]}  # type: ignore[dict-item]
    for name, part in parts.items():
        yield f"## {name}"
        yield f"```text\n{part.get('description', '')}\n```"
        needed = part.get("required", [])
        keys: Mapping[str, Schema] = part["properties"]  # type: ignore[assignment]
        rows = [
            (f"`{key}`", _kind(each), "required" if key in needed else _otherwise(each))
            for key, each in keys.items()
        ]
        yield _table(("key", "what", "default"), rows)
        if name == "Instrument":
            yield "A key that is not written is looked up in the facts:"
            yield _table(("key", "fact"), [(f"`{k}`", f"`{text}`") for k, text in DEFAULTS.items()])


def _kind(part: Schema) -> str:
    for word in ("anyOf", "oneOf"):
        if word in part:
            given = [_kind(each) for each in part[word] if each.get("type") != "null"]  # type: ignore[attr-defined]
            return " or ".join(given)
    if "$ref" in part:
        name = str(part["$ref"]).rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "enum" in part or "const" in part:
        values = part.get("enum", [part.get("const")])
        return " or ".join(f"`{value}`" for value in values)  # type: ignore[attr-defined]
    if part.get("type") == "array":
        return f"list of {_kind(part.get('items', {}))}"  # type: ignore[arg-type]
    if part.get("type") == "object":
        return f"table by name of {_kind(part.get('additionalProperties', {}))}"  # type: ignore[arg-type]
    return _simple(part)


def _simple(part: Schema) -> str:
    named = {"date-time": "time", "time": "time of day", "string": "text"}
    kind = str(part.get("format", part.get("type", "anything")))
    bounds = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
    if "exclusiveMinimum" in part:
        del bounds["minimum"]
    said = [f"{sign} {part[key]:g}" for key, sign in bounds.items() if key in part]
    return " ".join([named.get(kind, kind), ", ".join(said)]).strip()


def _otherwise(part: Schema) -> str:
    default = part.get("default")
    return "" if default in (None, {}, []) or isinstance(default, dict) else f"`{default}`"


def answer() -> str:
    """Every field of the JSON answer of `undertow run`."""
    said = (
        "`undertow run --json` prints this, and the run folder keeps it as `summary.json`. The"
        " contagion matrix is `origins[]`, `sold[]` and `usd[origin][sold]`; an entry of the audit"
        " is `law`, `holds`, `worst` (relative); `--timing` adds `timing` with `build_s`,"
        " `compile_s`, `run_s` and `account_rounds`. NaN is null."
    )
    return _page("The answer of a run", said, _records())


def _records() -> Iterator[str]:
    yield from _fields(Simulation, InstrumentAnswer, SegmentAnswer)


def book_answer() -> str:
    """Every field of the JSON answer of `undertow book`."""
    said = (
        "`undertow book FILE… --json` prints a BookAnswer, `undertow book --leverage --move --json`"
        " a ClaimAnswer; sentences are in English, NaN and infinity are null. Moves are shares,"
        " unsigned; money is in the account's currency."
    )
    return _page("The answer about a book", said, _fields(*BOOK_RECORDS))


def gauge_answer() -> str:
    """Every field of the JSON answers of `undertow gauge` and `undertow fetch`."""
    said = (
        "`undertow gauge --json` prints a GaugeAnswer, `undertow fetch --json` a FetchAnswer;"
        " sentences are in English and `said` is in `outcome`, NaN is null."
    )
    return _page("The answers of a gauge and of a fetch", said, _fields(*GAUGE_RECORDS))


def _fields(*records: type[object]) -> Iterator[str]:
    for record in records:
        yield f"## {record.__name__}"
        yield f"```text\n{inspect.getdoc(record)}\n```"
        rows = [(f"`{f.name}`", f"`{f.type}`") for f in dataclasses.fields(record)]  # type: ignore[arg-type]
        yield _table(("field", "type"), rows)


def _page(title: str, said: str, parts: Iterator[str]) -> str:
    return "\n\n".join([WRITTEN, f"# {title}", said, *parts]) + "\n"


def _first(part: type[object]) -> str:
    return (inspect.getdoc(part) or "").split("\n\n")[0].split(";")[0].rstrip(".") + "."


def published() -> str:
    """Every published result that is reproduced."""
    said = (
        "What others printed, and what the engine's own parts give for it:"
        " `python -m undertow.published` prints both; `python -m undertow.published NAME` one."
        " A check whose data file is absent is skipped with a reason."
    )
    rows = [(f"`{c.name}`", c.title, c.source) for c in CHECKS]
    return _page("Published results", said, iter([_table(("check", "what", "source"), rows)]))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in r)} |" for r in lines)


def regimes() -> str:
    """Every margin regime of a book, with the sources of its rates."""
    import _regimes  # beside this file: on the path only when it is run

    return _page("Margin regimes", _regimes.SAID, _regimes.sections())


PAGES: Mapping[str, Callable[[], str]] = {
    "rules.md": rules,
    "formats.md": formats,
    "regimes.md": regimes,
    "commands.md": commands,
    "episode-file.md": episode_file,
    "answer.md": answer,
    "book-answer.md": book_answer,
    "gauge-answer.md": gauge_answer,
    "published.md": published,
}


def main(check: bool) -> int:
    """Write all pages, or say how the ones on disk differ."""
    stale = 0
    for name, page in PAGES.items():
        file, text = DOCS / name, page()
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        if check and old != text:
            stale += 1
            lines = difflib.unified_diff(old.splitlines(), text.splitlines(), name, "code", n=0)
            print("\n".join(list(lines)[:20]))
        elif not check:
            file.write_text(text, encoding="utf-8")
    if stale:
        print(f"{stale} pages are not what the code says; run: python docs/_reference.py")
    return int(stale > 0)


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv))
