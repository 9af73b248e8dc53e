"""The step and its solvers: what happens to accounts and prices, and the books that prove it."""
