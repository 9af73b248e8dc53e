"""Breuer, Summer, Urosevic, OeNB working paper 235 (2021).

Source of data and table: Martin-Summer-1090/syslosseval, commit
5c74f0cf7856ef4f8d39890ee349a17d19818d6f, MIT. The hashes of the files are part of the check.
"""

import hashlib

import numpy as np
import pytest

from published_answers import DATA, data_file, missed, rows
from undertow.engine.equilibrium import equilibrium
from undertow.engine.run import How, until_calm
from undertow.published.breuer import (
    CHECK,
    CLASSES,
    IMPACT,
    STATE,
    TABLE,
    banks,
    largest_discount,
    scene,
)


@pytest.fixture(scope="module")
def published():
    data_file(STATE)
    return scene(DATA, corrected=False)


@pytest.fixture(scope="module")
def corrected():
    data_file(STATE)
    return scene(DATA, corrected=True)


@pytest.mark.parametrize("fixture", [STATE, IMPACT, TABLE], ids=lambda f: f.path)
def test_the_files_are_the_ones_the_check_was_written_against(fixture):
    found = hashlib.sha256(data_file(fixture).read_bytes()).hexdigest()

    assert found == fixture.sha256


@pytest.mark.parametrize("side", ["lower", "upper", "max"])
def test_all_eight_discounts_are_the_printed_ones(side):
    assert len([name for name in rows(CHECK) if name.startswith(f"δ {side}")]) == len(CLASSES)
    assert missed(CHECK, f"δ {side}") == []


def test_the_iteration_counts_are_the_printed_ones():
    assert missed(CHECK, "iterations") == []


def test_seven_banks_sell_what_they_are_said_to_sell():
    assert missed(CHECK, "banks that sell") == []
    assert missed(CHECK, "share sold") == []


def test_equity_before_losses_after_them_and_after_sales_is_the_printed_one():
    assert missed(CHECK, "CET1") == []


def test_with_depths_corrected_the_discounts_and_counts_are_those_of_the_second_program():
    assert missed(CHECK, "corrected") == []


def test_the_correction_swaps_two_depths_and_nothing_else(published, corrected):
    ours, theirs = corrected.market.instruments, published.market.instruments
    us, rest = CLASSES.index("US"), CLASSES.index("RoW")
    swapped = np.arange(len(ours))
    swapped[[us, rest]] = rest, us

    assert ours.depth.tolist() == theirs.depth[swapped].tolist()
    assert ours.sigma.tolist() == theirs.sigma[swapped].tolist()
    assert theirs.depth[us] < theirs.depth[rest] < np.inf


@pytest.mark.parametrize("start", ["least", "greatest"])
def test_a_fixed_point_maps_to_itself(published, start):
    found = equilibrium(published, start=start)
    again = (
        1.5
        * published.market.instruments.sigma[:-1]
        * np.sqrt(found.sold[:-1] / published.market.instruments.depth[:-1])
    )

    assert found.converged
    assert np.abs(again - found.discount[:-1]).max() < 1e-9


def test_the_least_fixed_point_is_not_above_the_greatest_nor_that_above_selling_everything(
    published,
):
    least, greatest = equilibrium(published), equilibrium(published, start="greatest")

    assert (least.discount <= greatest.discount + 1e-9).all()
    assert (greatest.discount[:-1] <= largest_discount(published)).all()


def test_only_banks_above_the_cap_at_final_prices_sell(published):
    held, found = banks(DATA), equilibrium(published)
    value = held.bonds @ found.price[:-1] + held.loans
    equity = held.equity - held.bonds @ found.discount[:-1]
    sold = found.fractions[0][:, :-1].max(axis=1) > 0.0
    above = (value / equity > 33.0) | (equity <= 0.0)

    assert (sold == above).all()


def test_nobody_sells_loans(published):
    assert equilibrium(published, start="greatest").fractions[0][:, -1].max() == 0.0


def test_rounds_are_another_model_and_fall_less_than_the_equilibrium(published):
    trace = until_calm(published, how=How(threads=1, plain=True), max_rounds=2_000)
    fall = 1.0 - trace.paths.price[-1][:-1]
    discount = equilibrium(published).discount[:-1]

    assert trace.closes
    assert (fall > 0.0).all()
    assert fall.sum() < discount.sum()
