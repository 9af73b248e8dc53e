"""Builder: a scenario holds what the file and the facts before the start say, and no more."""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toy_episode import FACTS, TOML, with_line, write
from undertow.core.accounts import Group
from undertow.core.columns import Way
from undertow.episodes import Episode, compile_episode, load
from undertow.episodes.changes import set_to
from undertow.model.scenario import Scenario
from undertow.model.venues.base import Phase

THIRD = """
[segments.newcomers]
title = "Newcomers"
share = 0.5
count = 10
excess = { mean = 0.2, shape = 1.0 }
owner = "least_cost"
broker = "pro_rata"
holds = [{ instrument = "ABROAD", total_usd = 5e6 }]

[segments.newcomers.regime]
margin = { rule = "percent_of_notional", rates = { ABROAD = 0.3 } }
"""


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    return load(write(tmp_path))


def digest(value: object) -> str:
    """A hash of everything a scenario is made of, to the byte."""
    found = hashlib.sha256()
    _feed(value, found.update)
    return found.hexdigest()


def _feed(value: object, update) -> None:  # type: ignore[no-untyped-def]
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            update(field.name.encode())
            _feed(getattr(value, field.name), update)
    elif isinstance(value, np.ndarray):
        update(f"{value.dtype}{value.shape}".encode() + value.tobytes())
    elif isinstance(value, dict):
        _feed(list(value.items()), update)
    elif isinstance(value, list | tuple):
        for each in value:
            _feed(each, update)
    else:
        update(repr(value).encode())


def garbled(folder: Path, symbol: str, noise: list[float]) -> Scenario:
    """The toy with every price of one instrument after the start replaced."""
    rows, at = [], 0
    for row in FACTS:
        name, time, value, *rest = row.split(",")
        if name == f"{symbol}.price" and datetime.fromisoformat(time).isoformat() > "2026-01-06":
            value, at = repr(noise[at % len(noise)]), at + 1
        rows.append(",".join([name, time, value, *rest]))
    assert tuple(rows) != FACTS

    return compile_episode(load(write(folder, TOML, tuple(rows))))


def group(scenario: Scenario, segment: str) -> Group:
    return next(g for g in scenario.accounts if g.segment == segment)


def kinds(scenario: Scenario, segment: str) -> list[tuple[object, ...]]:
    """What the columns of a group stand for, free of the order of pairs."""
    pair = group(scenario, segment).column // 2
    columns = scenario.columns
    parts = (columns.instrument, columns.way, columns.entry, columns.released)
    return [tuple(part[pair].ravel()) for part in parts]


@given(noise=st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=3))
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@pytest.mark.parametrize("symbol", ["STOCK", "ABROAD", "FUND"])
def test_garbling_a_targets_actual_path_changes_no_byte(
    tmp_path: Path, symbol: str, noise: list[float]
) -> None:
    plain = compile_episode(load(write(tmp_path)))

    assert digest(garbled(tmp_path, symbol, noise)) == digest(plain)


def test_the_path_of_an_origin_does_change_the_scenario(tmp_path: Path) -> None:
    plain = compile_episode(load(write(tmp_path)))

    assert digest(garbled(tmp_path, "METAL", [70.0])) != digest(plain)


def test_with_free_origins_not_even_their_paths_matter(tmp_path: Path) -> None:
    garble = tuple(f.replace(",80,USD/oz", ",8,USD/oz") for f in FACTS)
    plain, other = (
        compile_episode(load(write(tmp_path, TOML, facts)), origin="free")
        for facts in (FACTS, garble)
    )

    assert garble != FACTS
    assert digest(plain) == digest(other)
    assert not plain.news.given.any()


def test_free_origins_move_by_their_stated_news(episode: Episode) -> None:
    given = compile_episode(episode).news.shock
    free = compile_episode(episode, origin="free").news.shock

    assert (given[:, 0] == 0.0).all()
    assert free[13, 0] == -0.1
    assert free[:, 0].sum() == -0.1
    assert (free[:, 1:] == given[:, 1:]).all()


def test_the_market_opens_with_the_last_prices_before_the_start(episode: Episode) -> None:
    market = compile_episode(episode).market

    assert market.price.tolist() == [100.0, 10.0, 200.0, 5000.0]
    assert market.fx == pytest.approx([1.0, 1.0, 1.0, 1 / 1400])
    assert (market.settlement == market.price).all()
    assert (market.pressure == 0.0).all()


def test_a_settlement_of_its_own_is_where_limits_are_measured_from(tmp_path: Path) -> None:
    facts = (*FACTS, "METAL.settle,2026-01-05T20:00Z,98,USD/oz,data,,,a vendor,")
    toml = with_line("future = true", 'future = true\nsettlement = "METAL.settle"')
    market = compile_episode(load(write(tmp_path, toml, facts))).market

    assert market.settlement[0] == 98.0
    assert market.price[0] == 100.0


def test_depth_is_calibrated_from_volume_and_resilience(episode: Episode) -> None:
    calm = compile_episode(episode).market.instruments

    assert calm.depth == pytest.approx(calm.volume * 0.5 * (1 - np.exp(-2.0)), rel=1e-12)


def test_a_stated_depth_is_taken_as_it_is(episode: Episode) -> None:
    other = episode.changed({"instruments.STOCK.depth": 12_345.0})

    assert compile_episode(other).market.instruments.depth[2] == 12_345.0


def test_look_through_has_the_rows_of_the_file(episode: Episode) -> None:
    weights = compile_episode(episode).market.instruments.lookthrough

    assert weights.tolist() == [[1, 0, 0, 0], [2, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0.25, 0.75]]


def test_a_product_of_products_stands_on_what_lies_beneath(episode: Episode) -> None:
    nested = episode.changed({"instruments.FUND.look_through": {"ABROAD": 2.0}})
    weights = compile_episode(nested).market.instruments.lookthrough

    assert weights[1].tolist() == [0, 0, 0.5, 1.5]
    assert weights[3].tolist() == [0, 0, 0.25, 0.75]


def test_what_is_linked_to_a_product_inherits_all_its_news(episode: Episode) -> None:
    links = {"instruments.FUND.look_through": {"ABROAD": 1.0}, "instruments.ABROAD.role": "linked"}
    scenario = compile_episode(episode.changed(links))

    assert scenario.news.linked.tolist() == [False, True, False, True]
    assert scenario.earned.tolist() == [False, True, True, True]


def test_what_was_seen_long_ago_is_not_what_really_happened(episode: Episode) -> None:
    late = episode.changed({"end": datetime(2026, 1, 11, 18, tzinfo=UTC)})
    later = episode.changed({"end": datetime(2026, 1, 12, tzinfo=UTC)})

    assert late.actual().tolist()[:3] == [85.0, 7.0, 190.0]
    assert np.isnan(late.actual()[3])
    assert np.isnan(later.actual()).all()


def test_given_instruments_follow_their_path_and_others_have_none(episode: Episode) -> None:
    news = compile_episode(episode).news

    assert news.given.tolist() == [True, False, False, False]
    assert news.linked.tolist() == [False, True, False, False]
    assert news.actual[11, 0] == pytest.approx(90.0, rel=1e-12)
    assert news.actual[-1, 0] == pytest.approx(85.0, rel=1e-12)
    assert np.isnan(news.actual[:, 1:]).all()


def test_news_counts_from_the_first_bar_that_begins_after_it(episode: Episode) -> None:
    shock = compile_episode(episode).news.shock

    assert shock[35, 2] == pytest.approx(np.log(0.97), rel=1e-12)
    assert (np.delete(shock, 35, axis=0) == 0.0).all()


def test_two_bulletins_in_one_bar_add_up(tmp_path: Path) -> None:
    more = TOML.split("[[news]]")[-1].replace("percent = -3.0", "log = 0.01")
    shock = compile_episode(load(write(tmp_path, TOML + "\n[[news]]" + more))).news.shock

    assert shock[35, 2] == pytest.approx(np.log(0.97) + 0.01, rel=1e-12)


def test_a_hike_noticed_before_the_window_is_known_from_its_first_bar(episode: Episode) -> None:
    (hike,) = compile_episode(episode).news.hikes

    assert (hike.instrument, hike.rate, hike.notice, hike.effect) == ("METAL", 0.15, 0, 22)


def test_a_hike_after_the_last_bar_reaches_only_brokers_who_heed_its_notice(tmp_path: Path) -> None:
    late = TOML.replace("effect = 2026-01-06T22:00:00Z", "effect = 2026-01-07T23:59:00Z")
    assert late != TOML
    assert compile_episode(load(write(tmp_path, late))).news.hikes == ()

    name = compile_episode(load(write(tmp_path, TOML))).news.hikes[0].segments[0]
    heeds = set_to(load(write(tmp_path, late)), f"segments.{name}.regime.heeds_notice=true")
    scenario = compile_episode(heeds)

    assert [hike.effect for hike in scenario.news.hikes] == [scenario.clock.bars]
    assert scenario.rules.segment(name).regime.heeds_notice


def test_a_currency_stands_still_unless_it_is_told_to_move(episode: Episode) -> None:
    moving = compile_episode(episode.changed({"currencies.KRW.moves": True})).news.fx

    assert compile_episode(episode).news.fx is None
    assert moving is not None
    assert moving[0, 3] == pytest.approx(1 / 1400, rel=0.01)
    assert moving[-1, 3] == pytest.approx(1 / 1500, rel=1e-12)
    assert (moving[:, :3] == 1.0).all()


def test_margins_are_tested_when_the_regime_says(episode: Episode) -> None:
    segments = {s.name: s.regime.tests for s in compile_episode(episode).rules.segments}
    always = compile_episode(episode.changed({"segments.margin.regime.tests": "every_bar"}))

    assert np.flatnonzero(segments["futures"]).tolist() == [19, 43]
    assert np.flatnonzero(segments["margin"]).tolist() == [12, 36]
    assert always.rules.segment("margin").regime.tests is None


def test_cycles_fall_out_on_days_the_venue_is_shut(episode: Episode) -> None:
    shut = {"venues.day.holidays": [datetime(2026, 1, 7).date()]}
    table = {"segments.margin.regime.settles_on": "day", **shut}
    tests = compile_episode(episode.changed(table)).rules.segment("margin").regime.tests

    assert np.flatnonzero(tests).tolist() == [12]


def test_a_cycle_between_two_bars_is_tested_at_the_later_one(episode: Episode) -> None:
    other = episode.changed({"segments.margin.regime.tests": ["11:30", "12:00"]})
    tests = compile_episode(other, bar="2h").rules.segment("margin").regime.tests

    assert np.flatnonzero(tests).tolist() == [6, 18]


def test_the_regime_has_its_times_in_days(episode: Episode) -> None:
    regime = compile_episode(episode).rules.segment("futures").regime

    assert regime.grace_days == 0.5


def test_venues_list_their_instruments(episode: Episode) -> None:
    (listing,) = compile_episode(episode).rules.listings
    phases = listing.venue.phases(episode.clock())

    assert listing.name == "day"
    assert listing.instruments.tolist() == [0, 2]
    assert (phases[8:19] == Phase.OPEN).all()


def test_a_venue_that_lists_nothing_is_left_out(episode: Episode) -> None:
    empty = {"instruments.METAL.venue": None, "instruments.STOCK.venue": None}

    assert compile_episode(episode.changed(empty)).rules.listings == ()


def test_segment_totals_are_those_of_the_file(episode: Episode) -> None:
    scenario = compile_episode(episode)
    futures, margin = group(scenario, "futures"), group(scenario, "margin")
    value = scenario.market.value
    basket = futures.weight @ futures.quantity[:, 1:] * value[2:]

    assert futures.weight @ futures.quantity[:, 0] == pytest.approx(300_000, rel=1e-9)
    assert basket == pytest.approx([4e6 * 600 / 800, 4e6 * 200 / 800], rel=1e-9)
    assert margin.weight @ margin.quantity == pytest.approx([9e7 / 200, -1000], rel=1e-9)
    assert futures.weight.sum() == pytest.approx(5000, rel=1e-12)
    assert futures.weight @ futures.free_cash == pytest.approx(1e6, rel=1e-9)


def test_there_is_a_pair_for_each_vintage_and_way(episode: Episode) -> None:
    columns = compile_episode(episode).columns

    assert columns.instrument.tolist() == [0, 0, 2, 3, 2]
    assert columns.way.tolist() == [Way.PLEDGED] * 2 + [Way.FREE] * 2 + [Way.PLEDGED]
    assert columns.entry.tolist() == [80.0, 100.0, 200.0, 5000.0, 180.0]


def test_holdings_without_vintages_take_the_common_ones(episode: Episode) -> None:
    common = episode.changed({"population.vintages": [0.5, 1.0]})
    entries = compile_episode(common).columns.entry.tolist()

    assert entries == [80.0, 100.0, 100.0, 200.0, 2500.0, 5000.0, 180.0, 50.0]


def test_what_is_pledged_elsewhere_releases_its_stated_share(episode: Episode) -> None:
    held = {"way": "elsewhere", "released": 0.4, "instrument": "STOCK", "total_usd": 1e6}
    columns = compile_episode(episode.changed({"segments.margin.holds.1": held})).columns

    assert columns.way[-1] == Way.ELSEWHERE
    assert columns.released[-1] == 0.4
    assert (columns.released[:-1] == 1.0).all()


def test_adding_a_segment_moves_no_other(tmp_path: Path) -> None:
    halved = TOML.replace("share = 0.5", "share = 0.25")
    before = compile_episode(load(write(tmp_path)), accounts=1000)
    first = halved.replace("[segments.futures]", THIRD + "[segments.futures]")
    after = compile_episode(load(write(tmp_path, first)), accounts=2000)

    for name in ("futures", "margin"):
        was, now = group(before, name), group(after, name)
        assert was.quantity.tobytes() == now.quantity.tobytes()
        assert was.cash.tobytes() == now.cash.tobytes()
        assert was.free_cash.tobytes() == now.free_cash.tobytes()
        assert kinds(before, name) == kinds(after, name)


def test_other_symbols_give_the_same_accounts(tmp_path: Path) -> None:
    renamed = [text.replace("STOCK", "SHARE").replace("METAL", "ORE") for text in (TOML, *FACTS)]
    before = compile_episode(load(write(tmp_path)))
    after = compile_episode(load(write(tmp_path, renamed[0], tuple(renamed[1:]))))

    assert digest(before.accounts) == digest(after.accounts)
    assert digest(before.news.actual) == digest(after.news.actual)


@given(accounts=st.integers(3, 5000))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_population_has_the_asked_size_in_the_stated_shares(
    episode: Episode, accounts: int
) -> None:
    scenario = compile_episode(episode, accounts=accounts)

    assert len(scenario.accounts) == accounts
    assert abs(len(group(scenario, "futures")) - 0.5 * accounts) <= 1


def test_the_caller_may_choose_seed_and_bar(episode: Episode) -> None:
    plain, other = compile_episode(episode), compile_episode(episode, seed=8)

    assert compile_episode(episode, bar="15min").clock.bars == 4 * plain.clock.bars
    assert digest(plain.accounts) != digest(other.accounts)
    assert digest(plain.news) == digest(other.news)
    assert digest(plain) == digest(compile_episode(episode, seed=7))


def test_what_really_happened_is_the_last_price_before_the_end(episode: Episode) -> None:
    early = datetime.fromisoformat("2026-01-06T13:00:00+00:00")

    assert episode.actual().tolist() == [85.0, 7.0, 190.0, 4900.0]
    assert episode.actual(early).tolist() == [90.0, 10.0, 200.0, 5000.0]


def test_dealing_is_as_stated_and_unlimited_where_nothing_is_said(episode: Episode) -> None:
    rules = compile_episode(episode).rules

    assert (rules.overnight, rules.participation, rules.fee) == (0.1, 0.2, 0.0)
    assert rules.maker_capital == np.inf
    assert rules.insurance == {}


def test_an_insurance_fund_belongs_to_its_segment(episode: Episode) -> None:
    other = episode.changed({"segments.margin.insurance_usd": 5e5})

    assert compile_episode(other).rules.insurance == {"margin": 5e5}


def test_traders_are_members_with_their_own_parameters(episode: Episode) -> None:
    table = {"rule": "leveraged_etf", "instrument": "METAL", "leverage": 2.0, "assets": 1e6}
    rules = compile_episode(episode.changed({"traders.double": table})).rules

    assert [(name, trader.leverage) for name, trader in rules.traders] == [("double", 2.0)]  # type: ignore[attr-defined]
