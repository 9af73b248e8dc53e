"""What figures and pages ask of a language."""

from __future__ import annotations

from typing import Protocol

from undertow.core.answers.said import Kind, Said


class Words(Protocol):
    """A reader's language: texts are looked up whole, places filled afterwards."""

    language: str

    def __call__(self, text: str, /, **values: str) -> str:
        """The text in this language, its `{places}` filled."""
        ...

    def amount(self, value: float, kind: Kind) -> str:
        """A number as this language writes it."""
        ...

    def said(self, said: Said) -> str:
        """A sentence made below the report."""
        ...
