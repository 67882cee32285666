import numpy as np
import pytest

from tests.data.image_data import pictures
from trainyard.data.pixel_parts import joined_pixels, sizes
from trainyard.data.pixels import PixelArray
from trainyard.errors import DataError


def test_the_images_of_all_parts_are_read_in_any_order():
    arrays = {"train": pictures(5, 1, 2, 3), "val": pictures(2, 1, 2, 3, seed=1), "test": pictures(3, 1, 2, 3, seed=2)}
    joined = joined_pixels({part: PixelArray(images) for part, images in arrays.items()}, {})
    rows = np.array([9, 0, 6, 4, 5])
    np.testing.assert_array_equal(joined.read(rows), np.concatenate(list(arrays.values()))[rows])
    assert (joined.shape, joined.dtype) == ((1, 2, 3), np.uint8)


def test_bytes_beside_floats_are_floats():
    floats = PixelArray(np.full((1, 1, 2, 2), 0.5), np.dtype(np.float32))
    joined = joined_pixels({"train": PixelArray(pictures(2, 1, 2, 2)), "test": floats}, {})
    assert joined.dtype == np.float32
    assert joined.read(np.array([2])).tolist() == [[[[0.5, 0.5], [0.5, 0.5]]]]


def test_one_part_stays_as_it_is():
    alone = PixelArray(pictures(2, 1, 2, 2))
    assert joined_pixels({"train": alone}, {"train": "x"}) is alone


def test_parts_of_other_sizes():
    parts = {"train": PixelArray(pictures(2, 1, 2, 2)), "test": PixelArray(pictures(2, 3, 2, 4))}
    with pytest.raises(DataError) as caught:
        joined_pixels(parts, {"train": "train-images", "test": "t10k-images"})
    assert caught.value.faults == (
        "The images of t10k-images are 2 x 4 in 3 colors, but those of train-images are 2 x 2. Give them one size.",
    )
    assert sizes((1, 28, 28)) == "28 x 28"
