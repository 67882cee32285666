"""The encoder of a table or of images, from its description, and raw rows in whatever form they come."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from trainyard.data.encode import Encoder
from trainyard.data.image_encoder import ImageEncoder
from trainyard.data.pixels import image_column
from trainyard.data.table import table_from


def load_encoder(preprocessing: Mapping[str, Any]) -> Encoder | ImageEncoder:
    """The encoder that the JSON of a preparation describes. Raises DataError for one that a later version wrote."""
    if image_column(preprocessing) is not None:
        return ImageEncoder.from_dict(preprocessing)
    return Encoder.from_dict(preprocessing)


def encode_rows(rows: Any, encoder: Encoder | ImageEncoder) -> tuple[np.ndarray, np.ndarray]:
    """x (N, F) and codes (N, C) int32 of raw rows: see data.table.table_from, and ImageEncoder for images.

    Raises DataError for what is missing and what does not fit.
    """
    if isinstance(encoder, ImageEncoder):
        return encoder.encode(rows)
    return encoder.encode(table_from(rows, encoder.names))
