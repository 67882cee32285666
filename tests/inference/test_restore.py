import json
from dataclasses import asdict

import pytest
import torch

from trainyard.config.schema.model import Cnn, Mlp, ResNet
from trainyard.inference import PackageError, restore
from trainyard.inference.restore import check_numbers, restore_network
from trainyard.networks import Inputs, seeded_network

IMAGES = Inputs(64, (), (1, 8, 8))
ROWS = Inputs(2)


class Given(torch.nn.Linear):
    def forward(self, x, codes):
        return super().forward(x)


def card_of(config, inputs=ROWS, outputs=3, precision="32"):
    network = json.loads(json.dumps(asdict(config)))
    return {"inputs": asdict(inputs), "network": network, "outputs": outputs, "precision": precision}


def refusal(card, state):
    with pytest.raises(PackageError) as refused:
        restore_network(card, state)
    return str(refused.value)


@pytest.mark.parametrize("config", [Cnn(widths=(2,), hidden=(4,)), ResNet(widths=(2, 3))], ids=str)
def test_an_image_network_comes_back_with_its_weights(config):
    state = seeded_network(config, IMAGES, 3, 0).state_dict()
    restored = restore_network(card_of(config, IMAGES), state)
    assert all(torch.equal(tensor, restored.state_dict()[name]) for name, tensor in state.items())
    assert not restored.training


@pytest.mark.parametrize(
    ("hidden", "words"),
    [
        ([10**12], "network.hidden.0 is 1e+12, but the weights are 65,536 numbers at most."),
        ([1] * 10_000, "network.hidden has 10,000 entries, but there are 4 tensors of weights."),
    ],
)
def test_sizes_that_the_weights_do_not_have_are_refused_before_anything_is_made(hidden, words):
    card = card_of(Mlp(hidden=(4,)))
    card["network"]["hidden"] = hidden
    assert refusal(card, seeded_network(Mlp(hidden=(4,)), ROWS, 3, 0).state_dict()) == words


def test_what_two_rows_take_in_a_layer_is_bounded_by_the_memory(monkeypatch):
    state = seeded_network(Cnn(widths=(2,), hidden=(4,)), IMAGES, 3, 0).state_dict()
    monkeypatch.setattr(restore, "MEMORY_SHARE", 1e-12)
    assert "GiB in a layer of the network" in refusal(card_of(Cnn(widths=(2,), hidden=(4,)), IMAGES), state)


def test_weights_have_the_type_of_the_precision():
    config = Mlp(hidden=(4,))
    state = seeded_network(config, ROWS, 3, 0).double().state_dict()
    assert "is torch.float64, but should be torch.float32" in refusal(card_of(config), state)
    assert restore_network(card_of(config, precision="64"), state).output.weight.dtype == torch.float64


def test_a_network_that_gives_something_else_is_refused(monkeypatch):
    monkeypatch.setattr(restore, "build_network", lambda *_: Given(2, 4))
    monkeypatch.setattr(restore, "DENSE", ())
    assert refusal(card_of(Mlp()), {}) == "The network gives (2, 4) for two rows, but the card says (2, 3)."


def test_weights_that_the_card_forgets_are_named(monkeypatch):
    forgetful = Given(2, 3, device="meta")
    forgetful.register_buffer("scale", torch.ones(2, device="meta"), persistent=False)
    monkeypatch.setattr(restore, "build_network", lambda *_: forgetful)
    assert refusal(card_of(Mlp()), Given(2, 3).state_dict()) == "There are no values for scale of the network."


def test_weights_are_finite_and_masks_may_be_infinite():
    network = torch.nn.Linear(2, 2)
    network.register_buffer("mask", torch.tensor([0.0, -torch.inf]))
    check_numbers(network)
    network.mask[0] = torch.nan
    with pytest.raises(PackageError, match="The values mask of the network hold some that are no numbers"):
        check_numbers(network)
    network.weight.data[0, 0] = torch.inf
    with pytest.raises(PackageError, match="The weights weight hold values that are no finite numbers"):
        check_numbers(network)
