import torch
from torch import nn

from tests.networks.layers.stacks import network_of
from trainyard.networks.layers.initialize import initialize, parameters_named


def test_weights_and_biases_are_set_apart():
    module = nn.LSTM(3, 2)
    initialize(module, {"init": "ones", "init_bias": {"name": "constant", "val": 0.5}})
    assert {name: set(tensor.flatten().tolist()) for name, tensor in module.named_parameters()} == {
        "weight_ih_l0": {1.0}, "weight_hh_l0": {1.0}, "bias_ih_l0": {0.5}, "bias_hh_l0": {0.5},
    }  # fmt: skip


def test_it_is_torchs_function_with_its_arguments():
    module = nn.Linear(3, 4)
    torch.manual_seed(3)
    initialize(module, {"init": {"name": "kaiming_normal", "nonlinearity": "relu"}})
    torch.manual_seed(3)
    assert torch.equal(module.weight, nn.init.kaiming_normal_(torch.empty(4, 3), nonlinearity="relu"))


def test_without_a_word_torchs_own_weights_stay():
    module = nn.Linear(3, 4)
    before = module.weight.clone()
    initialize(module, {})
    assert torch.equal(module.weight, before)


def test_the_weights_of_a_network_follow_from_its_seed():
    layers = {"a": {"type": "Linear", "out_features": 4, "init": "orthogonal", "init_bias": "normal"}}
    one, same, other = (network_of(layers, seed=seed).layers["a"] for seed in (0, 0, 1))
    assert torch.equal(one.weight, same.weight)
    assert torch.equal(one.bias, same.bias)
    assert not torch.equal(one.weight, other.weight)
    torch.testing.assert_close(one.weight @ one.weight.T, torch.eye(4))


def test_parameters_are_found_by_a_part_of_their_name():
    module = nn.MultiheadAttention(4, 2)
    assert [tuple(weight.shape) for weight in parameters_named(module, "weight")] == [(12, 4), (4, 4)]
