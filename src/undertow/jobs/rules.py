"""`undertow rules`: every member of every family, with its parameters."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Final

from undertow.data.chains import CHAINS
from undertow.data.orderbooks import FEEDS
from undertow.data.quotes import QUOTES
from undertow.data.sources import SOURCES
from undertow.indicators import INDICATORS
from undertow.jobs.answer import Json, wrapped
from undertow.model.impact import IMPACT
from undertow.model.liquidation import LIQUIDATION
from undertow.model.makers import MAKERS
from undertow.model.margin import MARGIN
from undertow.model.rulebook import RULEBOOK, Rates
from undertow.model.traders import TRADERS
from undertow.model.venues import VENUES

FORMATS: Final = (FEEDS, QUOTES, CHAINS)
"""What files may be written as: `undertow measure --format`."""

FAMILIES: Final = (
    MARGIN,
    LIQUIDATION,
    IMPACT,
    MAKERS,
    TRADERS,
    VENUES,
    RULEBOOK,
    INDICATORS,
    SOURCES,
)


def rules_answer() -> dict[str, Json]:
    """Families, members, first sentence and parameters."""
    families: dict[str, Json] = {}
    for family in FAMILIES:
        found: dict[str, type[object]] = dict(family.discover())
        families[family.name] = {name: _described(part) for name, part in found.items()}
    return wrapped(
        "rules",
        {},
        {"outcome": "every rule that a scenario or a book can choose", "families": families},
    )


def _described(part: type[object]) -> dict[str, Json]:
    sentence = (inspect.getdoc(part) or "").split("\n\n")[0].replace("\n", " ")
    fields = dataclasses.fields(part) if dataclasses.is_dataclass(part) else ()
    return {"what": sentence, "parameters": {f.name: _default(f) for f in fields}}


def _default(field: dataclasses.Field[object]) -> Json:
    if field.default is not dataclasses.MISSING:
        return str(field.default)
    if field.default_factory is not dataclasses.MISSING:
        made = field.default_factory()
        return f"{made.regime}.csv" if isinstance(made, Rates) else str(made)
    return None
