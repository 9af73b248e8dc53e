"""Worked examples of margin rules: a file in this folder is a group of regimes more."""
