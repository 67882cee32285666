import pytest
import torch
from torch import nn

from tests.synthetic import make_config
from tests.training.settings import MADE
from trainyard.config.schema.augment import Augment
from trainyard.config.schema.dataset import Digits
from trainyard.training.plan import plan_run
from trainyard.training.recording import loss_and_gradients, random_state, record, set_random_state

CPU = torch.device("cpu")
PLAIN, BLENDED = Augment(), Augment(mixup=0.4, noise=0.1)


def opened(change=None, augment=PLAIN):
    """A model whose network may be changed, a minibatch, its parameters and places for their gradients."""
    dataset = Digits(name="made", target=("label",), augment=augment)
    plan = plan_run(make_config(dataset=dataset), MADE["classes"], CPU)
    model = plan.build_model()
    if change is not None:
        model.network.hidden.add_module("own", change)
    model.train()
    minibatch = next(plan.open_training().read(0))
    parameters = list(model.network.parameters())
    return model, plan.device, minibatch, parameters, [torch.zeros_like(parameter) for parameter in parameters]


class Deciding(nn.Module):
    def forward(self, x):
        return x if x.sum() > 0 else -x


class Counting(nn.Module):
    calls = 0

    def forward(self, x):
        self.calls += 1
        return x * self.calls


class OwnGenerator(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = torch.Generator().manual_seed(1)

    def forward(self, x):
        return x + torch.randn(x.shape, generator=self.generator)


@pytest.mark.parametrize("augment", [PLAIN, BLENDED], ids=["plain", "blended"])
@torch.no_grad()
def test_a_pass_that_was_recorded_gives_the_gradients_of_autograd(augment):
    model, device, minibatch, parameters, gradients = opened(nn.Dropout(0.5), augment)
    playback = record(model, device, minibatch, parameters, gradients)
    state = random_state(CPU)
    loss, expected = loss_and_gradients(model, device, minibatch, parameters)
    set_random_state(CPU, state)
    assert torch.equal(playback(*minibatch), loss)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(gradients, expected, strict=True))


@torch.no_grad()
def test_recording_leaves_everything_as_it_was():
    model, device, minibatch, parameters, gradients = opened(nn.BatchNorm1d(16))
    gradients[0].fill_(3)
    before = [tensor.clone() for tensor in (*model.network.state_dict().values(), *gradients, random_state(CPU))]
    assert record(model, device, minibatch, parameters, gradients) is not None
    after = (*model.network.state_dict().values(), *gradients, random_state(CPU))
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))


@pytest.mark.parametrize("own", [Deciding(), Counting(), OwnGenerator()], ids=lambda own: type(own).__name__)
@torch.no_grad()
def test_what_differs_from_pass_to_pass_is_not_recorded(own):
    assert record(*opened(own)) is None


@torch.no_grad()
def test_it_reads_the_weights_of_the_moment():
    model, device, minibatch, parameters, gradients = opened()
    playback = record(model, device, minibatch, parameters, gradients)
    for parameter in parameters:
        parameter.mul_(0.5)
    loss, expected = loss_and_gradients(model, device, minibatch, parameters)
    assert torch.equal(playback(*minibatch), loss)
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(gradients, expected, strict=True))
