"""What a person changes in one line: margins, entries and facts; and what may not be fitted."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from toy_episode import TOML, with_line, write
from undertow.core.errors import BadDate, BadFile, BadNumber, InputError, UnknownName
from undertow.episodes import Episode, compile_episode, load
from undertow.episodes.changes import set_to
from undertow.episodes.fits import FITS, fits
from undertow.episodes.hiking import hiked
from undertow.episodes.schema import Plan
from undertow.episodes.schema_segments import Segment
from undertow.model.scenario import Hike

RULE = (
    'margin = { rule = "percent_of_notional", rates = { METAL = "@METAL.margin_rate" },'
    " target = 1.1 }"
)
MONEY = (
    'margin = { rule = "money_per_contract", money = { METAL = 50 }, contract = { METAL = 5 },'
    " target = 1.1 }"
)
CAPPED = 'margin = { rule = "leverage_cap", trigger_leverage = 10, target_leverage = 9 }'


@pytest.fixture
def episode(tmp_path: Path) -> Episode:
    return load(write(tmp_path))


def toy(folder: Path, *lines: tuple[str, str]) -> Episode:
    text = TOML
    for old, new in lines:
        text = with_line(old, new, text)
    return load(write(folder, text))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def metal(episode: Episode) -> list[tuple[float, str, tuple[str, ...]]]:
    """Margin changes of the metal: rate, effect and segments, in the order of the file."""
    return [(h.rate, f"{h.effect:%d %H:%M}", h.segments) for h in episode.plan.hikes]


OWN = (0.15, "06 22:00", ("futures",))
BOTH = ("futures", "margin")


# Margin changes.


def test_a_hike_reaches_everyone_who_has_the_instrument_on_margin(episode: Episode) -> None:
    after = hiked(episode, "METAL=12%@2026-01-06T12:00")

    assert metal(after) == [OWN, (0.12, "06 12:00", BOTH)]


def test_a_day_means_its_midnight_and_is_both_notice_and_effect(episode: Episode) -> None:
    hike = hiked(episode, "STOCK=40%@2026-01-07").plan.hikes[-1]

    assert hike.notice == hike.effect == at("2026-01-07")
    assert hike.segments == ("margin",)


def test_notice_and_effect_can_differ(episode: Episode) -> None:
    hike = hiked(episode, "METAL=30%@2026-01-05T22:00..2026-01-07T06:00Z").plan.hikes[-1]

    assert (hike.notice, hike.effect) == (at("2026-01-05T22:00"), at("2026-01-07T06:00"))


def test_other_zones_are_understood(episode: Episode) -> None:
    hike = hiked(episode, "METAL=30%@2026-01-07T08:00+08:00").plan.hikes[-1]

    assert hike.effect == at("2026-01-07T00:00")


def test_a_hike_arrives_in_the_scenario(episode: Episode) -> None:
    hikes = compile_episode(hiked(episode, "METAL=30%@2026-01-06T12:30")).news.hikes

    assert hikes[-1] == Hike("METAL", 0.3, 13, 13, BOTH)


def test_a_later_change_that_is_higher_stays(episode: Episode) -> None:
    assert OWN in metal(hiked(episode, "METAL=14.9%@2026-01-06T12:00"))


@pytest.mark.parametrize("rate", ["15", "22"])
def test_a_later_change_that_is_no_higher_is_dropped(episode: Episode, rate: str) -> None:
    after = hiked(episode, f"METAL={rate}%@2026-01-06T12:00")

    assert metal(after) == [(float(rate) / 100.0, "06 12:00", BOTH)]


def test_a_change_at_the_same_moment_is_replaced(episode: Episode) -> None:
    after = hiked(episode, "METAL=5%@2026-01-06T22:00")

    assert metal(after) == [(0.05, "06 22:00", BOTH)]


def test_an_earlier_change_stays(episode: Episode) -> None:
    after = hiked(episode, "METAL=22%@2026-01-07T06:00")

    assert metal(after) == [OWN, (0.22, "07 06:00", BOTH)]


def test_changes_of_other_instruments_stay(episode: Episode) -> None:
    assert OWN in metal(hiked(episode, "STOCK=90%@2026-01-06T06:00"))


def test_those_whom_the_hike_does_not_reach_keep_their_later_change(tmp_path: Path) -> None:
    both = toy(
        tmp_path, ('segments = ["futures"]', 'segments = ["futures", "margin"]'), (RULE, CAPPED)
    )
    after = hiked(both, "METAL=22%@2026-01-06T12:00")

    assert metal(after) == [(0.15, "06 22:00", ("futures",)), (0.22, "06 12:00", ("margin",))]


def test_two_hikes_stand_side_by_side(episode: Episode) -> None:
    after = hiked(hiked(episode, "METAL=20%@2026-01-06T06:00"), "METAL=30%@2026-01-07")

    assert [rate for rate, _, _ in metal(after)] == [0.2, 0.3]


def test_a_basket_on_margin_is_held(tmp_path: Path) -> None:
    text = with_line('{ basket = "both", way = "free"', '{ basket = "both"')
    after = hiked(load(write(tmp_path, text)), "ABROAD=50%@2026-01-07")

    assert after.plan.hikes[-1].segments == ("futures",)


def test_money_per_contract_is_hiked_in_money(tmp_path: Path) -> None:
    short = 'side = "short", total_units = 1000, held_by = 0.3'
    money = toy(tmp_path, (RULE, MONEY), (short, short.replace("1000", "1") + ', way = "free"'))
    after = hiked(money, "METAL=80@2026-01-06T12:00")

    assert metal(after) == [(80.0, "06 12:00", ("futures",))]


def test_a_hike_is_noted_and_changes_the_files(episode: Episode) -> None:
    after = hiked(episode, "METAL=22%@2026-01-07")

    assert b"asked for: METAL=22%@2026-01-07" in after.files()["changes.json"]
    assert "changes.json" not in episode.files()


@pytest.mark.parametrize(
    "text",
    ["", "METAL", "METAL=22%", "METAL@2026-01-07", "=22%@2026-01-07", "METAL=22%@2026-01-07@x",
     "METAL=2%2@2026-01-07", "METAL=22%@"],
)  # fmt: skip
def test_text_that_is_no_hike_is_answered_with_an_example(episode: Episode, text: str) -> None:
    with pytest.raises(BadFile, match="is no margin change; write it like SI=22%@2026-02-09"):
        hiked(episode, text)


@pytest.mark.parametrize("rate", ["much", "0", "-5", "inf", "nan"])
def test_a_hike_to_no_number_above_zero_is_refused(episode: Episode, rate: str) -> None:
    with pytest.raises(BadNumber, match=f"METAL={rate}%"):
        hiked(episode, f"METAL={rate}%@2026-01-07")


@pytest.mark.parametrize("moment", ["tomorrow", "2026-13-01", "2026-01-07..soon", "07.01.2026"])
def test_a_hike_at_no_moment_is_refused(episode: Episode, moment: str) -> None:
    with pytest.raises(BadDate, match="is no day or time; write it like"):
        hiked(episode, f"METAL=22%@{moment}")


@pytest.mark.parametrize("moment", ["2026-01-05", "2026-01-08", "2026-02-01", "2026-01-07T23:30"])
def test_a_hike_that_nobody_meets_is_refused(episode: Episode, moment: str) -> None:
    with pytest.raises(BadDate, match=r"runs from 2026-01-06 00:00 to 2026-01-08 00:00; choose"):
        hiked(episode, f"METAL=22%@{moment}")


def test_an_effect_before_its_notice_is_refused(episode: Episode) -> None:
    with pytest.raises(BadDate, match="before its notice; swap the two"):
        hiked(episode, "METAL=22%@2026-01-07..2026-01-06")


def test_an_unknown_instrument_is_answered_with_the_nearest(episode: Episode) -> None:
    with pytest.raises(UnknownName, match=r"instrument 'METL' in METL=22.* did you mean 'METAL'"):
        hiked(episode, "METL=22%@2026-01-07")


def test_what_nobody_holds_on_margin_cannot_be_hiked(episode: Episode) -> None:
    with pytest.raises(InputError, match=r"holds 'FUND' on margin .* on margin are METAL, STOCK\."):
        hiked(episode, "FUND=22%@2026-01-07")


def test_what_is_owned_outright_cannot_be_hiked(episode: Episode) -> None:
    with pytest.raises(InputError, match="holds 'ABROAD' on margin"):
        hiked(episode, "ABROAD=22%@2026-01-07")


def test_a_share_needs_its_sign(episode: Episode) -> None:
    with pytest.raises(
        BadNumber, match=r"segments\.futures counts the margin of 'METAL' in per cent of value"
    ):
        hiked(episode, "METAL=22@2026-01-07")


def test_money_takes_no_per_cent(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="in money per contract, without %; write it so"):
        hiked(toy(tmp_path, (RULE, MONEY)), "METAL=22%@2026-01-07")


def test_a_rate_beyond_the_rule_is_refused_with_its_place(episode: Episode) -> None:
    with pytest.raises(BadNumber, match=r"METAL=220%@2026-01-07: segments\.futures: .*from 0 to 1"):
        hiked(episode, "METAL=220%@2026-01-07")


# Entries and facts.


def second(plan: Plan) -> Segment:
    return plan.segments["margin"]


@pytest.mark.parametrize(
    ("text", "read", "value"),
    [
        ("dealing.overnight=0.5", lambda p: p.dealing.overnight, 0.5),
        ("seed=8", lambda p: p.seed, 8),
        ('bar = "30min"', lambda p: p.bar, "30min"),
        ("dealing.fee=0.001", lambda p: p.dealing.fee, 0.001),
        ("segments.futures.excess.mean=2", lambda p: p.segments["futures"].excess.mean, 2.0),
        ("segments.margin.regime.recourse=true", lambda p: second(p).regime.recourse, True),
        ("segments.margin.holds.1.total_units=5", lambda p: second(p).holds[1].total_units, 5),
        ("hikes.0.rate=0.3", lambda p: p.hikes[0].rate, 0.3),
        ("baskets.both.STOCK=7", lambda p: p.baskets["both"]["STOCK"], 7.0),
        ("baskets.both.METAL=7", lambda p: p.baskets["both"]["METAL"], 7.0),
        ("instruments.STOCK.depth=9e5", lambda p: p.instruments["STOCK"].depth, 9e5),
        ('makers={ rule = "withdrawing", gamma = 1 }', lambda p: p.makers.parameters, {"gamma": 1}),
        ("impact.coefficient=0.5", lambda p: p.impact.parameters, {"coefficient": 0.5}),
        ('end="2026-01-07T00:00:00Z"', lambda p: p.end, at("2026-01-07")),
        ("end=2026-01-07T00:00:00Z", lambda p: p.end, at("2026-01-07")),
        ('segments.futures.count="@futures.long"', lambda p: p.segments["futures"].count, 300000.0),
    ],
)  # fmt: skip
def test_an_entry_is_set(episode: Episode, text: str, read, value: object) -> None:
    assert read(set_to(episode, text).plan) == value


@pytest.mark.parametrize(
    ("text", "read", "value"),
    [
        ("margin.markup=0.02", lambda r: r.segment("futures").regime.rule.markup, 0.02),
        ("margin.rates.STOCK=0.4", lambda r: r.segment("futures").regime.rule.rates["STOCK"], 0.4),
    ],
)
def test_parameters_that_the_file_leaves_out_can_be_added(
    episode: Episode, text: str, read, value: object
) -> None:
    after = set_to(episode, f"segments.futures.regime.{text}")

    assert read(compile_episode(after).rules) == value


def test_a_trader_can_be_added(episode: Episode) -> None:
    table = '{ rule = "leveraged_etf", instrument = "STOCK", leverage = 2.0, assets = 1e6 }'
    after = compile_episode(set_to(episode, f"traders.double={table}"))

    assert [name for name, _ in after.rules.traders] == ["double"]


def test_a_parameter_that_the_rule_does_not_have_is_refused_when_compiled(episode: Episode) -> None:
    after = set_to(episode, "impact.coefficien=0.5")
    with pytest.raises(UnknownName, match=r"parameter of impact .* did you mean 'coefficient'"):
        compile_episode(after)


def test_the_facts_are_the_same_after_an_entry_is_set(episode: Episode) -> None:
    assert set_to(episode, "seed=8").facts is not episode.facts
    assert set_to(episode, "seed=8").facts == episode.facts


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("dealing.overnite=0.5", "dealing.overnight"),
        ("segments.futures.willing=0.5", "segments.futures.regime.willing"),
        ("segments.future.count=5", "segments.futures.count"),
        ("instruments.STOK.volume=1", "instruments.STOCK.volume"),
        ("sead=8", "seed"),
        ("hikes.1.rate=0.3", "hikes.0.rate"),
        ("segments.margins=5", "segments.margin"),
        ("segments.margin.excess.mean.more=5", "segments.margin.excess.mean"),
    ],
)  # fmt: skip
def test_an_unknown_entry_is_answered_with_the_nearest(
    episode: Episode, text: str, nearest: str
) -> None:
    with pytest.raises(BadFile, match=f"has no entry .* did you mean '{nearest}'"):
        set_to(episode, text)


@pytest.mark.parametrize("text", ["", "seed", "=5", "seed=", " = "])
def test_a_text_that_sets_nothing_is_refused(episode: Episode, text: str) -> None:
    with pytest.raises(BadFile, match="sets nothing; write PATH=VALUE or @FACT=VALUE"):
        set_to(episode, text)


@pytest.mark.parametrize("value", ["constant", "1,5", "0.5 0.6", "5 %"])
def test_a_value_that_is_no_toml_is_refused(episode: Episode, value: str) -> None:
    with pytest.raises(BadFile, match=r'is no value; write it as in TOML.*"text" in quotes'):
        set_to(episode, f"dealing.overnight={value}")


def test_a_value_of_the_wrong_kind_is_refused_with_the_text(episode: Episode) -> None:
    with pytest.raises(BadFile, match=r"dealing.overnight=2: .*less than or equal to 1"):
        set_to(episode, "dealing.overnight=2")


def test_a_fact_is_set(episode: Episode) -> None:
    after = set_to(episode, "@futures.accounts=6000")

    assert after.plan.segments["futures"].count == 6000.0
    assert b'"@futures.accounts": 6000.0' in after.files()["changes.json"]


def test_one_row_of_a_dated_fact_is_set(episode: Episode) -> None:
    after = set_to(episode, "@METAL.margin_rate@2026-01-06T22:00Z=0.3")

    assert after.plan.hikes[0].rate == 0.3
    assert after.facts.value("METAL.margin_rate") == 0.1


def test_an_undated_name_is_the_row_that_the_episode_begins_with(episode: Episode) -> None:
    after = set_to(episode, "@METAL.margin_rate=0.12")

    assert after.facts.value("METAL.margin_rate") == 0.12
    assert after.plan.hikes[0].rate == 0.15


def test_facts_can_be_set_together(episode: Episode) -> None:
    after = episode.with_facts(
        {
            "futures.accounts": 7.0,
            "METAL.margin_rate": 0.2,
            "METAL.margin_rate@2026-01-06T22:00Z": 0.4,
        }
    )

    assert after.plan.segments["futures"].count == 7.0
    assert [fact.value for fact in after.facts.all("METAL.margin_rate")] == [0.2, 0.4]
    assert after.files()["changes.json"].count(b"@") == 4


def test_no_facts_set_is_the_same_plan(episode: Episode) -> None:
    assert episode.with_facts({}).plan == episode.plan


def test_an_unknown_fact_is_answered_with_the_nearest(episode: Episode) -> None:
    with pytest.raises(UnknownName, match=r"no fact 'future.long'; did you mean 'futures.long'"):
        set_to(episode, "@future.long=1")


def test_an_unknown_row_is_answered_with_those_there_are(episode: Episode) -> None:
    with pytest.raises(BadDate, match="at 2026-01-02T22:00Z, 2026-01-06T22:00Z, not at 2026-01-03"):
        set_to(episode, "@METAL.margin_rate@2026-01-03=0.3")


@pytest.mark.parametrize("value", ["true", '"much"', "[1]"])
def test_a_fact_is_a_number(episode: Episode, value: str) -> None:
    with pytest.raises(BadNumber, match="is a number; give one"):
        set_to(episode, f"@futures.long={value}")


@pytest.mark.parametrize("value", ["inf", "nan", "-5.0"])
def test_a_fact_that_the_plan_cannot_take_is_refused(episode: Episode, value: str) -> None:
    with pytest.raises(InputError, match=f"@futures.accounts={value}: "):
        set_to(episode, f"@futures.accounts={value}")


# Forbidden fits.

LASTING = ('role = "free"\nunit = "share"', 'role = "free"\nunit = "share"\npermanent = 0.02')
SPRUNG = ('unit = "oz"', 'unit = "oz"\nresilience = 2.0')
STEEP = ('impact = "square_root"', 'impact = { rule = "square_root", coefficient = 1.6 }')
POOR = ("free_cash_usd = 1e6", "free_cash_usd = 0")
LOW = ("excess = { mean = 0.5, shape = 2.0 }", "excess = { mean = 0, shape = 2.0 }")
BARE = ("excess = { mean = 1.0, shape = 3.0 }", "excess = { mean = 0, shape = 3.0 }")
FITTED = {
    "coefficient": (STEEP,),
    "no_free_cash": (POOR,),
    "at_minimum": (LOW, BARE),
    "resilience_by_asset": (SPRUNG,),
}


def test_the_toy_episode_uses_no_fit(episode: Episode) -> None:
    assert fits(episode.plan) == {}


def test_february_2026_uses_no_fit() -> None:
    assert fits(load("feb-2026").plan) == {}


@pytest.mark.parametrize("name", FITS)
def test_a_fit_is_refused_unless_it_is_allowed(tmp_path: Path, name: str) -> None:
    fitted = toy(tmp_path, *FITTED[name])

    assert list(fits(fitted.plan)) == [name]
    assert compile_episode(fitted, allow=(name,)).name == "toy"
    with pytest.raises(InputError, match=rf"episode.toml is fitted, not found: .*--allow {name}\."):
        compile_episode(fitted)


def test_to_allow_one_fit_is_not_to_allow_another(tmp_path: Path) -> None:
    fitted = toy(tmp_path, STEEP, POOR)
    with pytest.raises(InputError, match="--allow no_free_cash"):
        compile_episode(fitted, allow=("coefficient",))

    assert compile_episode(fitted, allow=("coefficient", "no_free_cash")).name == "toy"


def test_an_unknown_fit_cannot_be_allowed(episode: Episode) -> None:
    with pytest.raises(
        UnknownName, match=r"fit 'coefficien' in --allow .* did you mean 'coefficient'"
    ):
        compile_episode(episode, allow=("coefficien",))


@pytest.mark.parametrize("coefficient", [0.5, 1.5])
def test_a_coefficient_within_the_literature_is_no_fit(tmp_path: Path, coefficient: float) -> None:
    law = f'impact = {{ rule = "square_root", coefficient = {coefficient} }}'

    assert fits(toy(tmp_path, (STEEP[0], law)).plan) == {}


def test_what_stays_counts_with_what_fades(tmp_path: Path) -> None:
    lasting = toy(tmp_path, LASTING)

    assert "coefficient of 2 for 'STOCK'" in fits(lasting.plan)["coefficient"]


def test_other_laws_have_no_square_root_coefficient(tmp_path: Path) -> None:
    assert fits(toy(tmp_path, (STEEP[0], 'impact = "linear"'), LASTING).plan) == {}


def test_one_segment_with_free_cash_or_excess_is_enough(tmp_path: Path) -> None:
    assert fits(toy(tmp_path, LOW).plan) == {}
    assert fits(toy(tmp_path, BARE).plan) == {}


def test_where_nobody_can_be_called_nobody_stands_at_the_minimum(tmp_path: Path) -> None:
    free = ('"@futures.long", vintages = [0.8, 1.0]', '"@futures.long", way = "free"')
    none = ("total_usd = 9e7, vintages = [2026-01-01]", 'total_usd = 9e7, way = "free"')
    short = ("total_units = 1000", "total_units = 0")

    assert fits(toy(tmp_path, free, none, short, POOR, LOW, BARE).plan) == {}


def test_a_single_instrument_has_no_resilience_of_its_own(tmp_path: Path) -> None:
    same = toy(tmp_path, ('unit = "oz"', 'unit = "oz"\nresilience = 0.5'))

    assert fits(same.plan) == {}


def test_a_day_before_the_calendar_is_refused(episode: Episode) -> None:
    with pytest.raises(BadDate, match="outside the calendar"):
        hiked(episode, "METAL=22%@0001-01-01T00:00+23:59")


@pytest.mark.parametrize("value", ["1e400", "nan", "-inf", f"1{'0' * 400}"])
def test_a_fact_is_finite(episode: Episode, value: str) -> None:
    with pytest.raises(BadNumber, match="give one that is finite"):
        set_to(episode, f"@METAL.price={value}")


@pytest.mark.parametrize("name", ["../away", "a/b", "", ".hidden", "a\\u0000b"])
def test_a_name_is_one_of_a_folder(episode: Episode, name: str) -> None:
    with pytest.raises(BadFile, match="folders are named so"):
        set_to(episode, f'name="{name}"')


def test_a_bar_longer_than_time_is_refused(episode: Episode) -> None:
    with pytest.raises(BadFile, match="too long"):
        episode.clock("99999999999d")


def test_a_list_is_called_a_list(episode: Episode) -> None:
    with pytest.raises(BadFile, match="it should be a valid list"):
        set_to(episode, "segments.futures.holds=3")


def test_a_rule_names_the_parameter_it_lacks(episode: Episode) -> None:
    with pytest.raises(BadNumber, match="lacks 'gamma'; add it"):
        compile_episode(set_to(episode, 'makers="withdrawing"'))
