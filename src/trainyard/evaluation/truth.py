"""What is true of raw rows: the targets of a model read from a table, as training would have had them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.config.nearest import did_you_mean, listed
from trainyard.data.target import has_value
from trainyard.data.target_power import TargetPower
from trainyard.data.values import WrongValueError, decoded, missing, read_flags, read_numbers, read_texts, wrong_value
from trainyard.errors import DataError
from trainyard.inference import Model

MOST_CLASSES = 6  # that a message lists
Where = Callable[[int], str]


def rows_with_truth(table: pa.Table, model: Model) -> np.ndarray:
    """Return the rows (n,) int64 of a table that have all targets of a model. Raises DataError where none has."""
    absent = [name for name in model.targets if name not in table.column_names]
    if absent:
        hint = did_you_mean(absent[0], table.column_names)
        raise DataError(f"There is no column {absent[0]} with what is true, to compare predictions with{hint or '.'}")
    complete = np.ones(table.num_rows, bool)
    for name in model.targets:
        complete &= has_value(table[name])
    if not complete.any():
        raise DataError(f"No row has a value of {listed(model.targets)} to compare predictions with.")
    return np.flatnonzero(complete)


def read_truth(table: pa.Table, model: Model, where: Where) -> np.ndarray:
    """Return y of rows that have all targets: classes (N,) int64, or standardised targets (N, T) in the model's dtype.

    `where` says where a row comes from. Raises DataError for a class that the model does not know, and for what is no
    number or has no transform.
    """
    if model.classes is not None:
        return read_classes(table[model.targets[0]], model, where)
    card = model.card
    powers = [TargetPower(**power) for power in card["target_powers"]]
    columns = []
    for place, name in enumerate(model.targets):
        try:
            values = read_numbers(table[name])
        except WrongValueError as wrong:
            raise DataError(wrong_value(name, wrong, where(wrong.row))) from None
        if powers:
            too_small = np.flatnonzero(values <= -powers[place].shift)
            if len(too_small):
                row = int(too_small[0])
                raise DataError(f"The target {name} is {values[row]:g} ({where(row)}), but the model was trained on "
                                f"numbers above {-powers[place].shift:g}.")  # fmt: skip
            values = powers[place](values)
        columns.append((values - card["target_mean"][place]) / card["target_scale"][place])
    return np.stack(columns, axis=1).astype("float64" if card["precision"] == "64" else "float32")


def read_classes(column: pa.ChunkedArray, model: Model, where: Where) -> np.ndarray:
    """Return the places (N,) int64 of labels among a model's classes, whatever type they are written in."""
    classes: Sequence[Any] = model.classes or ()
    known, given = _comparable(classes, column)
    places = pc.index_in(given, known)
    unknown = missing(places)
    if unknown.any():
        row = int(np.argmax(unknown))
        shown = listed([str(label) for label in classes[:MOST_CLASSES]])
        more = f" and {len(classes) - MOST_CLASSES} more" if len(classes) > MOST_CLASSES else ""
        raise DataError(f"Column {model.targets[0]} holds {decoded(column)[row].as_py()!r} ({where(row)}), which is no "
                        f"class of the model ({shown}{more}).")  # fmt: skip
    return np.asarray(places.to_numpy(), dtype=np.int64)


def _comparable(classes: Sequence[Any], column: pa.ChunkedArray) -> tuple[pa.Array, pa.ChunkedArray]:
    """Return classes and labels in a type in which equal ones are equal: numbers, flags or texts."""
    try:
        if all(type(label) is bool for label in classes):
            return pa.array(map(float, classes)), pa.chunked_array([pa.array(read_flags(column))])
        if all(type(label) in (int, float) for label in classes):
            return pa.array(map(float, classes), pa.float64()), pa.chunked_array([pa.array(read_numbers(column))])
    except WrongValueError:
        pass
    return pa.array(map(str, classes), pa.string()), read_texts(column)
