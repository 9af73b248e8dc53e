"""Collect every text that a reader can meet, and bring the catalogues of messages up to date.

`python docs/_messages.py` rewrites them: translations stay, new texts come with an empty one, texts
that are gone go. `--check` exits 1 where that would change a file, or where one is not translated.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from undertow.engine.ledger import origin_names
from undertow.episodes import load
from undertow.episodes.facts import STATUSES
from undertow.episodes.formulas import referred
from undertow.episodes.schema_market import Instrument
from undertow.report.words import LANGUAGES
from undertow.studies.claim import cases
from undertow.studies.directions import ALL_AGAINST, COMPONENT

SOURCE = Path(__file__).parents[1] / "src" / "undertow"
MESSAGES = SOURCE / "report" / "messages"
CALLS: Mapping[str, None] = {"words": None, "self": None, "Said": None, "_finding": None}
"""Functions whose first argument is a text: of the report, of an answer, of the audit."""

TEXTS = ("title", "note")
"""Keys of an episode file whose values a reader meets."""

HEADER = """\
# Undertow in another language. docs/_messages.py adds and removes texts; only msgstr is by hand.
msgid ""
msgstr ""
"Language: {lang}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"

"""


REASONS = (
    ("data/orderbooks/*.py", re.compile(r'skipped\["(\w+)"\]')),
    ("tape/replay.py", re.compile(r"^ +(\w+)=(?:self\.backwards|int\(counters)", re.MULTILINE)),
)
"""Where what is odd in a feed is counted by its reason."""


def messages() -> dict[str, set[str]]:
    """Every text, and the files that it is in."""
    found: dict[str, set[str]] = {}
    for text, place in (*_in_code(), *_in_episodes(), *_in_books(), *_kinds(), *_reasons()):
        found.setdefault(text, set()).add(place)
    return found


def _in_code() -> Iterator[tuple[str, str]]:
    for file in sorted(SOURCE.rglob("*.py")):
        with file.open("rb") as lines:
            for _, text, _, _ in extract("python", lines, keywords=CALLS):
                yield str(text), file.relative_to(SOURCE).as_posix()


def _in_episodes() -> Iterator[tuple[str, str]]:
    for file in sorted((SOURCE / "episodes").glob("*/episode.toml")):
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        place = file.relative_to(SOURCE).as_posix()
        ranges, reading = raw.get("ranges", {}), raw.get("reading", {})
        episode = load(file.parent.name)
        facts = [
            fact for check in reading.get("checks", ()) for fact in referred(check, episode.facts)
        ]
        named = (
            name.replace("_", " ") for name in (*raw["traders"], *raw["baskets"], *raw["venues"])
        )
        units = (
            *(fact.unit for fact in facts),
            *(one["unit"] for one in raw["instruments"].values()),
        )
        texts = [*_titles(raw), *ranges.get("together", ()), *named, *units]
        yield from ((text, place) for text in texts)


def _titles(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from (part[key] for key in TEXTS if isinstance(part.get(key), str))
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _titles(inner)


def _in_books() -> Iterator[tuple[str, str]]:
    """Cases of the claim, ways that prices go together, and how regimes close out."""
    for case in cases():
        yield from ((text, "studies/claim.csv") for text in (case.title, case.note) if text)
    for way in (ALL_AGAINST, COMPONENT):
        yield way, "studies/directions.py"


def _kinds() -> Iterator[tuple[str, str]]:
    """Words of the engine that are data, not sentences."""
    for name in origin_names(("A",)):
        yield name.rpartition(": ")[2], "engine/ledger.py"
    for role in get_args(Instrument.model_fields["role"].annotation):
        yield role, "episodes/schema_market.py"
    for status in STATUSES:
        yield status, "episodes/facts.py"


def _reasons() -> Iterator[tuple[str, str]]:
    """Why a message of a feed is passed over, as the warning says it."""
    for pattern, counted in REASONS:
        for file in sorted(SOURCE.glob(pattern)):
            for reason in counted.findall(file.read_text(encoding="utf-8")):
                yield reason.replace("_", " "), file.relative_to(SOURCE).as_posix()


def read(lang: str) -> Catalog:
    """The catalogue as it is."""
    file = MESSAGES / f"{lang}.po"
    return read_po(BytesIO(file.read_bytes() if file.exists() else b""), locale=lang)


def refreshed(lang: str, found: Mapping[str, Iterable[str]]) -> str:
    """The catalogue as it should be: these texts, with the translations that it has."""
    known, fresh = read(lang), Catalog(locale=lang)
    for text, places in found.items():
        old = known.get(text)
        fresh.add(
            text, old.string if old else "", locations=[(place, 1) for place in sorted(places)]
        )
    written = BytesIO()
    write_po(written, fresh, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
    return HEADER.format(lang=lang) + written.getvalue().decode()


def main() -> None:
    """Write all catalogues, or compare them."""
    found, wrong = messages(), False
    for lang in LANGUAGES:
        if lang == "en":
            continue
        file, text = MESSAGES / f"{lang}.po", refreshed(lang, found)
        if "--check" not in sys.argv:
            file.write_text(text, encoding="utf-8")
        stale = not file.exists() or file.read_text(encoding="utf-8") != text
        empty = [message.id for message in read(lang) if message.id and not message.string]
        print(f"{lang}: {len(found)} texts, {len(empty)} not translated{', stale' * stale}")
        wrong |= bool(stale or empty)
    sys.exit(wrong and "--check" in sys.argv)


if __name__ == "__main__":
    main()
