"""Ranges: every assumption moves, alone and with the others, and nothing is dropped silently."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from toy_episode import FACTS, TOML, with_line, write
from undertow.core.answers.simulation import Simulation
from undertow.core.errors import InputError
from undertow.engine.run import How, run
from undertow.episodes import Episode, compile_episode, load
from undertow.studies.assumed import Extremes, Input, inputs_of
from undertow.studies.latin import latin
from undertow.studies.ranges import Ranged, ranges
from undertow.studies.simulate import Seen, ranged, simulate
from undertow.studies.trial import Design, Outcome, Refused, Trial

ALONE = How(threads=1)
SMALL = Design(accounts=200, draws=6, workers=1)
SPREADS = '[ranges]\ntogether = { spreads = ["*.spread"] }\n'


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    return load(write(tmp_path))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    return load(write(tmp_path_factory.mktemp("toy"), TOML + SPREADS))


@pytest.fixture(scope="module")
def base(toy: Episode) -> Simulation:
    return simulate(compile_episode(toy), Seen(), how=ALONE)[0]


@pytest.fixture(scope="module")
def found(toy: Episode, base: Simulation) -> Ranged:
    return ranges(toy, SMALL, base)


def with_fact(folder: Path, fact: str, entry: tuple[str, str], more: str = "") -> Episode:
    """The toy with one more fact, and one line of the file that uses it."""
    return load(write(folder, with_line(*entry) + more, (*FACTS, fact)))


def one(inputs: tuple[Input, ...], name: str) -> Input:
    return next(each for each in inputs if each.name == name)


# What is assumed, and between what it may lie.


def test_every_assumed_fact_that_enters_moves_alone(episode: Episode) -> None:
    names = {each.name for each in inputs_of(episode)}

    assert names == {fact.id for fact in episode.assumed}
    assert "ABROAD.volume_day" in names
    assert "STOCK.price" not in names


def test_an_assumption_without_a_range_moves_by_half(episode: Episode) -> None:
    accounts = one(inputs_of(episode), "futures.accounts")

    assert accounts.facts == (Extremes("futures.accounts", 5000.0, 2500.0, 7500.0),)
    assert accounts.multiples == (0.5, 1.5)


def test_a_stated_range_widens_the_half_and_never_narrows_it(episode: Episode) -> None:
    inputs = inputs_of(episode)

    assert one(inputs, "impact.resilience_days").multiples == (0.5, 2.0)
    assert one(inputs, "METAL.spread").multiples == pytest.approx((1 / 3, 5 / 3))
    assert one(inputs, "STOCK.spread").multiples == (0.5, 2.0)


def test_an_input_is_linear_on_each_side_of_what_is_assumed(episode: Episode) -> None:
    tau = one(inputs_of(episode), "impact.resilience_days")

    assert [tau.at(p)["impact.resilience_days"] for p in (-1, -0.5, 0, 0.5, 1)] == [
        0.25, 0.375, 0.5, 0.75, 1.0,
    ]  # fmt: skip


def test_what_moves_together_is_one_input(toy: Episode) -> None:
    spreads = one(inputs_of(toy), "spreads")

    assert len(spreads.facts) == 4
    assert spreads.at(1.0) == {
        "METAL.spread": 0.0005, "FUND.spread": 0.0005, "STOCK.spread": 0.0002,
        "ABROAD.spread": 0.0004,
    }  # fmt: skip
    assert spreads.multiples == pytest.approx((1 / 3, 2.5))


def test_the_first_pattern_that_fits_wins(tmp_path: Path) -> None:
    both = '[ranges]\ntogether = { first = ["METAL.*"], second = ["*.spread", "METAL.spread"] }\n'
    inputs = inputs_of(load(write(tmp_path, TOML + both)))

    assert [f.name for f in one(inputs, "first").facts] == ["METAL.spread"]
    assert len(one(inputs, "second").facts) == 3


@pytest.mark.parametrize(
    ("unit", "high"), [("share", 1.0), ("share of accounts", 1.0), ("shares", 1.2), ("1", 1.2)]
)
def test_no_share_rises_above_one(tmp_path: Path, unit: str, high: float) -> None:
    fact = f"market.memory,,0.8,{unit},assumed,,,a guess,"
    memory = with_fact(
        tmp_path, fact, ("overnight = 0.1", 'overnight = 0.1\nmemory = "@market.memory"')
    )

    assert one(inputs_of(memory), "market.memory").at(1.0)["market.memory"] == pytest.approx(high)


def test_a_fact_of_zero_has_its_stated_range(tmp_path: Path) -> None:
    fact = "STOCK.news,,0,log points,assumed,-0.05,0.01,a guess,"
    news = with_fact(tmp_path, fact, ("percent = -3.0", 'log = "@STOCK.news"'))
    input_ = one(inputs_of(news), "STOCK.news")

    assert (input_.at(-1.0), input_.at(1.0)) == ({"STOCK.news": -0.05}, {"STOCK.news": 0.01})
    assert all(math.isnan(multiple) for multiple in input_.multiples)


def test_a_fact_of_zero_without_a_range_does_not_move(tmp_path: Path) -> None:
    fact = "STOCK.news,,0,log points,assumed,,,a guess,"
    news = with_fact(tmp_path, fact, ("percent = -3.0", 'log = "@STOCK.news"'))

    assert "STOCK.news" not in {each.name for each in inputs_of(news)}


def test_the_low_end_of_a_negative_fact_is_the_one_nearer_to_zero(tmp_path: Path) -> None:
    fact = "STOCK.news,,-0.04,log points,assumed,-0.1,-0.03,a guess,"
    news = with_fact(tmp_path, fact, ("percent = -3.0", 'log = "@STOCK.news"'))
    input_ = one(inputs_of(news), "STOCK.news")

    assert input_.multiples == (0.5, 2.5)
    assert input_.at(-1.0) == {"STOCK.news": -0.02}


def test_a_later_row_of_a_fact_moves_under_its_moment(tmp_path: Path) -> None:
    later = "METAL.margin_rate,2026-01-06T22:00Z,0.15,share of notional,official,,,a notice,"
    assumed = later.replace("official", "assumed")
    facts = tuple(assumed if row == later else row for row in FACTS)
    episode = load(write(tmp_path, TOML, facts))
    name = "METAL.margin_rate@2026-01-06T22:00:00Z"
    other = episode.with_facts(one(inputs_of(episode), name).at(1.0))

    assert other.plan.hikes[0].rate == pytest.approx(0.225)
    assert other.facts.value("METAL.margin_rate") == 0.1


def test_an_end_that_the_episode_refuses_gives_way_to_the_stated_range(tmp_path: Path) -> None:
    fact = "futures.ratio,,1.5,collateral over debt,assumed,1.2,2,a guess,"
    ratio = with_fact(tmp_path, fact, ("mean = 0.5, shape", 'mean = "= @futures.ratio - 1", shape'))
    input_ = one(inputs_of(ratio), "futures.ratio")

    assert input_.multiples == pytest.approx((0.8, 1.5))
    assert len(input_.cut) == 1
    assert "segments.futures.excess.mean = -0.25" in input_.cut[0]


def test_a_fact_without_a_range_goes_as_far_as_the_episode_can(tmp_path: Path) -> None:
    fact = "futures.ratio,,1.5,collateral over debt,assumed,,,a guess,"
    ratio = with_fact(tmp_path, fact, ("mean = 0.5, shape", 'mean = "= @futures.ratio - 1", shape'))
    low = one(inputs_of(ratio), "futures.ratio").at(-1.0)["futures.ratio"]

    assert low >= 1.0
    assert low == pytest.approx(1.0, abs=1e-5)


def test_no_input_moves_into_a_forbidden_fit(tmp_path: Path) -> None:
    law = 'impact = { rule = "square_root", coefficient = "@impact.coefficient" }'
    fact = "impact.coefficient,,1.2,1,assumed,,,a paper,"
    steep = with_fact(tmp_path, fact, ('impact = "square_root"', law))
    input_ = one(inputs_of(steep), "impact.coefficient")

    assert input_.at(1.0)["impact.coefficient"] == pytest.approx(1.5, abs=1e-5)
    assert input_.at(1.0)["impact.coefficient"] <= 1.5 + 1e-9
    assert "above 1.5" in input_.cut[0]


def test_a_fit_that_is_there_already_cuts_nothing(tmp_path: Path) -> None:
    law = 'impact = { rule = "square_root", coefficient = "@impact.coefficient" }'
    fact = "impact.coefficient,,2,1,assumed,,,a paper,"
    steep = with_fact(tmp_path, fact, ('impact = "square_root"', law))

    assert one(inputs_of(steep), "impact.coefficient").multiples == (0.5, 1.5)


# The design.


@pytest.mark.parametrize(("draws", "inputs"), [(1, 1), (2, 5), (8, 3), (32, 60)])
def test_each_input_visits_each_part_of_its_range_once(draws: int, inputs: int) -> None:
    strata = np.floor((latin(draws, inputs, 7) + 1.0) / 2.0 * draws)

    assert np.array_equal(np.sort(strata, axis=0), np.tile(np.arange(draws)[:, None], inputs))


def test_a_design_is_its_seed() -> None:
    assert np.array_equal(latin(8, 4, 3), latin(8, 4, 3))
    assert not np.array_equal(latin(8, 4, 3), latin(8, 4, 4))


def test_no_two_inputs_move_together() -> None:
    places = latin(32, 60, 7)
    pairs = np.triu(np.corrcoef(places.T), k=1)

    assert np.abs(pairs).max() < 0.6


def test_no_draws_and_no_inputs_are_designs_too() -> None:
    assert latin(0, 4, 1).shape == (0, 4)
    assert latin(4, 0, 1).shape == (4, 0)


# One trial.


def test_a_trial_is_a_run_under_other_facts(toy: Episode) -> None:
    facts = {"futures.accounts": 2500.0, "impact.resilience_days": 1.0}
    outcome = Trial(toy, SMALL)(facts)
    trace = run(compile_episode(toy.with_facts(facts), accounts=200), how=ALONE)

    assert isinstance(outcome, Outcome)
    assert outcome.closes
    assert np.array_equal(outcome.forced, np.expm1(trace.paths.forced))
    assert outcome.totals[0] == trace.by_segment.called.sum() > 0.0


def test_facts_that_change_nothing_are_not_run_again(toy: Episode) -> None:
    trial = Trial(toy, SMALL)

    assert trial({"STOCK.price": 200.0}) is None
    assert trial({"METAL.price@2026-01-06T12:00Z": 90.0}) is None
    assert isinstance(trial({"METAL.price@2026-01-06T12:00Z": 91.0}), Outcome)
    assert isinstance(trial({}), Outcome)


def test_facts_that_a_rule_cannot_take_are_refused_with_the_reason(toy: Episode) -> None:
    refused = Trial(toy, SMALL)({"METAL.margin_rate": 1.5})

    assert isinstance(refused, Refused)
    assert "margin rate of 'METAL' is 1.5" in refused.why
    assert not refused.why.endswith(".")


def test_a_trial_has_the_channels_and_the_origin_of_its_run(toy: Episode) -> None:
    off = Trial(toy, replace(SMALL, off=("calls", "hikes"), origin="free", seed=3))
    scenario = off.scenario({})

    assert scenario.news.hikes == ()
    assert not scenario.news.given.any()
    assert off({}).totals == (0.0, 0.0, 0.0)


# Ranges.


def test_all_runs_are_counted(found: Ranged, toy: Episode) -> None:
    assert found.ranges.runs == 1 + 2 * len(inputs_of(toy)) + 6
    assert found.warnings == ()


def test_every_headline_lies_in_its_range(found: Ranged, base: Simulation, toy: Episode) -> None:
    answer = found.ranges

    assert tuple(answer.forced) == toy.symbols
    for name, one_range in answer.forced.items():
        assert one_range.value == base.instruments[name].forced
        assert one_range.low <= min(one_range.value, answer.base[name])
        assert one_range.high >= max(one_range.value, answer.base[name])
    called = sum(segment.called for segment in base.segments.values())
    assert answer.totals["calls"].value == called
    assert answer.totals["calls"].low < called < answer.totals["calls"].high


def test_the_base_is_the_small_run_as_assumed(found: Ranged, toy: Episode) -> None:
    small = Trial(toy, SMALL)({})

    assert isinstance(small, Outcome)
    assert list(found.ranges.base.values()) == small.forced[-1].tolist()


def test_what_matters_most_stands_first(found: Ranged) -> None:
    answer = found.ranges
    small = answer.base[answer.target]
    swings = [rest.swing(small) for rest in answer.tornado]

    assert swings == sorted(swings, reverse=True)
    assert swings[0] > 0.0
    assert answer.target in {"STOCK", "ABROAD"}


def test_a_row_of_the_tornado_is_the_run_with_that_input_alone(found: Ranged, toy: Episode) -> None:
    rest = next(r for r in found.ranges.tornado if r.input == "impact.resilience_days")
    at = toy.symbols.index(found.ranges.target)
    low = Trial(toy, SMALL)({"impact.resilience_days": 0.25})

    assert isinstance(low, Outcome)
    assert (rest.low, rest.high, rest.facts) == (0.5, 2.0, 1)
    assert rest.at_low == low.forced[-1, at]
    assert rest.usd_at_low == low.totals[1]


def test_a_band_holds_every_run_at_every_bar(found: Ranged, toy: Episode) -> None:
    bands, small = found.bands, Trial(toy, SMALL)({})

    assert isinstance(small, Outcome)
    assert bands.instruments == toy.symbols
    assert len(bands.times) == len(bands.low) == 48
    assert np.all((bands.low <= small.forced) & (small.forced <= bands.high))
    assert np.any(bands.low < bands.high)


def test_the_ends_of_the_bands_are_within_the_ranges(found: Ranged) -> None:
    for at, one_range in enumerate(found.ranges.forced.values()):
        assert one_range.low <= found.bands.low[-1, at]
        assert found.bands.high[-1, at] <= one_range.high


def test_the_number_of_workers_changes_nothing(
    found: Ranged, toy: Episode, base: Simulation
) -> None:
    two = ranges(toy, replace(SMALL, workers=2), base)

    assert two.ranges == found.ranges
    assert two.bands.low.tobytes() == found.bands.low.tobytes()
    assert two.bands.high.tobytes() == found.bands.high.tobytes()


def test_progress_reaches_all_runs(toy: Episode, base: Simulation) -> None:
    told: list[tuple[int, int]] = []
    few = replace(SMALL, draws=1, accounts=20)
    ranges(toy, few, base, lambda done, total: told.append((done, total)))
    total = 1 + 2 * len(inputs_of(toy)) + 1

    assert told == [(done, total) for done in range(1, total + 1)]


def test_an_end_that_could_not_be_tried_is_named(tmp_path: Path, base: Simulation) -> None:
    """A rate above 1 is refused by the margin rule, which the plan does not know."""
    fact = "futures.rate,,0.8,1,assumed,,,a guess,"
    rated = with_fact(
        tmp_path, fact, ("rates = { STOCK = 0.25 }", 'rates = { STOCK = "@futures.rate" }')
    )
    answer = ranges(rated, replace(SMALL, draws=8, accounts=20), base)
    said = [str(warning) for warning in answer.warnings]
    rest = next(r for r in answer.ranges.tornado if r.input == "futures.rate")

    assert "futures.rate could not be tried at one end" in said[0]
    assert "the margin rate of 'STOCK' is 1.2" in said[0]
    assert said[1].startswith(("1 of 8", "2 of 8", "3 of 8", "4 of 8"))
    assert rest.at_high == answer.ranges.base[answer.ranges.target]
    assert answer.ranges.runs < 1 + 2 * len(inputs_of(rated)) + 8


def test_an_end_that_was_pulled_in_is_named(tmp_path: Path, base: Simulation) -> None:
    fact = "futures.ratio,,1.5,collateral over debt,assumed,1.2,2,a guess,"
    ratio = with_fact(tmp_path, fact, ("mean = 0.5, shape", 'mean = "= @futures.ratio - 1", shape'))
    answer = ranges(ratio, replace(SMALL, draws=1, accounts=20), base)

    assert [str(warning).split(":")[0] for warning in answer.warnings] == [
        "futures.ratio is moved between 0.8 and 1.5 of its base only"
    ]


def test_a_run_that_fails_ends_all_with_its_sentence(tmp_path: Path, base: Simulation) -> None:
    """A price that is sold into nothing is no price."""
    law = with_line('impact = "square_root"', 'impact = "exponential"')
    thin = law.replace("[instruments.STOCK]", "[instruments.STOCK]\ndepth = 1.0")
    with pytest.raises(InputError, match="too much for its depth under this impact law"):
        ranges(load(write(tmp_path, thin)), replace(SMALL, workers=2, draws=1), base)


def test_an_episode_that_assumes_nothing_has_its_base_for_a_range(
    tmp_path: Path, base: Simulation
) -> None:
    sure = tuple(row.replace(",assumed,", ",reported,") for row in FACTS)
    answer = ranges(load(write(tmp_path, TOML, sure)), SMALL, base).ranges

    assert answer.tornado == ()
    assert answer.runs == 1
    assert answer.forced["STOCK"].low == min(base.instruments["STOCK"].forced, answer.base["STOCK"])


def test_a_base_that_is_refused_has_no_ranges(toy: Episode, base: Simulation) -> None:
    with pytest.raises(InputError, match=r"has no ranges: .* not a whole number of bars"):
        ranges(toy, replace(SMALL, bar="7h"), base)


def test_where_nothing_is_assumed_nothing_is_varied_or_said(tmp_path: Path) -> None:
    known = tuple(fact.replace(",assumed,", ",reported,") for fact in FACTS)
    sure = load(write(tmp_path, TOML, known))
    plain = simulate(compile_episode(sure), Seen(), how=ALONE)[0]
    found = ranges(sure, SMALL, plain)

    assert (found.ranges.runs, found.ranges.tornado) == (1, ())
    assert ranged(plain, found.ranges).said == plain.said
