"""Answers do not depend on where a window is cut or on the bar; what is no number is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from playing import played
from small import holders, shocked, system
from undertow.core.clock import Clock
from undertow.core.errors import BadNumber
from undertow.engine.pace import timetable
from undertow.engine.run import run, until_calm
from undertow.episodes import compile_episode, load
from undertow.model.scenario import Listing
from undertow.model.venues import VENUES

NYSE = VENUES.make(
    "sessions",
    {
        "zone": "America/New_York", "sessions": (("09:30", "16:00"),),
        "weekdays": ("Mon", "Tue", "Wed", "Thu", "Fri"), "settlement": "16:00",
    },
)  # fmt: skip


def bars_a_day(start: datetime, bars: int) -> float:
    empty = system(holders(np.zeros((1, 1)), np.ones(1)))
    rules = replace(empty.rules, listings=(Listing("nyse", NYSE, np.array([0])),))
    table = timetable(Clock(start, timedelta(minutes=15), bars), rules, 1)
    return 1.0 / float(table.days[table.open[:, 0], 0].max())


@pytest.mark.parametrize(("hour", "bars"), [(0, 122), (0, 121), (20, 96), (14, 30)])
def test_a_trading_day_is_as_long_wherever_the_window_is_cut(hour: int, bars: int) -> None:
    assert bars_a_day(datetime(2026, 1, 5, hour, tzinfo=UTC), bars) == pytest.approx(26.0)


def test_volatility_of_a_given_path_does_not_depend_on_the_bar() -> None:
    episode = load("feb-2026")
    hours, quarters = (run(compile_episode(episode, accounts=700, bar=b)) for b in ("1h", "15min"))
    silver = hours.instruments.index("SI")

    assert hours.paths.displayed[:, silver].min() == pytest.approx(
        quarters.paths.displayed[:, silver].min(), rel=0.03
    )


def test_opening_pressure_is_nobodys_loss() -> None:
    account = holders(np.array([[10.0]]), np.array([-890.0]))
    calm = system(account, depth=(1e6,), bars=2)
    market = replace(
        calm.market, pressure=np.array([0.2]), fundamental=calm.market.price * np.exp(0.2)
    )
    told = played(shocked(replace(calm, market=market), (0, 0, 0.97))).state.matrix
    news, forced = told[0, 0], told[3, 0]

    assert news > 0.0
    assert forced < 0.01 * news


def test_a_price_that_is_no_number_is_refused_by_name() -> None:
    account = holders(np.array([[10.0]]), np.array([-890.0]))
    thin = system(account, depth=(1e-4,), bars=3)

    with pytest.raises(BadNumber, match="'A' became"):
        until_calm(thin, shock=np.array([0.9]))
