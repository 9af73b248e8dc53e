"""Pages lead where they say, and their code runs."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")})
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]*)(#[^)\s]*)?\)")
NAMED = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", text_of(page), re.M)
    plain = (re.sub(r"[^\w\- ]", "", head.replace("`", "").lower()) for head in heads)
    return {f"#{head.replace(' ', '-')}" for head in plain}


@NAMED
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.S)
    broken = []
    for where, head in LINK.findall(prose):
        if where.startswith("http"):
            continue
        target = (page.parent / where).resolve() if where else page
        if not target.exists() or (head and head not in anchors(target)):
            broken.append(f"{where}{head}")

    assert broken == []


@NAMED
def test_every_block_of_code_is_closed_and_named(page: Path) -> None:
    fences = re.findall(r"^```(\w*)$", text_of(page), re.M)

    assert len(fences) % 2 == 0
    assert all(fences[::2]) or page.name in {"method.md"}
    assert not any(fences[1::2])


def test_the_scenario_built_by_hand_prints_what_the_tour_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    tour = text_of(ROOT / "docs" / "tour.md")
    code, said = re.findall(r"```(?:python|text)\n(.*?)```", tour, re.S)
    exec(compile(code, "tour.md", "exec"), {})  # noqa: S102 - the tour is ours

    assert capsys.readouterr().out == said


def test_every_section_of_the_method_is_in_its_contents() -> None:
    method = text_of(ROOT / "docs" / "method.md")
    listed = re.findall(r"\]\(#([\w-]+)\)", method.split("## 1.", 1)[0])
    heads = [head.removeprefix("#") for head in anchors(ROOT / "docs" / "method.md")]

    assert sorted(listed) == sorted(head for head in heads if head[0].isdigit())


def words() -> Iterator[str]:
    glossary = text_of(ROOT / "docs" / "method.md").split("## 1.", 1)[1].split("## 2.", 1)[0]
    for row in re.findall(r"^\| (\*\*.*?) \|", glossary, re.M):
        yield from re.findall(r"\*\*([\w ]+)\*\*", row)


def test_no_word_of_the_glossary_is_explained_twice() -> None:
    found = [word for names in words() for word in names.split(", ")]

    assert len(found) >= 30
    assert len(found) == len(set(found))


def names_in(file: Path) -> set[str]:
    tree = ast.parse(text_of(file))
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize("synonym", ["agent", "investor", "counterparty", "instrument_id"])
def test_a_thing_has_one_name(synonym: str) -> None:
    source = ROOT / "src" / "undertow"
    named = {name.lower() for file in source.rglob("*.py") for name in names_in(file)}

    assert not {name for name in named if synonym in name.split("_")}


def test_news_fragments_are_named_by_issue_and_type() -> None:
    wrong = [
        name
        for name in os.listdir(ROOT / "news")  # noqa: PTH208 - names only
        if not re.fullmatch(r"\d+\.(feature|fix|numbers|docs)\.md", name)
    ]

    assert wrong == []
