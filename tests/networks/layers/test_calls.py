import pytest
import torch
from torch import nn

from trainyard.config.layers.wiring import wire
from trainyard.networks.layers.calls import call_of, merged

X = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0))


def call(values, inputs=("row",)):
    """Return the call of a layer that takes `inputs`."""
    layers = {name: {"type": "ReLU"} for name in inputs if name != "row"}
    wired, _ = wire({**layers, "x": {**values, "inputs": inputs}, "output": {"type": "Linear", "inputs": ("x",)}})
    return call_of(next(layer for layer in wired if layer.name == "x"))


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_a_recurrent_layer_gives_its_last_state_or_every_step(kind):
    module = getattr(nn, kind)(4, 3, batch_first=True)
    every = call({"type": kind, "hidden_size": 3, "steps": "all"})(module, [X])
    assert every.shape == (2, 5, 3)
    assert torch.equal(call({"type": kind, "hidden_size": 3})(module, [X]), every[:, -1])


def test_of_two_directions_each_gives_the_state_after_its_own_last_step():
    module = nn.LSTM(4, 3, batch_first=True, bidirectional=True, num_layers=2)
    every = module(X)[0]
    last = call({"type": "LSTM", "hidden_size": 3})(module, [X])
    assert torch.equal(last, torch.cat([every[:, -1, :3], every[:, 0, 3:]], 1))


def test_attention_takes_itself_or_others():
    module = nn.MultiheadAttention(4, 2, batch_first=True)
    other = X.flip(1)
    attend = call({"type": "MultiheadAttention", "num_heads": 2})
    torch.testing.assert_close(attend(module, [X]), module(X, X, X)[0])
    torch.testing.assert_close(attend(module, [X, other]), module(X, other, other)[0])
    torch.testing.assert_close(attend(module, [X, other, X]), module(X, other, X)[0])


def test_cells_give_their_state():
    x = X[:, 0]
    module = nn.LSTMCell(4, 3)
    assert torch.equal(call({"type": "LSTMCell", "hidden_size": 3})(module, [x]), module(x)[0])
    gru = nn.GRUCell(4, 3)
    assert torch.equal(call({"type": "GRUCell", "hidden_size": 3})(gru, [x]), gru(x))


def test_a_distance_is_one_number_for_a_row():
    distance = call({"type": "PairwiseDistance"}, ("a", "b"))(nn.PairwiseDistance(), [X[:, 0], X[:, 1]])
    assert distance.shape == (2, 1)


def test_a_permutation_needs_no_module():
    assert torch.equal(call({"type": "Permute", "dims": (0, 2, 1)})(None, [X]), X.transpose(1, 2))
    with pytest.raises(TypeError, match="needs its module"):
        call({"type": "ReLU"})(None, [X])


def test_several_inputs_become_one_before_a_layer():
    summed = call({"type": "ReLU", "merge": "sum"}, ("a", "b"))
    assert torch.equal(summed(nn.ReLU(), [X, X]), torch.relu(X + X))
    joined = call({"type": "Merge", "dim": 2}, ("a", "b"))
    assert joined(None, [X, X]).shape == (2, 5, 8)


@pytest.mark.parametrize(
    ("how", "expected"), [("sum", 9.0), ("mean", 3.0), ("product", 24.0), ("concat", [2.0, 3.0, 4.0])]
)
def test_merges_do_what_they_say(how, expected):
    tensors = [torch.full((1, 1), value) for value in (2.0, 3.0, 4.0)]
    assert torch.equal(merged(tensors, how), torch.tensor([expected] if how == "concat" else [[expected]]))
