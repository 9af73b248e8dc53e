"""One target in one line: its ceiling, the range of the forced part, simulated and actual."""

from __future__ import annotations

from undertow.core.answers.stored import Record, number, pair, record, records, text
from undertow.report.page_html import Markup, element
from undertow.report.words import Words

WIDE, HIGH = 150.0, 18.0


def span_of(summary: Record) -> tuple[float, float]:
    """The common scale of all targets: from the deepest to the highest change, and zero."""
    ends = [0.0]
    for name, one in records(summary, "instruments").items():
        if text(one, "role") == "free":
            ceiling = number(records(summary, "ceiling").get(name, {}), "impact")
            values = (ceiling, *(number(one, key) for key in ("simulated", "actual")))
            ends += [value for value in values if value is not None]
    return min(ends), max(ends)


def marks(summary: Record, name: str, span: tuple[float, float]) -> Markup:
    """Ceiling pale, forced range full, simulated a bar, actual a diamond, zero a thin line."""
    one = records(summary, "instruments")[name]
    ceiling = number(records(summary, "ceiling").get(name, {}), "impact")
    forced = pair(record(summary, "ranges"), name) or (number(one, "forced") or 0.0,) * 2
    simulated, actual = number(one, "simulated"), number(one, "actual")
    drawn = [] if ceiling is None else [_bar((ceiling, 0.0), span, "m-ceiling", 10.0)]
    drawn.append(_bar((0.0, 0.0), span, "m-zero", HIGH))
    drawn.append(_bar((forced[0], forced[1]), span, "m-forced", 6.0))
    if simulated is not None:
        drawn.append(_bar((simulated, simulated), span, "m-simulated", 14.0))
    if actual is not None:
        at, mid = _at(actual, span), 0.5 * HIGH
        path = f"M{at:.1f} {mid - 5:.1f}l4.5 5l-4.5 5l-4.5 -5z"
        drawn.append(element("path", d=path, class_="m-actual"))
    box = f"0 0 {WIDE:.0f} {HIGH:.0f}"
    return element("svg", drawn, viewBox=box, width=f"{WIDE:.0f}", height=f"{HIGH:.0f}", role="img")


def legend(words: Words) -> Markup:
    """What the marks mean."""
    told = {
        "m-ceiling": words("ceiling"), "m-forced": words("forced, with its range"),
        "m-simulated": words("simulated"), "m-actual": words("actual"),
    }  # fmt: skip
    return element("p", (_key(look, text) for look, text in told.items()), class_="marks")


def _key(look: str, text: str) -> Markup:
    box = {"viewBox": "0 0 14 14", "width": "14", "height": "14", "aria_hidden": "true"}
    wide = "4" if look == "m-simulated" else "14"
    shape = (
        element("path", d="M7 2l5 5l-5 5l-5 -5z", class_=look)
        if look == "m-actual"
        else element("rect", x="0", y="2", width=wide, height="10", class_=look)
    )
    return element("span", element("svg", shape, **box), text)


def _bar(ends: tuple[float, float], span: tuple[float, float], look: str, high: float) -> Markup:
    """A bar between two changes, at least so wide that it can be seen."""
    left, right = sorted(_at(end, span) for end in ends)
    return element(
        "rect", x=f"{left - 0.6:.1f}", width=f"{right - left + 1.2:.1f}",
        y=f"{0.5 * (HIGH - high):.1f}", height=f"{high:.1f}", class_=look,
    )  # fmt: skip


def _at(change: float, span: tuple[float, float]) -> float:
    low, high = span
    return 6.0 + (WIDE - 12.0) * (change - low) / ((high - low) or 1.0)
