import numpy as np
import pytest

from trainyard.data.builtin import LOADERS, SCHEMAS, load_builtin


@pytest.mark.parametrize("name", LOADERS)
def test_a_table_has_the_columns_and_types_that_are_known_without_making_it(name):
    table = load_builtin(name)
    assert table.schema.equals(SCHEMAS[name])
    assert not any(column.null_count for column in table.columns)


def test_digits():
    table = load_builtin("digits")
    assert table.num_rows == 1797
    pixels = np.stack([table[name].to_numpy() for name in table.column_names[:-1]])
    assert (pixels.shape, pixels.min(), pixels.max()) == ((64, 1797), 0, 16)
    assert sorted(set(table["digit"].to_pylist())) == list(range(10))
    image = [table[f"pixel_2_{column}"][0].as_py() for column in range(8)]
    assert image == [0, 3, 15, 2, 0, 11, 8, 0]  # the third row of the first image, a zero


def counts(column):
    return {value["values"]: value["counts"] for value in column.value_counts().to_pylist()}


def test_iris():
    table = load_builtin("iris")
    assert table.slice(0, 1).to_pylist() == [{
        "sepal_length_cm": 5.1, "sepal_width_cm": 3.5, "petal_length_cm": 1.4, "petal_width_cm": 0.2,
        "species": "setosa",
    }]  # fmt: skip
    assert counts(table["species"]) == {"setosa": 50, "versicolor": 50, "virginica": 50}


def test_wine():
    table = load_builtin("wine")
    row = table.slice(0, 1).to_pylist()[0]
    assert (row["alcohol"], row["od280_od315"], row["proline"], row["cultivar"]) == (14.23, 3.92, 1065, "class_0")
    assert counts(table["cultivar"]) == {"class_0": 59, "class_1": 71, "class_2": 48}


def test_breast_cancer():
    table = load_builtin("breast_cancer")
    row = table.slice(0, 1).to_pylist()[0]
    assert (row["mean_radius"], row["error_area"], row["worst_fractal_dimension"]) == (17.99, 153.4, 0.1189)
    assert counts(table["diagnosis"]) == {"malignant": 212, "benign": 357}


def test_diabetes_is_not_standardised():
    table = load_builtin("diabetes")
    assert table.num_rows == 442
    assert table.slice(0, 1).to_pylist() == [{
        "age": 59, "sex": 2, "bmi": 32.1, "bp": 101, "s1": 157, "s2": 93.2, "s3": 38, "s4": 4, "s5": 4.8598, "s6": 87,
        "progression": 151,
    }]  # fmt: skip


def test_linnerud():
    table = load_builtin("linnerud")
    assert table.num_rows == 20
    assert list(table.slice(0, 1).to_pylist()[0].values()) == [5, 162, 60, 191, 36, 50]
