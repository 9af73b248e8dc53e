"""How a language writes: numbers, days, and what stands between words and sentences."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import datetime

from undertow.core.answers.said import Kind


class Idiom(ABC):
    """The habits of one language, apart from its words."""

    @abstractmethod
    def amount(self, value: float, kind: Kind) -> str:
        """A number in running text, as `core.answers.said.Amount` says."""

    @abstractmethod
    def money(self, value: float) -> str:
        """Money in a cell or on an axis, short and without its currency; 0 is a dash."""

    @abstractmethod
    def day(self, moment: datetime) -> str:
        """A day without its year."""

    @abstractmethod
    def day_format(self) -> str:
        """The same for an axis, as a format of strftime and d3."""

    @abstractmethod
    def filled(self, pieces: Iterable[str]) -> str:
        """One text made of a template's pieces and of the values between them."""

    @abstractmethod
    def sentences(self, said: Iterable[str]) -> str:
        """Several sentences as one text."""

    @abstractmethod
    def listed(self, names: Iterable[str]) -> str:
        """Several names as one text."""
