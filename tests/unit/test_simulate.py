"""The headline sentence: what it counts, which market it names, and in which direction."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from undertow.core.answers.reading import Range, Ranges, Rest, Window
from undertow.core.answers.simulation import InstrumentAnswer, SegmentAnswer, Simulation
from undertow.core.trace import Contagion
from undertow.studies.simulate import _outcome, ranged

STILL = InstrumentAnswer("free", 0.0, 0.0, 0.0, 0.0, 0.0, None, None, 1.0, 1.0)
SEGMENT = SegmentAnswer(10, 1000.0, 5.0, 2.5e9, 1.0, 2e6, 0.0, 2e6, 0.0)


def sentence(**instruments: InstrumentAnswer) -> str:
    return " ".join(map(str, _outcome(instruments, {"retail": SEGMENT})))


def test_it_counts_calls_and_money() -> None:
    assert sentence(A=STILL).startswith("5 margin calls and 2.5 billion dollars of forced sales")


def test_it_says_when_nothing_free_moved() -> None:
    assert "left every free market within 0.05 % of where it was" in sentence(A=STILL, B=STILL)


@pytest.mark.parametrize(
    ("low", "high", "said"), [(-0.3, 0.1, "−30.00 %"), (-0.1, 0.3, "+30.00 %")]
)
def test_it_names_the_market_pushed_furthest_up_or_down(low: float, high: float, said: str) -> None:
    moved = replace(STILL, forced_low=low, forced_high=high)

    assert f"pushed B by {said} at most" in sentence(A=STILL, B=moved)


def test_a_given_market_is_never_the_finding() -> None:
    given = replace(STILL, role="given", forced_low=-0.5)

    assert "left every free market" in sentence(A=STILL, S=given)


def test_without_a_free_market_there_is_no_finding() -> None:
    assert "no instrument was left free" in sentence(S=replace(STILL, role="given"))


def test_what_really_happened_stands_beside_it() -> None:
    moved = replace(STILL, forced_low=-0.02, simulated=-0.01, actual=-0.2)

    assert "A moved −20.00 %, of which the simulation accounts for −1.00 %" in sentence(A=moved)


def test_it_counts_the_markets_where_forced_selling_comes_near() -> None:
    near = replace(STILL, forced=-0.02, forced_low=-0.02, actual=-0.1)
    far = replace(STILL, forced=-0.001, actual=-0.1)
    other_way = replace(STILL, forced=-0.02, actual=+0.1)
    unknown = replace(STILL, forced=-0.02)

    said = sentence(A=near, B=far, C=other_way, D=unknown)
    assert "further than −2.00 % (A), and reach a tenth of what really happened in 1 of 3." in said


def test_a_range_of_one_sign_is_told_without_doubt() -> None:
    told = sentences(Range(-0.01, -0.02, -0.005))

    assert told.endswith("leaves A between −2.00 % and −0.50 % at the end.")


def test_a_sign_that_flips_is_said() -> None:
    told = sentences(Range(-0.01, -0.02, 0.005))

    assert told.endswith("between −2.00 % and +0.50 % at the end. The sign is not settled for A.")


def sentences(forced: Range) -> str:
    base = {"A": forced.value}
    rest = Rest("input", 1, 0.5, 1.5, forced.low, forced.high, 0.0, 0.0)
    ranges = Ranges(3, 10, 60.0, "A", base, {"A": forced}, {}, (rest,))
    moment = datetime(2026, 1, 29, tzinfo=UTC)
    nothing = Contagion((), (), (), np.zeros((0, 0, 0)))
    window = Window(moment, moment, moment)
    instruments = {"A": STILL}
    answer = Simulation((), window, 1, 1, 1, False, instruments, {}, nothing, (), ())
    return ranged(answer, ranges).outcome
