import numpy as np
import pytest
import torch
from torch import nn

from trainyard.inference import forward
from trainyard.inference.forward import Forward, plain


class Sizes(nn.Module):
    """Gives the number of the rows that it was given together, and the width of what it was given."""

    def forward(self, x, codes):
        width = x.flatten(1).shape[1] + (0 if codes is None else codes.shape[1])
        return torch.stack([x.flatten(1)[:, 0], torch.full((len(x),), float(width))], dim=1).to(x.dtype)


def card(shape=None, precision="32"):
    return {"outputs": 2, "precision": precision, "inputs": {"image_shape": shape}}


@pytest.mark.parametrize(("codes", "width"), [(0, 4), (3, 7)])
def test_rows_come_back_in_order_however_many_are_taken_at_once(monkeypatch, codes, width):
    monkeypatch.setattr(forward, "BATCH_ROWS", 3)
    x = np.arange(32, dtype=np.float32).reshape(8, 4)
    output = Forward(card(), Sizes())(x, np.zeros((8, codes), np.int32))
    assert output.dtype == np.float64
    assert output.tolist() == [[4.0 * row, width] for row in range(8)]


def test_no_rows_are_no_outputs():
    assert Forward(card(), Sizes())(np.empty((0, 4), np.float32), np.empty((0, 0), np.int32)).shape == (0, 2)


def test_images_keep_their_shape():
    ((images, codes),) = Forward(card([1, 2, 3]), Sizes()).batches(np.zeros((5, 6), np.float32), np.empty((5, 0)))
    assert (images.shape, codes) == ((5, 1, 2, 3), None)


def test_a_network_of_16_bits_is_given_such_numbers():
    numbers = Forward(card(precision="bf16-true"), Sizes())(np.ones((1, 2), np.float32), np.empty((1, 0)))
    assert numbers.tolist() == [[1, 2]]
    assert plain(torch.ones(1, dtype=torch.bfloat16)).dtype == torch.float32
