"""Families of rules, and the scenario that chooses among them."""
