"""Dated, sourced records of real squeezes: `load` one, `compile_episode` it into a scenario."""

from __future__ import annotations

from pathlib import Path

from undertow.core.errors import BadFile, unknown
from undertow.episodes.build import compile_episode, given_news
from undertow.episodes.episode import Episode, parse, read_episode
from undertow.episodes.facts import Fact, Facts, read_facts

__all__ = [
    "Episode",
    "Fact",
    "Facts",
    "compile_episode",
    "find",
    "given_news",
    "list_episodes",
    "load",
    "parse",
    "read_episode",
    "read_facts",
]

FOLDER = Path(__file__).parent


def list_episodes() -> tuple[str, ...]:
    """Names of the episodes that come with Undertow."""
    return tuple(sorted(file.parent.name for file in FOLDER.glob("*/episode.toml")))


def load(name_or_path: str | Path) -> Episode:
    """An episode by name, or from a TOML file that has its facts.csv beside it."""
    return read_episode(find(name_or_path))


def find(name_or_path: str | Path) -> Path:
    """The episode file behind a name or a path."""
    if str(name_or_path) in list_episodes():
        return FOLDER / name_or_path / "episode.toml"
    path = Path(name_or_path)
    if path.is_dir():
        path = path / "episode.toml"
    if path.is_file():
        return path
    if path.suffix == ".toml":
        raise BadFile(f"there is no episode file {path}; give a path that exists.")
    raise unknown("episode", str(name_or_path), list_episodes())
