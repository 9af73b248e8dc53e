"""Where alerts go: the screen, a file, a web address."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias
from urllib.request import Request, urlopen

import typer

if TYPE_CHECKING:
    from undertow.report.words import Words
    from undertow.studies.alerts import Alert

TIMEOUT_S = 10.0

Send: TypeAlias = Callable[["Alert", str], None]


def sender(places: tuple[str, ...], words: Words) -> Callable[[tuple[Alert, ...]], None]:
    """Tells alerts at all places; one that fails is said on standard error, and nothing stops."""

    def tell(found: tuple[Alert, ...]) -> None:
        for alert in found:
            for place in places:
                _sent(alert, words.said(alert.said), place)

    return tell


def _sent(alert: Alert, text: str, place: str) -> None:
    try:
        _way(place)(alert, text)
    except (OSError, HTTPException, ValueError) as error:
        typer.echo(f"undertow: an alert did not reach {place} ({error}).", err=True)


def _way(place: str) -> Send:
    if place == "stdout":
        return lambda _, text: typer.echo(text)
    if place.lower().startswith(("http://", "https://")):
        return lambda alert, text: _post(place, alert, text)
    return lambda _, text: _append(Path(place), text)


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as lines:
        lines.write(f"{text}\n")


def _post(address: str, alert: Alert, text: str) -> None:
    """JSON with the key text, as chat services take it, and the parts beside it."""
    body = {
        "text": text,
        "rule": alert.rule.text,
        "value": alert.value,
        "session": alert.session,
    }
    request = Request(  # noqa: S310 - an address of the web, checked by the caller
        address, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urlopen(request, timeout=TIMEOUT_S):  # noqa: S310 - the same
        pass
