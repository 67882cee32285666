"""One value of a config to the type that its key is declared with."""

import math
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from trainyard.config.nearest import did_you_mean, listed
from trainyard.config.schema.declared import Key

TRUE, FALSE = {"true", "yes", "on"}, {"false", "no", "off"}
BOUNDS: dict[str, tuple[str, Callable[[float, float], bool]]] = {
    "gt": ("greater than", lambda value, bound: value > bound),
    "ge": ("at least", lambda value, bound: value >= bound),
    "lt": ("less than", lambda value, bound: value < bound),
    "le": ("at most", lambda value, bound: value <= bound),
}  # fmt: skip


class WrongValueError(ValueError):
    """A value that its key cannot have; the message goes on from the key: "must be a whole number"."""


def convert_value(value: Any, key: Key) -> Any:
    """Return the value in the key's type and within its range, or raise WrongValueError.

    What a person means is taken: 64.0 for a whole number, 32 for the word "32", one name for a list of one, an empty
    text for nothing where there may be nothing.
    """
    converted = _convert(value, key.type)
    for number in converted if isinstance(converted, tuple) else (converted,):
        if isinstance(number, int | float) and not isinstance(number, bool):
            _check_range(number, key)
    return converted


def _convert(value: Any, annotation: Any) -> Any:
    if get_origin(annotation) in (Union, UnionType):
        return _convert_union(value, get_args(annotation))
    if annotation is NoneType:
        return _convert_none(value)
    if value is None:
        raise WrongValueError(f"must be given; null is not possible here, but {describe_type(annotation)}")
    if get_origin(annotation) is Literal:
        return _convert_word(value, get_args(annotation))
    if get_origin(annotation) is tuple:
        return _convert_list(value, get_args(annotation)[0])
    if get_origin(annotation) is Mapping:
        return _convert_texts(value) if annotation == Mapping[str, str] else _convert_arguments(value)
    return {bool: _convert_bool, int: _convert_int, float: _convert_float, str: convert_text}[annotation](value)


def _convert_union(value: Any, parts: tuple[Any, ...]) -> Any:
    if value == "" and NoneType in parts:
        return None
    for part in parts:
        try:
            return _convert(value, part)
        except WrongValueError:
            continue
    words = [word for part in parts if get_origin(part) is Literal for word in get_args(part)]
    hint = did_you_mean(value, words) if isinstance(value, str) else ""
    raise WrongValueError(f"must be {listed([describe_type(part) for part in parts], 'or')}{hint}")


def _convert_none(value: Any) -> None:
    if value is None or value == "":
        return
    raise WrongValueError("must be empty")


def _convert_word(value: Any, words: tuple[str, ...]) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if text in words and not isinstance(value, list | dict):
        return text
    raise WrongValueError(f"must be {listed(words, 'or')}{did_you_mean(text, words)}")


def _convert_list(value: Any, element: Any) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        raise WrongValueError(f"must be {describe_type(tuple[element, ...])}")
    try:
        return tuple(_convert(part, element) for part in (value if isinstance(value, list | tuple) else [value]))
    except WrongValueError:
        raise WrongValueError(f"must be {describe_type(tuple[element, ...])}") from None


def _convert_texts(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise WrongValueError("must be names with values, such as {owner: me}")
    return {str(name): convert_text(text) for name, text in value.items()}


def _convert_arguments(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise WrongValueError("must be names with values, such as {width: 32}")
    return {str(name): inner for name, inner in value.items()}


def _convert_bool(value: Any) -> bool:
    if isinstance(value, bool | int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in TRUE | FALSE:
        return value.lower() in TRUE
    raise WrongValueError("must be true or false")


def _convert_int(value: Any) -> int:
    number = _number(value)
    if number is None or not math.isfinite(number) or number != int(number):
        raise WrongValueError("must be a whole number")
    return int(number)


def _convert_float(value: Any) -> float:
    number = _number(value)
    if number is None:
        raise WrongValueError("must be a number")
    if not math.isfinite(number):
        raise WrongValueError("must be a finite number")
    return float(number)


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            try:
                return float(value)
            except ValueError:
                return None
    return value


def convert_text(value: Any) -> str:
    """Return the text that a word, a number or a flag is written as, or raise WrongValueError."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    raise WrongValueError("must be a text")


def _check_range(number: float, key: Key) -> None:
    bounds = {name: key.field.metadata.get(name) for name in BOUNDS}
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    if any(not BOUNDS[name][1](number, bound) for name, bound in given.items()):
        wanted = " and ".join(f"{BOUNDS[name][0]} {bound}" for name, bound in given.items())
        raise WrongValueError(f"must be {wanted}" + (f" ({key.unit})" if key.unit else ""))


def describe_type(annotation: Any) -> str:
    """Return what a key takes, to follow "must be"."""
    if get_origin(annotation) in (Union, UnionType):
        return listed([describe_type(part) for part in get_args(annotation)], "or")
    if get_origin(annotation) is Literal:
        return listed([str(word) for word in get_args(annotation)], "or")
    if get_origin(annotation) is tuple:
        examples = {int: "whole numbers such as [128,64]", float: "numbers such as [0.1,0.9]"}
        return f"a list of {examples.get(get_args(annotation)[0], 'names such as [a,b]')}"
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", NoneType: "null"}
    return names[annotation]
