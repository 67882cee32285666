import numpy as np
import pytest

from tests.data.image_data import arrays_of, pictures
from trainyard.data.array_rows import ArrayRows, pixel_array, source_of_arrays
from trainyard.errors import DataError

NAMES = {"x": "x.npy", "y": "y.npy"}
X, Y = np.arange(12.0).reshape(4, 3), np.array([1, 2, 3, 4])


def source(x=X, y=Y, weights=None, **options):
    dataset = arrays_of("x.npy", **options)
    return source_of_arrays({"train": ArrayRows(x, y, weights)}, dataset, names=NAMES, digest="d", origin="here")


def test_numbers_are_columns_of_a_table():
    x = X.copy()
    x[2, 1] = np.nan
    made = source(x, np.stack([Y, Y * 2], 1), np.ones(4), target=("a", "b"), weight="w")
    assert made.table.to_pydict() == {
        "x_0": [0, 3, 6, 9], "x_1": [1, 4, None, 10], "x_2": [2, 5, 8, 11], "a": [1, 2, 3, 4], "b": [2, 4, 6, 8],
        "w": [1, 1, 1, 1],
    }  # fmt: skip
    assert (made.pixels, made.digest, made.where(3)) == (None, "d", "x.npy, row 4")


@pytest.mark.parametrize(("shape", "expected"), [
    ((4, 5, 6), (1, 5, 6)), ((4, 5, 6, 3), (3, 5, 6)), ((4, 1, 5, 6), (1, 5, 6)),
])  # fmt: skip
def test_more_dimensions_are_images(shape, expected):
    assert source(np.zeros(shape)).pixels.shape == expected


@pytest.mark.parametrize(("values", "kind"), [
    (np.float64([0, 255, 7, 16]), np.uint8),
    (np.int64([0, 255, 7, 16]), np.uint8),
    (np.array([True, False, True, True]), np.uint8),
    (np.int64([0, 256, 7, 16]), np.float64),
    (np.float32([0, 0.5, 1, 1]), np.float32),
    (np.float64([0, -1, 1, 1]), np.float64),
])  # fmt: skip
def test_whole_numbers_of_a_byte_are_kept_as_bytes(values, kind):
    images = pixel_array(values.reshape(4, 1, 1, 1), "x.npy")
    assert images.dtype == kind
    np.testing.assert_array_equal(images.read(np.arange(4)).ravel(), values)


def faults_of(**arrays):
    with pytest.raises(DataError) as caught:
        source(**arrays)
    return list(caught.value.faults)


def test_shapes_and_kinds_that_do_not_fit():
    assert faults_of(x=np.zeros(4), y=np.zeros((4, 1, 1))) == [
        "x.npy: x has the shape (4,) and holds float64, but it has to be numbers of the shape (N, F), or images "
        "(N, H, W), (N, C, H, W) or (N, H, W, C).",
        "y.npy: y has the shape (4, 1, 1) and holds float64, but it has to be numbers or texts of the shape (N,), or "
        "numbers (N, T).",
    ]
    assert faults_of(x=np.array([["a"]] * 4))[0].startswith("x.npy: x has the shape (4, 1) and holds <U1")
    assert faults_of(x=np.zeros((0, 3))) == ["x.npy: x has the shape (0, 3), so there is nothing to learn from."]
    assert faults_of(y=np.zeros(3)) == [
        "x has 4 rows (x.npy), but y has 3 (y.npy). Take two that belong together."
    ]
    assert faults_of(weights=np.ones((4, 1))) == ["The weights have the shape (4, 1), but x has 4 rows (x.npy)."]
    assert faults_of(y=np.zeros((4, 3))) == [
        "y.npy: y has 3 columns, but dataset.target names 1: y. Name each: dataset.target=[y_0,y_1,y_2]."
    ]
    images = pictures(4, 5, 6).astype(float)
    images[2, 0, 0] = np.inf
    assert faults_of(x=images) == ["x.npy: the image of row 3 holds values that are no finite numbers."]


def test_parts_that_do_not_fit():
    parts = {"train": ArrayRows(X, Y), "test": ArrayRows(X[:, :2], Y)}
    with pytest.raises(DataError) as caught:
        source_of_arrays(parts, arrays_of("x.npz"), names=NAMES, digest="d", origin="here")
    assert caught.value.faults == (
        "x.npy: the parts of x have other columns: (4, 3) and (4, 2). Give them the same.",
    )
