"""Texts in the reader's language: the code says them in English, a catalogue has the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from string import Formatter
from typing import TypeAlias

from undertow.core.answers.said import Amount, Kind, Said, chosen
from undertow.core.errors import unknown
from undertow.report.english import English
from undertow.report.idiom import Idiom

LANGUAGES = ("en", "zh")
FORMS = re.compile(r"\{\w+:[^|{}]*\|([^|{}]*)\}")

Value: TypeAlias = Amount | Said | str | float


@dataclass(frozen=True, slots=True)
class Words:
    """What the code says in English, said in one language.

    `words("{calls} margin calls", calls=Amount(5, "count"))` translates the template, then fills
    its places; `{calls:call|calls}` is a form for one and one for more, which a language without
    plurals leaves out. Only texts written out inside `words(…)` or `Said(…)` are found by
    `docs/_messages.py`; a text that no catalogue has, such as the title of a user's own episode,
    stays as it is. A name that `titles` has is said by its title.
    """

    language: str
    idiom: Idiom
    catalogue: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, text: str, /, **values: Value) -> str:
        """The text with its places filled; amounts and sentences are written in the language."""
        template = self.catalogue.get(text, text) if text else ""
        return self.idiom.filled(self._pieces(template, values)) if values else template

    def said(self, sentence: Said) -> str:
        """A sentence of an answer; names in its places are translated if the catalogue has them."""
        return self(sentence.text, **sentence.values)

    def outcome(self, said: Iterable[Said]) -> str:
        """Several sentences of an answer as one text."""
        return self.join(map(self.said, said))

    def naming(self, titles: Mapping[str, str]) -> Words:
        """The same words, with English titles of instruments, segments and traders."""
        return replace(self, titles=titles)

    def name(self, name: str) -> str:
        """The title of an instrument, segment or trader; its name as words where it has none."""
        return self(self.titles.get(name) or name.replace("_", " "))

    def amount(self, value: float, kind: Kind) -> str:
        """A number in running text."""
        return self.idiom.amount(value, kind)

    def money(self, value: float) -> str:
        """Money in a cell or on an axis, short, without its currency."""
        return self.idiom.money(value)

    def day(self, moment: datetime) -> str:
        """A day without its year."""
        return self.idiom.day(moment)

    def day_format(self) -> str:
        """Days on an axis, for strftime and Plotly."""
        return self.idiom.day_format()

    def join(self, sentences: Iterable[str]) -> str:
        """Sentences as one text: with a space in English, with nothing in Chinese."""
        return self.idiom.sentences(sentences)

    def listed(self, names: Iterable[str]) -> str:
        """Names as a list: each is translated if the catalogue has it."""
        return self.idiom.listed(map(self, names))

    def origin(self, name: str) -> str:
        """An origin of forced sales, such as `SI: margin hike`."""
        symbol, _, kind = name.rpartition(": ")
        return self("{symbol}: {kind}", symbol=symbol, kind=kind) if symbol else self(kind)

    def _pieces(self, template: str, values: dict[str, Value]) -> Iterable[str]:
        for literal, place, form, _ in Formatter().parse(template):
            yield literal
            if place is not None and "|" in (form or ""):
                yield chosen(form or "", self._written(values[place], ""))
            elif place is not None:
                yield self._written(values[place], form or "")

    def _written(self, value: Value, form: str) -> str:
        if isinstance(value, Amount):
            return self.amount(value.value, value.kind)
        if isinstance(value, Said):
            return self.said(value)
        if isinstance(value, str):
            return self._called(value)
        return format(value, form)

    def _called(self, value: str) -> str:
        """A name, or names between semicolons, as titles in the language; other texts stay."""
        names = value.split("; ")
        if not all(name in self.titles or name in self.catalogue for name in names):
            return value
        return self("; ").join(self(self.titles.get(name, name)) for name in names)


@cache
def speaker(language: str) -> Words:
    """The words of a language; English needs no catalogue, and so loads none."""
    if language == "en":
        return Words(language, English(), {})
    if language not in LANGUAGES:
        raise unknown("language", language, LANGUAGES)
    from undertow.report.chinese import Chinese
    from undertow.report.messages import catalogue

    said = catalogue(language)
    # Runs of before 2026-11-24 keep their sentences without forms for one.
    return Words(language, Chinese(), {**{plural(text): one for text, one in said.items()}, **said})


def plural(text: str) -> str:
    """A text with the form for more wherever it chooses: `{n} {n:row|rows}` is `{n} rows`."""
    return FORMS.sub(r"\1", text)


ENGLISH = speaker("en")
