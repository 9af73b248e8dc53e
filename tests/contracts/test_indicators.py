"""What every indicator promises: units, windows, and that nothing looks ahead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from strategies_measured import some_history
from undertow.core.errors import BadNumber
from undertow.core.history import FIELDS, Bars, History
from undertow.indicators import INDICATORS, Indicator

DAYS = 60
NAMES = ("A", "B", "C", "D", "E")
MEMBERS = INDICATORS.discover()


def symbols_for(part: type[Indicator]) -> tuple[str, ...]:
    return NAMES if part.most is None else NAMES[: part.most]


def changed(history: History, after: int, factor: float) -> History:
    """Everything after a day is garbled."""
    bars = {}
    for name, one in history.bars.items():
        columns = {f: getattr(one, f).copy() for f in FIELDS}
        for column in columns.values():
            column[after + 1 :] *= factor
        bars[name] = Bars(name, one.date.copy(), **columns)
    return History(bars)


@pytest.mark.parametrize("name", MEMBERS)
def test_readings_are_numbers_after_the_window_and_stand_on_the_dates(name: str) -> None:
    part = MEMBERS[name]
    found = part.example().series(some_history(1), symbols_for(part))

    assert len(found.date) == len(found.value) >= DAYS - 1
    assert np.isfinite(found.value[-10:]).all()
    assert np.isnan(found.value[0])


@pytest.mark.parametrize("name", MEMBERS)
@given(seed=st.integers(0, 1000), at=st.integers(45, DAYS - 2), factor=st.floats(0.2, 5.0))
@settings(max_examples=5, deadline=None)
def test_garbling_the_future_changes_no_past_reading(
    name: str, seed: int, at: int, factor: float
) -> None:
    part, history = MEMBERS[name], some_history(seed)
    indicator, symbols = part.example(), symbols_for(part)
    day = history["A"].date[at]
    before, after = (
        indicator.series(one, symbols) for one in (history, changed(history, at, factor))
    )
    past = before.date <= day

    np.testing.assert_array_equal(before.value[past], after.value[past])


@pytest.mark.parametrize("name", MEMBERS)
def test_a_cut_history_reads_as_the_whole_one_did(name: str) -> None:
    part, history = MEMBERS[name], some_history(3)
    indicator, symbols = part.example(), symbols_for(part)
    day = history["A"].date[50].item()
    whole, cut = (indicator.series(one, symbols) for one in (history, history.until(day)))
    known = whole.value[whole.date <= np.datetime64(day)]

    np.testing.assert_allclose(cut.value, known, rtol=1e-9, equal_nan=True)


@pytest.mark.parametrize("name", MEMBERS)
def test_the_wrong_number_of_symbols_is_refused(name: str) -> None:
    part = MEMBERS[name]
    wrong = NAMES if part.most == 1 else NAMES[:1]

    with pytest.raises(BadNumber, match="symbols"):
        part.example().series(some_history(1), wrong)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_history_shorter_than_the_window_has_no_reading(name: str) -> None:
    part = MEMBERS[name]
    found = part.example().series(some_history(1, days=4), symbols_for(part))

    assert np.isnan(found.value).all()
    assert np.isnan(found.last)


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_says_its_unit_and_its_source(name: str) -> None:
    part = MEMBERS[name]

    assert part.unit
    assert "Source:" in (part.__doc__ or "")
    assert "Units:" in (part.__doc__ or "")
    assert set(part.fields) <= set(FIELDS)
