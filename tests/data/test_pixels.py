import numpy as np
import pytest

from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.pixels import PixelArray, image_column, pixel_names, pixel_scale, raw_columns

GREY = ImageEncoder((1, 2, 2), (3.0,), (2.0,), 0.0, 16.0, "long", "float32").to_dict()
TABLE = {"dtype": "float32", "columns": [{"kind": "numeric", "name": "a", "type": "double", "fill": 0}]}


def test_pixels_have_names_by_their_place():
    assert pixel_names((1, 2, 2)) == ["pixel_0_0", "pixel_0_1", "pixel_1_0", "pixel_1_1"]
    assert pixel_names((3, 1, 2))[2:4] == ["pixel_1_0_0", "pixel_1_0_1"]


def test_the_columns_of_raw_rows():
    assert raw_columns(TABLE) == [{"name": "a", "type": "double"}]
    assert raw_columns(GREY) == [{"name": name, "type": "long"} for name in pixel_names((1, 2, 2))]
    large = ImageEncoder((3, 32, 32), (0.0,) * 3, (1.0,) * 3, 0.0, 255.0, "long", "float32").to_dict()
    assert raw_columns(large) == [{"name": "image", "type": "array", "items": {"type": "double"}}]


@pytest.mark.parametrize("preprocessing", [{}, TABLE])
def test_a_table_has_no_scale_of_pixels(preprocessing):
    assert image_column(preprocessing) is None
    assert pixel_scale(preprocessing) is None


def test_bytes_become_numbers_in_the_dtype_of_the_network():
    scaled = pixel_scale(GREY)(np.uint8([[[[3, 5], [1, 0]]]]))
    assert scaled.dtype == np.float32
    assert scaled.tolist() == [[[[0, 1], [-1, -1.5]]]]


def test_images_are_read_from_a_map_in_any_order(tmp_path):
    np.save(tmp_path / "x.npy", np.arange(24.0).reshape(4, 1, 2, 3))
    images = PixelArray(np.load(tmp_path / "x.npy", mmap_mode="r"))
    assert images.shape == (1, 2, 3)
    read = images.read(np.array([3, 0]))
    assert (read.dtype, read[:, 0, 0, 0].tolist()) == (np.uint8, [18, 0])
