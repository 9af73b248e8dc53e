"""Varies what is assumed, on a small copy of the system that was run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from undertow.core.answers.reading import Ranges
from undertow.core.answers.simulation import Simulation
from undertow.jobs.system import Request, System
from undertow.studies.ranges import Bands, Design, ranges
