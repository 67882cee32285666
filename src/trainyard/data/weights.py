"""The weight of each row, and a sentence for weights that cannot be."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from trainyard.data.split import Split
from trainyard.data.values import WrongValueError, read_numbers, wrong_value
from trainyard.errors import DataError


def read_weights(table: pa.Table, name: str | None, where: Callable[[int], str]) -> np.ndarray | None:
    """(N,) float64 of the column with weights, None where there is none. Raises DataError."""
    if name is None:
        return None
    try:
        weights = read_numbers(table[name])
    except WrongValueError as wrong:
        raise DataError(f"The weights cannot be read. {wrong_value(name, wrong, where(wrong.row))}") from None
    for wrong_rows, what in ((np.isnan(weights), "no weight"), (weights < 0, "a negative weight")):
        count = int(np.count_nonzero(wrong_rows))
        if count:
            have = "has" if count == 1 else "have"
            first = where(int(np.argmax(wrong_rows)))
            raise DataError(f"{count} of {len(weights)} rows {have} {what} in {name}, first {first}. A weight is 0 or "
                            "more.")  # fmt: skip
    return weights


def check_weights(weights: np.ndarray | None, name: str | None, split: Split) -> None:
    """Raise DataError for a part whose rows all weigh nothing."""
    if weights is None:
        return
    empty = [part for part in ("train", "val", "test") if not weights[getattr(split, part)].any()]
    if empty:
        raise DataError(f"All rows of {' and '.join(empty)} weigh 0 by {name}. Choose another split or other weights.")
