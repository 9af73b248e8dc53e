"""A small episode on disk: one metal that crashes, a fund on it, a stock that nobody shocks."""

from __future__ import annotations

from pathlib import Path

HEADER = "id,time_utc,value,unit,status,low,high,source,note"

FACTS = (
    "impact.resilience_days,2026-01-01T00:00Z,0.5,trading days,assumed,0.25,1,a paper,",
    "METAL.price,2026-01-05T21:00Z,100,USD/oz,data,,,a vendor,",
    "METAL.price,2026-01-06T12:00Z,90,USD/oz,data,,,a vendor,",
    "METAL.price,2026-01-06T21:00Z,80,USD/oz,data,,,a vendor,",
    "METAL.price,2026-01-07T21:00Z,85,USD/oz,data,,,a vendor,",
    "FUND.price,2026-01-05T21:00Z,10,USD/share,data,,,a vendor,",
    "FUND.price,2026-01-07T21:00Z,7,USD/share,data,,,a vendor,",
    "STOCK.price,2025-12-31T21:00Z,180,USD/share,data,,,a vendor,",
    "STOCK.price,2026-01-05T21:00Z,200,USD/share,data,,,a vendor,",
    "STOCK.price,2026-01-07T21:00Z,190,USD/share,data,,,a vendor,",
    "ABROAD.price,2026-01-05T07:00Z,5000,points,data,,,a vendor,",
    "ABROAD.price,2026-01-07T07:00Z,4900,points,data,,,a vendor,",
    "USDKRW.price,2026-01-05T21:00Z,1400,KRW/USD,data,,,a bank,",
    "USDKRW.price,2026-01-07T21:00Z,1500,KRW/USD,data,,,a bank,",
    "METAL.volume_day,2026-01-05T00:00Z,1000000,oz,reported,,,an exchange,",
    "FUND.volume_day,2026-01-05T00:00Z,2000000,shares,data,,,a vendor,",
    "STOCK.volume_day,2026-01-05T00:00Z,500000,shares,data,,,a vendor,",
    "ABROAD.volume_day,2026-01-05T00:00Z,4000000,index units,assumed,,,a guess,half or double",
    "METAL.sigma_day,2026-01-05T00:00Z,0.03,share per day,data,,,a vendor,",
    "FUND.sigma_day,2026-01-05T00:00Z,0.03,share per day,data,,,a vendor,",
    "STOCK.sigma_day,2026-01-05T00:00Z,0.02,share per day,data,,,a vendor,",
    "ABROAD.sigma_day,2026-01-05T00:00Z,0.015,share per day,data,,,a vendor,",
    "METAL.spread,2026-01-05T00:00Z,0.0003,share of price,assumed,0.0001,0.0005,a guess,",
    "FUND.spread,2026-01-05T00:00Z,0.0002,share of price,assumed,0.0001,0.0005,a guess,",
    "STOCK.spread,2026-01-05T00:00Z,0.0001,share of price,assumed,5e-05,0.0002,a guess,",
    "ABROAD.spread,2026-01-05T00:00Z,0.0002,share of price,assumed,0.0001,0.0004,a guess,",
    "METAL.margin_rate,2026-01-02T22:00Z,0.1,share of notional,official,,,a notice,",
    "METAL.margin_rate,2026-01-06T22:00Z,0.15,share of notional,official,,,a notice,",
    "futures.long,2026-01-05T00:00Z,300000,oz,official,,,a report,",
    "futures.accounts,2026-01-05T00:00Z,5000,accounts,assumed,,,a guess,",
)

TOML = """
schema = 1
name = "toy"
title = "A metal falls"
start = 2026-01-06T00:00:00Z
end = 2026-01-08T00:00:00Z
bar = "1h"
seed = 7
accounts = 400
impact = "square_root"
makers = "constant"

[population]
spread = 1.0
mixing = 2.0

[dealing]
overnight = 0.1
participation = 0.2

[currencies.KRW]
path = "USDKRW.price"

[venues.day]
rule = "sessions"
zone = "UTC"
sessions = [["08:00", "20:00"]]
weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri"]
settlement = "20:00"

[instruments.METAL]
title = "A metal"
role = "given"
unit = "oz"
future = true
venue = "day"

[instruments.FUND]
title = "A double fund on it"
role = "linked"
unit = "share"
look_through = { METAL = 2.0 }

[instruments.STOCK]
title = "A stock"
role = "free"
unit = "share"
venue = "day"

[instruments.ABROAD]
title = "An index abroad"
role = "free"
unit = "index unit"
currency = "KRW"
look_through = { STOCK = 0.25 }
rest_on_itself = true

[baskets.both]
STOCK = "= @STOCK.price * 3"
ABROAD = 200.0

[segments.futures]
title = "Futures clients"
share = 0.5
count = "@futures.accounts"
free_cash_usd = 1e6
excess = { mean = 0.5, shape = 2.0 }
owner = "most_liquid_first"
broker = "pro_rata"
holds = [
    { instrument = "METAL", total_units = "@futures.long", vintages = [0.8, 1.0] },
    { basket = "both", way = "free", total_usd = 4e6, held_by = 0.4 },
]

[segments.futures.regime]
margin = { rule = "percent_of_notional", rates = { METAL = "@METAL.margin_rate" }, target = 1.1 }
tests = "end_of_day"
settles_on = "day"
grace_hours = 12

[segments.margin]
title = "Stock on margin"
share = 0.5
count = 900
excess = { mean = 1.0, shape = 3.0 }
owner = "pro_rata"
broker = { rule = "whole_account" }
holds = [
    { instrument = "STOCK", total_usd = 9e7, vintages = [2026-01-01] },
    { instrument = "METAL", side = "short", total_units = 1000, held_by = 0.3 },
]

[segments.margin.regime]
margin = { rule = "percent_of_notional", rates = { STOCK = 0.25 }, default = 0.3 }
tests = ["12:00"]
willing = 0.5

[[hikes]]
instrument = "METAL"
rate = "@METAL.margin_rate@2026-01-06T22:00Z"
notice = 2026-01-05T22:00:00Z
effect = 2026-01-06T22:00:00Z
segments = ["futures"]
source = "a notice"

[[news]]
time = 2026-01-06T13:00:00Z
instrument = "METAL"
log = -0.1
title = "The part of the fall that is news"
source = "a guess"

[[news]]
time = 2026-01-07T10:30:00Z
instrument = "STOCK"
percent = -3.0
title = "Results disappoint"
source = "a paper"
"""


def write(folder: Path, toml: str = TOML, facts: tuple[str, ...] = FACTS) -> Path:
    """Write the episode into a folder and return its file."""
    (folder / "facts.csv").write_text("\n".join((HEADER, *facts)) + "\n", encoding="utf-8")
    file = folder / "episode.toml"
    file.write_text(toml, encoding="utf-8")
    return file


def with_line(old: str, new: str, text: str = TOML) -> str:
    """The TOML text with one line changed; the old one must be there."""
    if old not in text:
        raise LookupError(old)
    return text.replace(old, new, 1)
