"""The first screen of the page: the sentence, its headlines with ranges, what is earned."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from undertow.core.answers.said import Amount, Kind
from undertow.core.answers.stored import Record, items, number, record, records, text
from undertow.report.page_html import Markup, element, joined
from undertow.report.stored import instruments, said
from undertow.report.words import Words


def opening(summary: Record, words: Words) -> Markup:
    """The answer in one sentence, and what a reader must know before any number."""
    first, *rest = sentences(summary, words) or [""]
    return element(
        "header",
        element("p", _heading(summary, words), class_="over"),
        element("h1", first),
        (element("p", one, class_="lead") for one in rest),
        _changes(summary, words),
        element("dl", _headlines(summary, words), class_="headlines"),
        (element("p", one, class_="warning") for one in warnings(summary, words)),
        element("ul", _roles(summary, words), class_="roles"),
    )


def sentences(summary: Record, words: Words) -> list[str]:
    """The outcome in the reader's language, in English if it was stored in English only."""
    told = [words.said(said(one)) for one in items(summary, "said")]
    return told or ([text(summary, "outcome")] if text(summary, "outcome") else [])


def warnings(summary: Record, words: Words) -> list[str]:
    """What a reader must be warned of."""
    stored = items(summary, "warned") or items(summary, "warnings")
    told = [words.said(said(one)) for one in stored]
    if summary.get("truncated") is True:
        told.insert(0, words("This run was cut off before it had come to rest."))
    return told


def day(stamp: str, words: Words) -> str:
    """A stored moment as a day (UTC)."""
    try:
        return words.day(datetime.fromisoformat(stamp))
    except ValueError:
        return stamp


def _heading(summary: Record, words: Words) -> str:
    window = record(summary, "window")
    return words(
        "Undertow: a simulation of {start} to {end} (UTC) with {accounts}"
        " {accounts:account|accounts}",
        start=day(text(window, "start"), words),
        end=day(text(window, "end"), words),
        accounts=Amount(number(summary, "accounts") or 0.0, "count"),
    )


def _changes(summary: Record, words: Words) -> Iterator[Markup]:
    changes = [str(one) for one in items(summary, "changes")]
    if changes:
        listed = words("Changed from the episode: {changes}", changes="; ".join(changes))
        yield element("p", listed, class_="changes")


def _headlines(summary: Record, words: Words) -> Iterator[Markup]:
    """Calls, forced sales and bad debt, each with its range."""
    segments, totals = records(summary, "segments").values(), records(summary, "totals")
    shown: tuple[tuple[str, str, str, Kind, str], ...] = (
        ("calls", "called", words("margin calls"), "count", "calls"),
        ("forced_usd", "forced_usd", words("forced sales"), "dollars", "forced"),
        ("bad_debt_usd", "bad_debt_usd", words("bad debt"), "dollars", "defaults"),
    )
    for key, column, label, kind, colour in shown:
        value = sum(number(one, column) or 0.0 for one in segments)
        low, high = (number(totals.get(key, {}), end) for end in ("low", "high"))
        yield element(
            "div",
            element("dt", label),
            element("dd", words.amount(value, kind), class_=colour),
            _range((low, high), kind, words),
        )


def _range(ends: tuple[float | None, float | None], kind: Kind, words: Words) -> Markup:
    low, high = ends
    if low is None or high is None:
        return element("dd", words("no range computed"), class_="range")
    told = words("{low} to {high}", low=Amount(low, kind), high=Amount(high, kind))
    return element("dd", told, class_="range")


def _roles(summary: Record, words: Words) -> Iterator[Markup]:
    """What is given and what is earned, with how many instruments of each."""
    roles = [text(one, "role") for one in instruments(summary).values()]
    told = {
        "free": (
            words("earned"),
            words("{count} free"
                  " {count:instrument: no price of its own|instruments: no price of theirs}"
                  " is fed in. All but named news is the engine's own.",
                  count=str(roles.count("free"))),
        ),
        "given": (
            words("given"),
            words("{count} {count:source: its actual path is fed in. That it matches|"
                  "sources: their actual path is fed in. That they match} is no result.",
                  count=str(roles.count("given"))),
        ),
        "linked": (
            words("linked"),
            words("{count} {count:instrument follows a source by what it is made of. Most of its|"
                  "instruments follow a source by what they are made of. Most of their}"
                  " match is no result either.", count=str(roles.count("linked"))),
        ),
    }  # fmt: skip
    for role, (label, sentence) in told.items():
        if role in roles:
            yield element("li", tag(role, label), joined(" ", sentence))


def tag(role: str, label: str) -> Markup:
    """A role as a small mark."""
    return element("span", label, class_=f"tag {role}")
