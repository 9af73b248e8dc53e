"""Local sessions on UTC bars: clock changes, holidays, early closes, evenings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from undertow.core.clock import Clock
from undertow.core.errors import BadDate, BadNumber, UnknownName
from undertow.core.family import Family
from undertow.model.venues.always_open import AlwaysOpen
from undertow.model.venues.base import Phase, Venue
from undertow.model.venues.price_limits import PriceLimits
from undertow.model.venues.sessions import Sessions

QUARTER = timedelta(minutes=15)
WORKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri")


def comex(**given: object) -> Sessions:
    return Sessions(
        zone="America/New_York",
        sessions=(("18:00", "17:00"),),
        weekdays=("Sun", "Mon", "Tue", "Wed", "Thu"),
        settlement="13:30",
        **given,
    )


def nyse(**given: object) -> Sessions:
    return Sessions("America/New_York", (("09:30", "16:00"),), WORKDAYS, "16:00", **given)


def krx() -> Sessions:
    return Sessions("Asia/Seoul", (("09:00", "15:30"),), WORKDAYS, "15:30")


def xetra() -> Sessions:
    return Sessions("Europe/Berlin", (("09:00", "17:30"),), WORKDAYS, "17:30")


def shfe(**given: object) -> PriceLimits:
    hours = (("21:00", "02:30"), ("09:00", "10:15"), ("10:30", "11:30"), ("13:30", "15:00"))
    plain = {"limits": (0.17,), "widening": (0.03, 0.05)}
    return PriceLimits("Asia/Shanghai", hours, WORKDAYS, "15:00", **{**plain, **given})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def stretches(venue: Venue, begin: str, end: str, step: timedelta = QUARTER) -> list[str]:
    """Open stretches as 'dd HH:MM-dd HH:MM' in UTC."""
    clock = Clock(at(begin), step, (at(end) - at(begin)) // step)
    traded = np.concatenate(([0], venue.phases(clock) != Phase.CLOSED, [0])).astype(int)
    turns = np.flatnonzero(np.diff(traded))
    times = [f"{clock.time(int(bar)):%d %H:%M}" for bar in turns]
    return [f"{first}-{last}" for first, last in zip(times[::2], times[1::2], strict=True)]


def settlements(venue: Venue, begin: str, end: str, step: timedelta = QUARTER) -> list[str]:
    """Ends of the closing bars, UTC."""
    clock = Clock(at(begin), step, (at(end) - at(begin)) // step)
    closing = np.flatnonzero(venue.phases(clock) == Phase.CLOSING)
    return [f"{clock.time(int(bar) + 1):%d %H:%M}" for bar in closing]


def test_new_york_stocks_open_at_half_past_two_utc_in_winter():
    assert stretches(nyse(), "2026-02-02", "2026-02-03") == ["02 14:30-02 21:00"]


def test_new_york_stocks_open_an_hour_earlier_in_summer():
    assert stretches(nyse(), "2026-07-06", "2026-07-07") == ["06 13:30-06 20:00"]


@pytest.mark.parametrize(
    ("day", "new_york", "frankfurt"),
    [
        ("2026-03-06", "06 14:30-06 21:00", "06 08:00-06 16:30"),
        ("2026-03-10", "10 13:30-10 20:00", "10 08:00-10 16:30"),
        ("2026-03-30", "30 13:30-30 20:00", "30 07:00-30 15:30"),
        ("2026-10-27", "27 13:30-27 20:00", "27 08:00-27 16:30"),
        ("2026-11-03", "03 14:30-03 21:00", "03 08:00-03 16:30"),
    ],
)
def test_american_and_european_clocks_change_in_different_weeks(day, new_york, frankfurt):
    next_day = f"{date.fromisoformat(day) + timedelta(days=1)}"

    assert stretches(nyse(), day, next_day) == [new_york]
    assert stretches(xetra(), day, next_day) == [frankfurt]


def test_seoul_keeps_one_clock_all_year():
    assert stretches(krx(), "2026-02-02", "2026-02-03") == ["02 00:00-02 06:30"]
    assert stretches(krx(), "2026-07-06", "2026-07-07") == ["06 00:00-06 06:30"]


def test_comex_rests_from_22_to_23_utc_in_january():
    assert stretches(comex(), "2026-01-27", "2026-01-29") == [
        "27 00:00-27 22:00",
        "27 23:00-28 22:00",
        "28 23:00-29 00:00",
    ]


def test_comex_rests_from_21_to_22_utc_in_july():
    assert stretches(comex(), "2026-07-07", "2026-07-08") == [
        "07 00:00-07 21:00",
        "07 22:00-08 00:00",
    ]


def test_comex_closes_on_friday_evening_and_opens_on_sunday_evening():
    assert stretches(comex(), "2026-01-30", "2026-02-02") == [
        "30 00:00-30 22:00",
        "01 23:00-02 00:00",
    ]


def test_the_night_the_clocks_go_forward_is_an_hour_shorter():
    assert stretches(comex(), "2026-03-06T12:00", "2026-03-09T12:00") == [
        "06 12:00-06 22:00",
        "08 22:00-09 12:00",
    ]


def test_comex_settles_at_half_past_one_and_trades_on():
    assert settlements(comex(), "2026-01-26", "2026-01-31") == [
        f"{day} 18:30" for day in (26, 27, 28, 29, 30)
    ]


@pytest.mark.parametrize("minutes", [1, 15, 30, 60])
def test_the_settlement_is_struck_in_the_bar_that_contains_it(minutes):
    step = timedelta(minutes=minutes)
    clock = Clock(at("2026-01-28"), step, timedelta(days=1) // step)

    closing = np.flatnonzero(comex().phases(clock) == Phase.CLOSING)

    assert len(closing) == 1
    assert clock.time(int(closing[0])) < at("2026-01-28T18:30") <= clock.time(int(closing[0]) + 1)


def test_daily_bars_are_open_because_they_contain_a_settlement():
    day = timedelta(days=1)

    assert settlements(nyse(), "2026-01-29", "2026-02-04", day) == [
        "30 00:00",
        "31 00:00",
        "03 00:00",
        "04 00:00",
    ]


def test_a_holiday_closes_the_evening_before_and_not_its_own_evening():
    christmas = comex(holidays=(date(2025, 12, 25),))

    assert stretches(christmas, "2025-12-24", "2025-12-27") == [
        "24 00:00-24 22:00",
        "25 23:00-26 22:00",
    ]


def test_an_early_close_ends_the_day_and_settles_it():
    thanksgiving = nyse(
        holidays=(date(2025, 11, 27),), early_closes=((date(2025, 11, 28), "13:00"),)
    )

    assert stretches(thanksgiving, "2025-11-26", "2025-11-29") == [
        "26 14:30-26 21:00",
        "28 14:30-28 18:00",
    ]
    assert settlements(thanksgiving, "2025-11-27", "2025-11-30") == ["28 18:00"]


def test_an_early_close_does_not_touch_the_next_evening():
    presidents_day = comex(early_closes=((date(2026, 2, 16), "14:30"),))

    assert stretches(presidents_day, "2026-02-16", "2026-02-17") == [
        "16 00:00-16 19:30",
        "16 23:00-17 00:00",
    ]


def test_shanghai_trades_four_stretches_a_day():
    assert stretches(shfe(), "2026-02-03", "2026-02-04") == [
        "03 01:00-03 02:15",
        "03 02:30-03 03:30",
        "03 05:30-03 07:00",
        "03 13:00-03 18:30",
    ]


def test_friday_night_in_shanghai_is_traded():
    assert stretches(shfe(), "2026-01-30T12:00", "2026-02-02T02:00") == [
        "30 13:00-30 18:30",
        "02 01:00-02 02:00",
    ]


def test_no_night_session_before_a_holiday_nor_on_its_last_evening():
    new_year = shfe(holidays=tuple(date(2026, 2, day) for day in (16, 17, 18, 19, 20, 23)))

    assert stretches(new_year, "2026-02-13T06:00", "2026-02-24T14:00") == [
        "13 06:00-13 07:00",
        "24 01:00-24 02:15",
        "24 02:30-24 03:30",
        "24 05:30-24 07:00",
        "24 13:00-24 14:00",
    ]


def test_the_day_that_never_ends_settles_with_the_bar_that_ends_at_midnight():
    assert stretches(AlwaysOpen(), "2026-01-31", "2026-02-02") == ["31 00:00-02 00:00"]
    assert settlements(AlwaysOpen(), "2026-01-31", "2026-02-02") == ["01 00:00", "02 00:00"]
    assert settlements(AlwaysOpen(), "2026-01-31T00:05", "2026-02-01T12:05") == ["01 00:05"]
    assert settlements(AlwaysOpen("08:00"), "2026-01-31", "2026-02-02") == ["31 08:00", "01 08:00"]


def test_a_venue_without_limits_is_measured_from_its_last_settlement():
    brake = nyse().opened(np.array([100.0]), at("2026-02-02"))
    during = nyse().after(brake, np.array([90.0]), Phase.OPEN, at("2026-02-02T15:00"))
    closed = nyse().after(during, np.array([95.0]), Phase.CLOSING, at("2026-02-02T21:00"))

    assert during.settlement == 100.0
    assert closed.settlement == 95.0
    assert (closed.low, closed.high) == (0.0, np.inf)


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        ({"zone": "America/NewYork"}, UnknownName, "IANA"),
        ({"weekdays": ("Monday",)}, UnknownName, "did you mean 'Mon'"),
        ({"sessions": (("9.30", "16:00"),)}, BadDate, "HH:MM"),
        ({"settlement": "16:15"}, BadDate, "lies in no session"),
        ({"hours": ()}, UnknownName, "parameter"),
        ({"zone": 5}, BadNumber, "cannot be built"),
    ],
)
def test_wrong_hours_are_refused_with_a_remedy(parameters, error, words):
    plain = {
        "zone": "America/New_York",
        "sessions": [["09:30", "16:00"]],
        "weekdays": list(WORKDAYS),
        "settlement": "16:00",
    }
    family = Family("venue", "undertow.model.venues", Venue)

    with pytest.raises(error, match=words):
        family.make("sessions", {**plain, **parameters}, "venue 'NYSE'")


def test_hours_read_from_toml_are_the_hours_written_in_code():
    import tomllib

    parameters = tomllib.loads(
        """
        zone = "America/New_York"
        sessions = [["09:30", "16:00"]]
        weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri"]
        settlement = "16:00"
        holidays = [2025-11-27]
        early_closes = [[2025-11-28, "13:00"]]
        """
    )
    read = Family("venue", "undertow.model.venues", Venue).make("sessions", parameters)

    assert stretches(read, "2025-11-26", "2025-11-29") == ["26 14:30-26 21:00", "28 14:30-28 18:00"]
