"""X as scikit-learn's users have it, as raw rows that Trainyard prepares: an array of numbers, a table, or images."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from sklearn.base import BaseEstimator
from sklearn.utils.validation import validate_data

from trainyard.config.schema.dataset_keys import Column, Dataset
from trainyard.data.array_rows import pixel_array
from trainyard.data.layout import Layout, channels_first
from trainyard.data.read import plain
from trainyard.data.source import Source
from trainyard.data.table import table_from
from trainyard.errors import DataError

FLOATS = (np.float64, np.float32)
LEAST = 2  # rows that have a deviation, by which columns are scaled


@dataclass(frozen=True)
class Form:
    """What rows come as: "numbers", "table" or "images"; and the names of the columns, in the order of X."""

    kind: Literal["numbers", "table", "images"]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rows:
    """Rows as they were given: an array (N, F) float32 or float64, a table, or an array of images."""

    form: Form
    array: np.ndarray | None = None
    table: Any = None  # pyarrow.Table

    def __len__(self) -> int:
        return int(self.table.num_rows) if self.array is None else len(self.array)

    def as_table(self) -> pa.Table:
        """Return the columns of an array or of the table, named."""
        if self.array is None:
            return pa.table([plain(values) for values in self.table.columns], names=self.table.column_names)
        columns = np.ascontiguousarray(self.array.T)
        absent = bool(np.isnan(columns).any())  # looking at each column for what is missing takes a while
        return pa.table({name: pa.array(values, from_pandas=absent)
                         for name, values in zip(self.form.names, columns, strict=True)})  # fmt: skip

    def raw(self) -> Any:
        """Return them as an encoder takes them: a table, or an array of images."""
        return self.array if self.form.kind == "images" else self.as_table()

    def source(self, layout: Layout = "auto") -> Source:
        """Return them as a source without a target; `layout` says where images have their channels."""
        if self.form.kind != "images" or self.array is None:
            return Source(table=self.as_table(), digest="", origin="X")
        images = pixel_array(channels_first(self.array, layout, "X"), "X")
        return Source(table=pa.table({}), digest="", origin="X", pixels=images)

    def followed_by(self, others: "Rows") -> "Rows":
        """Return these rows with others of their form under them."""
        if self.array is not None and others.array is not None:
            return replace(self, array=np.concatenate([self.array, others.array]))
        return replace(self, table=pa.concat_tables([self.table, others.table], promote_options="permissive"))


def read_rows(estimator: BaseEstimator, X: Any, form: Form | None = None) -> Rows:
    """Return X, checked as scikit-learn has it; its number and names of columns are set, or held to those of `form`.

    Arrays hold finite numbers or NaN, which is missing. An array of objects or texts that are no numbers is a table,
    as a DataFrame is. Raises ValueError and TypeError in scikit-learn's words.
    """
    first, kind = form is None, None if form is None else form.kind
    if (first and is_table(X)) or kind == "table":
        validate_data(estimator, X, reset=first, skip_check_array=True)
        return _table(X, form)
    if dimensions(X) > 2 or kind == "images":
        images = validate_data(
            estimator, X, reset=first, dtype="numeric", allow_nd=True, ensure_all_finite="allow-nan"
        )  # fmt: skip
        return Rows(Form("images"), images)
    try:
        numbers = validate_data(
            estimator, X, reset=first, dtype=FLOATS, ensure_all_finite="allow-nan",
            ensure_min_samples=LEAST if first else 1,
        )  # fmt: skip
    except ValueError:
        if not first or not holds_texts(X):
            raise
        validate_data(estimator, X, reset=True, skip_check_array=True)
        return _table(X, None)
    return Rows(form or Form("numbers", _numbered(numbers.shape[1])), numbers)


def is_table(X: Any) -> bool:
    """Whether X has columns of kinds of their own: a DataFrame or an Arrow table."""
    return isinstance(X, pa.Table) or hasattr(X, "iloc") or hasattr(X, "to_arrow")


def dimensions(X: Any) -> int:
    """Return the number of axes of X; 2 for what is no array at all, of which scikit-learn has words to say."""
    if hasattr(X, "ndim"):
        return int(X.ndim)
    try:
        return np.asarray(X).ndim
    except ValueError:
        return 2


def holds_texts(X: Any) -> bool:
    """Whether X (N, F) is of objects or texts."""
    return dimensions(X) == 2 and np.asarray(X).dtype.kind in "OUS"


def column_kinds(rows: Rows, dataset: Dataset) -> Dataset:
    """Return the dataset with what is known of the columns, unless it says more of one itself.

    Those of an array are numbers, and those that pandas or Arrow hold as categories are categories.
    """
    table = rows.table
    if table is not None:
        categories = [name for name in table.column_names if pa.types.is_dictionary(table[name].type)]
        known = {name: Column(kind="category") for name in categories}
    else:
        known = {name: Column(kind="numeric") for name in rows.form.names}
    return replace(dataset, columns={**known, **dataset.columns})


def _table(X: Any, form: Form | None) -> Rows:
    if not is_table(X):
        array = np.asarray(X, dtype=object)
        form = form or Form("table", _numbered(array.shape[1]))
        return Rows(form, table=table_from(dict(zip(form.names, array.T.tolist(), strict=True)), ()))
    table = table_from(X, ())
    names = table.column_names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"X has {names.count(twice)} columns {twice}; rename all but one.")
    return Rows(form or Form("table", tuple(names)), table=table)


def _numbered(columns: int) -> tuple[str, ...]:
    return tuple(f"x_{place}" for place in range(columns))
