"""What every reader of books promises; a new file in the family's folder is tested with no edit.

Its export lies in `tests/exports` under the reader's name, in one file or in several.
"""

from __future__ import annotations

import math
from dataclasses import FrozenInstanceError, is_dataclass
from datetime import date

import pytest

from books import EXPORTS
from undertow.data.books import READERS, Read, Reader, Source, read, read_sources
from undertow.model.rulebook import RULEBOOK

MEMBERS = pytest.mark.parametrize("member", READERS.members())
LATER = date(2026, 3, 2)


def reader(member: str) -> Reader:
    return READERS.member(member)()


def export(member: str) -> tuple[Source, ...]:
    """The files of a reader's own export."""
    names = sorted(file for file in EXPORTS.iterdir() if file.name.startswith(f"{member}."))

    assert names, f"put an export into tests/exports/{member}.…"
    return tuple(Source(file.name, file.read_text(encoding="utf-8"), LATER) for file in names)


def read_export(member: str, *, lenient: bool = False) -> Read:
    return read_sources(export(member), lenient=lenient)


@MEMBERS
def test_a_reader_is_frozen_without_parameters_and_says_what_it_reads(member: str) -> None:
    one = reader(member)

    assert is_dataclass(one)
    assert (type(one).__doc__ or "").strip()
    assert one.reads.strip()
    with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
        one.reads = "else"  # type: ignore[misc]


@MEMBERS
def test_it_claims_its_own_export_and_no_earlier_reader_does(member: str) -> None:
    files = export(member)
    earlier = READERS.members()[: READERS.members().index(member)]

    assert set(reader(member).claims(files)) == set(files)
    assert [name for name in earlier if reader(name).claims(files)] == []


def test_every_file_of_all_exports_together_is_claimed_once() -> None:
    rest = tuple(file for name in READERS.members() for file in export(name))
    claimed: list[Source] = []
    for name in READERS.members():
        mine = reader(name).claims(rest)
        claimed += mine
        rest = tuple(file for file in rest if file not in mine)

    assert rest == ()
    assert len(claimed) == len({file.name for file in claimed})


@MEMBERS
def test_the_name_of_a_file_means_nothing(member: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    paths = []
    for k, file in enumerate(export(member)):
        paths.append(tmp_path / f"{k}.txt")
        paths[-1].write_text(file.text, encoding="utf-8")

    assert read(paths, on=LATER).book == read_export(member).book


@MEMBERS
def test_its_export_is_a_book_without_findings(member: str) -> None:
    found = read_export(member)

    assert found.findings == ()
    assert found.book is not None
    assert found.book.positions
    assert len(found.files) == len(found.book.positions)


@MEMBERS
def test_every_position_has_an_account_a_price_a_line_and_a_file(member: str) -> None:
    found = read_export(member)
    book = found.book

    assert book is not None
    accounts = {one.account: one for one in book.accounts}
    for one, file in zip(book.positions, found.files, strict=True):
        assert one.account in accounts
        assert math.isfinite(one.quantity * one.price * one.multiplier)
        assert one.line > 0
        assert file in {source.name for source in export(member)}
    for account in accounts.values():
        assert account.regime in RULEBOOK.members()
        assert math.isfinite(account.equity)


@MEMBERS
def test_what_the_broker_states_is_of_accounts_of_the_book(member: str) -> None:
    found = read_export(member)
    book = found.book

    assert book is not None
    accounts = {one.account: one for one in book.accounts}
    for one in found.stated:
        assert one.equity == accounts[one.account].equity
        assert set(one.margins) <= {p.symbol for p in book.of(one.account)}


@MEMBERS
def test_reading_twice_gives_the_same(member: str) -> None:
    assert repr(read_export(member)) == repr(read_export(member))


@MEMBERS
def test_a_file_cut_in_half_raises_nothing(member: str) -> None:
    cut = tuple(
        Source(file.name, file.text[: len(file.text) // 2], LATER) for file in export(member)
    )
    found = read_sources(cut)

    assert (found.book is None) == bool(found.findings)


def test_exports_of_all_readers_are_one_book() -> None:
    everything = tuple(
        file for name in READERS.members() if name != "ibkr_flex" for file in export(name)
    )
    found = read_sources(everything, lenient=True)
    accounts = {one.regime for one in found.book.accounts} if found.book else set()

    assert accounts == {"binance", "shfe", "reg_t", "cme_futures"}
