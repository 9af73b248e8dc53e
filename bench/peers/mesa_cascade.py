"""MC-CASCADE-1 on Mesa: one Python object per account, all asked in turn.

usage: mesa_cascade.py INPUT.npz REPEATS   (prints one line of JSON)
"""

import math

from mesa import Agent, Model
from played import main


class Account(Agent):
    """Holdings and a debt."""

    def __init__(self, model, held, debt):
        super().__init__(model)
        self.held, self.debt = held, debt

    def step(self):
        model = self.model
        gross = required = 0.0
        for units, price, rate in zip(self.held, model.prices, model.rates, strict=True):
            value = units * price
            gross += value
            required += value * rate
        equity = gross - self.debt
        if equity >= required or required <= 1e-9:
            return
        model.breached += 1
        share = 1.0 if equity <= 0.0 else 1.0 - equity / (model.target * required)
        sold, prices, held = model.sold, model.prices, self.held
        for k, units in enumerate(held):
            sold[k] += share * units * prices[k]
            held[k] = units * (1.0 - share)
        self.debt -= share * gross


class Cascade(Model):
    """Prices, and the accounts that hold them."""

    def __init__(self, given):
        super().__init__(seed=1)
        self.prices = [1.0] * len(given["m"])
        self.prices[0] *= 1 - float(given["shock"])
        self.rates, self.depth = given["m"].tolist(), given["D"].tolist()
        self.target = 1.0 + float(given["b"])
        self.breached, self.rounds, self.sold = 1, 0, []
        for held, debt in zip(given["q"].tolist(), given["d"].tolist(), strict=True):
            Account(self, held, debt)

    def run_model(self):
        while self.breached:
            self.breached, self.sold = 0, [0.0] * len(self.prices)
            self.agents.do("step")
            self.rounds += 1
            moved = zip(self.prices, self.sold, self.depth, strict=True)
            self.prices = [p * math.exp(-s / d) for p, s, d in moved]


if __name__ == "__main__":
    main(Cascade, threads=1)
