import numpy as np

from tests.data.tables import csv, source_of
from trainyard.data.assemble import assemble
from trainyard.data.encode import Encoder
from trainyard.data.encoding import load_encoder
from trainyard.data.image_encoder import ImageEncoder

IMAGE = ImageEncoder((1, 2, 2), (0.0,), (1.0,), 0.0, 255.0, "long", "float32")


def test_the_description_says_which_encoder_it_is_of():
    made = assemble(source_of({"a": [1.0, 2, 3, 4], "y": [1.5, 2.5, 3.5, 4.5]}), csv(), "auto", False)
    assert isinstance(load_encoder(made.preprocessing), Encoder)
    assert load_encoder(IMAGE.to_dict()) == IMAGE
    x, codes = load_encoder(made.preprocessing).encode([{"a": 2.0}])
    assert (x.shape, codes.shape) == ((1, 1), (1, 0))
    assert IMAGE.encode(np.ones((3, 2, 2)))[0].shape == (3, 4)
