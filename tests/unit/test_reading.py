"""What a run is set beside: the ceiling, reported facts, and the days no choice was made with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from math import exp, sqrt
from pathlib import Path

import numpy as np
import pytest

import toy_episode
from undertow.core.answers.simulation import Simulation
from undertow.core.errors import BadDate, MissingSource, UndertowError
from undertow.core.trace import Trace
from undertow.engine.channels import without
from undertow.engine.run import run
from undertow.episodes import Episode, compile_episode, load
from undertow.jobs.reading import beside_the_facts, seen
from undertow.model.scenario import Scenario
from undertow.studies.ceiling import ceilings, lost
from undertow.studies.simulate import Seen, read

READING = """
[reading]
until = 2026-01-07T12:00:00Z
coefficient = "@impact.coefficient"

[[reading.losses]]
instrument = "METAL"
units = "@futures.long"

[[reading.losses]]
instrument = "FUND"
units = 1000.0

[[reading.checks]]
title = "Metal sold on the first day"
begin = 2026-01-05T00:00:00Z
end = 2026-01-07T00:00:00Z
measure = "units"
sellers = ["futures"]
instruments = ["METAL"]
reported = "@futures.sold"
note = "a note"

[[reading.checks]]
title = "Accounts called"
begin = 2026-01-06T00:00:00Z
end = 2026-01-08T00:00:00Z
measure = "accounts"
reported = "@futures.called"

[[reading.checks]]
title = "Dollars sold"
begin = 2026-01-06T00:00:00Z
end = 2026-01-08T00:00:00Z
measure = "usd"
instruments = ["METAL", "STOCK"]
reported = "@futures.called"
"""

FACTS = (
    *toy_episode.FACTS,
    "impact.coefficient,2026-01-05T00:00Z,1,1,assumed,0.5,1.5,a paper,",
    "futures.sold,2026-01-06T20:00Z,50000,oz,reported,,,a report,",
    "futures.called,2026-01-06T20:00Z,1000,accounts,reported,,,a newspaper,",
)


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    folder = tmp_path_factory.mktemp("toy")
    return load(toy_episode.write(folder, toy_episode.TOML + READING, FACTS))


@pytest.fixture(scope="module")
def scenario(episode: Episode) -> Scenario:
    return compile_episode(episode)


@pytest.fixture(scope="module")
def trace(scenario: Scenario) -> Trace:
    return run(scenario)


@pytest.fixture(scope="module")
def answer(episode: Episode, scenario: Scenario, trace: Trace) -> Simulation:
    return beside_the_facts(read(scenario, trace, seen(episode)), episode, scenario, trace)


def test_a_source_loses_from_its_opening_to_its_lowest_given_price(answer: Simulation) -> None:
    assert answer.losses["METAL"] == pytest.approx(300_000 * (100.0 - 80.0))


def test_what_is_linked_falls_as_its_look_through_says(answer: Simulation) -> None:
    assert answer.losses["FUND"] == pytest.approx(1000 * 10.0 * (1.0 - 0.8**2))


def test_the_ceiling_is_the_square_root_law_of_all_that_was_lost(answer: Simulation) -> None:
    raised = sum(answer.losses.values())
    ceiling = answer.ceiling["STOCK"]

    assert ceiling.usd_raised == raised
    assert ceiling.of_volume == pytest.approx(raised / (500_000 * 200.0))
    assert ceiling.impact == pytest.approx(exp(-0.02 * sqrt(raised / 1e8)) - 1.0)


def test_the_ceiling_has_the_range_of_its_coefficient(answer: Simulation) -> None:
    ceiling = answer.ceiling["STOCK"]

    assert ceiling.low == pytest.approx((1.0 + ceiling.impact) ** 1.5 - 1.0)
    assert ceiling.high == pytest.approx((1.0 + ceiling.impact) ** 0.5 - 1.0)


def test_only_targets_have_a_ceiling(answer: Simulation) -> None:
    assert set(answer.ceiling) == {"STOCK", "ABROAD"}
    assert set(answer.ceiling_of_baskets) == {"both"}


def test_a_basket_is_deeper_than_each_of_its_members(answer: Simulation) -> None:
    members = [answer.ceiling[name].impact for name in ("STOCK", "ABROAD")]

    assert answer.ceiling_of_baskets["both"].impact > min(members)


def test_a_ceiling_needs_no_population(episode: Episode, scenario: Scenario) -> None:
    losses = episode.plan.reading.losses
    nobody = replace(scenario, accounts=replace(scenario.accounts, groups=()))
    raised = sum(lost(nobody.market, nobody.news, losses).values())

    assert ceilings(nobody, raised, (1.0, 1.0, 1.0)).keys() == {"STOCK", "ABROAD"}
    assert raised == sum(lost(scenario.market, scenario.news, losses).values())


@pytest.mark.parametrize("origin", ["given", "free"])
@pytest.mark.parametrize("off", [(), ("news",)])
def test_what_was_lost_does_not_hang_on_how_the_run_sees_its_sources(
    episode: Episode, answer: Simulation, origin: str, off: tuple[str, ...]
) -> None:
    other = reduce(without, off, compile_episode(episode, origin=origin))
    trace = run(other)
    told = beside_the_facts(read(other, trace, seen(episode)), episode, other, trace)

    assert told.losses == answer.losses
    assert told.ceiling["STOCK"] == answer.ceiling["STOCK"]


def test_a_reported_figure_must_say_who_reported_it(tmp_path: Path) -> None:
    unsourced = READING.replace('"@futures.sold"', "50000")

    with pytest.raises(MissingSource, match="reported = 50000, which names no source"):
        load(toy_episode.write(tmp_path, toy_episode.TOML + unsourced, FACTS))


def test_the_days_out_of_sample_lie_in_the_window(tmp_path: Path) -> None:
    never = READING.replace("until = 2026-01-07", "until = 2030-01-07")

    with pytest.raises(BadDate, match="lies outside the window"):
        load(toy_episode.write(tmp_path, toy_episode.TOML + never, FACTS))


def test_units_sold_are_set_beside_the_report(answer: Simulation, trace: Trace) -> None:
    check = answer.facts_check[0]
    at = trace.segments.index("futures"), trace.instruments.index("METAL")
    sold = (trace.by_segment.sold[:24, at[0], at[1]] / trace.paths.price[:24, at[1]]).sum()

    assert sold > 0.0
    assert check.engine == pytest.approx(sold)
    assert (check.reported, check.unit, check.status) == (50_000.0, "oz", "reported")
    assert check.ratio == pytest.approx(sold / 50_000.0)
    assert (check.source, check.note) == ("a report", "a note")


def test_all_segments_count_where_no_seller_is_named(answer: Simulation, trace: Trace) -> None:
    called, dollars = answer.facts_check[1:]

    assert called.engine == pytest.approx(trace.by_segment.called.sum())
    assert dollars.engine > 0.0
    assert dollars.unit == "USD"


def test_later_days_are_counted_from_the_last_price_that_was_used(
    answer: Simulation, trace: Trace
) -> None:
    later = answer.out_of_sample["METAL"]
    price = trace.paths.price[:, 0]

    assert later.simulated == pytest.approx(price[-1] / price[35] - 1.0)
    assert answer.window.until == datetime(2026, 1, 7, 12, tzinfo=UTC)


def test_what_was_not_seen_later_is_unknown(scenario: Scenario, trace: Trace) -> None:
    told = read(scenario, trace, replace(seen_nothing(), until=datetime(2026, 1, 7, tzinfo=UTC)))

    assert told.out_of_sample["STOCK"].actual is None
    assert told.out_of_sample["STOCK"].unexplained is None


def seen_nothing() -> Seen:
    return Seen()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('sellers = ["futures"]', 'sellers = ["future"]', "segment or trader 'future'"),
        ('instrument = "FUND"\nunits', 'instrument = "FUN"\nunits', "instrument 'FUN'"),
        ('instruments = ["METAL", "STOCK"]', "", "name the instruments sold"),
        ('measure = "units"', 'measure = "accounts"', "name the instruments sold"),
        ("2026-01-07T00:00:00Z", "2026-01-04T00:00:00Z", "the end must come after the begin"),
    ],
)
def test_a_check_that_cannot_be_read_is_refused(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = toy_episode.TOML + READING.replace(old, new, 1)

    assert old in READING
    with pytest.raises(UndertowError, match=said):
        load(toy_episode.write(tmp_path, text, FACTS))


def test_a_linked_instrument_above_free_ones_is_earned(scenario: Scenario) -> None:
    names = scenario.market.instruments.names
    freed = replace(scenario.news, given=np.zeros(len(names), dtype=np.bool_))

    assert not scenario.earned[names.index("FUND")]
    assert replace(scenario, news=freed).earned.all()


def test_days_that_begin_within_the_first_bar_are_not_told_apart(
    scenario: Scenario, trace: Trace
) -> None:
    until = datetime(2026, 1, 6, 0, 20, tzinfo=UTC)

    assert read(scenario, trace, Seen(until=until)).out_of_sample == {}
