"""A pytest plugin for mutants: a failure is enough, nobody reads the smallest example."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile("no shrinking", phases=(Phase.explicit, Phase.generate), database=None)
settings.load_profile("no shrinking")
