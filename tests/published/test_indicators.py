"""Published values of indicators, of the GARCH benchmark and of a SPAN array."""

import pytest

from published_answers import missed
from undertow.published import absorption, connectedness, edge, garch, ofr_fsi, span_array


@pytest.mark.parametrize("start", ["2012 total", "2012 table", "2012 net", "2009 index"])
def test_connectedness_is_the_published_one(start):
    assert missed(connectedness.CHECK, start) == []


@pytest.mark.parametrize("start", ["all rows", "first ten", "nearest"])
def test_edge_is_the_authors(start):
    assert missed(edge.CHECK, start) == []


@pytest.mark.parametrize(
    "start", ["five kinds", "three regions do", "three regions add", "peak", "day of", "Credit"]
)
def test_the_parts_of_the_ofr_index_add_up_to_it(start):
    assert missed(ofr_fsi.CHECK, start) == []


def test_the_absorption_ratio_is_that_of_the_matlab_code():
    assert missed(absorption.CHECK) == []


@pytest.mark.parametrize("start", ["mean", "omega", "alpha", "beta", "log likelihood"])
def test_the_garch_benchmark_is_met(start):
    assert missed(garch.CHECK, start) == []


def test_a_backcast_before_the_first_return_is_another_model():
    assert missed(garch.CHECK, "trap") == []


def test_the_scanning_risk_of_a_covered_write_is_mcmillans():
    assert missed(span_array.CHECK) == []
