"""Words of the two tables: their columns, and what may stand in a cell that is no number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

from undertow.core.book import Kind, Mode
from undertow.core.columns import Way

Word = TypeVar("Word")

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "account": ("账户", "帐户", "账号", "资金账号", "客户号", "account id"),
    "symbol": ("合约", "代码", "品种", "证券代码", "合约代码", "ticker", "instrument", "contract"),
    "quantity": ("手数", "数量", "持仓", "持仓量", "qty", "position", "shares", "contracts"),
    "price": ("价格", "现价", "最新价", "结算价", "标记价格", "last", "mark", "mark price"),
    "entry": ("开仓价", "成本价", "开仓均价", "entry price", "cost", "avg price"),
    "multiplier": ("乘数", "合约乘数", "交易单位", "contract size"),
    "currency": ("币种", "货币", "ccy"),
    "mode": ("保证金模式", "模式", "仓位模式"),
    "isolated_margin": ("逐仓保证金",),
    "held": ("持有方式",),
    "side": ("方向", "买卖", "多空", "direction", "long/short"),
    "kind": ("类型", "种类", "产品", "type"),
    "underlying": ("标的",),
    "leverage": ("杠杆", "倍数"),
    "group": ("类别",),
    "volatility": ("波动率", "隐含波动率", "iv"),
    "broker_rate": ("保证金率", "保证金比例", "公司保证金率", "house margin", "house rate"),
    "expiry": ("到期日", "expiration"),
    "strike": ("行权价",),
    "right": ("期权类型", "认购认沽", "put/call"),
    "regime": ("规则", "交易所", "制度", "rule", "rules"),
    "equity": ("客户权益", "权益", "净值", "账户权益", "net liquidation", "wallet"),
    "owner": ("所有人", "客户"),
    "margin_used": ("保证金占用", "占用保证金", "维持保证金", "maintenance margin"),
    "broker_says": ("风险度", "risk ratio"),
    "transfer_days": ("调拨天数",),
    "rate": ("汇率", "fx"),
    "date": ("日期", "交易日", "on"),
}
"""Columns, and the other names they go by; ours are understood with spaces for underscores too."""

KINDS: Final = {
    **{kind.value: kind for kind in Kind},
    "股票": Kind.STOCK, "基金": Kind.ETF, "期货": Kind.FUTURE, "期权": Kind.OPTION,
    "永续": Kind.PERPETUAL, "永续合约": Kind.PERPETUAL, "perp": Kind.PERPETUAL,
    "币本位": Kind.INVERSE, "差价合约": Kind.CFD, "债券": Kind.BOND, "回购": Kind.REPO,
}  # fmt: skip
MODES: Final = {
    **{mode.value: mode for mode in Mode},
    "全仓": Mode.CROSS, "逐仓": Mode.ISOLATED,
}  # fmt: skip
WAYS: Final = {
    **{way.name.lower(): way for way in Way},
    "质押": Way.PLEDGED, "自有": Way.FREE, "他处": Way.ELSEWHERE,
}  # fmt: skip
RIGHTS: Final = {
    "c": "C", "call": "C", "认购": "C", "看涨": "C", "p": "P", "put": "P", "认沽": "P", "看跌": "P",
}  # fmt: skip
SIDES: Final = {
    "long": 1.0, "buy": 1.0, "买": 1.0, "多": 1.0, "多头": 1.0, "买入": 1.0,
    "short": -1.0, "sell": -1.0, "卖": -1.0, "空": -1.0, "空头": -1.0, "卖出": -1.0,
}  # fmt: skip
CURRENCIES: Final = {
    "人民币": "CNY", "RMB": "CNY", "CNH": "CNY", "美元": "USD", "港币": "HKD", "日元": "JPY",
    "欧元": "EUR", "¥": "CNY", "$": "USD", "€": "EUR",
}  # fmt: skip


def plain(text: str) -> str:
    """A word as it is compared: half width, small letters, spaces for underscores."""
    said = unicodedata.normalize("NFKC", text).strip().strip("\ufeff")
    return re.sub(r"[\s_]+", " ", said).lower()


NAMED: Final = {
    plain(word): column for column, others in COLUMNS.items() for word in (column, *others)
}
"""Column by every name it goes by."""
