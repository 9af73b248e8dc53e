"""What the indicators and the parts of a fragility are called."""

from __future__ import annotations

from undertow.report.words import Words


def indicators(words: Words) -> dict[str, str]:
    """Titles by the name of the member."""
    return {
        "corwin_schultz": words("spread, highs and lows"),
        "abdi_ranaldo": words("spread, closes and ranges"),
        "edge": words("spread, all four prices"),
        "roll": words("spread, closes alone"),
        "parkinson": words("range volatility"),
        "garman_klass": words("volatility (Garman, Klass)"),
        "rogers_satchell": words("volatility (Rogers, Satchell)"),
        "amihud": words("move per money traded"),
        "volume_shock": words("volume shock"),
        "absorption": words("absorption ratio"),
        "absorption_shift": words("absorption shift"),
        "turbulence": words("turbulence"),
        "connectedness": words("connectedness"),
        "connectedness_cholesky": words("connectedness (Cholesky)"),
        "ciss": words("composite of stress (CISS)"),
    }


def fragilities(words: Words) -> dict[str, str]:
    """Titles of the parts of a fragility."""
    return {
        "excess_cape_yield": words("excess CAPE yield, %"),
        "earnings_yield_gap": words("earnings yield over bonds, %"),
        "equity_duration": words("duration of shares, years"),
        "top10_weight": words("share of the ten largest"),
        "herfindahl": words("concentration (Herfindahl)"),
        "absorption": words("absorption ratio"),
        "margin_debt": words("margin debt over market value"),
        "ps_above_10": words("share priced above 10 times sales"),
    }
