"""Rows as the network saw them, for a person: encoded columns turned back into their own values. Imports numpy only.

Where a value was missing, what stood in for it is shown, unless a mark of the column says that it was missing.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trainyard.data.transforms import CLIP, transform_from_dict

Value = str | int | float | bool | None
DIGITS = 6  # what 32 bits keep of a number
UNKNOWN = "(not in train)"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def shown_columns(preprocessing: Mapping[str, Any], x: np.ndarray, codes: np.ndarray) -> dict[str, list[Value]]:
    """Return the raw columns of a table's encoded rows by name, None where a value is marked as missing.

    x (n, F), codes (n, C); `preprocessing` is the JSON of the table's encoder.
    """
    columns: dict[str, list[Value]] = {}
    x_end = codes_end = 0
    for column in preprocessing["columns"]:
        if column["kind"] == "category" and column["embedded"]:
            columns[column["name"]] = _categories(column, codes[:, codes_end])
            codes_end += 1
            continue
        width = _width(column)
        columns[column["name"]] = _values(column, x[:, x_end : x_end + width].astype(float))
        x_end += width
    return columns


def _width(column: Mapping[str, Any]) -> int:
    """Return how many columns of x a column takes."""
    match column["kind"]:
        case "category":
            return len(column["categories"]) + int(column["missing"])
        case "datetime":
            return len(column["parts"]) + int(column["indicator"])
    return 1 + int(column["indicator"])


def _values(column: Mapping[str, Any], x: np.ndarray) -> list[Value]:
    if column["kind"] == "category":
        return _categories(column, np.where(x.any(1), x.argmax(1) + 1, 0))
    shown: Sequence[Value]
    match column["kind"]:
        case "numeric":
            shown = [_short(value) for value in untransformed(column["transform"], x[:, 0])]
        case "boolean":
            shown = [None if value == 0 else bool(value > 0) for value in x[:, 0]]
        case _:
            shown = _moments(column["parts"], x)
    absent = x[:, -1] == 1 if column["indicator"] else np.zeros(len(x), bool)
    return [None if missing else value for value, missing in zip(shown, absent, strict=True)]


def _short(value: float) -> float:
    """Return a number in the digits that it has, a whole one as such."""
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() and abs(short) < 1e6 else short


def _categories(column: Mapping[str, Any], codes: np.ndarray) -> list[Value]:
    """Return the categories of codes (n,): 0 is none that was seen, the one behind the last is missing."""
    names = [UNKNOWN, *column["categories"], None]
    return [names[code] for code in codes]


def untransformed(transform: Mapping[str, Any], values: np.ndarray) -> np.ndarray:
    """Return the numbers (n,) that a transform of data.transforms was given, within what its bounds keep of them."""
    match transform["name"]:
        case "standard":
            return np.asarray(values * transform["scale"] + transform["center"])
        case "robust":
            part = np.clip(values / CLIP, -1 + 1e-9, 1 - 1e-9)
            return np.asarray(values / np.sqrt(1 - np.square(part)) * transform["scale"] + transform["center"])
        case "quantile":
            known = transform_from_dict(transform)
            return np.interp(values, known.scores, known.quantiles)  # type: ignore[attr-defined]
    return values


def _moments(parts: Mapping[str, Any], x: np.ndarray) -> list[Value]:
    """Return moments as a date where the network sees the elapsed time, else as those parts that it sees."""
    seen = {name: untransformed(transform, x[:, place]) for place, (name, transform) in enumerate(parts.items())}
    if "elapsed" in seen:
        first = datetime.date(1970, 1, 1)
        return [str(first + datetime.timedelta(days=round(days))) for days in seen["elapsed"]]
    return [_moment({name: float(values[row]) for name, values in seen.items()}) for row in range(len(x))]


def _moment(seen: Mapping[str, float]) -> str:
    """Return one moment by its parts: 2019 Mar Tue 14:05."""
    words = [f"{seen['year']:.0f}"] if "year" in seen else []
    for part, names in (("month", MONTHS), ("weekday", WEEKDAYS)):
        turn = _turn(seen, part)
        words += [] if turn is None else [names[round(turn * len(names)) % len(names)]]
    turn = _turn(seen, "time")
    if turn is not None:
        minutes = round(turn * 1440) % 1440
        words.append(f"{minutes // 60:02}:{minutes % 60:02}")
    return " ".join(words)


def _turn(seen: Mapping[str, float], part: str) -> float | None:
    """Return how far around its circle a part is, 0 to 1; None where sine or cosine is not seen."""
    if f"{part} sin" not in seen or f"{part} cos" not in seen:
        return None
    return float(np.arctan2(seen[f"{part} sin"], seen[f"{part} cos"]) / (2 * np.pi)) % 1.0
