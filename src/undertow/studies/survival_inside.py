"""The question: how likely does a book survive an episode, given what is only assumed of it?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from undertow.core.answers.survival import Survival
from undertow.core.book import Book
from undertow.core.errors import BadNumber, InputError
from undertow.core.trace import Trace
from undertow.engine.run import How, run
from undertow.episodes.episode import Episode
from undertow.model.rulebook import Rulebook
from undertow.studies.assumed import inputs_of
from undertow.studies.latin import latin
from undertow.studies.ranges import drawn
from undertow.studies.survival import survival_in_runs
from undertow.studies.trial import Design, Trial
from undertow.studies.workers import answers


@dataclass(frozen=True, slots=True)
class SmallRun:
    """The system under other facts, by name; called with the facts that differ."""

    trial: Trial

    def __call__(self, facts: Mapping[str, float]) -> Trace | None:
        """The small run; None where these facts are outside what a rule can mean."""
        try:
            scenario = self.trial.scenario(facts)
        except InputError:
            return None
        return run(scenario, how=How(threads=1, ledger=False))


def survival_inside(
    book: Book,
    episode: Episode,
    design: Design,
    rulebooks: Mapping[str, Rulebook],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Survival, ...]:
    """The share of small runs that each pool survives, all assumed inputs drawn anew in each.

    design: size and number of the runs;  rulebooks: by account, where not the shipped ones
    The book is a witness: its own sales move no price here. BadNumber if no draw can be played.
    """
    trial, inputs = Trial(episode, design), inputs_of(episode)
    seed = episode.plan.seed if design.seed is None else design.seed
    tasks = tuple(drawn(inputs, latin(design.draws, len(inputs), seed)))
    found = answers(
        SmallRun(trial),
        tasks,
        workers=design.workers,
        advance=None if progress is None else lambda done: progress(done, len(tasks)),
    )
    runs = [one for one in found if one is not None]
    if not runs:
        raise BadNumber(
            f"no draw of what {episode.name} assumes can be played; ask for more --runs."
        )
    market = trial.scenario({}).market
    return survival_in_runs(book, market, runs, rulebooks=rulebooks)
