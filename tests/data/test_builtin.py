import numpy as np
import pyarrow as pa
import pytest

from trainyard.data.builtin import load_builtin, table_md5


def test_digits():
    source = load_builtin("digits")
    assert source.digest == "c257a74670f1eef2dc318245de4a81c6"
    assert source.table.num_rows == 1797
    assert source.table.column_names == [f"pixel_{row}_{column}" for row in range(8) for column in range(8)] + ["digit"]
    assert source.image_shape == (1, 8, 8)
    pixels = np.stack([source.table[name].to_numpy() for name in source.table.column_names[:-1]])
    assert (pixels.dtype, pixels.min(), pixels.max()) == (np.int64, 0, 16)
    assert sorted(set(source.table["digit"].to_pylist())) == list(range(10))
    image = [source.table[f"pixel_2_{column}"][0].as_py() for column in range(8)]
    assert image == [0, 3, 15, 2, 0, 11, 8, 0]  # the third row of the first image, a zero
    assert source.origin.startswith("scikit-learn ")
    assert source.origin.endswith(": load_digits")


def test_iris():
    table = load_builtin("iris").table
    assert table.slice(0, 1).to_pylist() == [{
        "sepal_length_cm": 5.1, "sepal_width_cm": 3.5, "petal_length_cm": 1.4, "petal_width_cm": 0.2,
        "species": "setosa",
    }]  # fmt: skip
    assert {value["values"]: value["counts"] for value in table["species"].value_counts().to_pylist()} == {
        "setosa": 50, "versicolor": 50, "virginica": 50,
    }  # fmt: skip


def test_diabetes_is_not_standardised():
    table = load_builtin("diabetes").table
    assert table.num_rows == 442
    assert table.slice(0, 1).to_pylist() == [{
        "age": 59, "sex": 2, "bmi": 32.1, "bp": 101, "s1": 157, "s2": 93.2, "s3": 38, "s4": 4, "s5": 4.8598, "s6": 87,
        "progression": 151,
    }]  # fmt: skip


BASE = pa.table({"a": [1, 2], "b": ["x", "y"]})


@pytest.mark.parametrize("other", [
    pa.table({"a": [1, 3], "b": ["x", "y"]}), pa.table({"a": [1, 2], "c": ["x", "y"]}),
    pa.table({"a": [1.0, 2.0], "b": ["x", "y"]}), pa.table({"a": [1, 2], "b": ["xy", ""]}),
    pa.table({"b": ["x", "y"], "a": [1, 2]}), pa.table({"a": [2, 1], "b": ["y", "x"]}),
])  # fmt: skip
def test_digest_sees_values_names_types_and_order(other):
    assert table_md5(other) != table_md5(BASE)


def test_digest_does_not_see_how_a_table_lies_in_memory():
    pieces = pa.concat_tables([BASE.slice(0, 1), BASE.slice(1)])
    assert table_md5(pieces) == table_md5(BASE) == table_md5(pa.table({"a": np.array([1, 2]), "b": ["x", "y"]}))
