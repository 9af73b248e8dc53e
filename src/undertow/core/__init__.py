"""Nouns, array shapes, the family mechanism and the error tree; imports nothing of the house."""
