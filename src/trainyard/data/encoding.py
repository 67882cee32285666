"""The encoder of a table or of images, from its description."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from trainyard.data.pixels import image_column

if TYPE_CHECKING:
    from trainyard.data.encode import Encoder
    from trainyard.data.image_encoder import ImageEncoder


def load_encoder(preprocessing: Mapping[str, Any]) -> "Encoder | ImageEncoder":
    """The encoder that the JSON of a preparation describes. Raises DataError for one that a later version wrote."""
    if image_column(preprocessing) is not None:
        from trainyard.data.image_encoder import ImageEncoder

        return ImageEncoder.from_dict(preprocessing)
    from trainyard.data.encode import Encoder

    return Encoder.from_dict(preprocessing)
