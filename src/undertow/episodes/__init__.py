"""Dated, sourced records of real squeezes."""
