"""`undertow explain`: read a stored run and tell one instrument's story."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from undertow.core.answers.explanation import Explanation
from undertow.data.runs import read_run
from undertow.data.store import find_run, runs_folder
from undertow.jobs.answer import Json, plain, wrapped
from undertow.studies.explain import explain, headline_of


@dataclass(frozen=True, slots=True)
class Explained:
    """The story, the run it is read from, and the titles stored with it."""

    answer: Explanation
    folder: Path
    inputs: dict[str, Json]
    titles: dict[str, str]

    def json(self) -> dict[str, Json]:
        """The one JSON."""
        told = {key: plain(value) for key, value in asdict(self.answer).items() if key != "said"}
        outcome = " ".join(map(str, self.answer.said))
        return wrapped("explain", self.inputs, {"outcome": outcome, **told})


def explain_run(run: str, instrument: str | None = None) -> Explained:
    """One instrument of a stored run, by default the one its headline names.

    run: a folder, the name of a stored run, or `last`
    """
    folder = find_run(run, runs_folder())
    summary, tables = read_run(folder)
    name = instrument or headline_of(summary)
    inputs = summary["inputs"]
    known: dict[str, Json] = dict(inputs) if isinstance(inputs, dict) else {}
    titles = summary.get("titles")
    named = {key: str(title) for key, title in titles.items()} if isinstance(titles, dict) else {}
    read = {"run": folder.name, **known}
    return Explained(explain(summary, tables, name), folder, read, named)
