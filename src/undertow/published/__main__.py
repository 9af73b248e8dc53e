"""`python -m undertow.published`: run the checks and print got beside published."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from undertow.core.errors import BadFile, UndertowError, unknown

if TYPE_CHECKING:
    from undertow.published.check import Answer, Check

MARGIN = "margin"
BESIDE_THE_PROJECT = Path("../shared/data")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def published(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Checks to run, all if none; or `margin FILE`: worked examples."),
    ] = None,
    data: Annotated[
        Path, typer.Option(envvar="UNDERTOW_DATA", help="Folder of the data files.")
    ] = BESIDE_THE_PROJECT,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Reproduce published results with the engine's own parts; exit 1 if one is missed."""
    from undertow.published.check import answer

    if names and names[0] == MARGIN:
        _margin(names[1:], as_json=as_json)
        return
    checks = _chosen(names or [])
    if as_json:
        from undertow.published.pages import summary

        answers = [answer(check, data) for check in checks]
        typer.echo(json.dumps(summary(answers), indent=1, ensure_ascii=False))
    else:
        answers = _shown(checks, data)
    if not all(found.holds for found in answers):
        raise typer.Exit(1)


def _margin(files: list[str], *, as_json: bool) -> None:
    """Run a file of worked examples of margin rules; exit 1 if one does not match."""
    from undertow.published.margin import margin_answer, page

    if len(files) != 1:
        raise BadFile(f"margin has {len(files)} files; give one CSV file of worked examples.")
    found = margin_answer(Path(files[0]))
    shown = json.dumps(found, indent=1, ensure_ascii=False) if as_json else page(found)
    typer.echo(shown)
    if found["failed"]:
        raise typer.Exit(1)


def _chosen(names: list[str]) -> list[Check]:
    from undertow.published.checks import CHECKS

    known = {check.name: check for check in CHECKS}
    for name in names:
        if name not in known:
            raise unknown("check", name, known)
    return [known[name] for name in names] or list(CHECKS)


def _shown(checks: list[Check], data: Path) -> list[Answer]:
    """List the checks, then print each as soon as it is done."""
    from rich.console import Console

    from undertow.published.check import answer
    from undertow.published.pages import listing, outcome, page

    console = Console(highlight=False)
    console.print(listing(checks))
    answers = []
    for check in checks:
        answers.append(answer(check, data))
        console.print()
        console.print(page(answers[-1]))
    console.print(f"\n{outcome(answers)}", style="bold")
    return answers


def main() -> None:
    """Run the door; wrong input is one sentence on standard error and exit code 1."""
    try:
        app(prog_name="python -m undertow.published")
    except UndertowError as error:
        typer.echo(f"undertow: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
