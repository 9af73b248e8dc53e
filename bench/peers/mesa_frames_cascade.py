"""MC-CASCADE-1 on mesa-frames: one polars frame of accounts, each round a few expressions.

usage: mesa_frames_cascade.py INPUT.npz REPEATS   (prints one line of JSON)
"""

import numpy as np
import polars as pl
from mesa_frames import AgentSetPolars, ModelDF
from played import main


class Holders(AgentSetPolars):
    """Accounts: holdings q0, q1, … and debt."""

    def __init__(self, model, quantity, debt):
        super().__init__(model)
        columns = {f"q{k}": quantity[:, k] for k in range(quantity.shape[1])}
        self += pl.DataFrame({"unique_id": np.arange(len(debt)), "debt": debt, **columns})

    def step(self):
        model = self.model
        held = [pl.col(f"q{k}") * float(p) for k, p in enumerate(model.prices)]
        rates = model.rates.tolist()
        gross = sum(held[1:], held[0])
        required = sum(
            (h * m for h, m in zip(held[1:], rates[1:], strict=True)), held[0] * rates[0]
        )
        equity, need = pl.col("gross") - pl.col("debt"), pl.col("required")
        breach = (equity < need) & (need > 1e-9)
        part = 1.0 - equity / (need * (1.0 + model.buffer))
        share = (
            pl.when(breach).then(pl.when(equity <= 0.0).then(1.0).otherwise(part)).otherwise(0.0)
        )
        frame = self.agents.with_columns(gross=gross, required=required)
        frame = frame.with_columns(share=share)
        sums = frame.select(
            breached=breach.sum(),
            **{f"s{k}": (pl.col("share") * h).sum() for k, h in enumerate(held)},
        ).row(0)
        model.breached = sums[0]
        if model.breached:
            kept = 1.0 - pl.col("share")
            self.agents = frame.with_columns(
                debt=pl.col("debt") - pl.col("share") * pl.col("gross"),
                **{f"q{k}": pl.col(f"q{k}") * kept for k in range(len(held))},
            )
        model.sold = np.array(sums[1:])


class Cascade(ModelDF):
    """Prices, and the accounts that hold them."""

    def __init__(self, given):
        super().__init__(seed=1)
        self.prices = np.ones(len(given["m"]))
        self.prices[0] *= 1 - float(given["shock"])
        self.rates, self.depth, self.buffer = given["m"], given["D"], float(given["b"])
        self.breached, self.rounds, self.sold = 1, 0, None
        self.agents += Holders(self, given["q"], given["d"])

    def run_model(self):
        while self.breached:
            self.agents.do("step")
            self.rounds += 1
            if self.breached:
                self.prices = self.prices * np.exp(-self.sold / self.depth)


if __name__ == "__main__":
    main(Cascade, threads=pl.thread_pool_size())
