"""Catalogues of messages in gettext's text form, one `.po` file per language."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

ENTRY = re.compile(r'^msgid ((?:".*"\n)+)msgstr ((?:".*"(?:\n|$))+)', re.M)


def catalogue(language: str) -> Mapping[str, str]:
    """English text to text in the language, from a catalogue that docs/_messages.py wrote.

    Context and plurals of gettext are not read. Source of the form: GNU gettext manual, 3.
    """
    text = Path(__file__).with_name(f"{language}.po").read_text(encoding="utf-8")
    return {_joined(said): _joined(meant) for said, meant in ENTRY.findall(text)}


def _joined(lines: str) -> str:
    """One text from its quoted lines; their escapes are those of JSON."""
    return "".join(json.loads(line) for line in lines.splitlines())
