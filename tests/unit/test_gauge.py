"""A gauge: readings of a day, their lights, what is said, and what is flagged."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gauges import prices
from market_files import daily_panel
from undertow.core.answers.gauge import GaugeAnswer
from undertow.core.errors import BadDate, BadFile, BadNumber, UnknownName
from undertow.core.history import EARLIER, FIELDS, INTRADAY, Bars, History, LeftOut
from undertow.studies.alerts import alerts, rule, values
from undertow.studies.gauge import gauge, gauge_history, light, percentile
from undertow.studies.gauge_beside import beside_panel
from undertow.studies.gauge_sentences import sentences
from undertow.studies.stress_panel import anchors, panel

CALM = prices()
STORM = prices(storm=12)
LAST = CALM.end.item()


def gauged(history: History, on: date = LAST) -> GaugeAnswer:
    return gauge(history, on, anchors()).answer


def test_a_storm_raises_the_index_and_its_lights() -> None:
    calm, storm = gauged(CALM), gauged(STORM)

    assert storm.index > calm.index + 20.0
    assert storm.light == "red"
    assert storm.percentile > 0.99
    assert storm.change > 5.0


def test_a_gauge_of_an_earlier_day_is_what_one_saw_on_it() -> None:
    day = date(2025, 3, 14)

    assert told(gauged(STORM, day)) == told(gauged(STORM.until(day), day))
    assert told(gauged(STORM, day)) != told(gauged(STORM))


def told(answer: GaugeAnswer) -> str:
    return repr(answer)


def test_points_of_segments_sum_to_the_index_and_contributions_to_y() -> None:
    found = gauged(STORM)

    assert sum(one.points for one in found.segments) == pytest.approx(found.index, abs=1e-12)
    assert sum(one.contribution for one in found.segments) == pytest.approx(found.y, abs=1e-12)
    assert sum(one.weight for one in found.segments) == pytest.approx(1.0)


def test_a_segment_without_data_is_flagged_and_gives_its_weight_away() -> None:
    found = gauged(CALM)
    cross = found.segments[-1]
    said = " ".join(map(str, found.warnings))

    assert found.missing == ("cross",)
    assert math.isnan(cross.score)
    assert (cross.weight, cross.points, cross.members) == (0.0, 0.0, 0)
    assert [one.weight for one in found.segments[:4]] == [0.25] * 4
    assert "The segment cross has no reading; the others carry its weight." in said


def test_a_segment_of_few_members_is_flagged() -> None:
    said = " ".join(map(str, gauged(CALM).warnings))

    assert "Of the segment spread only 8 of 17 members have a reading." in said


def test_every_member_has_a_reading_or_none_in_grey() -> None:
    found = {one.name: one for one in gauged(CALM).readings}
    absent = found["amihud BTC-USD"]

    assert len(found) == len(panel()) + len(beside_panel())
    assert (absent.light, absent.readings) == ("grey", 0)
    assert math.isnan(absent.level)
    assert found["level ^VIX"].level == pytest.approx(CALM["^VIX"].close[-1])
    assert found["level ^VIX"].change == pytest.approx(
        CALM["^VIX"].close[-1] - CALM["^VIX"].close[-6]
    )


@pytest.mark.parametrize(
    ("share", "count", "wanted"),
    [
        (0.5, 300, "green"), (0.79, 300, "green"), (0.80, 300, "amber"), (0.95, 300, "red"),
        (0.99, 251, "grey"), (math.nan, 300, "grey"),
    ],
)  # fmt: skip
def test_lights_change_at_the_80th_and_the_95th_percentile(
    share: float, count: int, wanted: str
) -> None:
    assert light(share, count) == wanted


def test_a_percentile_counts_what_is_not_above() -> None:
    assert percentile(np.array([1.0, 3.0, np.nan, 2.0])) == pytest.approx(2 / 3)
    assert math.isnan(percentile(np.array([1.0, np.nan])))


def test_the_answer_says_where_it_comes_from() -> None:
    said = gauged(STORM).outcome

    assert said.startswith(f"On {LAST} the Liquidity Stress Index is ")
    assert "The largest part is " in said
    assert "2008" not in said


def test_days_after_the_data_are_flagged() -> None:
    found = gauged(CALM, date(2026, 6, 1))

    assert found.session == LAST
    assert any("The last session of the data is" in str(one) for one in found.warnings)


def test_a_day_before_the_data_is_refused() -> None:
    with pytest.raises(BadFile, match=r"hold no \^GSPC up to 2001-01-01"):
        gauged(CALM, date(2001, 1, 1))
    with pytest.raises(BadDate, match="the data begin too late"):
        gauged(CALM, date(2022, 8, 10))


def test_a_history_begins_at_the_day_that_is_asked_for() -> None:
    seen = gauge(STORM, LAST, anchors())
    found = gauge_history(seen.stress, date(2025, 1, 1))

    assert found.days[0] >= date(2025, 1, 1)
    assert found.points.sum(axis=1) == pytest.approx(found.index, abs=1e-12)
    assert found.points.shape == (len(found.days), 5)


# Real prices


def real(on: date) -> GaugeAnswer:
    return gauged(daily_panel().of(needed()), on)


def needed() -> set[str]:
    index = {name for member in panel() for name in member.symbols}
    return index | {name for one in beside_panel() for name in one.symbols}


def test_82_7_is_no_peak_of_2008_on_this_scale() -> None:
    found = real(date(2026, 2, 5))
    claim = found.claim

    assert claim is not None
    assert not claim.reached
    assert claim.peak_2008.day == date(2008, 10, 28)
    assert claim.peak_2008.level == pytest.approx(75.3, abs=0.05)
    assert claim.peak_2020.level == pytest.approx(80.0, abs=0.05)
    assert (claim.vix_2008, claim.vix_2020) == (80.86, 82.69)
    assert "no session of 2008 reaches 82.7" in found.outcome


def test_were_2008_higher_the_claim_would_stand() -> None:
    found = real(date(2026, 2, 5))
    assert found.claim is not None
    claim = replace(found.claim, reached=True)
    said = " ".join(map(str, sentences(replace(found, claim=claim))))

    assert "so 82.7 was reached in 2008 on this scale" in said


def test_in_march_2020_nobody_knew_its_peak() -> None:
    found = real(date(2020, 3, 16))

    assert [one.name for one in found.peaks] == ["2008"]
    assert found.claim is None
    assert found.light == "red"
    assert found.index == pytest.approx(73.5, abs=0.05)


def test_a_day_inside_the_reference_window_says_that_the_scale_looks_ahead() -> None:
    found = real(date(2015, 8, 24))

    assert any("which ends after this day" in str(one) for one in found.warnings)


def test_silver_is_red_on_5_february_2026_and_stocks_are_not() -> None:
    found = {one.name: one for one in real(date(2026, 2, 5)).readings}

    assert found["parkinson SLV"].light == "red"
    assert found["premium SI=F/SLV"].light == "red"
    assert found["parkinson ^GSPC"].light == "green"
    assert found["level ^VIX"].level == pytest.approx(21.77)


def test_beside_the_index_absorption_and_turbulence_are_red() -> None:
    readings = real(date(2026, 2, 5)).readings
    found = {one.name.partition(" ")[0]: one for one in readings}

    assert {one.segment for one in readings} >= {"beside", "cross"}
    assert found["absorption_shift"].level > 1.0
    assert found["absorption_shift"].light == "red"
    assert found["turbulence"].light == "red"


# Alerts


def test_a_rule_is_told_once_until_it_was_false() -> None:
    calm, storm = gauged(CALM), gauged(STORM)
    rules = [rule("index > 50", values(calm))]
    steps, true = [], frozenset[str]()
    for answer in (calm, storm, storm, calm, storm):
        fresh, true = alerts(rules, answer, true)
        steps.append(len(fresh))

    assert steps == [0, 1, 0, 0, 1]


def test_an_alert_says_rule_and_value() -> None:
    storm = gauged(STORM)
    (alert,), _ = alerts([rule("index percentile >= 95%", values(storm))], storm, frozenset())

    assert str(alert.said).startswith(f"{LAST}: index percentile >= 95% (index percentile is ")
    assert alert.value == storm.percentile


def test_a_reading_that_is_absent_makes_no_rule_true() -> None:
    calm = gauged(CALM)
    both = [rule(f"amihud BTC-USD {op} 1", values(calm)) for op in ("<", ">=")]

    assert alerts(both, calm, frozenset()) == ((), frozenset())


@pytest.mark.parametrize("text", ["index", "index > ", "index = 5", "> 5"])
def test_what_is_no_rule_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="is no rule; write it like --alert 'index > 50'"):
        rule(text, ["index"])


def test_a_rule_about_nothing_is_corrected() -> None:
    with pytest.raises(UnknownName, match="did you mean 'amihud HYG'"):
        rule("amihud HYGG > 2", values(gauged(CALM)))


@pytest.mark.parametrize("text", ["index percentile > 95", "amihud HYG percentile < -1%"])
def test_a_rule_that_no_percentile_can_meet_is_refused(text: str) -> None:
    with pytest.raises(BadNumber, match="percentile beyond 0 to 100 %; write it like 95%"):
        rule(text, values(gauged(CALM)))


def test_points_in_per_cent_are_refused() -> None:
    with pytest.raises(BadNumber, match="has points in per cent; write it like 'index > 50'"):
        rule("index > 50 %", ["index"])


def test_a_rule_finds_its_reading_whatever_the_letters() -> None:
    with pytest.raises(UnknownName, match="did you mean 'index'"):
        rule("INDEX > 3", ["index", "amihud HYG"])


def test_a_rule_about_nothing_like_a_reading_says_where_they_are_listed() -> None:
    with pytest.raises(UnknownName, match="`undertow gauge --json` lists them"):
        rule("zzzzzz > 3", ["index", "amihud HYG"])


# Data


def with_bars(symbol: str, **fields: np.ndarray) -> GaugeAnswer:
    return gauged(History({**CALM.bars, symbol: replace(CALM[symbol], **fields)}))


def of_data(answer: GaugeAnswer) -> list[str]:
    return [str(one) for one in answer.warnings if ":" in str(one) or "no session" in str(one)]


def test_a_change_of_units_is_said() -> None:
    close = CALM["IWM"].close.copy()
    close[-100:] *= 100.0
    said, ranges = of_data(with_bars("IWM", close=close))

    assert ranges.startswith("IWM: 100 rows have a high above three times the close or a low")
    assert said.startswith(f"IWM: the close of {CALM['IWM'].date[-100]} is ")
    assert "(1 such move)" in said


@pytest.mark.parametrize("wrong", [0.0, -5.0])
def test_a_price_that_is_none_is_counted(wrong: float) -> None:
    close = CALM["GLD"].close.copy()
    close[-7] = wrong
    (said,) = of_data(with_bars("GLD", close=close))

    assert said.startswith("GLD: 1 row has a low above the high or a price not above 0")
    assert str(CALM["GLD"].date[-7]) in said


def test_lows_above_highs_are_counted() -> None:
    bars = CALM["TLT"]
    (said,) = of_data(with_bars("TLT", low=bars.high, high=bars.low))

    assert said.startswith(f"TLT: {len(bars)} rows have a low above the high")


def test_a_gap_of_the_sessions_is_said() -> None:
    bars = CALM["^GSPC"]
    kept = (np.arange(len(bars)) < 400) | (np.arange(len(bars)) >= 450)
    columns = (getattr(bars, name)[kept] for name in ("date", *FIELDS))
    (said,) = of_data(gauged(History({**CALM.bars, "^GSPC": Bars("^GSPC", *columns)})))

    assert said.startswith(
        f"^GSPC has no session between {bars.date[399]} and {bars.date[450]} (1 such gap)"
    )


def test_prices_without_fault_give_no_such_sentence() -> None:
    found = of_data(gauged(CALM))

    assert found == []


def test_a_symbol_in_two_files_is_said() -> None:
    held = History(CALM.bars, (LeftOut("b.csv", EARLIER, "IWM"), LeftOut("x.csv", INTRADAY)))
    said = [str(one) for one in gauged(held).warnings]

    assert "IWM of b.csv stands in an earlier file, too, and that counts." in said
    assert not any("x.csv" in one for one in said)
