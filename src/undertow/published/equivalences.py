"""The table of equivalences: which law, fill and depth make the engine which published model.

Every row plays the same three sales through the engine's clearing and, beside it, the published
formulas in the paper's own terms. Prices are those after each sale; payments are per unit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from undertow.core.market import Market, plain_instruments
from undertow.core.shapes import Floats
from undertow.engine.prices import dealt_price
from undertow.model.impact.almgren_2005 import Almgren2005
from undertow.model.impact.base import ImpactLaw
from undertow.model.impact.exponential import Exponential
from undertow.model.impact.exponential_floor import ExponentialFloor
from undertow.model.impact.linear import Linear
from undertow.model.impact.one_minus import OneMinus
from undertow.published.check import Check, Row, close, without_data
from undertow.published.stage import resting, sold_over

UNITS = np.array([30.0, 5.0, 45.0])
DAYS = np.array([0.5, 0.1, 0.25])
START, VOLUME, SIGMA = 8.0, 1000.0, 0.02


@dataclass(frozen=True, slots=True)
class Path:
    """Price after each sale and payment per unit."""

    price: Floats
    paid: Floats


@dataclass(frozen=True, slots=True)
class Equivalence:
    """A published model: what it needs of the engine, and what its formulas give.

    depth: units;  wait: days between sales (sales themselves take none), or `slow` sales
    """

    name: str
    law: ImpactLaw
    depth: float
    published: Path
    resilience: float = np.inf
    wait: float = 0.0
    slow: bool = False

    def market(self) -> Market:
        """One instrument at its opening price."""
        given = {
            "depth": self.depth,
            "volume": VOLUME,
            "sigma": SIGMA,
            "outstanding": 1e6,
            "resilience": self.resilience,
        }
        arrays = {key: np.array([value]) for key, value in given.items()}
        return resting(plain_instruments((self.name,), **arrays), START)

    def engine(self) -> Path:
        """The three sales through the engine's clearing."""
        market, prices, paid = self.market(), [], []
        for units, days in zip(UNITS, DAYS if self.slow else 0.0 * DAYS, strict=True):
            cleared = sold_over(market, np.array([units]), self.law, days=days)
            prices.append(dealt_price(self.law, cleared.market)[0])
            paid.append(cleared.paid[0])
            market = replace(cleared.market, price=dealt_price(self.law, cleared.market))
            market = sold_over(market, np.zeros(1), self.law, days=self.wait).market
        return Path(np.array(prices), np.array(paid))


def breuer() -> Equivalence:
    """δ = κσ√(q/ADV), everything sold at the final price."""
    kappa, sold = 1.5, UNITS.cumsum()
    price = START * (1.0 - kappa * SIGMA * np.sqrt(sold / VOLUME))
    return Equivalence("Breuer", OneMinus("final", kappa, 0.0), VOLUME, Path(price, price))


def spiral() -> Equivalence:
    """p = p₁ − κs, everything sold at the final price."""
    kappa = 0.01
    price = START - kappa * UNITS.cumsum()
    return Equivalence("spiral", Linear("final"), START / kappa, Path(price, price))


def oxford() -> Equivalence:
    """p′ = p·e^{−βs/Q}, sold at (p + p′)/2."""
    beta, quantity = -np.log(0.98) / 0.05, 600.0
    price = START * np.exp(-beta * UNITS / quantity).cumprod()
    before = np.concatenate([[START], price[:-1]])
    path = Path(price, 0.5 * (price + before))
    return Equivalence("Oxford", Exponential("mid"), quantity / beta, path)


def cont_schaanning() -> Equivalence:
    """p = p₀(1 − Ψ(q)), q = sales at the opening price, δ = (1 − B/p₀)·D, sold at the mean."""
    floor, depth = 0.5 * START, 500.0 * START
    reach = 1.0 - floor / START
    fall = reach * -np.expm1(-UNITS.cumsum() * START / (reach * depth))
    price = START * (1.0 - fall)
    before = np.concatenate([[START], price[:-1]])
    law = ExponentialFloor(floor=floor / START, fill="mid")
    path = Path(price, 0.5 * (price + before))
    return Equivalence("Cont-Schaanning", law, reach * depth / START, path)


def obizhaeva_wang() -> Equivalence:
    """D jumps by κx and decays at the rate ρ; a block is paid p₀ − D − κx/2."""
    kappa, rho, wait = 0.01, 4.0, 0.2
    price, paid, gap = [], [], 0.0
    for units in UNITS:
        paid.append(START - gap - 0.5 * kappa * units)
        price.append(START - gap - kappa * units)
        gap = (gap + kappa * units) * np.exp(-rho * wait)
    path = Path(np.array(price), np.array(paid))
    law, depth = Linear("path"), START / kappa
    return Equivalence("Obizhaeva-Wang", law, depth, path, resilience=1.0 / rho, wait=wait)


def almgren() -> Equivalence:
    """I = γσ(X/V)(Θ/V)^¼ for good; speed costs η·σ·(X/(V·T))^{3/5} and leaves no trace."""
    per_volume = 0.314 * SIGMA * (1e6 / VOLUME) ** 0.25
    price = START * (1.0 - per_volume * UNITS.cumsum() / VOLUME)
    before = np.concatenate([[START], price[:-1]])
    speed = 0.142 * SIGMA * (UNITS / (VOLUME * DAYS)) ** 0.6
    path = Path(price, 0.5 * (price + before) * (1.0 - speed))
    return Equivalence("Almgren 2005", Almgren2005("path"), VOLUME, path, slow=True)


TABLE = (breuer, spiral, oxford, cont_schaanning, obizhaeva_wang, almgren)


def play() -> list[Row]:
    """Prices and payments of all six."""
    rows: list[Row] = []
    for make in TABLE:
        row = make()
        got = row.engine()
        rows += [
            close(f"{row.name}: price", row.published.price, got.price, within=1e-12),
            close(f"{row.name}: paid", row.published.paid, got.paid, within=1e-12),
        ]
    return rows


CHECK = Check(
    name="equivalences",
    title="One engine, six published impact models: law, fill and depth",
    source=(
        "Breuer et al. (2021); spiral 2.1 of the model notes; Oxford, BoE SWP 861 (2020); "
        "Cont, Schaanning (2017); Obizhaeva, Wang (2013); Almgren et al. (2005)"
    ),
    play=without_data(play),
)
