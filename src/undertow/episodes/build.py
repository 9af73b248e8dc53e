"""From an episode to a scenario: everything `run` needs, and nothing of what came out."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from undertow.core.clock import Clock
from undertow.core.errors import unknown
from undertow.core.market import Market
from undertow.episodes.episode import Episode
from undertow.episodes.fits import refuse_fits
from undertow.episodes.hours import PhasePerVenue, listings_of, open_of, phases_of, tests_of
from undertow.episodes.made import made, said_with_place
from undertow.episodes.markets import opening_market
from undertow.episodes.newsroom import free_origins, news_of
from undertow.episodes.people import accounts_of
from undertow.model.impact import IMPACT
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.margin import MARGIN
from undertow.model.scenario import Listing, News, Regime, Rules, Scenario, Segment
from undertow.model.traders import TRADERS
from undertow.model.traders.base import Trader

HOURS = 24.0
ORIGINS = ("given", "free")


def compile_episode(  # noqa: PLR0913 - one parameter per option of the command
    episode: Episode,
    *,
    accounts: int | None = None,
    seed: int | None = None,
    bar: str | None = None,
    origin: str = "given",
    allow: Collection[str] = (),
) -> Scenario:
    """The episode as a scenario; accounts, seed and bar replace those of the file.

    allow: forbidden fits that are meant (`episodes.fits`); all others are refused.
    Prices after the start enter for `given` instruments only: a target's actual path changes
    nothing. With a free origin they enter for none: its stated news takes their place.
    """
    if origin not in ORIGINS:
        raise unknown("origin", origin, ORIGINS)
    if origin == "free":
        episode = free_origins(episode)
    clock = episode.clock(bar)
    market = opening_market(episode)
    listings = listings_of(episode.plan, market, clock, episode.file)
    phases = phases_of(listings, clock)
    rules = _rules(episode, market, listings, phases, clock)
    refuse_fits(episode, allow)
    columns, drawn = accounts_of(
        episode,
        market,
        {segment.name: segment.regime.rule for segment in rules.segments},
        accounts=accounts,
        seed=seed,
    )
    return Scenario(
        name=episode.name,
        clock=clock,
        market=market,
        columns=columns,
        accounts=drawn,
        rules=rules,
        news=news_of(episode, open_of(episode.plan, phases, clock), clock),
    )


def given_news(episode: Episode, market: Market, clock: Clock) -> News:
    """The news with its sources given, however a run sees them: what was lost is read off it."""
    listings = listings_of(episode.plan, market, clock, episode.file)
    return news_of(episode, open_of(episode.plan, phases_of(listings, clock), clock), clock)


def _rules(
    episode: Episode,
    market: Market,
    listings: tuple[Listing, ...],
    phases: PhasePerVenue,
    clock: Clock,
) -> Rules:
    plan, file = episode.plan, episode.file
    dealing = plan.dealing
    return Rules(
        segments=tuple(_segment(episode, name, phases, clock) for name in plan.segments),
        impact=made(IMPACT, plan.impact, f"{file} [impact]"),
        makers=made(MAKERS, plan.makers, f"{file} [makers]"),
        traders=tuple((name, _trader(episode, name, market)) for name in plan.traders),
        listings=tuple(listing for listing in listings if len(listing.instruments)),
        overnight=dealing.overnight,
        participation=dealing.participation or np.inf,
        fee=dealing.fee,
        foresight=dealing.foresight,
        memory=dealing.memory,
        maker_capital=dealing.maker_capital_usd or np.inf,
        insurance={
            name: segment.insurance_usd
            for name, segment in plan.segments.items()
            if segment.insurance_usd > 0.0
        },
    )


def _segment(episode: Episode, name: str, phases: PhasePerVenue, clock: Clock) -> Segment:
    table, where = episode.plan.segments[name], f"{episode.file} [segments.{name}]"
    regime = table.regime
    return Segment(
        name=name,
        regime=Regime(
            rule=made(MARGIN, regime.margin, where),
            tests=tests_of(regime, phases, clock, where),
            grace_days=regime.grace_hours / HOURS,
            owner_lag=regime.owner_lag_hours / HOURS,
            broker_lag=regime.broker_lag_hours / HOURS,
            willing=regime.willing,
            transfer_days=regime.transfer_hours / HOURS,
            minimum_transfer=regime.minimum_transfer,
            cash_test=regime.cash_test,
            credit_line=regime.credit_line,
            recourse=regime.recourse,
            heeds_notice=regime.heeds_notice,
        ),
        owner=made(LIQUIDATION, table.owner, where),
        broker=made(LIQUIDATION, table.broker, where),
    )


def _trader(episode: Episode, name: str, market: Market) -> Trader:
    """A trader who has opened once, so that one who cannot says so before the run."""
    where = f"{episode.file} [traders.{name}]"
    trader = made(TRADERS, episode.plan.traders[name], where)
    with said_with_place(where):
        trader.opened(market)
    return trader
