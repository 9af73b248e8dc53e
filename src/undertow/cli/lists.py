"""`undertow rules` and `undertow episodes`: what there is to choose from."""

from __future__ import annotations

import typer

from undertow.cli.shared import JsonOption, console, print_json


def rules(
    as_json: JsonOption = False,
) -> None:
    """List every rule a scenario can choose, by family."""
    from undertow.jobs.rules import rules_answer

    answer = rules_answer()
    if as_json:
        print_json(answer)
        return
    from undertow.report.rules import rules_page

    console().print(rules_page(answer))


def episodes(
    as_json: JsonOption = False,
) -> None:
    """List the episodes that come with Undertow."""
    from undertow.jobs.episodes import episodes_answer

    answer = episodes_answer()
    if as_json:
        print_json(answer)
        return
    listed = answer["episodes"]
    for name, title in sorted(listed.items()) if isinstance(listed, dict) else ():
        typer.echo(f"{name:12} {title}")
