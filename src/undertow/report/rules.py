"""The list of rules for the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group
from rich.table import Table


def rules_page(answer: Mapping[str, object]) -> Group:
    """One table per family: member, what it is, its parameters (with defaults)."""
    families = answer["families"]
    if not isinstance(families, Mapping):
        return Group()
    return Group(*(_table(name, members) for name, members in families.items()))


def _table(family: str, members: Mapping[str, Mapping[str, object]]) -> Table:
    table = Table(title=family, title_justify="left", box=None, pad_edge=False, title_style="bold")
    for head in ("rule", "what it is", "parameters"):
        table.add_column(head, ratio=None if head == "rule" else 1, no_wrap=head == "rule")
    for name, member in members.items():
        table.add_row(name, str(member["what"]), _parameters(member["parameters"]))
    return table


def _parameters(parameters: object) -> str:
    if not isinstance(parameters, Mapping):
        return ""
    return ", ".join(
        name if default is None else f"{name}={default}" for name, default in parameters.items()
    )
