"""`undertow book --in EPISODE`: a person's book as one more account of an episode's crowd."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from undertow.core.answers.book import Basis, BookAnswer
from undertow.core.answers.said import Amount, Said
from undertow.core.answers.survival import Survival
from undertow.core.answers.within import InsideAccount, Within
from undertow.core.book import Book
from undertow.core.columns import Way
from undertow.engine.run import How
from undertow.engine.warm import warm_up
from undertow.episodes import Episode, compile_episode, load
from undertow.jobs.answer import Json
from undertow.jobs.reading import seen
from undertow.model.rulebook import Seller, rulebook_of
from undertow.model.scenario import Scenario
from undertow.studies.changed import Hike, rulebooks
from undertow.studies.placed import instrument_of, units
from undertow.studies.steps import steps_of
from undertow.studies.survival_inside import survival_inside
from undertow.studies.trial import Design
from undertow.studies.within import Entering, within


@dataclass(frozen=True, slots=True)
class Inside:
    """Which crowd a book is put into; None takes what the episode says.

    runs: small runs of the episode that odds come from, 0 for no odds
    """

    episode: str
    accounts: int | None = None
    seed: int | None = None
    bar: str | None = None
    threads: int = 2
    runs: int = 0


@dataclass(frozen=True, slots=True)
class Crowd:
    """An episode made ready for a book.

    path: change of each instrument over the episode;  quotes: a table of prices as it begins
    rates: base currency per unit of each currency as it begins
    """

    name: str
    episode: Episode
    asked: Inside
    scenario: Scenario
    start: date
    path: Mapping[str, float]
    quotes: str
    rates: Mapping[str, float]

    def exchanged(self, book: Book) -> Book:
        """The book with the episode's rates of currencies that it has none of."""
        known = book.marks.fx
        shared = next((code for code in (book.base, *book.fx) if code in self.rates), None)
        if shared is None:
            return book
        ours = known[shared] / self.rates[shared]
        lent = {code: rate * ours for code, rate in self.rates.items() if code not in known}
        return replace(book, fx={**book.fx, **lent})

    def path_of(self, book: Book) -> dict[str, float]:
        """The path under the episode's names and under those that the book has for them."""
        names = self.path.keys()
        own = {p.symbol: name for p in book.positions if (name := instrument_of(p, names))}
        return {**self.path, **{symbol: self.path[name] for symbol, name in own.items()}}


def crowd_of(inside: Inside) -> Crowd:
    """Load and compile the episode."""
    episode = load(inside.episode)
    scenario = compile_episode(episode, accounts=inside.accounts, seed=inside.seed, bar=inside.bar)
    prices = zip(scenario.market.instruments.names, scenario.market.price, strict=True)
    return Crowd(
        name=episode.name,
        episode=episode,
        asked=inside,
        scenario=scenario,
        start=scenario.clock.start.date(),
        path=seen(episode).change,
        quotes="symbol,price\n" + "".join(f"{name},{price:.12g}\n" for name, price in prices),
        rates=_rates(episode, scenario),
    )


def _rates(episode: Episode, scenario: Scenario) -> dict[str, float]:
    listed = episode.plan.instruments.values()
    pairs = zip(listed, scenario.market.fx, strict=True)
    return {one.currency: float(rate) for one, rate in pairs}


def with_crowd(
    answer: BookAnswer,
    book: Book,
    crowd: Crowd,
    *,
    hikes: Sequence[Hike] = (),
    progress: Callable[[int, int], None] | None = None,
) -> BookAnswer:
    """The answer with what happens to the book in the crowd, told after the rest.

    hikes: margins of the book's own accounts from the first bar on; the crowd's are the episode's
    """
    warm_up(crowd.scenario)
    how = How(threads=crowd.asked.threads, ledger=False, progress=progress)
    own = crowd.exchanged(book)
    entering = Entering(rulebooks=rulebooks(book, hikes, crowd.start))
    found = within(own, crowd.scenario, entering=entering, how=how)
    return replace(
        answer,
        within=found,
        survival_inside=_odds(own, crowd, entering, progress),
        said=(
            *answer.said, *_entered(answer.basis, crowd.name), *_said(found),
            *_missing(book, crowd),
        ),
        warnings=(
            *answer.warnings, *_of_another_day(book, crowd), *_noted(found),
            *_in_any_amount(book, found)
        ),
    )  # fmt: skip


def _odds(
    book: Book, crowd: Crowd, entering: Entering, progress: Callable[[int, int], None] | None
) -> tuple[Survival, ...]:
    """The odds inside the episode, if they are asked for."""
    asked = crowd.asked
    if not asked.runs:
        return ()
    design = Design(draws=asked.runs, workers=asked.threads, seed=asked.seed)
    if asked.accounts is not None:
        design = replace(design, accounts=min(design.accounts, asked.accounts))
    return survival_inside(book, crowd.episode, design, entering.rulebooks or {}, progress)


def _entered(basis: Basis, episode: str) -> Iterator[Said]:
    """What of the questions beside it holds inside the episode, and what does not."""
    if basis.margins:
        yield Said(
            "Inside {episode} the book is under the margins asked for ({margins}) from the first"
            " bar on.",
            {"episode": episode, "margins": ", ".join(basis.margins)},
        )
    if basis.shock:
        yield Said(
            "Inside {episode} the book enters without the shock: the episode brings its own moves.",
            {"episode": episode},
        )


def _of_another_day(book: Book, crowd: Crowd) -> Iterator[Said]:
    """That the book's own day is not the one on which the episode begins."""
    if book.on != crowd.start:
        yield Said(
            "The book is of {day}; inside {episode} it holds as much money in each position on"
            " {start}, under the rules of each day from then on.",
            {"day": str(book.on), "episode": crowd.name, "start": str(crowd.start)},
        )


def _missing(book: Book, crowd: Crowd) -> Iterator[Said]:
    """What the book holds and no news moves, and what its real moves would have come to."""
    names = crowd.scenario.market.instruments.names
    earned = dict(zip(names, crowd.scenario.earned, strict=True))
    found = ((p, instrument_of(p, names)) for p in book.positions if p.held is Way.PLEDGED)
    held = [(p, name) for p, name in found if name is not None and earned[name]]
    if not held:
        return
    known = [(p, crowd.path[name]) for p, name in held if name in crowd.path]
    marks = crowd.exchanged(book).marks
    gained = sum(units(p, marks, 1.0) * change for p, change in known)
    moves = {p.symbol: str(Amount(change, "percent")) for p, change in known}
    values = {
        "names": ", ".join(dict.fromkeys(p.symbol for p, _ in held)),
        "moves": ", ".join(f"{symbol} {change}" for symbol, change in moves.items()),
        "money": _money(abs(gained)),
    }
    if not known:
        yield Said("No news of {names} is in that: only forced sales move them.", values)
    elif gained < 0.0:
        yield Said(
            "No news of {names} is in that, only forced sales: what they really did ({moves}) would"
            " have cost {money} dollars if held to the end.",
            values,
        )
    else:
        yield Said(
            "No news of {names} is in that, only forced sales: what they really did ({moves}) would"
            " have brought {money} dollars if held to the end.",
            values,
        )


def _in_any_amount(book: Book, found: Within) -> Iterator[Said]:
    """Accounts that a venue's engine closes, of whose steps nothing is known."""
    sold = {sale.account for one in found.accounts for sale in one.sales}
    marks = book.marks
    names = [
        one.account
        for one in book.accounts
        if one.account in sold
        and (rulebook := rulebook_of(one)).terms(marks.on).sells is Seller.ENGINE
        and not any(steps_of(rulebook, p, marks) for p in book.of(one.account))
    ]
    if names:
        yield Said(
            "Inside {episode} {names} loses what ends its call and no more: how much its venue"
            " closes at a time is not published.",
            {"episode": found.scenario, "names": "; ".join(names)},
        )


def told_inside(inside: Inside) -> dict[str, Json]:
    """What went in."""
    return {
        "in": inside.episode,
        "accounts": inside.accounts,
        "seed": inside.seed,
        "bar": inside.bar,
    }


def _said(found: Within) -> Iterator[Said]:
    """The first account that is sold out or called, and what was lost by cause."""
    struck = [one for one in found.accounts if one.called is not None]
    if not struck:
        yield Said("Inside {episode} no account is called.", {"episode": found.scenario})
    else:
        yield _struck(found, min(struck, key=lambda one: one.called or found.end))
    yield Said(
        "The book loses {total} dollars there: {news} to news, {crowd} to the crowd, {footprint} to"
        " its own sales.",
        {name: _money(getattr(found.losses, name)) for name in PARTS},
    )


PARTS = ("total", "news", "crowd", "footprint")


def _struck(found: Within, one: InsideAccount) -> Said:
    values: dict[str, Amount | str] = {
        "episode": found.scenario,
        "account": one.account,
        "called": f"{one.called:%Y-%m-%d %H:%M}",
        "sold": f"{one.sold:%Y-%m-%d %H:%M}" if one.sold else "",
        "owed": _money(one.owed),
        "currency": one.currency,
    }
    if one.owed > 0.0:
        return Said(
            "Inside {episode} {account} is called at {called} UTC, sold out from {sold} UTC on and"
            " left owing {owed} {currency}.",
            values,
        )
    if one.sold is not None:
        return Said(
            "Inside {episode} {account} is called at {called} UTC and sold out from {sold} UTC on.",
            values,
        )
    return Said("Inside {episode} {account} is called at {called} UTC and not sold out.", values)


def _money(value: float) -> str:
    return f"{value:,.0f}".replace("-", "−")


def _noted(found: Within) -> Iterator[Said]:
    """What of the book the crowd does not trade."""
    names = {"episode": found.scenario}
    if found.still:
        yield Said(
            "{names} stand still inside {episode}: it has no instrument that they follow.",
            {**names, "names": "; ".join(found.still)},
        )
    if found.unsold:
        yield Said(
            "{names} cannot be dealt inside {episode}.", {**names, "names": "; ".join(found.unsold)}
        )
    if found.outside:
        yield Said(
            "{names} are not pledged and so not inside {episode}.",
            {**names, "names": "; ".join(found.outside)},
        )
