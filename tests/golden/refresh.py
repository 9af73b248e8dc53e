"""Writes the golden answers anew: `python tests/golden/refresh.py`.

A changed golden needs a news fragment of type `numbers` that says which results moved, by how
much and why.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from undertow.jobs.answer import Json
from undertow.jobs.run import run_episode
from undertow.jobs.system import Request

FOLDER = Path(__file__).parent
SMALL = {"bar": "1h", "threads": 1, "ranges": False, "page": False}
REQUESTS = {
    "feb-2026": Request("feb-2026", accounts=1_400, **SMALL),
    "feb-2026-free": Request("feb-2026", origin="free", accounts=700, **SMALL),
}


def told(name: str) -> dict[str, Json]:
    """The JSON of a golden request, without the version and the hash of the inputs."""
    with tempfile.TemporaryDirectory() as folder:
        request = REQUESTS[name]
        done = run_episode(Request(**{**_fields(request), "out": Path(folder)}))
    answer = done.json()
    del answer["undertow"], answer["inputs"]
    return answer


def _fields(request: Request) -> dict[str, object]:
    return {field: getattr(request, field) for field in request.__dataclass_fields__}


def main() -> None:
    """Write every golden."""
    for name in REQUESTS:
        text = json.dumps(told(name), indent=1, ensure_ascii=False)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
