"""Images whose pixels are columns of a table."""

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from trainyard.data.pixels import PixelArray, Shape, pixel_names
from trainyard.data.source import Source
from trainyard.errors import DataError


def with_pixels(source: Source, shape: Shape) -> Source:
    """The source with its pixel columns, whole numbers of 0 to 255, taken out of the table as images.

    Raises DataError for a pixel without a value and for one that is no such number.
    """
    names = pixel_names(shape)
    images = np.empty((source.table.num_rows, len(names)), np.uint8)
    for place, name in enumerate(names):
        column = source.table[name]
        wrong = pc.invert(pc.fill_null(pc.and_(pc.greater_equal(column, 0), pc.less_equal(column, 255)), False))
        row = pc.index(wrong, True).as_py()
        if row >= 0:
            value = column[row].as_py()
            holds = "no value" if value is None else f"{value}"
            raise DataError(f"Column {name} holds {holds} ({source.where(row)}), but a pixel is a whole number of 0 to "
                            "255. Export it again.")  # fmt: skip
        images[:, place] = column.to_numpy()
    table = source.table.drop_columns(names)
    return replace(source, table=table, pixels=PixelArray(images.reshape(-1, *shape)))
