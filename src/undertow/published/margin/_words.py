"""Words that sources use for the same thing: of what a row gives, and of what it expects."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

GIVEN: Final = (
    ("entry", "entry_price", "avg_entry", "average_entry", "avg_entry_price",
     "average_entry_price", "open_rate", "open_price", "avg_price", "ep"),
    ("qty", "quantity", "amount", "position_amt", "position_amount", "position_qty",
     "position_size"),
    ("multiplier", "contract_multiplier", "point_value", "contract_value_factor", "value_factor"),
    ("mmr", "mm_rate", "mm_ratio", "maintenance_rate", "maintenance_margin_rate", "maint_rate",
     "maint_margin_rate", "maintenance_margin_ratio", "maintenance_pct"),
    ("maint_pct", "maintenance_pct", "maint_percent", "maintenance_percent", "pct_of_notional"),
    ("cum", "deduction", "mm_deduction", "maint_amt", "maintenance_amt", "maint_amount",
     "maintenance_amount", "maintenance_deduction", "cum_deduction"),
    ("taker", "taker_fee", "fee", "taker_rate", "fee_rate", "taker_fee_rate"),
    ("im_rate", "initial_rate", "initial_margin_rate", "imr", "initial_pct"),
    ("leverage", "lev"),
    ("max_leverage", "max_lev", "maxlev", "leverage_cap"),
    ("side", "direction", "position_side"),
    ("short", "is_short"),
    ("strike", "k", "strike_price"),
    ("s", "spot", "underlying_price", "stock_price", "underlying"),
    ("prem", "premium", "option_price", "option_premium"),
    ("right", "type", "option_type", "put_call"),
    ("prior_sma", "sma_prev", "previous_sma"),
    ("elv", "equity_with_loan", "equity_with_loan_value"),
    ("smv", "stock_mv", "long_market_value", "lmv", "securities_market_value"),
    ("loan", "debit", "debit_balance", "margin_loan", "loan_balance"),
    ("cash", "cash_balance"),
    ("value_now", "current_value", "market_value_now", "current_market_value", "market_value"),
    ("maintenance", "mm", "maintenance_margin", "maintenance_requirement", "maint_margin"),
    ("initial", "initial_margin", "im", "initial_requirement"),
    ("overnight_mm", "overnight_maintenance", "overnight_margin"),
    ("equity", "account_value", "account_equity", "net_liq", "net_liquidation", "nlv"),
    ("wallet", "wallet_balance", "wb"),
    ("notional", "position_value", "notional_value", "position_notional"),
    ("symbol", "ticker", "coin", "pair"),
    ("tiers", "brackets", "risk_limits"),
    ("caps", "cap_list", "notional_caps", "upper_bounds", "notional_cap"),
    ("hrp_factor", "initial_factor", "hrp_ratio"),
    ("spec_factor", "speculator_factor", "spec_ratio"),
    ("path", "prices", "price_path"),
    ("margin_balance", "account_balance"),
    *((f"d{k}_limit", f"limit_d{k}", f"day{k}_limit", f"limit_day{k}") for k in (1, 2, 3)),
    ("markup", "mark_up", "add", "add_on", "addon", "broker_addon"),
    ("credit", "net_credit", "credit_received"),
    ("shares", "share_count"),
)  # fmt: skip
"""Keys of inputs; a row's own word goes before another of its line."""

FOUND: Final = (
    ("liq", "liq_price", "liquidation", "liquidation_price", "p_liq"),
    ("bankruptcy", "bankruptcy_price", "zero_price", "p_zero"),
    ("mm", "maintenance", "maintenance_margin", "maintenance_requirement", "maint_margin"),
    ("im", "initial", "initial_margin", "initial_requirement"),
    ("elv", "equity", "account_equity", "equity_with_loan", "net_liq"),
    ("equity_pct", "equity_percent", "equity_ratio", "margin_pct"),
    ("available", "available_funds"),
    ("excess", "excess_liquidity", "excess_equity", "margin_excess", "maintenance_excess"),
    ("call", "margin_call", "call_amount", "shortfall"),
    ("called", "is_called", "margin_called"),
    ("call_price", "margin_call_price", "p_call", "trigger_price"),
    ("call_value", "call_market_value", "trigger_value"),
    ("deposit", "deposit_required", "top_up", "topup", "margin_deposit"),
    ("avg", "average", "avg_entry", "average_entry", "avg_entry_price", "average_entry_price"),
    ("cum", "deduction", "deductions", "mm_deduction", "maintenance_amount"),
    ("mmr", "mm_rate", "maintenance_rate", "maintenance_margin_rate"),
    ("imr", "im_rate", "initial_rate", "initial_margin_rate"),
    ("ratio", "margin_ratio"),
    ("closeout_equity", "close_out_equity", "closeout_level", "close_out_level", "stop_out_equity"),
    ("closeout_move", "close_out_move"),
    ("pnl", "profit", "realized_pnl", "realised_pnl", "closed_pnl"),
    ("adl", "adl_triggered", "triggered"),
    ("rank", "adl_rank", "score", "index"),
    ("requirement", "required", "margin_requirement"),
    ("call_after_proceeds", "deposit_after_proceeds", "net"),
    ("max_loss", "max_risk"),
    ("dtbp", "day_trading_buying_power"),
    ("max_leverage", "most_leverage"),
    ("move_to_call", "call_move", "fall_to_call"),
    ("upper", "upper_band", "limit_up", "upper_price", "upper_limit"),
    ("lower", "lower_band", "limit_down", "lower_price", "lower_limit"),
    ("position_value", "notional", "value"),
    ("scan_risk", "scanning_risk"),
)  # fmt: skip
"""Names of results; what an adapter gives under one of them it gives under all, save its own."""


def plain(key: str) -> str:
    """A key in small letters and underscores: `maxLeverage`, `Max leverage` → `max_leverage`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key.strip())
    return re.sub(r"[\s\-]+", "_", parted).lower()


def _lines(groups: tuple[tuple[str, ...], ...]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for group in groups:
        for word in group:
            found[word] = (*found.get(word, (word,)), *(one for one in group if one != word))
    return found


_GIVEN: Final = _lines(GIVEN)


def words_for(key: str) -> tuple[str, ...]:
    """Words under which an input may stand, the asked one first."""
    word = plain(key)
    return (key, *_GIVEN.get(word, (word,)))


def in_all_words(results: Mapping[str, object]) -> dict[str, object]:
    """Results under every name that sources use for them."""
    said = dict(results)
    for group in FOUND:
        first = next((word for word in group if word in results), None)
        if first is not None:
            said |= {word: results[first] for word in group if word not in said}
    return said
