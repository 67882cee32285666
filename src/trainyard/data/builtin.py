"""The datasets that scikit-learn ships, as raw tables. scikit-learn is imported where it is used only."""

import hashlib
from importlib.metadata import version

import numpy as np
import pyarrow as pa

from trainyard.data.source import Source


def load_builtin(name: str) -> Source:
    """`digits`, `iris` or `diabetes`."""
    table, shape = {"digits": digits, "iris": iris, "diabetes": diabetes}[name]()
    origin = f"scikit-learn {version('scikit-learn')}: load_{name}"
    return Source(table=table, digest=table_md5(table), origin=origin, image_shape=shape)


def digits() -> tuple[pa.Table, tuple[int, int, int]]:
    """1797 images: pixel_<row>_<column> int64 0..16, and `digit` int64 0..9."""
    from sklearn.datasets import load_digits

    pixels, digit = load_digits(return_X_y=True)
    names = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    columns = [*pixels.T.astype(np.int64), digit.astype(np.int64)]
    return pa.table(columns, names=[*names, "digit"]), (1, 8, 8)


def iris() -> tuple[pa.Table, None]:
    """150 flowers: four lengths in cm float64, and `species` string."""
    from sklearn.datasets import load_iris

    data = load_iris()
    names = ["sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm"]
    species = pa.array([str(name) for name in data.target_names[data.target]])
    return pa.table([*data.data.T, species], names=[*names, "species"]), None


def diabetes() -> tuple[pa.Table, None]:
    """442 patients: age in years, sex (1 or 2), body mass index, mean blood pressure in mm Hg and six blood serum
    measurements s1..s6, all float64 but sex int64, not standardised; and `progression` float64 after a year."""
    from sklearn.datasets import load_diabetes

    data = load_diabetes(scaled=False)
    names = [str(name) for name in data.feature_names]
    columns = [column.astype(np.int64) if name == "sex" else column
               for name, column in zip(names, data.data.T, strict=True)]  # fmt: skip
    return pa.table([*columns, data.target.astype(np.float64)], names=[*names, "progression"]), None


def table_md5(table: pa.Table) -> str:
    """md5 over the names, types and values of the columns, the same on every machine: numbers as little-endian bytes,
    text as UTF-8 with a zero byte after each. For tables without missing values."""
    digest = hashlib.md5(usedforsecurity=False)
    for name, column in zip(table.column_names, table.columns, strict=True):
        digest.update(f"{name}\0{column.type}\0{len(column)}\0".encode())
        if pa.types.is_string(column.type):
            digest.update("".join(f"{value}\0" for value in column.to_pylist()).encode())
        else:
            values = column.to_numpy()
            digest.update(values.astype(values.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()
