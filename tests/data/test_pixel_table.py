import numpy as np
import pytest

from tests.data.tables import source_of
from trainyard.data.pixel_table import with_pixels
from trainyard.errors import DataError

COLUMNS = {"pixel_0_0": [0, 255], "digit": [3, 4], "pixel_0_1": [1, 2]}


def test_pixel_columns_become_images():
    source = with_pixels(source_of(COLUMNS), (1, 1, 2))
    assert source.table.column_names == ["digit"]
    assert source.pixels.read(np.array([1, 0])).tolist() == [[[[255, 2]]], [[[0, 1]]]]


@pytest.mark.parametrize(("value", "holds"), [(None, "no value"), (256, "256"), (-1, "-1")])
def test_what_is_no_pixel(value, holds):
    with pytest.raises(DataError) as caught:
        with_pixels(source_of({**COLUMNS, "pixel_0_1": [1, value]}), (1, 1, 2))
    assert caught.value.faults == (
        f"Column pixel_0_1 holds {holds} (table.csv, row 2), but a pixel is a whole number of 0 to 255. "
        "Export it again.",
    )
