"""Decisions are numbered, whole and listed; known violations are what the code violates."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
SOURCE = ROOT / "src" / "undertow"
PARTS = ("Context", "Choice", "Price", "What would change our mind")
MOST_PARAMETERS, MOST_LEVELS, MOST_LINES, MOST_LINES_OF_FILE = 5, 3, 40, 400
BLOCKS = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match)
NAMED = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(page.name[:4]) for page in PAGES]

    assert numbers == list(range(1, len(numbers) + 1))


@NAMED
def test_a_decision_has_its_four_parts_on_one_page(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^\*\*(.*?)\.\*\*", text, re.M)

    assert tuple(found) == PARTS
    assert text.startswith(f"# {page.name[:4]} ")
    assert len(text.split()) < 400


@NAMED
def test_a_decision_is_listed_by_its_title(page: Path) -> None:
    title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")

    assert f"- [{title}]({page.name})" in (FOLDER / "README.md").read_text(encoding="utf-8")


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield f"{file.relative_to(SOURCE).as_posix()}: {node.name}", node


def parameters(node: ast.FunctionDef) -> int:
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return sum(argument.arg not in {"self", "cls"} for argument in given)


def levels(node: ast.AST, at: int = 0) -> int:
    deepest = at
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        inside = at + (isinstance(child, BLOCKS) and not is_elif)
        if not isinstance(child, ast.FunctionDef):
            deepest = max(deepest, levels(child, inside))
    return deepest


def lines(node: ast.FunctionDef) -> int:
    first = node.body[0]
    documented = ast.get_docstring(node) is not None
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def listed(heading: str) -> dict[str, int]:
    page = (FOLDER / "known-violations.md").read_text(encoding="utf-8")
    section = page.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return {name: int(n) for name, n in re.findall(r"^\| `(.*?)` \| (\d+) \|", section, re.M)}


@pytest.mark.parametrize(
    ("heading", "measure", "most"),
    [
        ("More than five parameters", parameters, MOST_PARAMETERS),
        ("More than three levels of nesting", levels, MOST_LEVELS),
        ("More than forty lines", lines, MOST_LINES),
    ],
)
def test_what_breaks_a_limit_is_listed_with_its_size(
    heading: str, measure: Callable[[ast.FunctionDef], int], most: int
) -> None:
    found = {name: measure(node) for name, node in functions() if measure(node) > most}

    assert found == listed(heading)


def test_no_file_is_too_long() -> None:
    files = {f.name: len(f.read_text(encoding="utf-8").splitlines()) for f in SOURCE.rglob("*.py")}

    assert [name for name, count in files.items() if count > MOST_LINES_OF_FILE] == []
