"""Auto-deleveraging moves units and money between accounts and makes none."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from undertow.core.errors import BadNumber
from undertow.model.rulebook import Standing, by_growth, by_profit, deleveraged
from undertow.model.rulebook.binance import adl_rank

few = settings(max_examples=100, deadline=None)
PRICES = st.floats(10.0, 1000.0)
PEOPLE = st.lists(
    st.tuples(st.floats(-50.0, 50.0), PRICES, st.floats(1.0, 1e5)), min_size=1, max_size=12
)
RANKS = st.sampled_from([by_profit, by_growth])


def queue(people):
    return [
        Standing(f"w{k}", q, entry, equity)
        for k, (q, entry, equity) in enumerate(people)
        if abs(q) > 1e-3
    ]


@few
@given(people=PEOPLE, share=st.floats(0.01, 1.0), price=PRICES, mark=PRICES, rank=RANKS)
def test_units_and_money_are_conserved_at_any_price(people, share, price, mark, rank):
    others = queue(people)
    room = sum(one.quantity for one in others if one.quantity > 0.0)
    assume(room > 1e-6)
    bankrupt = Standing("b", -share * room, 100.0, -5.0)
    closed = deleveraged(bankrupt, others, price, mark, rank)

    assert sum(one.quantity for one in closed) == pytest.approx(0.0, abs=1e-9 * room)
    assert sum(one.gained for one in closed) == pytest.approx(0.0, abs=1e-7 * room)
    assert closed[0].account == "b"
    assert closed[0].quantity == pytest.approx(share * room)


@few
@given(people=PEOPLE, share=st.floats(0.01, 1.0), price=PRICES, mark=PRICES, rank=RANKS)
def test_nobody_is_turned_round_and_the_first_in_the_queue_close_first(
    people, share, price, mark, rank
):
    others = queue(people)
    longs = [one for one in others if one.quantity > 0.0]
    assume(sum(one.quantity for one in longs) > 1e-6)
    bankrupt = Standing("b", -share * sum(one.quantity for one in longs), 100.0, -5.0)
    closed = deleveraged(bankrupt, others, price, mark, rank)[1:]
    taken = {one.account: -one.quantity for one in closed}
    ranked = sorted(longs, key=lambda one: rank(one, mark), reverse=True)
    full = [taken.get(one.account, 0.0) == pytest.approx(one.quantity) for one in ranked]

    assert all(taken.get(one.account, 0.0) <= one.quantity * (1 + 1e-12) for one in longs)
    assert full == sorted(full, reverse=True)


def test_the_bankrupt_is_left_with_nothing_at_its_bankruptcy_price():
    bankrupt = Standing("b", 2.0, 100.0, -30.0)
    winner = Standing("w", -5.0, 120.0, 500.0)
    price = 80.0 + 15.0
    closed = deleveraged(bankrupt, (winner,), price, 80.0, by_profit)

    assert bankrupt.equity + closed[0].gained == pytest.approx(0.0)
    assert closed[1].quantity == 2.0
    assert closed[1].gained == pytest.approx(-30.0)


def test_at_the_mark_nobody_gains_from_deleveraging():
    closed = deleveraged(
        Standing("b", 1.0, 100.0, -5.0), (Standing("w", -1.0, 90.0, 9.0),), 80.0, 80.0, by_profit
    )

    assert [one.gained for one in closed] == [0.0, 0.0]


def test_winners_with_leverage_are_first_and_as_the_exchange_ranks_them():
    mark = 80.0
    people = [
        Standing("levered winner", -1.0, 160.0, 8.0),
        Standing("winner", -1.0, 160.0, 40.0),
        Standing("loser", -1.0, 72.0, 8.0),
    ]
    ranks = [by_profit(one, mark) for one in people]

    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0] == pytest.approx(adl_rank(0.5, 10.0))


def test_too_small_an_other_side_is_refused():
    with pytest.raises(BadNumber, match="find nobody on the other side"):
        deleveraged(
            Standing("b", 3.0, 100.0, -5.0),
            (Standing("w", -1.0, 90.0, 9.0),),
            80.0,
            80.0,
            by_profit,
        )
