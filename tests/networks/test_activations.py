from typing import get_args

import torch

from trainyard.config.schema.model import Activation
from trainyard.networks.activations import ACTIVATIONS


def test_the_schema_and_the_table_name_the_same():
    assert set(get_args(Activation)) == set(ACTIVATIONS)


def test_each_keeps_the_shape():
    x = torch.randn(3, 4)
    assert all(kind()(x).shape == x.shape for kind in ACTIVATIONS.values())
