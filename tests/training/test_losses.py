import pytest
import torch

from trainyard.training.losses import TOGETHER, Losses


@pytest.mark.parametrize("count", [1, TOGETHER - 1, TOGETHER, 2 * TOGETHER + 3])
def test_losses_come_back_in_their_order(count):
    losses = Losses()
    for place in range(count):
        assert len(losses) == place
        losses.append(torch.tensor(float(place)))
    assert torch.equal(losses.stacked(), torch.arange(count, dtype=torch.float32))
    assert torch.equal(losses.stacked(), losses.stacked())
    assert len(losses) == count


def test_they_go_on_from_those_that_were_kept():
    losses = Losses(torch.arange(100.0).unbind())
    losses.append(torch.tensor(100.0))
    assert torch.equal(losses.stacked(), torch.arange(101.0))
    assert len(losses) == 101


def test_few_small_tensors_stay():
    losses = Losses()
    for _ in range(10 * TOGETHER + 1):
        losses.append(torch.tensor(0.0))
    assert len(losses._joined) == 10
    assert len(losses._recent) == 1
