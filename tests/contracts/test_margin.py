"""What every margin rule promises; a new file in the family's folder is tested with no edit."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plain_margin import exact, priced, required
from strategies_rules import ORDERS, accounts_held
from undertow.core.columns import Columns, Way, pledged_columns
from undertow.core.errors import InputError
from undertow.core.market import Market
from undertow.core.shapes import Floats
from undertow.model.margin import MARGIN, MarginRule

MEMBERS = pytest.mark.parametrize("member", MARGIN.members())
few = settings(max_examples=20, deadline=None)


def rule_for(member: str, market: Market) -> MarginRule:
    return MARGIN.member(member).example(market)


def alone(rule: MarginRule, market: Market, columns: Columns, *, target: bool) -> Floats:
    """Requirement of one unit of each column held alone, base currency."""
    table = rule.table(market, columns, target=target)
    return table.money + market.value[columns.instruments] * table.rate.max(axis=0)


def hiked_or_skipped(rule: MarginRule, instrument: str, rate: float) -> MarginRule:
    try:
        return rule.hiked(instrument, rate)
    except InputError as refused:
        pytest.skip(f"no rate per instrument: {refused}")


@MEMBERS
@few
@given(held=accounts_held())
def test_the_table_has_a_rate_and_a_sum_for_every_column(
    member: str, held: tuple[Market, Columns, Floats]
) -> None:
    market, columns, _ = held
    table = rule_for(member, market).table(market, columns, target=False)

    assert table.rate.ndim == 2
    assert table.rate.shape[1] == columns.count
    assert table.money.shape == (columns.count,)
    assert np.isfinite(table.rate).all()
    assert np.isfinite(table.money).all()


@MEMBERS
@few
@given(held=accounts_held())
def test_trigger_and_target_know_the_same_moves(
    member: str, held: tuple[Market, Columns, Floats]
) -> None:
    market, columns, _ = held
    rule = rule_for(member, market)
    trigger = rule.table(market, columns, target=False)
    target = rule.table(market, columns, target=True)

    assert trigger.rate.shape == target.rate.shape


@MEMBERS
@few
@given(held=accounts_held(), target=st.booleans())
def test_no_account_requires_less_than_nothing(
    member: str, held: tuple[Market, Columns, Floats], target: bool
) -> None:
    market, columns, units = held
    rule = rule_for(member, market)

    assert (alone(rule, market, columns, target=target) >= 0.0).all()
    assert required(rule, market, units, columns=columns, target=target) >= 0.0


@MEMBERS
@few
@given(held=accounts_held())
def test_the_target_is_never_below_the_trigger(
    member: str, held: tuple[Market, Columns, Floats]
) -> None:
    market, columns, units = held
    rule = rule_for(member, market)
    trigger = required(rule, market, units, columns=columns)

    assert required(rule, market, units, columns=columns, target=True) >= trigger


@MEMBERS
@few
@given(held=accounts_held(), target=st.booleans())
def test_positions_that_are_not_pledged_require_nothing(
    member: str, held: tuple[Market, Columns, Floats], target: bool
) -> None:
    market, columns, _ = held
    columns = replace(columns, entry=np.where(columns.way == Way.PLEDGED, columns.entry, np.nan))
    table = rule_for(member, market).table(market, columns, target=target)
    others = ~columns.held(Way.PLEDGED)

    assert (table.rate[:, others] == 0.0).all()
    assert (table.money[others] == 0.0).all()


@MEMBERS
@few
@given(held=accounts_held(), size=st.floats(0.01, 100.0), target=st.booleans())
def test_a_larger_account_of_the_same_mix_requires_in_proportion(
    member: str, held: tuple[Market, Columns, Floats], size: float, target: bool
) -> None:
    market, columns, units = held
    rule = rule_for(member, market)
    once = required(rule, market, units, columns=columns, target=target)
    more = required(rule, market, size * units, columns=columns, target=target)

    assert more == pytest.approx(size * once, rel=1e-9, abs=1e-6)


@MEMBERS
@few
@given(held=accounts_held(), rates=st.tuples(st.floats(0.01, 0.5), st.floats(1.0, 2.0)))
def test_a_hike_never_lowers_what_a_position_requires(
    member: str, held: tuple[Market, Columns, Floats], rates: tuple[float, float]
) -> None:
    market, columns, _ = held
    low, times = rates
    name = market.instruments.names[0]
    before = hiked_or_skipped(rule_for(member, market), name, low)
    after = before.hiked(name, low * times)
    needed, more = (alone(rule, market, columns, target=False) for rule in (before, after))

    assert (more >= needed * (1 - 1e-12)).all()


@MEMBERS
@few
@given(held=accounts_held(), rates=st.tuples(st.floats(0.01, 0.5), st.floats(1.0, 2.0)))
def test_a_hike_never_raises_slack_under_additive_rules(
    member: str, held: tuple[Market, Columns, Floats], rates: tuple[float, float]
) -> None:
    market, columns, units = held
    low, times = rates
    name = market.instruments.names[0]
    before = hiked_or_skipped(rule_for(member, market), name, low)
    if len(before.table(market, columns, target=False).rate) > 1:
        pytest.skip("a portfolio rule: a hike of a hedge can lower the requirement")
    after = before.hiked(name, low * times)
    needed, more = (required(rule, market, units, columns=columns) for rule in (before, after))

    assert more >= needed * (1 - 1e-12)


@MEMBERS
@few
@given(held=accounts_held(least=2))
def test_a_hike_leaves_other_instruments_alone(
    member: str, held: tuple[Market, Columns, Floats]
) -> None:
    market, columns, _ = held
    rule = rule_for(member, market)
    after = hiked_or_skipped(rule, market.instruments.names[0], 0.5)
    others = columns.instruments != 0
    same = alone(rule, market, columns, target=False) == alone(after, market, columns, target=False)

    assert same[others].all()


@MEMBERS
def test_a_hike_of_an_instrument_outside_the_market_is_refused(member: str) -> None:
    market = priced(GC=5000.0, SI=100.0)
    rule = rule_for(member, market)

    with pytest.raises(InputError):
        rule.hiked("NOWHERE", 0.2).table(market, pledged_columns(2), target=False)


@MEMBERS
@few
@given(held=accounts_held(), scale=st.floats(0.001, 1000.0))
def test_quoting_in_cents_changes_no_share_and_money_only_through_the_exchange_rate(
    member: str, held: tuple[Market, Columns, Floats], scale: float
) -> None:
    market, columns, _ = held
    cents = replace(market, price=market.price * scale, fx=market.fx / scale)
    rule = rule_for(member, market)
    before = rule.table(market, columns, target=True)
    after = rule.table(cents, columns, target=True)

    np.testing.assert_allclose(after.rate, before.rate, rtol=1e-12)
    np.testing.assert_allclose(after.money * scale, before.money, rtol=1e-12)


@MEMBERS
@few
@given(held=accounts_held(least=2), order=ORDERS)
def test_the_order_of_instruments_does_not_matter(
    member: str, held: tuple[Market, Columns, Floats], order: list[int]
) -> None:
    market, columns, units = held
    rule = rule_for(member, market)
    place = np.array([i for i in order if i < len(market.instruments)])
    shuffled = replace(columns, instrument=np.argsort(place)[columns.instrument])
    before = required(rule, market, units, columns=columns)

    assert required(rule, _reordered(market, place), units, columns=shuffled) == pytest.approx(
        before, rel=1e-12
    )


@MEMBERS
@few
@given(held=accounts_held())
def test_the_table_is_never_below_the_exact_requirement(
    member: str, held: tuple[Market, Columns, Floats]
) -> None:
    market, columns, units = held
    rule = rule_for(member, market)
    ceiling = required(rule, market, units, columns=columns)

    assert 0.0 <= exact(rule, market, units, columns) <= ceiling * (1 + 1e-12)


@MEMBERS
@few
@given(held=accounts_held(), slot=st.integers(0, 5))
def test_a_position_held_alone_requires_exactly_what_the_table_says(
    member: str, held: tuple[Market, Columns, Floats], slot: int
) -> None:
    market, columns, units = held
    only = np.where(np.arange(len(units)) == slot % len(units), units, 0.0)
    rule = rule_for(member, market)

    assert exact(rule, market, only, columns) == pytest.approx(
        required(rule, market, only, columns=columns), rel=1e-12
    )


@MEMBERS
@few
@given(held=accounts_held(), other=st.floats(-1e4, 1e4))
def test_no_row_reads_another(
    member: str, held: tuple[Market, Columns, Floats], other: float
) -> None:
    market, columns, units = held
    rule = rule_for(member, market)
    quantity = np.stack([units, np.full_like(units, other)])
    column = (2 * np.arange(len(units)) + (quantity < 0)).astype(np.uint16)
    both = rule.exact(quantity, column, market, columns)
    first = rule.exact(quantity[:1], column[:1], market, columns)

    assert (both is None) == (first is None)
    assert both is None or first is None or both[0] == first[0]


@MEMBERS
def test_a_rule_is_frozen_and_names_its_limits_and_source(member: str) -> None:
    rule = rule_for(member, priced(GC=5000.0, SI=100.0))

    assert "Limits:" in (type(rule).__doc__ or "")
    assert "Source:" in (type(rule).__doc__ or "")
    with pytest.raises(FrozenInstanceError):
        setattr(rule, fields(rule)[0].name, None)  # type: ignore[arg-type]


def _reordered(market: Market, place: np.ndarray) -> Market:
    calm = market.instruments
    arrays = {
        f.name: getattr(calm, f.name)[place]
        for f in fields(calm)
        if f.name not in ("names", "lookthrough")
    }
    names = tuple(calm.names[i] for i in place)
    state = {f.name: getattr(market, f.name)[place] for f in fields(market)[1:]}
    return replace(market, instruments=replace(calm, names=names, **arrays), **state)
