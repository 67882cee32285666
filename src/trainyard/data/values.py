"""The values of a raw column as numbers, flags or texts, elementwise: one row gives what the same row in a table gives.

Missing values are nulls, NaN, and texts that are empty or blank. What is unambiguous is accepted: digits in a text
where a number is expected, 0 and 1 or yes and no where a flag is, a number where a category is written in digits.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.buffers import number_array, text_array, unpacked

NUMBER = r"^\s*[+-]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|(?i:inf|infinity|nan))\s*$"
TRUE = ("true", "yes", "y", "t", "on", "1")
FALSE = ("false", "no", "n", "f", "off", "0")
SHOWN = 100  # characters of a value in a message
WHOLE = 2.0**53  # below it every whole float64 is exact
MIDNIGHT = " 00:00:00.000000"
NO_TEXT = pa.nulls(1, pa.string())[0]


class WrongValueError(Exception):
    """Values that a column of this kind cannot hold: the first one with its row, counted from 0.

    `rows` (n,) are the rows of all that are wrong in the same way.
    """

    def __init__(self, rows: np.ndarray, value: Any, expected: str):
        self.rows, self.row, self.value, self.expected = rows, int(rows[0]), value, expected
        super().__init__(f"row {self.row}: {value!r} is not {expected}")


def read_numbers(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) float64, NaN where missing; durations in seconds. Raises WrongValueError, also for infinity."""
    column = decoded(column)
    kind = column.type
    if pa.types.is_string(kind):
        values = numbers_in_texts(column)
    elif pa.types.is_duration(kind):
        values = floats(column.cast(pa.duration("us"), safe=False).cast(pa.int64())) / 1e6
    elif is_number(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind):
        values = floats(column)
    else:
        raise WrongValueError(*all_values(column), "a number")
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise WrongValueError(infinite, column[int(infinite[0])].as_py(), "a finite number")
    return values


def numbers_in_texts(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) float64 of texts that are numbers."""
    texts = trimmed(column)
    check_all(pc.match_substring_regex(texts, NUMBER), texts, "a number")
    return floats(texts)


def read_flags(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) float64, 1 for true and 0 for false, NaN where missing. Raises WrongValueError."""
    column = decoded(column)
    if pa.types.is_boolean(column.type) or pa.types.is_null(column.type):
        return floats(column)
    if is_number(column.type):
        values = floats(column)
        check_all(number_array(np.isin(values, (0, 1)) | np.isnan(values)), column, "true or false")
        return values
    if pa.types.is_string(column.type):
        texts = pc.utf8_lower(trimmed(column))
        absent = pc.is_null(texts)
        check_all(pc.or_(absent, pc.is_in(texts, text_array([*TRUE, *FALSE]))), column, "true or false")
        return np.where(flags(absent), np.nan, floats(pc.is_in(texts, text_array(TRUE))))
    raise WrongValueError(*all_values(column), "true or false")


def read_texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """(N,) strings, null where missing: whole numbers without a decimal point, moments at midnight as dates.

    Raises WrongValueError for lists and other nested values.
    """
    column = decoded(column)
    kind = column.type
    if pa.types.is_string(kind):
        return trimmed(column)
    if pa.types.is_floating(kind):
        return texts_of_floats(column)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        texts = pc.cast(column, pa.timestamp("us"), safe=False).cast(pa.string())
        return pc.replace_substring(texts, MIDNIGHT, "")
    if pa.types.is_primitive(kind) or pa.types.is_null(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string())
    raise WrongValueError(*all_values(column), "a category")


def texts_of_floats(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whole numbers as "12", others as the shortest digits that give the number."""
    values = floats(column)
    whole = (values == np.floor(values)) & (np.abs(values) < WHOLE)
    integers = number_array(np.where(whole, values, 0).astype(np.int64)).cast(pa.string())
    present = number_array(~np.isnan(values))
    texts = pc.if_else(number_array(whole), integers, pa.chunked_array(column.cast(pa.string())).combine_chunks())
    return pa.chunked_array([pc.if_else(present, texts, NO_TEXT)])


def decoded(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray:
    """A chunked column without the kinds that only save space."""
    if isinstance(column, pa.Array):
        column = pa.chunked_array([column])
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type):
        column = column.cast(pa.string())
    return column


def trimmed(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Texts without the blanks around them, null where nothing is left."""
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.cast(pc.binary_length(texts), pa.bool_()), texts, NO_TEXT)


def floats(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """(N,) float64 of numbers or flags, NaN for nulls."""
    return unpacked(pc.cast(column, pa.float64(), safe=False), np.float64, np.nan)


def missing(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """(N,) bool, True where null."""
    return flags(pc.is_null(column))


def flags(column: pa.ChunkedArray | pa.Array) -> np.ndarray:
    """(N,) bool, False for nulls."""
    return unpacked(pc.cast(column, pa.uint8()), np.bool_, False)


def is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def check_all(right: pa.ChunkedArray | pa.Array, column: pa.ChunkedArray, expected: str) -> None:
    """Raise for the rows that are not right; nulls are."""
    if pc.all(right).as_py() is False:
        rows = np.flatnonzero(flags(pc.invert(right)))
        raise WrongValueError(rows, column[int(rows[0])].as_py(), expected)


def all_values(column: pa.ChunkedArray) -> tuple[np.ndarray, Any]:
    """The rows that are not missing, all where all are, and the value of the first of them."""
    rows = np.flatnonzero(~missing(column))
    rows = rows if len(rows) else np.arange(max(1, len(column)))
    return rows, column[int(rows[0])].as_py() if len(column) else None


def wrong_value(name: str, wrong: WrongValueError, place: str) -> str:
    """The fault for a value that its column cannot hold."""
    return f"Column {name} holds {shortened(wrong.value)} ({place}), which is not {wrong.expected}."


def shortened(value: Any) -> str:
    """A value as Python writes it, for a message."""
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def wrong_values(column: pa.ChunkedArray, read: Callable[[pa.ChunkedArray], object]) -> Iterator[tuple[int, Any, str]]:
    """Yield what reading refuses: the row, the value, and what was expected, in a pass for each way of being wrong."""
    rows = np.arange(len(column))
    while len(rows):
        try:
            read(column)
            return
        except WrongValueError as wrong:
            values = column.take(pa.array(wrong.rows)).to_pylist()
            for row, value in zip(rows[wrong.rows].tolist(), values, strict=True):
                yield row, value.strip() if isinstance(value, str) else value, wrong.expected
            kept = np.delete(np.arange(len(rows)), wrong.rows)
            rows, column = rows[kept], column.take(pa.array(kept))
