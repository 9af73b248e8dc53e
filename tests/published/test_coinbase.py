"""Coinbase, 2017-09-04 against the day before: the figures F of the microstructure notes."""

import pytest

from published_answers import missed
from undertow.published.coinbase import CHECK


@pytest.mark.parametrize("coin", ["btcusd", "ethusd"])
def test_every_figure_of_the_stress_day_is_met(coin):
    assert missed(CHECK, coin) == []
