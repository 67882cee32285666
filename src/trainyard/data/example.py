"""Raw rows to show what a model takes."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainyard.data.pixels import MOST_NAMED, WHOLE_IMAGE, pixel_names

SEARCHED = 10_000  # training rows among which complete ones are looked for


def example_rows(table: pa.Table, names: Sequence[str], train: np.ndarray, count: int = 2) -> list[dict[str, Any]]:
    """At most `count` rows of `train` (n,) with these columns, as JSON values; those with the fewest missing values."""
    some = table.select(list(names)).take(pa.array(train[:SEARCHED]))
    missing = np.zeros(some.num_rows, np.int64)
    for column in some.columns:
        missing += pc.is_null(column, nan_is_null=True).to_numpy()
    best = np.sort(np.argsort(missing, kind="stable")[:count])
    return [{name: json_value(value) for name, value in row.items()} for row in some.take(pa.array(best)).to_pylist()]


def probe_rows(example: Sequence[Mapping[str, Any]], names: Sequence[str]) -> list[dict[str, Any]]:
    """The rows that tell whether a model still computes what it did: its example, and a row in which all is missing."""
    missing = [] if len(names) == 0 or any(WHOLE_IMAGE in row for row in example) else [dict.fromkeys(names)]
    return [*map(dict, example), *missing]


def json_value(value: Any) -> Any:
    """A value as JSON has it: moments in ISO 8601, durations in seconds, NaN as null."""
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    return None if value != value else value  # only NaN differs from itself


def example_images(images: np.ndarray) -> list[dict[str, Any]]:
    """Images (n, channels, height, width) as rows of a table: a column per pixel, or nested lists of large ones."""
    names = pixel_names(images.shape[1:])
    if len(names) > MOST_NAMED:
        return [{WHOLE_IMAGE: image.tolist()} for image in images]
    return [dict(zip(names, image.ravel().tolist(), strict=True)) for image in images]
