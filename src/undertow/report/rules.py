"""The list of rules for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group
from rich.table import Table

from undertow.report.words import ENGLISH, Words


def rules_page(answer: Mapping[str, object], words: Words = ENGLISH) -> Group:
    """One table per family: member, what it is (in English), its parameters (with defaults)."""
    families = answer["families"]
    if not isinstance(families, Mapping):
        return Group()
    return Group(*(_table(name, members, words) for name, members in families.items()))


def _table(family: str, members: Mapping[str, Mapping[str, object]], words: Words) -> Table:
    table = Table(title=family, title_justify="left", box=None, pad_edge=False, title_style="bold")
    table.add_column(words("rule"), no_wrap=True)
    for head in (words("what it is"), words("parameters")):
        table.add_column(head, ratio=1, overflow="fold")
    for name, member in members.items():
        table.add_row(name, str(member["what"]), _parameters(member["parameters"]))
    return table


def _parameters(parameters: object) -> str:
    if not isinstance(parameters, Mapping):
        return ""
    return ", ".join(
        name if default is None else f"{name}={default}" for name, default in parameters.items()
    )
