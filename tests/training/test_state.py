import torch
from torch import nn

from trainyard.training.state import State, named_weights, prefixed


def test_tensors_of_a_kind_by_the_rest_of_their_names():
    state = State({"best/a.b": torch.ones(1), "best_of/c": torch.ones(1), "weights/a.b": torch.zeros(1)}, {})
    assert state.part("best") == {"a.b": torch.ones(1)}


def test_weights_have_the_names_of_the_state_dict_and_no_gradient():
    network = nn.Sequential(nn.Linear(2, 1), nn.BatchNorm1d(1))
    named = named_weights(network)
    assert list(named) == list(network.state_dict())
    assert not any(tensor.requires_grad for tensor in named.values())
    assert set(prefixed("weights", named)) == {f"weights/{name}" for name in named}
