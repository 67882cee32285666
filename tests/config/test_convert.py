"""One value to the type of its key."""

from collections.abc import Mapping
from dataclasses import fields, make_dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.convert import WrongValueError, convert_value, describe_type
from trainyard.config.schema.declared import Key
from trainyard.config.schema.key import key


def key_of(annotation: Any, **bounds: Any) -> Key:
    cls = make_dataclass("Options", [("x", annotation, key("a key", default=None, **bounds))])
    return Key("x", annotation, fields(cls)[0])


@given(st.integers())
def test_a_whole_number_is_taken_in_every_way_it_is_written(number: int) -> None:
    assert convert_value(number, key_of(int)) == number
    assert convert_value(str(number), key_of(int)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_taken_in_every_way_it_is_written(number: float) -> None:
    assert convert_value(repr(number), key_of(float)) == number
    assert type(convert_value(number, key_of(float))) is float


@given(st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: number != int(number)))
def test_a_fraction_is_no_whole_number(number: float) -> None:
    with pytest.raises(WrongValueError, match=r"^must be a whole number$"):
        convert_value(number, key_of(int))


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
TYPES = [int, float, bool, str, Literal["a", "b"], int | None, str | None, int | Literal["auto"], tuple[int, ...],
         tuple[str, ...]]  # fmt: skip


@given(ANYTHING, st.sampled_from(TYPES))
def test_anything_is_taken_or_refused_in_a_sentence(value: Any, annotation: Any) -> None:
    told, taken = "must be ", None
    try:
        taken = convert_value(value, key_of(annotation, ge=0))
    except WrongValueError as wrong:
        told = str(wrong)
    assert told.startswith("must be ")
    if told == "must be " and taken is not None:
        assert convert_value(taken, key_of(annotation, ge=0)) == taken


@pytest.mark.parametrize(
    ("bounds", "value", "told"),
    [
        ({"gt": 0}, 0, "must be greater than 0"),
        ({"ge": 0, "lt": 1}, 1, "must be at least 0 and less than 1"),
        ({"le": 1}, 2, "must be at most 1"),
        ({"ge": 1, "unit": "rows"}, 0, "must be at least 1 (rows)"),
    ],
)
def test_a_value_out_of_range_is_refused(bounds: dict[str, Any], value: int, told: str) -> None:
    with pytest.raises(WrongValueError) as error:
        convert_value(value, key_of(int, **bounds))
    assert str(error.value) == told
    assert convert_value(None, key_of(int | None, **bounds)) is None


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (int | None, "a whole number or null"),
        (tuple[int, ...], "a list of whole numbers such as [128,64]"),
        (Literal["a", "b", "c"], "a, b or c"),
        (float, "a number"),
    ],
)
def test_a_type_is_described(annotation: Any, words: str) -> None:
    assert describe_type(annotation) == words


@pytest.mark.parametrize(
    ("value", "annotation", "converted"),
    [
        ([0.1, "0.5"], tuple[float, ...], (0.1, 0.5)),
        (0.5, tuple[float, ...], (0.5,)),
        ({"width": 3, 4: [1]}, Mapping[str, Any], {"width": 3, "4": [1]}),
    ],
)
def test_lists_of_numbers_and_arguments_are_taken(value: Any, annotation: Any, converted: Any) -> None:
    assert convert_value(value, key_of(annotation)) == converted


@pytest.mark.parametrize(
    ("value", "annotation", "told"),
    [
        (["a"], tuple[float, ...], "must be a list of numbers such as [0.1,0.9]"),
        ([1], Mapping[str, Any], "must be names with values, such as {width: 32}"),
    ],
)
def test_what_is_no_such_list_is_told(value: Any, annotation: Any, told: str) -> None:
    with pytest.raises(WrongValueError) as wrong:
        convert_value(value, key_of(annotation))
    assert str(wrong.value) == told
