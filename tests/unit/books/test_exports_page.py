"""The page about exports says what the readers do."""

import re
from pathlib import Path

from books import read_text, said
from undertow.data.books import READERS

PAGE = (Path(__file__).parents[3] / "docs" / "exports.md").read_text(encoding="utf-8")


def test_every_reader_has_a_line():
    assert [name for name in READERS.members() if f"| `{name}` |" not in PAGE] == []


def test_the_map_of_the_page_reads_the_table_of_the_page():
    columns, table = re.findall(r"```(?:toml|csv)\n(.*?)```", PAGE, re.S)
    found = read_text(columns, table)

    assert said(found) == ""
    assert [p.quantity for p in found.book.positions] == [120.0, -300.0]


def test_every_reader_says_what_it_reads_in_one_line():
    for reader in READERS.discover().values():
        assert 5 < len(reader.reads) < 80
