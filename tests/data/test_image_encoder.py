import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.data.image_data import pictures
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.pixels import pixel_names
from trainyard.errors import DataError

COLOR = ImageEncoder((3, 2, 4), (100.0, 120.5, 90.0), (30.0, 31.0, 0.5), 0.0, 255.0, "long", "float32")
GREY = ImageEncoder((1, 3, 3), (8.0,), (5.0,), 0.0, 16.0, "long", "float64")
IMAGES = pictures(6, 3, 2, 4)


def test_the_description_survives_json():
    assert ImageEncoder.from_dict(json.loads(json.dumps(COLOR.to_dict()))) == COLOR


def table_forms(images):
    flat = images.reshape(len(images), -1)
    columns = {name: flat[:, place] for place, name in enumerate(pixel_names(images.shape[1:]))}
    nested = [{"image": image.tolist()} for image in images]
    return [pd.DataFrame(columns), columns, pd.DataFrame(nested), nested,
            [dict(zip(columns, row.tolist(), strict=True)) for row in flat]]  # fmt: skip


def test_images_come_in_many_forms_and_give_the_same_bytes():
    expected, codes = COLOR.encode(IMAGES)
    assert (expected.shape, expected.dtype, codes.shape) == ((6, 24), np.float32, (6, 0))
    scaled = (IMAGES - np.float32(COLOR.center)[:, None, None]) / np.float32(COLOR.scale)[:, None, None]
    np.testing.assert_array_equal(expected, scaled.reshape(6, 24))
    forms = [IMAGES.transpose(0, 2, 3, 1), IMAGES.reshape(6, 24), list(IMAGES), IMAGES.astype(float), IMAGES.tolist()]
    for rows in [*forms, *table_forms(IMAGES)]:
        np.testing.assert_array_equal(COLOR.encode(rows)[0], expected)


def test_no_images():
    for rows in (np.empty((0, 3, 3)), [], {"image": []}):
        assert GREY.encode(rows)[0].shape == (0, 9)


def test_a_pixel_that_is_missing_in_a_table_counts_as_the_mean():
    row = dict.fromkeys(pixel_names((1, 3, 3)), 13) | {"pixel_1_1": None}
    assert GREY.encode([row])[0].tolist() == [[1, 1, 1, 1, 0, 1, 1, 1, 1]]


def fault_of(encoder, rows):
    with pytest.raises(DataError) as caught:
        encoder.encode(rows)
    return caught.value.faults


def test_what_is_no_image_is_told_in_a_sentence():
    row = dict.fromkeys(pixel_names((1, 3, 3)), 1)
    assert fault_of(GREY, [{**row, "pixel_0_1": "dark"}]) == (
        "Column pixel_0_1 holds 'dark' (row 1), which is not a number.",
    )
    del row["pixel_2_2"]
    assert fault_of(GREY, [row]) == ("There is no column pixel_2_2, which the model was trained on.",)
    assert fault_of(GREY, np.full((2, 3, 3), np.nan)) == ("The images hold values that are no finite numbers.",)
    assert fault_of(GREY, np.full((2, 3, 3), "x")) == ("Images hold numbers, but these are of the kind <U1.",)
    assert fault_of(GREY, [np.zeros((3, 3)), np.zeros((3, 4))]) == (
        "The images have different shapes: (3, 3), (3, 4).",
    )
    assert fault_of(GREY, np.full((2, 3, 3), 0.4)) == (
        "The images hold values between 0 and 1, but the model was trained on whole numbers of 0 to 16. Give them as "
        "they came from their files.",
    )


def test_a_large_image_is_one_column():
    large = ImageEncoder((1, 40, 40), (0.0,), (1.0,), 0.0, 255.0, "long", "float32")
    assert large.names == ("image",)
    images = pictures(2, 40, 40)
    np.testing.assert_array_equal(large.encode({"image": images.tolist()})[0], images.reshape(2, -1))
    assert fault_of(large, {"picture": [1, 2]}) == ("There is no column image, nor one for each of the 1600 pixels.",)


def test_each_row_that_is_refused_is_found():
    small = ImageEncoder((1, 1, 2), (0.0,), (1.0,), 0, 255, "long", "float32")
    table = pa.table({"pixel_0_0": ["1", "x", "2", "y"], "pixel_0_1": [1.0, 2.0, float("inf"), None]})
    assert small.wrong_rows(table) == {
        1: ["Column pixel_0_0 holds 'x', which is not a number."],
        2: ["Column pixel_0_1 holds inf, which is not a finite number."],
        3: ["Column pixel_0_0 holds 'y', which is not a number."],
    }
    assert list(small.wrong_rows(pa.table({"image": [[1, 2], [1], [3, 4]]}))) == [1]
