"""What the answer is held against: the ceiling, reported facts, assumptions, the books."""

from __future__ import annotations

from collections.abc import Iterator

from undertow.core.answers.said import Amount
from undertow.core.answers.stored import Record, items, number, record, records, rows, text
from undertow.report.page_html import Cell, Markup, amount, element, joined, percent, row, table
from undertow.report.stored import title
from undertow.report.words import Words


def checks(summary: Record, words: Words) -> Iterator[Markup]:
    """One section a doubt."""
    yield _ceiling(summary, words)
    yield _facts(summary, words)
    yield _assumed(summary, words)
    yield _books(summary, words)


def _ceiling(summary: Record, words: Words) -> Markup:
    baskets, alone = records(summary, "ceiling_of_baskets"), records(summary, "ceiling")
    losses = record(summary, "losses")
    if not alone:
        return Markup("")
    raised = Amount(sum(number(losses, name) or 0.0 for name in losses), "dollars")
    told = words(
        "Leveraged longs lost {raised} in {sources}. Had all of it been raised at once by selling "
        "one target alone, or one basket, square-root impact would have moved it by at most the "
        "ceiling. No population and no margin rule is behind it: positions, prices and volumes "
        "only.",
        raised=raised,
        sources="; ".join(losses),
    )
    left_out = words(
        "Left out: that holders of the target are themselves called, that makers leave, and "
        "losses outside the named sources."
    )
    return element(
        "section",
        element("h2", words("How much could it have been at most?"), id="ceiling"),
        element("p", told),
        element("p", left_out),
        _limits(summary, baskets, words) if baskets else "",
        _fold(words("Each target alone"), _limits(summary, alone, words)),
    )


def _limits(summary: Record, found: dict[str, Record], words: Words) -> Markup:
    head = [
        words("sold"), words("of a normal day's turnover, %"), words("ceiling, %"),
        words("over the range of the coefficient, %"),
    ]  # fmt: skip
    return table(
        head, [("", [_limit(title(summary, n, words), one) for n, one in found.items()])], ""
    )


def _limit(name: str, one: Record) -> Markup:
    share = number(one, "of_volume")
    said = "–" if share is None else f"{100.0 * share:,.0f}"
    ends = f"{percent(number(one, 'low'))} … {percent(number(one, 'high'))}"
    return row(name, [(said, "n"), (percent(number(one, "impact")), "n"), (ends, "n range")])


def _facts(summary: Record, words: Words) -> Markup:
    found = rows(summary, "facts_check")
    if not found:
        return Markup("")
    head = [
        words("reported figure"), words("engine"), words("reported"),
        words("engine / reported"), words("unit"), words("what to know"),
    ]  # fmt: skip
    listed = [_fact(one, words) for one in found]
    note = words(
        "A fall of a long position counts as sold. Where a figure fits by construction, it is said."
    )
    return element(
        "section", element("h2", words("Does it agree with what was reported?"), id="facts"),
        table(head, [("", listed)], note),
    )  # fmt: skip


def _fact(one: Record, words: Words) -> Markup:
    ratio = number(one, "ratio")
    source = element("small", f"{text(one, 'source')} ({words(text(one, 'status'))})")
    cells: list[Cell] = [
        (words.money(number(one, "engine") or 0.0), "n"),
        (words.money(number(one, "reported") or 0.0), "n"),
        ("–" if ratio is None else f"{ratio:.2f}", "n"),
        (words(text(one, "unit")), ""),
        (joined(words(text(one, "note")), source), "wide"),
    ]
    return row(words(text(one, "what")), cells)


def _assumed(summary: Record, words: Words) -> Markup:
    found = [str(one) for one in items(summary, "assumed")]
    told = words(
        "{count}"
        " {count:input is assumed: no source gives it, and it|inputs are assumed: no"
        " source gives them, and each}"
        " has a range.",
        count=str(len(found)),
    )
    names = element("p", ", ".join(found), class_="ids")
    return element(
        "section",
        element("h2", words("What is assumed?"), id="assumed"),
        element("p", told),
        (element("p", one) for one in _ranges(summary, words)),
        _fold(words("All assumed inputs"), names) if found else "",
    )


def _ranges(summary: Record, words: Words) -> Iterator[str]:
    of = record(summary, "ranges_of")
    if of:
        yield words(
            "The ranges of the headlines are from {runs} runs of {accounts}"
            " {accounts:account|accounts}, in bars of {minutes}"
            " {minutes:minute|minutes}: each input alone, and all at once.",
            runs=amount(number(of, "runs")),
            accounts=amount(number(of, "accounts")),
            minutes=amount(number(of, "bar_minutes")),
        )


def _books(summary: Record, words: Words) -> Markup:
    found = rows(summary, "audit")
    broken = [one for one in found if one.get("holds") is not True]
    worst = max((number(one, "worst") or 0.0 for one in found), default=0.0)
    told = (
        words("The books do not close: {laws}.", laws="; ".join(text(one, "law") for one in broken))
        if broken
        else words("The books close; the largest relative gap is {gap}.", gap=f"{worst:.0e}")
    )
    laws = element("ul", (element("li", _law(one, words)) for one in found))
    return element(
        "section", element("h2", words("Do the books close?"), id="books"),
        element("p", told, class_="warning" if broken else "good"),
        _fold(words("All laws checked"), laws) if found else "",
    )  # fmt: skip


def _law(one: Record, words: Words) -> str:
    return words("{law} ({gap:.1e})", law=text(one, "law"), gap=number(one, "worst") or 0.0)


def _fold(label: str, *inside: Markup) -> Markup:
    return element("details", element("summary", label), *inside)


def origin(summary: Record, words: Words) -> Markup:
    """Where the page comes from, so that a run can be made again."""
    inputs = record(summary, "inputs")
    return element("footer", words(
        "Undertow {version} · inputs {sha} · seed {seed}", version=text(summary, "undertow"),
        sha=text(inputs, "sha256")[:16], seed=str(inputs.get("seed", "–")),
    ))  # fmt: skip
