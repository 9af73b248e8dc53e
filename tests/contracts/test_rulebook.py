"""What every margin regime promises; a new file in the family's folder is tested with no edit."""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, fields, replace
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from undertow.core.book import Kind
from undertow.core.errors import UnknownName
from undertow.model.rulebook import (
    RULEBOOK,
    Exit,
    Levels,
    Moves,
    Pool,
    Rulebook,
    Terms,
    adverse,
    calling_rate,
    moved,
    moves,
    restoring_share,
)

MEMBERS = pytest.mark.parametrize("member", RULEBOOK.members())
few = settings(max_examples=25, deadline=None)
SIDES = st.sampled_from([1.0, -1.0])
CUSHIONS = st.floats(1.05, 8.0)


def part(member: str) -> Rulebook:
    return RULEBOOK.member(member).example()


def pool_of(member: str, side: float = 1.0, cushion: float | None = None) -> Pool:
    """The example on one side, with `cushion` times the equity at which it is called."""
    rulebook = part(member)
    pool = rulebook.example_pool().scaled(side if rulebook.shorts else 1.0)
    return pool if cushion is None else replace(pool, equity=cushion * least(rulebook, pool))


def least(rulebook: Rulebook, pool: Pool) -> float:
    """Smallest equity without a call at the opening prices, by halving."""
    low, high = 0.0, 10.0 * pool.gross(pool.opening)
    for _ in range(60):
        middle = 0.5 * (low + high)
        levels = rulebook.levels(replace(pool, equity=middle), pool.opening)
        low, high = (low, middle) if levels.equity >= levels.maintenance else (middle, high)
    return high


def symbol_of(pool: Pool) -> str:
    return pool.positions[0].symbol


def levels_after(rulebook: Rulebook, pool: Pool, x: float, symbol: str) -> Levels:
    return rulebook.levels(pool, moved(pool.opening, {symbol: 1.0}, x, pool.positions))


def worst(rulebook: Rulebook, pool: Pool, exit_: Exit | None = None) -> Moves:
    along = adverse(rulebook, pool, symbol_of(pool))
    return moves(rulebook, pool, along, exit_ or Exit())


@MEMBERS
def test_a_member_is_frozen_and_says_what_it_is(member: str) -> None:
    rulebook = part(member)
    name = fields(rulebook)[0].name  # type: ignore[arg-type]

    assert (type(rulebook).__doc__ or "").strip()
    with pytest.raises(FrozenInstanceError):
        setattr(rulebook, name, None)


@MEMBERS
def test_the_example_is_solvent_allowed_and_not_called(member: str) -> None:
    rulebook, pool = part(member), pool_of(member)
    levels = rulebook.levels(pool, pool.opening)

    assert levels.equity == pytest.approx(pool.equity)
    assert levels.equity > levels.maintenance > 0.0
    assert rulebook.findings(pool, pool.opening) == ()


@MEMBERS
def test_terms_are_complete(member: str) -> None:
    terms = part(member).terms(pool_of(member).opening.on)

    assert isinstance(terms, Terms)
    assert terms.source
    assert math.isnan(terms.grace_days) or terms.grace_days >= 0.0


@MEMBERS
def test_a_kind_of_product_it_does_not_know_is_found(member: str) -> None:
    rulebook, pool = part(member), pool_of(member)
    strange = sorted(set(Kind) - rulebook.kinds)
    if not strange:
        pytest.skip("it knows every kind of product")
    held = replace(pool.positions[0], kind=strange[0])
    found = rulebook.findings(replace(pool, positions=(held,)), pool.opening)

    assert strange[0] in str(found[0])


@MEMBERS
@few
@given(side=SIDES, x=st.floats(-0.9, 3.0))
def test_levels_are_ordered_at_every_price(member: str, side: float, x: float) -> None:
    pool = pool_of(member, side)
    levels = levels_after(part(member), pool, x, symbol_of(pool))

    assert 0.0 <= levels.liquidation <= levels.maintenance * (1 + 1e-12)
    assert levels.maintenance <= levels.initial * (1 + 1e-12)


@MEMBERS
@few
@given(side=SIDES, size=st.floats(0.01, 1000.0))
def test_requirements_are_continuous_where_they_bend(member: str, side: float, size: float) -> None:
    rulebook = part(member)
    pool = pool_of(member, side).scaled(size)
    for symbol, prices in rulebook.breaks(pool, pool.opening.on).items():
        for price in prices:
            x = price / pool.opening.price[symbol] - 1.0
            nudge = 1e-9 * (1.0 + x)
            before, after = (levels_after(rulebook, pool, x + d, symbol) for d in (-nudge, nudge))

            assert after.maintenance == pytest.approx(before.maintenance, rel=1e-6)
            assert after.liquidation == pytest.approx(before.liquidation, rel=1e-6)


@MEMBERS
@few
@given(side=SIDES, cushion=CUSHIONS)
def test_the_call_comes_first_then_the_liquidation_then_zero_equity(
    member: str, side: float, cushion: float
) -> None:
    rulebook, pool = part(member), pool_of(member, side, cushion)
    found = worst(rulebook, pool)

    assert 0.0 < found.call <= found.liquidation <= found.zero
    assert found.liquidation < found.zero or math.isinf(found.liquidation)


@MEMBERS
@few
@given(side=SIDES, cushion=CUSHIONS)
def test_at_each_price_equity_is_exactly_the_requirement(
    member: str, side: float, cushion: float
) -> None:
    rulebook, pool = part(member), pool_of(member, side, cushion)
    along, found = adverse(rulebook, pool, symbol_of(pool)), worst(rulebook, pool)
    levels = {
        x: rulebook.levels(pool, moved(pool.opening, along, x, pool.positions))
        for x in (found.call, found.liquidation, found.zero)
        if math.isfinite(x)
    }
    close = {"rel": 1e-9, "abs": 1e-9 * abs(pool.equity)}

    assume(math.isfinite(found.call))

    assert levels[found.call].equity == pytest.approx(levels[found.call].maintenance, **close)
    if math.isfinite(found.zero):
        sold = levels[found.liquidation]

        assert sold.equity == pytest.approx(sold.liquidation, **close)
        assert levels[found.zero].equity == pytest.approx(0.0, **close)


@MEMBERS
@few
@given(side=SIDES, cushion=CUSHIONS, cost=st.tuples(st.floats(0, 0.02), st.floats(0, 0.1)))
@example(side=1.0, cushion=7.459910799367902, cost=(1e-17, 1e-16))
@example(side=1.0, cushion=1.2939752763037506, cost=(1e-17, 1e-17))
@example(side=-1.0, cushion=5.643488743420775, cost=(1e-17, 1e-17))
@example(side=1.0, cushion=5.077500876813735, cost=(1e-300, 1e-16))
@example(side=1.0, cushion=5.552333346404328, cost=(0.0, 1e-16))
def test_a_fee_or_a_gap_brings_zero_nearer_and_leaves_less(
    member: str, side: float, cushion: float, cost: tuple[float, float]
) -> None:
    rulebook, pool = part(member), pool_of(member, side, cushion)
    free, dear = worst(rulebook, pool), worst(rulebook, pool, Exit(*cost))

    assert (dear.call, dear.liquidation, dear.zero) == (free.call, free.liquidation, free.zero)
    assert free.out == free.zero
    assert dear.out <= free.out
    assert math.isinf(free.liquidation) or dear.left <= free.left


@MEMBERS
@few
@given(side=SIDES, rates=st.lists(st.floats(0.05, 0.9), min_size=3, max_size=3, unique=True))
def test_a_hike_never_puts_the_call_farther_away(
    member: str, side: float, rates: list[float]
) -> None:
    pool = pool_of(member, side, 8.0)
    symbol, on = symbol_of(pool), pool.opening.on
    hiked = [part(member).hiked(symbol, rate, on) for rate in sorted(rates)]
    calls = [worst(rulebook, pool).call for rulebook in hiked]
    needed = [rulebook.levels(pool, pool.opening).maintenance for rulebook in hiked]

    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(calls))
    assert all(more >= less * (1 - 1e-12) for less, more in pairwise(needed))


@MEMBERS
def test_a_hike_of_another_symbol_is_refused_or_changes_nothing_here(member: str) -> None:
    rulebook, pool = part(member), pool_of(member)
    try:
        other = rulebook.hiked("NOBODY-KNOWS", 0.5, pool.opening.on)
    except UnknownName:
        other = rulebook

    assert other.levels(pool, pool.opening) == rulebook.levels(pool, pool.opening)


@MEMBERS
def test_the_example_is_called_at_some_price(member: str) -> None:
    assert math.isfinite(worst(part(member), pool_of(member)).call)


@MEMBERS
@few
@given(side=SIDES, size=st.floats(0.01, 1000.0), x=st.floats(-0.5, 1.0))
def test_a_larger_account_of_the_same_mix_has_the_same_prices(
    member: str, side: float, size: float, x: float
) -> None:
    rulebook, pool = part(member), pool_of(member, side)
    if not rulebook.proportional:
        pytest.skip("its rates depend on size")
    larger = replace(pool.scaled(size), equity=size * pool.equity)
    once = levels_after(rulebook, pool, x, symbol_of(pool))
    more = levels_after(rulebook, larger, x, symbol_of(pool))

    assert more.maintenance == pytest.approx(size * once.maintenance, rel=1e-9)
    assert more.initial == pytest.approx(size * once.initial, rel=1e-9)
    assert more.equity == pytest.approx(size * once.equity, rel=1e-9, abs=1e-6)


@MEMBERS
@few
@given(side=SIDES, cushion=CUSHIONS, way=st.floats(0.05, 0.9))
def test_a_call_is_met_in_one_sale(member: str, side: float, cushion: float, way: float) -> None:
    rulebook, pool = part(member), pool_of(member, side, cushion)
    found = worst(rulebook, pool)
    assume(math.isfinite(found.zero))
    x = found.call + way * (found.zero - found.call)
    along = adverse(rulebook, pool, symbol_of(pool))
    called = pool.at(moved(pool.opening, along, x, pool.positions))
    share = restoring_share(rulebook, called)
    after = rulebook.levels(called.scaled(1.0 - share), called.opening)

    assert 0.0 < share <= 1.0
    assert after.equity == pytest.approx(after.maintenance, rel=1e-6, abs=1e-6)


@MEMBERS
@few
@given(side=SIDES, cushion=st.floats(1.05, 2.0))
def test_the_rate_that_alone_calls_is_where_the_cushion_ends(
    member: str, side: float, cushion: float
) -> None:
    rulebook, pool = part(member), pool_of(member, side, cushion)
    rate = calling_rate(rulebook, pool, symbol_of(pool))
    assume(math.isfinite(rate))
    hiked = rulebook.hiked(symbol_of(pool), rate, pool.opening.on)
    levels = hiked.levels(pool, pool.opening)

    assert levels.maintenance == pytest.approx(levels.equity, rel=1e-6)


@MEMBERS
def test_each_line_asks_for_something_and_alone_it_is_the_whole(member: str) -> None:
    rulebook, pool = part(member), pool_of(member)
    lines = rulebook.lines(pool, pool.opening)
    alone = replace(pool, positions=pool.positions[:1])

    assert len(lines) == len(pool.positions)
    assert lines[0] == rulebook.levels(alone, pool.opening).maintenance


@MEMBERS
def test_what_is_not_called_sells_nothing(member: str) -> None:
    assert restoring_share(part(member), pool_of(member)) == 0.0


@MEMBERS
def test_a_sale_that_costs_more_than_it_releases_rescues_nobody(member: str) -> None:
    rulebook, pool = part(member), pool_of(member, 1.0, 0.5)

    assert math.isinf(restoring_share(rulebook, pool, cost=1.0))
