import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.data.layout import channels_first, like
from trainyard.errors import DataError

SHAPES = st.tuples(st.sampled_from([1, 3, 4]), st.integers(2, 5), st.integers(2, 5))


@pytest.mark.parametrize(("shape", "layout", "expected"), [
    ((5, 8, 6), "auto", (5, 1, 8, 6)),
    ((5, 3, 8, 6), "auto", (5, 3, 8, 6)),
    ((5, 8, 6, 3), "auto", (5, 3, 8, 6)),
    ((5, 8, 6, 1), "auto", (5, 1, 8, 6)),
    ((5, 3, 8, 3), "channels_first", (5, 3, 8, 3)),
    ((5, 3, 8, 3), "channels_last", (5, 3, 3, 8)),
    ((5, 7, 8, 9), "channels_first", (5, 7, 8, 9)),
])  # fmt: skip
def test_channels_come_first(shape, layout, expected):
    assert channels_first(np.empty(shape), layout, "x.npy").shape == expected


@pytest.mark.parametrize(("shape", "what"), [
    ((5, 3, 8, 3), "both the second and the last axis"), ((5, 7, 8, 9), "no axis"),
])  # fmt: skip
def test_channels_that_cannot_be_told(shape, what):
    with pytest.raises(DataError) as caught:
        channels_first(np.empty(shape), "auto", "x.npy")
    assert caught.value.faults == (
        f"x.npy has the shape {shape}, and {what} could be the channels of images. Set "
        "dataset.layout=channels_first or channels_last.",
    )


@given(shape=SHAPES)
def test_images_of_a_known_shape_come_in_every_form(shape):
    images = np.arange(2 * np.prod(shape)).reshape(2, *shape)
    forms = [images, images.reshape(2, -1)]
    forms += [images.transpose(0, 2, 3, 1)] if shape[1:] != (3, 3) and len({shape[0], *shape[1:]}) == 3 else []
    forms += [images[:, 0]] if shape[0] == 1 else []
    for form in forms:
        np.testing.assert_array_equal(like(form, shape), images)


def test_images_of_another_shape():
    with pytest.raises(DataError) as caught:
        like(np.empty((2, 7, 8)), (1, 8, 8))
    assert caught.value.faults == (
        "An array of images has one of the shapes (N, 64), (N, 1, 8, 8), (N, 8, 8, 1), (N, 8, 8); this one has the "
        "shape (2, 7, 8).",
    )
