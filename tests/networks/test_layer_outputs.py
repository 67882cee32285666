import pytest
import torch
from torch import nn

from tests.networks.layers.stacks import TABLE, network_of, rows_of
from trainyard.config.schema.model import Mlp
from trainyard.errors import NetworkError
from trainyard.networks import build_network
from trainyard.networks.layer_outputs import layer_names, layer_outputs


def test_layers_of_a_config_are_had_by_name():
    network = network_of({"a": {"type": "Linear", "out_features": 4}, "b": {"type": "ReLU"}})
    x, codes = rows_of()
    outputs = layer_outputs(network, x, codes, ["b", "a"])
    assert list(outputs) == ["b", "a"]
    assert torch.equal(outputs["b"], torch.relu(outputs["a"]))
    assert torch.equal(layer_outputs(network, x, codes, ["output"])["output"], network(x, codes))


def test_layers_of_another_network_are_had_by_their_path_and_no_hook_stays():
    network = build_network(Mlp(hidden=(4,)), TABLE, 3)
    x, codes = rows_of()
    outputs = layer_outputs(network, x, codes, ["hidden.0.activation", "output"])
    assert torch.equal(network.output(outputs["hidden.0.activation"]), outputs["output"])
    assert not any(module._forward_hooks for module in network.modules())
    assert layer_names(network)[-2:] == ["hidden.0.activation", "output"]


def test_an_unknown_layer_gets_the_nearest():
    network = build_network(Mlp(hidden=(4,)), TABLE, 3)
    with pytest.raises(NetworkError, match=r"The network has no layer outptu; did you mean output\? There are sources"):
        layer_outputs(network_of({"sources": {"type": "ReLU"}}), *rows_of(), ["outptu"])
    with pytest.raises(NetworkError, match=r"The network has no layer conv\. There are input"):
        layer_outputs(network, *rows_of(), ["conv"])


def test_what_gives_no_numbers_of_its_own_is_refused():
    class Pair(nn.Module):
        def __init__(self):
            super().__init__()
            self.recurrent = nn.GRU(6, 3, batch_first=True)

        def forward(self, x, codes=None):
            return self.recurrent(x.unsqueeze(1))[0]

    with pytest.raises(NetworkError, match="The layer recurrent gives no numbers of its own"):
        layer_outputs(Pair(), *rows_of(), ["recurrent"])
