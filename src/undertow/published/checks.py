"""All checks, in the order of the model notes."""

from undertow.published import (
    absorption,
    almgren,
    breuer,
    caccioli,
    coinbase,
    connectedness,
    cont_schaanning,
    critical_leverage,
    edge,
    equivalences,
    greenwood,
    obizhaeva_wang,
    ofr_fsi,
    oxford,
    spiral,
    three_banks,
    thurner,
)
from undertow.published.check import Check

CHECKS: tuple[Check, ...] = (
    breuer.CHECK,
    three_banks.CHECK,
    oxford.CHECK,
    greenwood.CHECK,
    cont_schaanning.CHECK,
    caccioli.CHECK,
    spiral.CHECK,
    thurner.CHECK,
    almgren.CHECK,
    obizhaeva_wang.CHECK,
    critical_leverage.CHECK,
    equivalences.CHECK,
    coinbase.CHECK,
    connectedness.CHECK,
    edge.CHECK,
    ofr_fsi.CHECK,
    absorption.CHECK,
)
