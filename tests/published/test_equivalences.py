"""The table of equivalences: each published model is one law, one fill and one depth.

Sources: Breuer, Summer, Urosevic (2021); model notes 2.1; BoE SWP 861 (2020); Cont, Schaanning
(2017); Obizhaeva, Wang (2013); Almgren, Thum, Hauptmann, Li (2005). Formulas only.
"""

from dataclasses import replace

import numpy as np
import pytest

from published_answers import missed
from undertow.published.equivalences import (
    CHECK,
    TABLE,
    almgren,
    breuer,
    cont_schaanning,
    obizhaeva_wang,
    oxford,
    spiral,
)
from undertow.published.stage import sold_over

NAMES = ("Breuer", "spiral", "Oxford", "Cont-Schaanning", "Obizhaeva-Wang", "Almgren 2005")


@pytest.mark.parametrize("name", NAMES)
def test_prices_and_payments_are_the_published_ones(name):
    assert missed(CHECK, f"{name}: price") == []
    assert missed(CHECK, f"{name}: paid") == []


def test_the_table_has_its_six_rows():
    assert tuple(make().name for make in TABLE) == NAMES


@pytest.mark.parametrize(
    ("make", "other"),
    [
        (breuer, "path"),
        (spiral, "path"),
        (oxford, "path"),
        (cont_schaanning, "path"),
        (obizhaeva_wang, "final"),
        (almgren, "final"),
    ],
    ids=NAMES,
)
def test_another_fill_is_another_model(make, other):
    row = make()
    paid = replace(row, law=replace(row.law, fill=other)).engine().paid

    assert np.abs(paid / row.published.paid - 1.0).max() > 1e-7


@pytest.mark.parametrize("make", TABLE, ids=NAMES)
def test_every_sale_lowers_the_price_and_is_paid_less_than_before_it(make):
    row = make()
    got, before = row.engine(), 8.0

    assert got.price[0] < before
    assert (got.paid < before).all()


@pytest.mark.parametrize("make", TABLE, ids=NAMES)
def test_no_sale_no_change(make):
    row = make()
    cleared = sold_over(row.market(), np.zeros(1), row.law, days=0.0)

    assert cleared.market.pressure[0] == 0.0
    assert cleared.paid[0] == 8.0


def test_depth_measured_at_todays_price_is_not_cont_schaanning():
    row = cont_schaanning()
    cheap = replace(row, depth=row.depth * 8.0 / row.published.price[0])

    assert abs(cheap.engine().price[1] / row.published.price[1] - 1.0) > 1e-3


def test_without_the_wait_obizhaeva_wang_does_not_recover():
    row = obizhaeva_wang()
    hurried = replace(row, wait=0.0).engine()

    assert hurried.price[0] == pytest.approx(row.published.price[0])
    assert hurried.price[1] < row.published.price[1]


def test_the_temporary_part_of_almgren_leaves_no_trace():
    row = almgren()
    at_once = replace(row, slow=False).engine()

    assert at_once.price == pytest.approx(row.engine().price, rel=1e-14)
    assert (at_once.paid != row.engine().paid).all()
