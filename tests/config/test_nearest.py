"""Did you mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.nearest import did_you_mean, listed, nearest

KNOWN = ["dataset", "model", "network", "optimizer"]


@pytest.mark.parametrize(
    ("word", "name"), [("datset", "dataset"), ("MODEL", "model"), ("opt", "optimizer"), ("xyz", None), ("o", None)]
)
def test_the_nearest_name_is_found(word: str, name: str | None) -> None:
    assert nearest(word, KNOWN) == name


@given(st.sampled_from(KNOWN), st.integers(0, 4))
def test_a_word_with_one_letter_missing_finds_its_name(name: str, place: int) -> None:
    assert nearest(name[:place] + name[place + 1 :], KNOWN) == name


def test_nothing_near_says_nothing() -> None:
    assert did_you_mean("xyz", KNOWN) == ""
    assert did_you_mean("netwrok", KNOWN) == "; did you mean network?"


def test_names_are_listed_as_a_person_does() -> None:
    assert [listed("a"), listed("ab"), listed("abc", "or"), listed("")] == ["a", "a and b", "a, b or c", ""]
