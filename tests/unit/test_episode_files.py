"""Episode files: what is wrong is said in one sentence with the place and the remedy."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from toy_episode import FACTS, TOML, with_line, write
from undertow.core.errors import (
    BadDate,
    BadFile,
    BadNumber,
    InputError,
    MissingSource,
    UnknownName,
)
from undertow.episodes import Episode, compile_episode, list_episodes, load

MARGIN_SHARE = 'title = "Stock on margin"\nshare = 0.5'


def toy(folder: Path, old: str = "", new: str = "") -> Episode:
    return load(write(folder, with_line(old, new) if old else TOML))


def complaint(folder: Path, old: str, new: str) -> str:
    """What is said when one line of the file is changed."""
    with pytest.raises(InputError) as caught:
        compile_episode(toy(folder, old, new))
    return str(caught.value)


def test_the_toy_is_a_good_file(tmp_path: Path) -> None:
    episode = toy(tmp_path)

    assert episode.name == "toy"
    assert episode.symbols == ("METAL", "FUND", "STOCK", "ABROAD")
    assert episode.plan.segments["futures"].count == 5000


def test_the_folder_may_be_named_instead_of_the_file(tmp_path: Path) -> None:
    assert load(write(tmp_path).parent).name == "toy"


def test_bundled_episodes_are_known_by_name() -> None:
    assert "feb-2026" in list_episodes()


def test_an_unknown_episode_names_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean 'feb-2026'"):
        load("feb-2025")


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(BadFile, match="there is no episode file"):
        load("nowhere/at-all.toml")


def test_a_slip_in_the_toml_names_the_line(tmp_path: Path) -> None:
    said = complaint(tmp_path, "accounts = 400", "accounts 400")

    assert said.startswith("episode.toml is not TOML: Expected '=' after a key")
    assert "at line 9" in said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("accounts = 400", "acounts = 400", "key 'acounts' in episode.toml [top]"),
        ("spread = 1.0", "spred = 1.0", "key 'spred' in episode.toml [population]"),
        ("future = true", "futures = true", "[instruments.METAL] is not known; did you mean"),
        ("held_by = 0.4", "heldby = 0.4", "'heldby' in episode.toml [segments.futures.holds.1]"),
        ("mean = 0.5", "maen = 0.5", "key 'maen' in episode.toml [segments.futures.excess]"),
        ("willing = 0.5", "wiling = 0.5", "[segments.margin.regime] is not known; did you mean"),
        ("percent = -3.0", "per_cent = -3.0", "'per_cent' in episode.toml [news.1]"),
        ("overnight = 0.1", "over_night = 1", "did you mean 'overnight'?"),
    ],
)
def test_an_unknown_key_names_its_table_and_the_nearest_key(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert said in complaint(tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 2", "schema = 2: it should be 1"),
        ("accounts = 400", "accounts = 0", "accounts = 0: it should be greater than or equal to 1"),
        ("count = 900", 'count = "many"', "segments.margin.count = 'many': it should be a valid"),
        ("count = 900", "count = nan", "segments.margin.count = nan: it should be a finite"),
        ("count = 900", "count = true", "segments.margin.count = True"),
        ("count = 900", "", "[segments.margin] lacks 'count'; add it"),
        ("start = 2026-01-06T00:00:00Z", "", "[top] lacks 'start'; add it"),
        ('role = "free"', 'role = "fre"', "it should be 'given', 'linked' or 'free'"),
        ("willing = 0.5", "willing = 1.5", "it should be less than or equal to 1"),
        ("total_usd = 9e7", "total_usd = -9e7", "holds.0.total_usd = -90000000.0"),
        (", total_usd = 9e7", "", "give either total_units or total_usd"),
        ('settles_on = "day"', "", "needs the venue it settles_on"),
        ("percent = -3.0", "", "give the size either as log or as percent"),
        ("percent = -3.0", "percent = -300.0", "it should be greater than -100"),
        ("notice = 2026-01-05T", "notice = 2026-01-07T", "cannot take effect before its notice"),
        ("look_through = { METAL = 2.0 }", "", "needs a look_through to inherit from"),
        ('title = "A stock"', 'title = "A stock"\ndepth = -3.0', "instruments.STOCK.depth = -3.0"),
        ('role = "free"', 'role = "free"\nvolume = -1', "instruments.STOCK.volume = -1"),
    ],
)
def test_a_wrong_entry_is_named_with_its_path_and_what_it_should_be(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    got = complaint(tmp_path, old, new)

    assert said in got
    assert got.startswith("episode.toml")
    assert got.endswith(".")
    assert "\n" not in got


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('instrument = "METAL", total', 'instrument = "METALL", total', "'METALL' in episode.toml"),
        ("{ METAL = 2.0 }", "{ METOL = 2.0 }", "'METOL' in episode.toml [instruments.FUND]"),
        ("ABROAD = 200.0", "ABRAOD = 200.0", "'ABRAOD' in episode.toml [baskets.both]"),
        ('basket = "both"', 'basket = "bth"', "basket 'bth' in episode.toml [segments.futures]"),
        ('venue = "day"', 'venue = "dya"', "venue 'dya' in episode.toml [instruments.METAL]"),
        ('currency = "KRW"', 'currency = "WON"', "currency 'WON'"),
        ('segments = ["futures"]', 'segments = ["future"]', "segment 'future' in episode.toml"),
        ('settles_on = "day"', 'settles_on = "day2"', "venue 'day2' in episode.toml [segments.fut"),
        ('owner = "pro_rata"', 'owner = "pro_rat"', "[segments.margin]: liquidation 'pro_rat' is"),
        (
            'impact = "square_root"',
            'impact = "square"',
            "episode.toml [impact]: impact 'square' is",
        ),
        ("rates = { STOCK", "rate = { STOCK", "parameter of margin 'percent_of_notional' 'rate'"),
        ("rates = { STOCK", "rates = { STOK", "episode.toml [segments.margin]: instrument 'STOK'"),
        ('instrument = "STOCK"\n', 'instrument = "SOCK"\n', "'SOCK' in episode.toml [news]"),
        ('"@futures.long"', '"@futures.lnog"', "fact 'futures.lnog' in segments.futures.holds.0"),
        ('path = "USDKRW.price"', 'path = "USDKRW.prise"', "did you mean 'USDKRW.price'?"),
        ('zone = "UTC"', 'zone = "Mars"', "episode.toml [venues.day]: time zone 'Mars'"),
    ],
)
def test_an_unknown_name_is_named_with_its_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        compile_episode(toy(tmp_path, old, new))

    assert said in str(caught.value)
    assert (
        "did you mean" in str(caught.value)
        or "known are" in str(caught.value)
        or "use an" in str(caught.value)
    )


def test_shares_that_do_not_sum_to_one_are_refused(tmp_path: Path) -> None:
    said = complaint(tmp_path, MARGIN_SHARE, MARGIN_SHARE.replace("0.5", "0.4"))

    assert said == (
        "episode.toml: the shares of the segments sum to 0.9, not to 1; mend"
        " segments.futures.share, segments.margin.share."
    )


def test_look_through_weights_that_leave_no_rest_are_refused(tmp_path: Path) -> None:
    assert "sum to 1.25, so no rest" in complaint(tmp_path, "STOCK = 0.25 }", "STOCK = 1.25 }")


def test_a_ring_of_look_throughs_is_refused_with_its_way(tmp_path: Path) -> None:
    down = with_line("{ METAL = 2.0 }", "{ ABROAD = 2.0 }")
    file = write(tmp_path, with_line("{ STOCK = 0.25 }", "{ FUND = 0.25 }", down))
    with pytest.raises(BadFile) as caught:
        load(file)

    assert str(caught.value) == (
        "episode.toml: the look_through of FUND -> ABROAD -> FUND ends where it begins; name what"
        " lies beneath."
    )


def test_news_on_a_linked_instrument_is_refused(tmp_path: Path) -> None:
    said = complaint(tmp_path, 'instrument = "STOCK"\npercent', 'instrument = "FUND"\npercent')

    assert "news for 'FUND', which inherits" in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("time = 2026-01-07T10:30:00Z", "time = 2026-01-09T10:30:00Z"),
        ("time = 2026-01-07T10:30:00Z", "time = 2026-01-05T10:30:00Z"),
        ("time = 2026-01-07T10:30:00Z", "time = 2026-01-07T23:30:00Z"),
        ("effect = 2026-01-06T22:00:00Z", "effect = 2026-03-06T22:00:00Z"),
        ("end = 2026-01-08T00:00:00Z", "end = 2026-01-06T00:00:00Z"),
        ("end = 2026-01-08T00:00:00Z", "end = 2026-01-08T00:20:00Z"),
        ("vintages = [2026-01-01]", "vintages = [2026-01-07]"),
        ("vintages = [2026-01-01]", "vintages = [2020-01-01]"),
        ("start = 2026-01-06T00:00:00Z", "start = 2026-01-01T00:00:00Z"),
        ('T22:00Z"\nnotice', 'T23:00Z"\nnotice'),
    ],
)
def test_a_date_outside_the_calendar_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(BadDate) as caught:
        compile_episode(toy(tmp_path, old, new))

    assert str(caught.value).endswith(".")


def test_a_bar_that_is_no_length_is_refused(tmp_path: Path) -> None:
    assert "'quarter' is no length of a bar" in complaint(tmp_path, 'bar = "1h"', 'bar = "quarter"')


def test_a_missing_source_is_said_before_anything_is_built(tmp_path: Path) -> None:
    unsourced = FACTS[0].replace("a paper", "")

    with pytest.raises(MissingSource, match=r"facts.csv line 2 \(impact.resilience_days\)"):
        load(write(tmp_path, TOML, (unsourced, *FACTS[1:])))


def test_a_nan_price_is_said_before_anything_is_built(tmp_path: Path) -> None:
    broken = FACTS[3].replace(",80,", ",nan,")

    with pytest.raises(BadNumber, match=r"line 5 \(METAL.price\): the value 'nan'"):
        load(write(tmp_path, TOML, (*FACTS[:3], broken, *FACTS[4:])))


def test_a_price_of_nothing_is_refused(tmp_path: Path) -> None:
    worthless = FACTS[1].replace(",100,", ",0,")

    with pytest.raises(BadNumber, match=r"line 3 \(METAL.price\): the price 0 is not above 0"):
        compile_episode(load(write(tmp_path, TOML, (FACTS[0], worthless, *FACTS[2:]))))


def test_an_empty_population_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadNumber, match="1 accounts are too few for the 2 segments"):
        compile_episode(toy(tmp_path), accounts=1)


def test_a_test_time_that_no_bar_meets_is_refused(tmp_path: Path) -> None:
    closed = 'tests = ["12:00"]\nsettles_on = "day"'
    weekend = with_line("Mon", "Sat").replace('"Tue", "Wed", "Thu", "Fri"', '"Sun"')
    toml = with_line('tests = ["12:00"]', closed, weekend)

    with pytest.raises(BadDate, match=r"\[segments.margin\]: no bar is at its times of testing"):
        compile_episode(load(write(tmp_path, toml)))


def test_an_unknown_origin_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="origin 'fre'"):
        compile_episode(toy(tmp_path), origin="fre")


def test_free_origins_need_news(tmp_path: Path) -> None:
    quiet = toy(tmp_path, 'instrument = "METAL"\nlog', 'instrument = "STOCK"\nlog')

    with pytest.raises(BadFile, match=r"no news for its origins \(METAL\)"):
        compile_episode(quiet, origin="free")


def test_one_entry_can_be_changed(tmp_path: Path) -> None:
    episode = toy(tmp_path)
    other = episode.changed({"segments.margin.count": 50, "hikes.0.rate": 0.3})

    assert other.plan.segments["margin"].count == 50
    assert other.plan.hikes[0].rate == 0.3
    assert episode.plan.segments["margin"].count == 900


@pytest.mark.parametrize("path", ["segmnts.margin.count", "hikes.7.rate", "name.of.the.rose"])
def test_a_change_that_leads_nowhere_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadFile):
        toy(tmp_path).changed({path: 1})


def test_a_changed_fact_reaches_all_that_refer_to_it(tmp_path: Path) -> None:
    other = toy(tmp_path).with_fact("METAL.margin_rate", 0.2)
    rates = other.plan.segments["futures"].regime.margin.parameters["rates"]

    assert rates == {"METAL": 0.2}
    assert other.plan.hikes[0].rate == 0.15


def test_files_tell_changed_episodes_apart(tmp_path: Path) -> None:
    episode = toy(tmp_path)
    other = episode.changed({"seed": 8}).with_fact("futures.long", 1.0)

    assert sorted(episode.files()) == ["episode.toml", "facts.csv"]
    assert other.files()["changes.json"] == b'[{"seed": 8}, {"@futures.long": 1.0}]'


def test_bars_may_be_chosen_by_the_caller(tmp_path: Path) -> None:
    episode = toy(tmp_path)

    assert episode.clock().bars == 48
    assert episode.clock("15min").step == timedelta(minutes=15)
    assert episode.clock("2d").bars == 1


def test_what_a_scenario_rests_on_is_known(tmp_path: Path) -> None:
    episode = toy(tmp_path)
    used = {(fact.id, fact.value) for fact in episode.used}

    assert ("METAL.margin_rate", 0.1) in used
    assert ("METAL.margin_rate", 0.15) in used
    assert ("STOCK.price", 200.0) in used
    assert ("STOCK.price", 190.0) not in used
    assert {fact.id for fact in episode.assumed} >= {"futures.accounts", "impact.resilience_days"}
    assert "futures.long" not in {fact.id for fact in episode.assumed}
