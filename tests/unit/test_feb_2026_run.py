"""What of February 2026 is earned, and what its margin hikes can and cannot have done."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.episodes import Episode, compile_episode, find, load
from undertow.model.scenario import Scenario
from undertow.studies.simulate import Seen, read

ACCOUNTS = 2_000
KNOWN = ("SI.price", "GC.price", "SI.news_log", "GC.news_log", "AMD.news_log")
RULES = ("margin_rate", "limit")
NOTICES = {
    "2026-02-02": datetime(2026, 1, 30, 22, tzinfo=UTC),
    "2026-02-06": datetime(2026, 2, 5, 22, tzinfo=UTC),
}
EFFECTS = {day: datetime.fromisoformat(f"{day}T22:00:00+00:00") for day in NOTICES}


@pytest.fixture(scope="module")
def episode() -> Episode:
    return load("feb-2026")


@pytest.fixture(scope="module")
def scenario(episode: Episode) -> Scenario:
    return compile_episode(episode, accounts=ACCOUNTS)


@pytest.fixture(scope="module")
def trace(scenario: Scenario) -> Trace:
    return run(scenario)


def garbled(folder: Path) -> Episode:
    """The episode with noise in the place of all that came later, but for what is given."""
    rng = np.random.default_rng(1)
    source = find("feb-2026")
    for file in (source, source.with_name("sources.csv")):
        (folder / file.name).write_bytes(file.read_bytes())
    with source.with_name("facts.csv").open(newline="") as old:
        rows = list(csv.DictReader(old))
    for row in rows:
        known = row["id"] in KNOWN or row["id"].split(".")[1] in RULES
        if row["time_utc"] > "2026-01-29T00:00Z" and not known:
            row["value"] = repr(float(row["value"]) * float(np.exp(rng.normal(0.0, 0.3))))
            row["low"] = row["high"] = ""
    with (folder / "facts.csv").open("w", newline="") as new:
        writer = csv.DictWriter(new, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return load(folder / source.name)


def without_hikes(scenario: Scenario, day: str) -> Scenario:
    bar = scenario.clock.bar_at(EFFECTS[day], "the effect")
    kept = tuple(hike for hike in scenario.news.hikes if hike.effect != bar)
    return replace(scenario, news=replace(scenario.news, hikes=kept))


def same_before(one: Trace, other: Trace, bar: int) -> bool:
    """Every path of two traces is equal, to the byte, before `bar`."""
    parts = [(one.paths, other.paths), (one.by_segment, other.by_segment)]
    return all(
        np.array_equal(getattr(a, name)[:bar], getattr(b, name)[:bar])
        for a, b in parts
        for name in a.__dataclass_fields__
    )


def test_noise_in_the_place_of_all_that_came_later_changes_nothing_that_is_simulated(
    trace: Trace, tmp_path: Path
) -> None:
    noisy = garbled(tmp_path)
    other = run(compile_episode(noisy, accounts=ACCOUNTS))

    assert not np.array_equal(noisy.actual(), load("feb-2026").actual())
    assert same_before(trace, other, trace.rounds)
    assert np.array_equal(trace.contagion.usd, other.contagion.usd)


def renamed(folder: Path) -> Episode:
    """The episode with other symbols."""
    source = find("feb-2026")
    symbol = re.compile(rf"\b({'|'.join(load('feb-2026').symbols)})\b")
    for file in source.parent.iterdir():
        text = symbol.sub(r"Z\1Z", file.read_text(encoding="utf-8"))
        (folder / file.name).write_text(text, encoding="utf-8")
    return load(folder / source.name)


def test_other_symbols_give_the_same_numbers(episode: Episode, tmp_path: Path) -> None:
    named = renamed(tmp_path)
    one, other = (run(compile_episode(e, accounts=ACCOUNTS, bar="1h")) for e in (episode, named))

    assert not set(one.instruments) & set(other.instruments)
    assert same_before(one, other, one.rounds)


@pytest.mark.parametrize("day", sorted(NOTICES))
def test_a_hike_changes_nothing_before_its_notice_and_something_after(
    scenario: Scenario, trace: Trace, day: str
) -> None:
    other = run(without_hikes(scenario, day))
    notice = scenario.clock.bar_at(NOTICES[day], "the notice")

    assert same_before(trace, other, notice + 1)
    assert not same_before(trace, other, trace.rounds)


def test_the_february_hikes_cannot_have_caused_the_fall_of_30_january(
    scenario: Scenario, trace: Trace
) -> None:
    evening = scenario.clock.bar_at(datetime(2026, 1, 30, 22, tzinfo=UTC), "the evening")
    without = scenario
    for day in NOTICES:
        without = without_hikes(without, day)
    sold = trace.by_segment.sold[:evening, trace.segments.index("comex_retail")]

    assert len(without.news.hikes) == len(scenario.news.hikes) - 4
    assert sold.sum() > 0.0
    assert same_before(trace, run(without), evening)


def test_the_near_list_gives_the_bytes_of_the_plain_scan(episode: Episode) -> None:
    many = compile_episode(episode, accounts=40_000, bar="1h")
    near, plain = run(many), run(many, how=How(plain=True))

    assert near.scanned < plain.scanned
    assert same_before(near, plain, near.rounds)
    assert np.array_equal(near.contagion.usd, plain.contagion.usd)


def test_the_books_close(trace: Trace) -> None:
    assert trace.closes, [finding for finding in trace.audit if not finding.holds]


def test_a_given_source_ends_where_it_really_did(
    episode: Episode, scenario: Scenario, trace: Trace
) -> None:
    change = episode.actual() / scenario.market.price - 1.0
    told = read(scenario, trace, Seen(dict(zip(episode.symbols, change, strict=True))))

    for name in ("SI", "GC"):
        assert told.instruments[name].role == "given"
        assert told.instruments[name].simulated == pytest.approx(
            change[episode.symbols.index(name)]
        )


def test_fewer_accounts_tell_the_same_story(episode: Episode, trace: Trace) -> None:
    many = run(compile_episode(episode, accounts=4 * ACCOUNTS))
    few, more = (t.by_segment.sold.sum() for t in (trace, many))

    assert few == pytest.approx(more, rel=0.1)
