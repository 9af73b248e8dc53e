"""Oxford's fire-sale model: Farmer, Kleinnijenhuis, Nahai-Williamson, Wetzer, BoE SWP 861 (2020).

Source: ox-inet-resilience/firesale_stresstest, commit dd861c6dbba3bb9dc77565fac585a2b2e8a960ab,
Apache-2.0: its EBA_2018.csv and the output of its unmodified code.
"""

import csv
import hashlib

import numpy as np
import pytest

from published_answers import DATA, data_file, missed, rows
from undertow.published.oxford import (
    BANKS,
    CASH,
    CHECK,
    EXPECTED,
    Sheets,
    market,
    play_model,
    sheets,
)


@pytest.fixture(scope="module")
def held():
    data_file(BANKS)
    return sheets(DATA)


@pytest.mark.parametrize("fixture", [BANKS, EXPECTED], ids=lambda f: f.path)
def test_the_files_are_the_ones_the_check_was_written_against(fixture):
    found = hashlib.sha256(data_file(fixture).read_bytes()).hexdigest()

    assert found == fixture.sha256


@pytest.mark.parametrize("experiment", ["exp1 price impact", "exp2 shock threshold"])
@pytest.mark.parametrize("what", ["defaults of 48", "share sold", "final prices"])
def test_an_experiment_is_met(experiment, what):
    assert missed(CHECK, f"{experiment}: {what}") == []


def test_both_experiments_have_21_points():
    with data_file(EXPECTED).open(encoding="utf-8") as file:
        names = [line["experiment"] for line in csv.DictReader(file)]

    assert [names.count(name) for name in dict.fromkeys(names)] == [21, 21]


def test_a_larger_shock_can_mean_fewer_defaults():
    counts = [int(n) for n in rows(CHECK)["exp2 shock threshold: defaults of 48"].got.split()]

    assert min(np.diff(counts)) < 0


def test_targeting_leverage_loses_otherwise_than_waiting_for_the_buffer():
    assert missed(CHECK, "leverage targeting") == []


def test_there_are_48_banks_whose_parts_add_up(held):
    with data_file(BANKS).open(encoding="utf-8") as file:
        first = file.read().split("\n")[1].split()
    total = float(first[1]) / (float(first[2]) / 100)

    assert held.assets.shape == (48, 4)
    assert (held.assets >= 0.0).all()
    assert held.assets[0].sum() == pytest.approx(total, rel=1e-14)
    assert held.assets[0, CASH] == pytest.approx(0.05 * total)
    assert held.assets[0, 1] == 13 + 27682


def test_five_percent_sold_takes_the_price_down_by_the_stated_impact(held):
    opened = market(held, impact=0.03, shock=0.0)
    sold = 0.05 * held.assets[:, 0].sum()

    assert np.exp(-sold / opened.depth[0]) == pytest.approx(0.97, rel=1e-12)
    assert np.isinf(market(held, impact=0.0, shock=0.0).depth).all()


def test_the_order_of_banks_does_not_matter(held):
    shuffled = np.random.default_rng(0).permutation(48)
    other = Sheets(held.assets[shuffled], held.equity[shuffled])
    first, second = (play_model(s, 0.01, 0.15) for s in (held, other))

    assert first.defaults == second.defaults
    assert first.sold == pytest.approx(second.sold, abs=1e-12)
    assert first.price == pytest.approx(second.price, abs=1e-12)


def test_no_impact_no_contagion(held):
    alone = play_model(held, 0.0, 0.2)

    assert alone.price.tolist() == [1.0, 0.8]


def test_cash_is_used_before_bonds():
    rich = Sheets(np.array([[50.0, 50.0, 900.0, 0.0]]), np.array([35.0]))
    found = play_model(rich, 0.01, 0.0)

    assert found.sold == 0.0
    assert found.defaults == 0


def test_a_bank_below_three_percent_sells_everything_in_the_next_round():
    broken = Sheets(np.array([[50.0, 50.0, 5.0, 0.0]]), np.array([2.0]))
    found = play_model(broken, 0.01, 0.0)

    assert found.defaults == 1
    assert found.sold == 1.0
    assert found.price == pytest.approx(np.full(2, 0.99**20), rel=1e-12)
