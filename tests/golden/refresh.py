"""Writes the golden answers anew: `python tests/golden/refresh.py`.

A changed golden needs a news fragment of type `numbers` that says which results moved, by how
much and why.
"""

from __future__ import annotations

import json
import tempfile
from datetime import date
from pathlib import Path

from undertow.jobs.answer import Json
from undertow.jobs.book import BookRequest, book_of
from undertow.jobs.claim import claim_of
from undertow.jobs.inside import Inside
from undertow.jobs.run import run_episode
from undertow.jobs.system import Request

FOLDER = Path(__file__).parent
DAY = date(2026, 1, 30)
SMALL = {"bar": "1h", "threads": 1, "ranges": False, "page": False}
REQUESTS = {
    "feb-2026": Request("feb-2026", accounts=1_400, **SMALL),
    "feb-2026-free": Request("feb-2026", origin="free", accounts=700, **SMALL),
}


EXAMPLES = FOLDER.parents[1] / "examples"
CROWD = Inside("feb-2026", accounts=700, bar="1h", threads=1)
BOOKS = {
    "book-reg-t": BookRequest((EXAMPLES / "reg-t.csv",), DAY, beyond="50%"),
    "book-portfolio-margin": BookRequest(
        (EXAMPLES / "portfolio-margin.csv",), DAY, shock="NVDA=-20%,SPY=-10%"
    ),
    "book-futures": BookRequest(
        (EXAMPLES / "futures.csv",), shock="SI=-26%,GC=-9%", hikes=("22%", "SI=25%")
    ),
    "book-binance": BookRequest((EXAMPLES / "binance.csv",), DAY, hikes=("BTCUSDT=10%",)),
    "book-international": BookRequest((EXAMPLES / "international.csv",), beyond="30%"),
    "book-silver-tech-btc": BookRequest((EXAMPLES / "silver-tech-btc.csv",), inside=CROWD),
}
CLAIM = "book-claim"


def told(name: str) -> dict[str, Json]:
    """The JSON of a golden request, without the version and the hash of the inputs."""
    if name in REQUESTS:
        answer = _run(name)
    else:
        done = claim_of(5.0, "-7%") if name == CLAIM else book_of(BOOKS[name])
        answer = done.json()
    del answer["undertow"], answer["inputs"]
    return answer


def _run(name: str) -> dict[str, Json]:
    with tempfile.TemporaryDirectory() as folder:
        request = REQUESTS[name]
        done = run_episode(Request(**{**_fields(request), "out": Path(folder)}))
    return done.json()


def _fields(request: Request) -> dict[str, object]:
    return {field: getattr(request, field) for field in request.__dataclass_fields__}


def main() -> None:
    """Write every golden."""
    for name in (*REQUESTS, *BOOKS, CLAIM):
        text = json.dumps(told(name), indent=1, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
