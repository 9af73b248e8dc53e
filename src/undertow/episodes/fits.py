"""Choices that make any outcome possible: a scenario that needs one is not a finding."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from undertow.core.errors import InputError, unknown
from undertow.episodes.episode import Episode
from undertow.episodes.made import made
from undertow.episodes.schema import Plan
from undertow.episodes.schema_segments import Segment
from undertow.model.impact import IMPACT
from undertow.model.impact.square_root import SquareRoot

STRONGEST = 1.5
"""Largest coefficient of the square-root law in the literature: Almgren et al. 2005, Tóth 2011."""
ROUNDING = 1e-9
FITS = ("coefficient", "no_free_cash", "at_minimum", "resilience_by_asset")


def refuse_fits(episode: Episode, allowed: Collection[str] = ()) -> None:
    """Refuse an episode that uses a forbidden fit which is not named in `allowed`."""
    for name in allowed:
        if name not in FITS:
            raise unknown("fit", name, FITS, "--allow")
    for name, finding in fits(episode.plan).items():
        if name not in allowed:
            raise InputError(
                f"{episode.file} is fitted, not found: {finding}; mend it, or say that you mean it"
                f" with --allow {name}."
            )


def fits(plan: Plan) -> dict[str, str]:
    """The forbidden fits that a plan uses, by name, each with its place.

    coefficient: square-root impact with Y > 1.5, where Y = coefficient + lasting part/σ
    no_free_cash: no segment that can be called has any;  at_minimum: all of them start at it
    resilience_by_asset: pressure leaks away at a speed of its own for some instruments
    """
    found = (*_coefficient(plan), *_people(plan), *_resilience(plan))
    return dict(found)


def _coefficient(plan: Plan) -> Iterator[tuple[str, str]]:
    law = made(IMPACT, plan.impact, "[impact]")
    if not isinstance(law, SquareRoot):
        return
    listed = plan.instruments.items()
    total = {name: law.coefficient + one.permanent / one.sigma for name, one in listed}
    strongest = max(total, key=lambda name: total[name])
    if total[strongest] > STRONGEST + ROUNDING:
        yield (
            "coefficient",
            f"[impact] has a square-root coefficient of {total[strongest]:.3g} for {strongest!r},"
            f" lasting part included, above {STRONGEST:g}",
        )


def _people(plan: Plan) -> Iterator[tuple[str, str]]:
    levered = {name: s for name, s in plan.segments.items() if _is_levered(s)}
    if not levered:
        return
    names = ", ".join(f"segments.{name}" for name in levered)
    if all(segment.free_cash_usd == 0.0 for segment in levered.values()):
        yield "no_free_cash", f"free_cash_usd is 0 in {names}"
    if all(segment.excess.mean == 0.0 for segment in levered.values()):
        yield "at_minimum", f"excess.mean is 0 in {names}, so all accounts stand at their minimum"


def _is_levered(segment: Segment) -> bool:
    """Whether its accounts can be called at all."""
    return any(h.way == "pledged" and (h.total_units or h.total_usd) for h in segment.holds)


def _resilience(plan: Plan) -> Iterator[tuple[str, str]]:
    days: Mapping[float, str] = {
        one.resilience: name for name, one in reversed(plan.instruments.items())
    }
    if len(days) > 1:
        (first, one), (second, other), *_ = days.items()
        yield (
            "resilience_by_asset",
            f"instruments.{one}.resilience is {first:g} and instruments.{other}.resilience"
            f" {second:g} trading days",
        )
