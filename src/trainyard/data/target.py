"""What is to be predicted: classes or numbers, and a sentence for each target that cannot be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.config.nearest import listed
from trainyard.data.padded import is_padded
from trainyard.data.prepared import Scalar, Task
from trainyard.data.strays import first_stray
from trainyard.data.values import (
    NUMBER,
    WrongValueError,
    decoded,
    floats,
    is_number,
    read_numbers,
    trimmed,
    wrong_value,
)
from trainyard.errors import DataError

MOST_CLASSES = 20  # different whole numbers that are classes, when the task is left to the target
ROWS_PER_CLASS = 3  # on average, for whole numbers to be classes
IF_MISSING = ("If that means missing, name it in dataset.missing_values and set dataset.missing_target=drop.")

Where = Callable[[int], str]


@dataclass(frozen=True)
class Target:
    """Targets of all rows: y is (N,) int64 class index, or (N, T) float64 as given."""

    task: Task
    reason: str
    y: np.ndarray
    classes: tuple[Scalar, ...] | None


def rows_with_target(table: pa.Table, names: tuple[str, ...], missing_target: str, where: Where) -> np.ndarray:
    """(n,) int64, the rows that have all targets. Raises DataError where there are others and none may be dropped."""
    complete = np.ones(table.num_rows, bool)
    faults = []
    for name in names:
        present = has_value(table[name])
        complete &= present
        missing = int(np.count_nonzero(~present))
        if missing == table.num_rows:
            faults.append(f"The target {name} has no values at all.")
        elif missing and missing_target == "error":
            have = "has" if missing == 1 else "have"
            first = where(int(np.argmin(present)))
            faults.append(f"{missing} of {table.num_rows} rows {have} no {name} to learn from, first {first}. "
                          "dataset.missing_target=drop leaves them out.")  # fmt: skip
    if not faults and not complete.any():
        faults.append(f"No row has all of the targets {listed(names)}.")
    if faults:
        raise DataError(faults)
    return np.flatnonzero(complete)


def has_value(column: pa.ChunkedArray) -> np.ndarray:
    """(N,) bool, False where null, NaN or a blank text."""
    column = decoded(column)
    if pa.types.is_string(column.type):
        column = trimmed(column)
    return np.asarray(pc.invert(pc.is_null(column, nan_is_null=True)).to_numpy())


def read_target(
    table: pa.Table, names: tuple[str, ...], task: Literal["auto", "classification", "regression"], where: Where,
    settled: bool = False,
) -> Target:  # fmt: skip
    """The targets of a table in which none is missing; `settled` says that no other task may be asked for.

    Raises DataError with all faults of them.
    """
    if len(names) > 1 and task == "classification":
        raise DataError(f"A classifier predicts one column, but dataset.target names {len(names)}. Choose one, or set "
                        "model=regressor.")  # fmt: skip
    if len(names) > 1:
        return read_regression(table, names, "several targets are numbers to predict", where)
    column = decoded(table[names[0]])
    if pa.types.is_string(column.type):
        column = trimmed(column)
    if not (is_number(column.type) or pa.types.is_string(column.type) or pa.types.is_boolean(column.type)):
        raise DataError(f"The target {names[0]} holds values of type {column.type}; only numbers, texts and flags can "
                        "be predicted.")  # fmt: skip
    reason = f"model={'classifier' if task == 'classification' else 'regressor'}"
    if task == "auto":
        task, reason = choose_task(names[0], column, settled)
    if task == "classification":
        return read_classes(names[0], column, reason, where)
    return read_regression(table, names, reason, where)


def choose_task(name: str, column: pa.ChunkedArray, settled: bool) -> tuple[Task, str]:
    """Classification for texts, flags, and few different whole numbers; regression for other numbers; and why."""
    if pa.types.is_boolean(column.type):
        return "classification", f"{name} is true or false"
    if not is_number(column.type):
        count = len(pc.unique(column))
        numbers = pc.all(pc.match_substring_regex(column, NUMBER)).as_py() and not is_padded(column)
        if count > MOST_CLASSES and numbers:
            return "regression", f"{name} holds texts that are {count} different numbers"
        return "classification", f"{name} holds {count} different texts"
    numbers = floats(column)
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) >= 4 and np.all((numbers == numbers.min()) | (numbers == numbers.max())):
        return "classification", f"{name} holds two different values"
    if not np.all(numbers == np.floor(numbers)):
        return "regression", f"{name} holds numbers with fractions"
    count = len(pc.unique(pa.array(numbers)))
    different = f"{name} holds {count} different whole numbers in {len(column)} rows"
    if count <= MOST_CLASSES and count * ROWS_PER_CLASS <= len(column):
        return "classification", different + ("" if settled else "; model=regressor would predict the number")
    return "regression", different


def read_classes(name: str, column: pa.ChunkedArray, reason: str, where: Where) -> Target:
    """The classes of a column, sorted, of the type they have there."""
    if pa.types.is_string(column.type):
        check_no_strays(name, column, where)
    elif is_number(column.type):
        try:
            numbers = read_numbers(column)
        except WrongValueError as wrong:
            raise DataError(no_numbers(name, column, wrong, where)) from None
        check_not_continuous(name, numbers)
    labels = pc.unique(column).sort()
    y = pc.index_in(column, labels).to_numpy().astype(np.int64)
    classes = tuple(labels.to_pylist())
    counts = np.bincount(y, minlength=len(classes))
    if len(classes) == 1:
        raise DataError(f"The target {name} is always {classes[0]!r}, so there is nothing to tell apart.")
    single = np.flatnonzero(counts == 1)
    if len(single) * 2 > len(y):
        raise DataError(f"The target {name} holds {len(classes)} different values in {len(y)} rows, nearly one for "
                        "each: they are no classes. Choose another dataset.target.")  # fmt: skip
    if len(single):
        raise DataError(single_rows(name, [classes[index] for index in single], int(np.argmax(y == single[0])), where))
    return Target("classification", reason, y, classes)


def check_not_continuous(name: str, numbers: np.ndarray) -> None:
    """Raise for numbers that are amounts rather than labels."""
    values, counts = np.unique(numbers, return_counts=True)
    fractions = not np.all(values == np.floor(values))
    if (fractions and len(values) > MOST_CLASSES) or (len(values) > 2 and np.sum(counts == 1) * 2 > len(numbers)):
        raise DataError(f"The target {name} holds {len(values)} different numbers in {len(numbers)} rows: an amount, "
                        "not classes. Set model=regressor (or model=auto).")  # fmt: skip


def check_no_strays(name: str, column: pa.ChunkedArray, where: Where) -> None:
    """Raise for many different numbers with some texts between them."""
    stray = first_stray(column)
    if stray and len(pc.unique(column)) > MOST_CLASSES:
        raise DataError(f"The target {name} holds {stray.value!r} ({where(stray.row)}) among numbers; {stray.count} of "
                        f"its {stray.values} values are none. {IF_MISSING}")  # fmt: skip


def single_rows(name: str, labels: list[Any], row: int, where: Where) -> str:
    """The fault for classes that have one row each."""
    if len(labels) == 1:
        return (f"The class {labels[0]!r} of {name} has a single row ({where(row)}), too few to train on and to test. "
                "Leave it out, or add rows of it.")  # fmt: skip
    some = listed([repr(label) for label in labels[:3]] + (["others"] if len(labels) > 3 else []))
    return (f"{len(labels)} classes of {name} have a single row each, too few to train on and to test: {some}, first "
            f"{where(row)}. Leave them out, or add rows of them.")  # fmt: skip


def read_regression(table: pa.Table, names: tuple[str, ...], reason: str, where: Where) -> Target:
    """The numbers of one or several columns."""
    y = np.empty((table.num_rows, len(names)))
    faults = []
    for place, name in enumerate(names):
        column = decoded(table[name])
        try:
            y[:, place] = read_numbers(column)
        except WrongValueError as wrong:
            faults.append(no_numbers(name, column, wrong, where))
            continue
        if y[:, place].min() == y[:, place].max():
            faults.append(f"The target {name} is always {y[0, place]:g}, so there is nothing to predict.")
    if faults:
        raise DataError(faults)
    return Target("regression", reason, y, None)


def no_numbers(name: str, column: pa.ChunkedArray, wrong: WrongValueError, where: Where) -> str:
    """The fault for a target that is not a number in every row."""
    fault = wrong_value(name, wrong, where(wrong.row))
    stray = first_stray(column)
    if stray:
        return (f"{fault} The regressor needs a number in every row, and {stray.count} of {stray.values} are none. "
                f"{IF_MISSING}")  # fmt: skip
    if pa.types.is_string(column.type):
        return f"{fault} A regressor predicts numbers; set model=classifier to predict texts."
    return f"{fault} Correct it, or leave the row out."
