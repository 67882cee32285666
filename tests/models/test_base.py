import pytest
import torch
from torch import nn

from trainyard.data.rows import Minibatch
from trainyard.models import Model
from trainyard.models.own import Own, OwnMetric


class Cast(nn.Module):
    def __init__(self, dtype):
        super().__init__()
        self.dtype = dtype

    def forward(self, x, codes=None):
        return x.to(self.dtype)


class Sum(Model):
    def row_loss(self, output, y):
        return (output - y).abs().sum(1)

    def task_metrics(self, output, y, weight):
        return {"size": output.abs().mean()}

    def seen(self, what, output, y):
        return output, y


@pytest.mark.parametrize(
    ("given", "returned"),
    [(torch.bfloat16, torch.float32), (torch.float32, torch.float32), (torch.float64, torch.float64)],
)
def test_outputs_have_32_bits_at_least(given, returned):
    assert Sum(Cast(given))(torch.ones(2, 1)).dtype == returned


def test_rows_are_averaged_in_one_place():
    output, y = torch.tensor([[1.0], [5.0]]), torch.zeros(2, 1)
    model = Sum(Cast(torch.float32))
    assert model.mean_loss(output, y, None) == 3
    assert model.mean_loss(output, y, torch.tensor([3.0, 1.0])) == 2


def test_a_networks_penalty_is_added_to_the_loss_of_training_alone():
    class Penalized(Cast):
        def penalty(self):
            return torch.tensor(10.0)

    model = Sum(Penalized(torch.float32))
    minibatch = Minibatch(torch.tensor([[1.0], [5.0]]), None, torch.zeros(2, 1), None)
    assert model.loss(minibatch) == 13
    assert model.metrics(minibatch.x, minibatch.y, None)["loss"] == 3


def test_metrics_are_the_loss_those_of_the_task_and_ones_own():
    own = Own(metrics=(OwnMetric("mine", lambda output, y: 7, "output", False),))
    found = Sum(Cast(torch.float32), own).metrics(torch.ones(2, 1), torch.zeros(2, 1), None)
    assert {name: value.item() for name, value in found.items()} == {"loss": 1, "size": 1, "mine": 7}


class Weighing(Sum):
    def row_weight(self, y, weight):
        return y[:, 0] + 1 if weight is None else (y[:, 0] + 1) * weight


@pytest.mark.parametrize("kind", [Sum, Weighing])
@pytest.mark.parametrize("weight", [None, torch.tensor([2.0, 0.0, 1.0])])
def test_a_blended_row_counts_as_one_row_of_either_target_by_its_share(kind, weight):
    model, x = kind(Cast(torch.float32)), torch.tensor([[1.0], [5.0], [2.0]])
    y, other = torch.tensor([[0.0], [1.0], [4.0]]), torch.tensor([[3.0], [2.0], [0.0]])
    mix = torch.tensor([0.25, 0.5, 0])
    shares = torch.cat([1 - mix, mix]) * (1 if weight is None else torch.cat([weight, weight]))
    apart = model.mean_loss(torch.cat([x, x]), torch.cat([y, other]), shares)
    torch.testing.assert_close(model.loss(Minibatch(x, None, y, weight, other, mix)), apart)


def test_rows_that_are_blended_with_nothing_are_themselves():
    model, x, y = Sum(Cast(torch.float32)), torch.tensor([[1.0], [5.0]]), torch.zeros(2, 1)
    assert model.loss(Minibatch(x, None, y, None, y + 9, torch.zeros(2))) == model.loss(Minibatch(x, None, y, None))


def test_the_base_alone_is_no_model():
    with pytest.raises(TypeError, match="abstract"):
        Model(Cast(torch.float32))
