"""Worked examples of margin rules: a file in this folder is a group of regimes more.

A file has a tuple `ADAPTERS`; files that begin with an underscore are not read.
"""

from undertow.published.margin._adapter import Adapter, Inputs, Results, adapters
from undertow.published.margin._answer import got, margin_answer, matches, page, read_examples

__all__ = [
    "Adapter",
    "Inputs",
    "Results",
    "adapters",
    "got",
    "margin_answer",
    "matches",
    "page",
    "read_examples",
]
