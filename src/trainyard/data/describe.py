"""What was decided while a dataset was assembled, put together for a person."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from trainyard.config.nearest import listed
from trainyard.data.columns import Columns
from trainyard.data.encode import Encoder
from trainyard.data.encoders import BooleanEncoder, CategoryEncoder, ColumnEncoder, DatetimeEncoder, NumericEncoder
from trainyard.data.overlap import count_duplicates, count_within, find_leaks
from trainyard.data.pixels import Shape
from trainyard.data.split import Split
from trainyard.data.summary import Summary
from trainyard.data.target import Target
from trainyard.data.values import missing, read_numbers, read_texts

NAMED = 8  # columns that are named one by one in a note
GROUP = "; dataset.group keeps rows that belong together in one part"
SAME, SAME_SHARE = 5, 0.02  # rows, and part of the rows, of val or test that chance may repeat


def summarize(
    table: pa.Table, target: Target, split: Split, columns: Columns, encoder: Encoder, dropped: int,
    notes: Sequence[str] = (),
) -> Summary:  # fmt: skip
    """The summary of an assembled dataset; `table` holds the rows that are used, `dropped` others had no target."""
    rows = {name: len(getattr(split, name)) for name in ("train", "val", "test")}
    duplicates = count_duplicates(table, columns.features, split)
    categories = [column for column in encoder.columns if isinstance(column, CategoryEncoder) and not column.embedded]
    indicators = [column for column in encoder.columns if indicates(column)]
    found = [*notes, *split.notes, *columns.notes, *find_leaks(table, columns.features, target, split.train)]
    found += note_duplicates(duplicates, rows)
    found += note_missing(table, split.train, encoder)
    return Summary(
        rows=rows, dropped=dropped, split=split.how,
        kinds=dict(Counter(column.kind for column in encoder.columns).most_common()),
        left_out=tuple(columns.left_out), numeric=len(encoder.features),
        one_hot=sum(len(column.features) for column in categories), indicators=len(indicators),
        embedded=len(encoder.embedded), task=target.task, task_reason=target.reason, duplicates=duplicates,
        notes=tuple(found),
    )  # fmt: skip


def summarize_images(
    target: Target, split: Split, shape: Shape, hashes: Mapping[str, np.ndarray], dropped: int, notes: Sequence[str]
) -> Summary:
    """The summary of images with equal ones by their `hashes` (n,) in each part."""
    channels, height, width = shape
    rows = {name: len(getattr(split, name)) for name in ("train", "val", "test")}
    train = np.sort(hashes["train"])
    duplicates = {name: count_within(hashes[name], train) for name in ("val", "test")}
    kind = f"image of {height} x {width}{'' if channels == 1 else f' in {channels} colors'}"
    return Summary(
        rows=rows, dropped=dropped, split=split.how, kinds={kind: 1}, left_out=(), numeric=channels * height * width,
        one_hot=0, indicators=0, embedded=0, task=target.task, task_reason=target.reason, duplicates=duplicates,
        notes=(*notes, *split.notes, *note_duplicates(duplicates, rows, remedy="")),
    )  # fmt: skip


def indicates(column: ColumnEncoder) -> bool:
    """Whether a column of x says that a value is missing."""
    return isinstance(column, NumericEncoder | BooleanEncoder | DatetimeEncoder) and column.indicator


def note_duplicates(duplicates: dict[str, int], rows: dict[str, int], remedy: str = GROUP) -> list[str]:
    """A note on rows that are in train as well."""
    parts = [f"{count} of {rows[part]} rows of {part}" for part, count in duplicates.items() if count]
    if not parts:
        return []
    advice = ""
    if any(count > max(SAME, SAME_SHARE * rows[part]) for part, count in duplicates.items()):
        advice = f" Metrics may come out too good{remedy}."
    return [f"{listed(parts)} have the features of a row of train.{advice}"]


def note_missing(table: pa.Table, train: np.ndarray, encoder: Encoder) -> list[str]:
    """A note on what stands in for missing values."""
    filled = {}
    for column in encoder.columns:
        values = table[column.name].take(pa.array(train))
        absent = np.isnan(read_numbers(values)) if column.kind == "numeric" else missing(read_texts(values))
        if absent.any():
            filled[column.name] = f"{column.name} ({absent.mean():.1%}, {stand_in(column)})"
    if not filled:
        return []
    named = list(filled.values())[:NAMED]
    more = [f"{len(filled) - NAMED} other columns"] if len(filled) > NAMED else []
    return [f"Missing values of the training part: {listed(named + more)}."]


def stand_in(column: ColumnEncoder) -> str:
    """What a missing value of a column becomes, in words."""
    if isinstance(column, CategoryEncoder):
        return "a category of its own" if column.missing else "as a category never seen"
    with_mark = " and marked" if indicates(column) else ""
    if isinstance(column, NumericEncoder):
        return f"the median {column.fill:g}{with_mark}"
    if isinstance(column, DatetimeEncoder):
        return f"the median {np.datetime64(column.fill, 'us').astype('datetime64[s]')}{with_mark}"
    return f"between true and false{with_mark}"
