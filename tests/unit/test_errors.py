"""What a name that is not known is answered with."""

from __future__ import annotations

from undertow.core.errors import unknown


def test_the_same_letters_in_another_case_are_meant() -> None:
    assert str(unknown("symbol", "spy", ["QQQ", "SPY", "SP"])).endswith("did you mean 'SPY'?")


def test_a_near_name_is_meant() -> None:
    assert str(unknown("symbol", "GLDD", ["QQQ", "GLD"])).endswith("did you mean 'GLD'?")


def test_few_names_are_listed_whole() -> None:
    assert str(unknown("language", "fr", ["zh", "en"], "here")) == (
        "language 'fr' in here is not known; known are: en, zh."
    )


def test_many_names_are_listed_in_part() -> None:
    said = str(unknown("symbol", "?", [f"S{k:03}" for k in range(200)]))

    assert said.endswith("S028, S029 and 170 more.")
    assert len(said) < 300
