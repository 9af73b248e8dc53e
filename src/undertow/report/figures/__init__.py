"""Figures: `figure(summary, tables, words)` arranges what is stored and draws; one file each."""
