"""What is sold for whom: nothing where nobody holds both, and names do not matter.

A sale is booked to gold only if its seller lost on gold, so accounts that hold technology and no
metal sell no technology for metals, whatever prices do. (That metals are sold and depress nothing
but themselves is not needed: what technology loses by forced selling of technology is booked to
technology.) Where prices do not answer to sales, accounts do not know of each other, so each
account that gets its metals back adds its own sales and takes none away. Where they answer, a fall
of technology takes its part of the losses that sales are booked to, and delays shift: that the
steps rise there too is no theorem, but what the episodes show.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from feb_2026 import SEVEN
from small import ENDLESS, shocked
from strategies import Wish, systems
from toy_episode import FACTS, TOML, write
from undertow.core.accounts import Accounts, Group
from undertow.core.shapes import Flags
from undertow.engine.run import How, run
from undertow.episodes import Episode, compile_episode, find, load
from undertow.jobs.answer import simulation_json
from undertow.model.scenario import Scenario
from undertow.studies.simulate import Seen, simulate

some = settings(max_examples=40, deadline=None)
ALONE = How(threads=1)
STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
METALS = ("SI", "GC", "SLV", "AGQ", "GLD", "AG", "AU")
TECHNOLOGY = (*SEVEN, "AVGO", "AMD", "IGV", "NQ", "NDX", "ES", "SPX")
"""In February 2026: gold and silver in all wrappers; technology and what looks through to it."""
APART = Wish(lookthrough=False, delays=False, given=False)
ANSWERLESS = replace(
    APART, outside=False, halts=False, limits=False, makers=("constant",), lasting=False
)


def at(scenario: Scenario, names: Iterable[str]) -> Flags:
    """Which instruments these are."""
    return np.isin(scenario.market.instruments.names, list(names))


def with_overlap(scenario: Scenario, metals: Flags, technology: Flags, share: float) -> Scenario:
    """Of the accounts that hold both, only a share still holds metals; more keep what fewer kept.

    The others have sold them at the opening mark: what was pledged is cash now, and the margin that
    it needed is free.
    """
    groups = (_thinned(g, scenario, metals, technology, share) for g in scenario.accounts)
    return replace(scenario, accounts=Accounts(tuple(groups)))


def _thinned(
    group: Group, scenario: Scenario, metals: Flags, technology: Flags, share: float
) -> Group:
    columns = scenario.columns
    own = columns.instruments[group.column]
    held = group.quantity != 0.0
    metal = held & metals[own]
    both = metal.any(axis=1) & (held & technology[own]).any(axis=1)
    # A stratum for each of them: the first quarter is part of the first half.
    luck = np.random.default_rng(7).permutation(len(group)) / len(group)
    gone = metal & (both & (luck >= share))[:, None]
    inside = scenario.market.value[own] * columns.pledged[group.column]
    return replace(
        group,
        quantity=np.where(gone, 0.0, group.quantity),
        cash=group.cash + (group.quantity * inside * gone).sum(axis=1),
    )


def booked(scenario: Scenario, metals: Flags, technology: Flags) -> float:
    """Sales of technology by accounts that are booked to metals, whatever moved them."""
    made = run(scenario, how=ALONE).contagion
    names = np.array(made.sold)
    origins = np.isin([name.split(":")[0] for name in made.origins], names[metals])
    return float(made.usd[np.ix_(origins, technology)].sum())


def steps(scenario: Scenario, metals: Flags, technology: Flags) -> list[float]:
    """The same with ever more of the overlap restored."""
    return [
        booked(with_overlap(scenario, metals, technology, share), metals, technology)
        for share in STEPS
    ]


def first_and_others(scenario: Scenario) -> tuple[Flags, Flags]:
    """In a random system the first instrument is the metal and all others are technology."""
    first = np.arange(len(scenario.market.price)) == 0
    return first, ~first


def crashed(scenario: Scenario) -> Scenario:
    """The metal loses a third in the second bar, or in the only one."""
    return shocked(scenario, (min(1, scenario.clock.bars - 1), 0, 0.67))


def endless(scenario: Scenario) -> Scenario:
    """Depth that no sale can move."""
    calm = scenario.market.instruments
    depth = np.full(len(calm), ENDLESS)
    market = replace(scenario.market, instruments=replace(calm, depth=depth), depth=depth)
    return replace(scenario, market=market)


@some
@given(systems(APART))
def test_where_nobody_holds_both_nothing_is_sold_for_metals(scenario: Scenario) -> None:
    metals, technology = first_and_others(scenario)
    apart = with_overlap(crashed(scenario), metals, technology, 0.0)

    assert booked(apart, metals, technology) == 0.0


@some
@given(systems(APART))
def test_the_whole_overlap_is_the_system_itself(scenario: Scenario) -> None:
    metals, technology = first_and_others(scenario)
    whole = with_overlap(scenario, metals, technology, 1.0)

    for one, other in zip(whole.accounts, scenario.accounts, strict=True):
        assert np.array_equal(one.quantity, other.quantity)
        assert np.array_equal(one.cash, other.cash)


@some
@given(systems(ANSWERLESS))
def test_where_prices_do_not_answer_each_restored_account_adds_its_own(
    scenario: Scenario,
) -> None:
    metals, technology = first_and_others(scenario)
    found = steps(endless(crashed(scenario)), metals, technology)

    assert found[0] == 0.0
    assert np.all(np.diff(found) >= -1e-9 * max(found))


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Episode:
    """The metal falls further, and those who hold it own a little stock besides."""
    return load(write(tmp_path_factory.mktemp("toy")))


@pytest.fixture(scope="module")
def february() -> Scenario:
    return compile_episode(load("feb-2026"), accounts=2_000, bar="1h")


@pytest.fixture(scope="module")
def in_february(february: Scenario) -> list[float]:
    return steps(february, at(february, METALS), at(february, TECHNOLOGY))


def test_in_the_toy_every_step_adds_sales_of_stock_for_the_metal(toy: Episode) -> None:
    scenario = compile_episode(toy)
    found = steps(scenario, at(scenario, ("METAL", "FUND")), at(scenario, ("STOCK", "ABROAD")))

    assert found[0] == 0.0
    assert np.all(np.diff(found) > 0.0)


def test_february_2026_without_overlap_sells_no_technology_for_metals(
    in_february: list[float],
) -> None:
    assert in_february[0] == 0.0


def test_february_2026_sells_more_technology_with_every_step(in_february: list[float]) -> None:
    assert np.all(np.diff(in_february) > 0.0)


def test_without_overlap_bad_news_of_technology_sells_it_and_not_for_metals(
    february: Scenario,
) -> None:
    """The zero is not for want of sales."""
    metals, technology = at(february, METALS), at(february, TECHNOLOGY)
    shock = february.news.shock.copy()
    shock[120, technology] += np.log(0.7)
    bad = replace(february, news=replace(february.news, shock=shock))
    apart = with_overlap(bad, metals, technology, 0.0)

    assert run(apart, how=ALONE).contagion.usd[:, technology].sum() > 0.0
    assert booked(apart, metals, technology) == 0.0


# Names.


def renamed(folder: Path, source: Path) -> tuple[Episode, dict[str, str]]:
    """The episode with other symbols everywhere, in the opposite order of the alphabet."""
    symbols = load(source).symbols
    names = {symbol: f"Q{len(symbols) - at:03d}" for at, symbol in enumerate(symbols)}
    for file in source.parent.iterdir():
        text = exchanged(file.read_text(encoding="utf-8"), names)
        (folder / file.name).write_text(text, encoding="utf-8")
    return load(folder / source.name), {new: old for old, new in names.items()}


def exchanged(text: str, names: dict[str, str]) -> str:
    """The text with every whole word that is a name replaced."""
    words = re.compile(rf"\b({'|'.join(names)})\b")
    return words.sub(lambda match: names[match[1]], text)


def told(episode: Episode, accounts: int) -> str:
    """The JSON of a run."""
    scenario = compile_episode(episode, accounts=accounts, bar="1h")
    answer, _ = simulate(scenario, Seen(), how=ALONE)
    return json.dumps(simulation_json(answer), ensure_ascii=False)


@pytest.mark.parametrize(("which", "accounts"), [("toy", 400), ("feb-2026", 2_000)])
def test_other_symbols_give_the_same_json_to_the_byte(
    which: str, accounts: int, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "other").mkdir()
    source = write(tmp_path / "own", TOML, FACTS) if which == "toy" else find(which)
    other, back = renamed(tmp_path / "other", source)
    own = load(source)

    assert not set(own.symbols) & set(other.symbols)
    assert exchanged(told(other, accounts), back) == told(own, accounts)
