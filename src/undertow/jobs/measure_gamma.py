"""`undertow measure gamma`: read an option chain, and say what dealers must trade."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from pathlib import Path

from undertow.core.errors import BadNumber
from undertow.core.numbers import finite, positive
from undertow.data.chains import read_chain
from undertow.data.chains.base import Wanted
from undertow.jobs.answer import Json
from undertow.jobs.measured import Answered, inputs_of
from undertow.studies.gamma import Terms, gamma_answer

HIGHEST_RATE = 1.0
"""Interest per year from which on it was meant in per cent."""


@dataclass(frozen=True, slots=True)
class GammaRequest:
    """A chain and what is assumed of it.

    form: format, empty if the file shows it;  symbol, on: which chain of a file that has several
    spot: in place of the file's;  rate: per year;  adv: shares of the underlying traded a day
    """

    file: Path
    form: str = ""
    symbol: str = ""
    on: str = ""
    spot: float | None = None
    rate: float = 0.0
    adv: float | None = None


def measure_gamma(request: GammaRequest) -> Answered:
    """Dollars of gamma, their sign, the flip and their share of volume."""
    finite("--rate", request.rate)
    if abs(request.rate) > HIGHEST_RATE:
        raise BadNumber(f"--rate is {request.rate:g} per year; write 5 % as 0.05.")
    for name, value in (("--spot", request.spot), ("--adv", request.adv)):
        if value is not None:
            positive(name, value)
    wanted = Wanted(request.symbol, request.on, request.spot or nan)
    chain = read_chain(request.file, request.form, wanted)
    answer = gamma_answer(chain, Terms(rate=request.rate, adv_shares=request.adv))
    asked: dict[str, Json] = {
        "file": request.file.name,
        "format": request.form,
        "symbol": request.symbol,
        "on": request.on,
        "spot": request.spot,
        "rate": request.rate,
        "adv": request.adv,
    }
    return Answered("gamma", answer, inputs_of((request.file,), asked))
