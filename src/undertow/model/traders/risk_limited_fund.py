"""A fund that sells when its value at risk or its drawdown reaches a limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import ClassVar, Literal, Self

import numpy as np

from undertow.core.errors import BadNumber
from undertow.core.market import Market
from undertow.core.numbers import within
from undertow.core.shapes import FlagPerInstrument, Floats, PerInstrument
from undertow.model.traders._pace import by_instrument, paced
from undertow.model.traders.base import Moment, Trader, TraderState

ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class RiskLimitedFund(Trader):
    """A fund that cuts positions without a margin call, to bring its risk back to its limit.

    VaR = z·√(x'Σx),  Σ_ab = σ_a σ_b (ρ + (1 − ρ)·[a = b]),  x: value held,  σ as seen now
    VaR > var_limit·equity:  sells the least that restores the limit (equity is the mark's)
    drawdown from peak equity > drawdown_limit:  holds at most (stop_out − drawdown)/(stop_out −
    drawdown_limit) of each opening position, nothing from stop_out on
    The larger of both cuts is traded, at the rate 1 − e^{−days/lag}. What is closed or locked is
    held and still counts as risk, so that what is open is sold for it. Limits: one correlation
    for all pairs; nothing is bought back. Mechanism: reference models.md 2.8 and 2.2.

    holdings: units by instrument, signed;  cash: base currency, negative if borrowed
    var_limit, drawdown_limit, stop_out: shares of equity (one day; of the peak)
    correlation: ρ;  quantile: of the one-day VaR, as 0.99;  lag_days: trading days
    sells: which open positions first
    relative: var_limit is a multiple of VaR over equity at the opening, not a share of equity
    memory: [peak equity, VaR over equity at the opening]
    """

    heeds_slope: ClassVar[bool] = False

    holdings: Mapping[str, float]
    cash: float
    var_limit: float
    drawdown_limit: float
    stop_out: float
    correlation: float
    quantile: float
    lag_days: float
    sells: Literal["pro_rata", "most_liquid_first"] = "pro_rata"
    relative: bool = False

    def __post_init__(self) -> None:
        within("var_limit of a fund", self.var_limit, 0.0, np.inf)
        within("drawdown_limit of a fund", self.drawdown_limit, 0.0, 1.0)
        within("stop_out of a fund", self.stop_out, self.drawdown_limit, 1.0)
        within("correlation of a fund", self.correlation, 0.0, 1.0)
        within("quantile of a fund", self.quantile, 0.5, 1.0 - ROUNDING)
        within("lag_days of a fund", self.lag_days, 0.0, np.inf)
        if self.sells not in ("pro_rata", "most_liquid_first"):
            raise BadNumber(
                f"a fund cannot sell {self.sells!r}; choose 'pro_rata' or 'most_liquid_first'."
            )

    @classmethod
    def example(cls, market: Market) -> Self:
        """A hundredth of a day's volume of everything, unlevered, inside its limits."""
        calm = market.instruments
        return cls(
            holdings=dict(zip(calm.names, (0.01 * calm.volume).tolist(), strict=True)),
            cash=0.0,
            var_limit=2.5 * float(market.sigma.max()),
            drawdown_limit=0.05,
            stop_out=0.10,
            correlation=0.3,
            quantile=0.99,
            lag_days=1.0,
        )

    def opened(self, market: Market) -> TraderState:
        """The given holdings; the peak is the opening equity."""
        quantity = by_instrument(self.holdings, market, "a risk-limited fund")
        state = TraderState(quantity, self.cash, np.zeros(1))
        equity = state.equity(market)
        if not equity > 0:
            raise BadNumber(
                f"a risk-limited fund opens with equity {equity:g}; give it more cash or holdings."
            )
        risk = quantity * market.value * market.sigma
        opening = self._quantile() * np.sqrt(self._covariance(risk, risk)) / equity
        return replace(state, memory=np.array([equity, opening]))

    def orders(
        self, state: TraderState, market: Market, moment: Moment
    ) -> tuple[PerInstrument, Floats]:
        """Sales (purchases, for shorts) that bring risk and drawdown back to their limits."""
        equity = state.equity(market)
        peak = max(equity, float(state.memory[0]))
        accepted = np.where(state.quantity > 0, market.sellable, market.buyable) > 0
        can = accepted & (moment.days > 0)
        kept = np.minimum(
            self._within_value_at_risk(state, market, equity, can),
            self._within_drawdown(state, market, 1 - equity / peak),
        )
        cut = np.where(can, 1 - kept, 0.0) * paced(moment.days, self.lag_days)
        return -cut * state.quantity, np.array([peak, state.memory[1]])

    def _within_value_at_risk(
        self, state: TraderState, market: Market, equity: float, can: FlagPerInstrument
    ) -> PerInstrument:
        """Share of each position that may be kept, what cannot be sold being kept."""
        if equity <= 0:
            return np.where(can, 0.0, 1.0)
        risk = state.quantity * market.value * market.sigma
        limit = self.var_limit * (float(state.memory[1]) if self.relative else 1.0)
        budget = limit * equity / self._quantile()
        kept = np.ones_like(risk)
        for group in self._groups(market, can):
            left = risk * kept
            kept[group] = self._share(np.where(group, 0.0, left), group * left, budget)
        return kept

    def _quantile(self) -> float:
        return NormalDist().inv_cdf(self.quantile)

    def _groups(self, market: Market, can: FlagPerInstrument) -> Iterator[FlagPerInstrument]:
        if self.sells == "pro_rata":
            yield can
            return
        for at in np.argsort(-market.depth * market.value, kind="stable"):
            yield can & (np.arange(len(can)) == at)

    def _share(self, rest: PerInstrument, group: PerInstrument, budget: float) -> float:
        """Largest g in [0, 1] with risk(rest + g·group) ≤ budget, else the g of least risk."""
        over = self._covariance(rest, rest) - budget**2
        cross, own = self._covariance(rest, group), self._covariance(group, group)
        if own <= 0 or over + 2 * cross + own <= ROUNDING * budget**2:
            return 1.0
        root = np.sqrt(max(cross**2 - over * own, 0.0))
        return float(np.clip((root - cross) / own, 0.0, 1.0))

    def _covariance(self, one: PerInstrument, other: PerInstrument) -> float:
        apart, together = one @ other, one.sum() * other.sum()
        return float((1 - self.correlation) * apart + self.correlation * together)

    def _within_drawdown(
        self, state: TraderState, market: Market, drawdown: float
    ) -> PerInstrument:
        if drawdown <= self.drawdown_limit:
            return np.ones_like(state.quantity)
        room = self.stop_out - self.drawdown_limit
        share = max(self.stop_out - drawdown, 0.0) / room if room > 0 else 0.0
        most = share * np.abs(by_instrument(self.holdings, market, "a risk-limited fund"))
        held = np.abs(state.quantity)
        return np.minimum(1.0, np.divide(most, held, out=np.ones_like(held), where=held > 0))
