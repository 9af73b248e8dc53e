"""Files are known by what stands in them, in the codes that people save."""

import pytest

from undertow.data.books import Finding, Source, read
from undertow.data.books import _source as source
from undertow.data.books._source import opened

TEXT = "合约,手数\nAG2606,2\n"


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_text_is_the_same_in_every_code(tmp_path, code):
    file = tmp_path / "book.csv"
    file.write_bytes(TEXT.encode(code))

    assert opened(file) == Source("book.csv", TEXT)


@pytest.mark.parametrize("raw", [b"PK\x03\x04\x00\x00", b"\xff\xfe\x00", b"\x80\x80 \xff"])
def test_what_is_no_text_is_said(tmp_path, raw):
    file = tmp_path / "book.xlsx"
    file.write_bytes(raw)

    assert "no text" in str(opened(file))


def test_a_file_that_is_not_there_is_said(tmp_path):
    found = opened(tmp_path / "none.csv")

    assert isinstance(found, Finding)
    assert found.grave


def test_too_many_lines_or_bytes_are_refused_before_they_are_read(tmp_path, monkeypatch):
    file = tmp_path / "book.csv"
    file.write_text("a,b\n" * 1_000_000)

    assert "1,000,000 lines" in str(opened(file))

    monkeypatch.setattr(source, "MOST_BYTES", 10)

    assert "4,000,000 bytes" in str(opened(file))


def test_a_file_that_no_reader_knows_is_refused_with_all_others(tmp_path):
    (tmp_path / "a.txt").write_text("Dear diary")
    found = read([tmp_path / "a.txt", tmp_path / "b.txt"], lenient=True)

    assert found.book is None
    assert {one.file for one in found.findings} == {"a.txt", "b.txt"}
