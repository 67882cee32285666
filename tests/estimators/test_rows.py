import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from trainyard import Classifier
from trainyard.config.schema.dataset import CustomDataset
from trainyard.config.schema.dataset_keys import Column
from trainyard.estimators.rows import column_kinds, dimensions, is_table, read_rows

DATASET = CustomDataset(name="rows", target=("y",), _target_="mine.rows", columns={"a": Column(kind="boolean")})
FRAME = pd.DataFrame({"a": [1, 0], "b": pd.Categorical(["u", "v"]), "c": ["x", "y"]})


def test_an_array_of_numbers_is_columns_of_numbers_of_its_width():
    rows = read_rows(Classifier(), np.ones((3, 2), np.float32))
    assert (rows.form.kind, rows.form.names, rows.array.dtype, len(rows)) == ("numbers", ("x_0", "x_1"), np.float32, 3)
    assert {column.kind for column in column_kinds(rows, DATASET).columns.values()} == {"boolean", "numeric"}
    assert rows.as_table().column_names == ["x_0", "x_1"]


@pytest.mark.parametrize("table", [FRAME, pa.Table.from_pandas(FRAME)], ids=["pandas", "arrow"])
def test_a_table_keeps_its_columns_and_categories_are_categories(table):
    rows = read_rows(Classifier(), FRAME)
    assert is_table(table)
    assert (rows.form.kind, rows.form.names) == ("table", ("a", "b", "c"))
    kinds = {name: column.kind for name, column in column_kinds(rows, DATASET).columns.items()}
    assert kinds == {"a": "boolean", "b": "category"}


def test_an_array_of_texts_is_a_table_and_one_of_more_axes_is_images():
    estimator = Classifier()
    assert read_rows(estimator, np.array([["a", 1], ["b", 2]], dtype=object)).form.kind == "table"
    images = read_rows(estimator, np.zeros((2, 4, 4), np.uint8))
    assert (images.form.kind, images.source().pixels.shape) == ("images", (1, 4, 4))


def test_rows_that_follow_have_the_form_of_the_first():
    estimator = Classifier()
    first = read_rows(estimator, FRAME)
    assert len(first.followed_by(read_rows(estimator, FRAME, first.form))) == 4
    with pytest.raises(ValueError, match="feature names"):
        read_rows(estimator, FRAME[["b", "a", "c"]], first.form)


def test_what_scikit_learn_refuses_is_refused_in_its_words():
    with pytest.raises(ValueError, match="Expected 2D array, got 1D"):
        read_rows(Classifier(), [1.0, 2.0])
    with pytest.raises(ValueError, match="infinity"):
        read_rows(Classifier(), [[1.0], [np.inf]])
    assert dimensions([[1], [1, 2]]) == 2
