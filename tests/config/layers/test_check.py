"""Layers in their types, and each mistake in a sentence."""

from typing import Any

import pytest

from trainyard.config.faults import Unresolved
from trainyard.config.layers.check import check_layers, read_layers
from trainyard.errors import ConfigError

DENSE = {"type": "Linear", "out_features": 8}
MISTAKES: list[tuple[Any, str]] = [
    (3, "network.layers=3: must be names with layers, such as {dense1: {type: Linear, out_features: 64}}"),
    ({"a": 64}, "network.layers.a=64: must hold a type and its arguments, such as {type: Linear, out_features: 64}"),
    ({"a": {"out_features": 8}}, "network.layers.a: needs a type, such as {type: Linear, out_features: 64}"),
    ({"dense1": DENSE, "dens1": {"out_features": 9}},
     "network.layers.dens1: there is no such layer; did you mean dense1? A new layer needs a type, such as "
     "{type: Linear, out_features: 64}"),
    ({"a": {"type": "Dense"}}, "network.layers.a.type=Dense: no such layer; did you mean Linear?"),
    ({"a": {"type": ["Linear"]}}, "network.layers.a.type=[Linear]: must be a text"),
    ({"a": {**DENSE, "out_featres": 9}},
     "network.layers.a.out_featres: Linear has no argument out_featres; did you mean out_features?"),
    ({"a": {"type": "Linear"}}, "network.layers.a.out_features: has to be given; Linear needs it"),
    ({"a": {"type": "Linear", "out_features": "???"}},
     "network.layers.a.out_features: has to be given; Linear needs it"),
    ({"a": {"type": "Linear", "out_features": 0}}, "network.layers.a.out_features=0: must be at least 1"),
    ({"a": {"type": "Linear", "out_features": "wide"}},
     "network.layers.a.out_features=wide: must be a whole number or outputs"),
    ({"a": {"type": "Dropout", "p": 2}}, "network.layers.a.p=2: must be at least 0 and at most 1"),
    ({"a": {"type": "Conv2d", "out_channels": 4, "kernel_size": [3, 3, 3]}},
     "network.layers.a.kernel_size=[3,3,3]: must be a number or 2 of them"),
    ({"a": {"type": "Conv1d", "out_channels": 4, "kernel_size": [3, 3]}},
     "network.layers.a.kernel_size=[3,3]: must be one number"),
    ({"a": {"type": "Conv2d", "out_channels": 4, "kernel_size": 3, "padding": "sam"}},
     "network.layers.a.padding=sam: must be a whole number, a list of whole numbers such as [128,64] or valid or same; "
     "did you mean same?"),
    ({"a": {**DENSE, "lr_multiplier": -1}}, "network.layers.a.lr_multiplier=-1: must be at least 0"),
    ({"a": {**DENSE, "merge": "add"}}, "network.layers.a.merge=add: must be concat, sum, mean or product"),
    ({"a": {**DENSE, "regularization": 0.1}},
     "network.layers.a.regularization=0.1: must hold l1 or l2, such as {l2: 1e-4}"),
    ({"a": {**DENSE, "regularization": {"l3": 1}}},
     "network.layers.a.regularization.l3: no such key. There are l1 and l2"),
    ({"a": {**DENSE, "init": "GlorotUniform"}},
     "network.layers.a.init=GlorotUniform: no such function of torch.nn.init; did you mean xavier_uniform?"),
    ({"a": {**DENSE, "init": {"name": "kaimin_normal"}}},
     "network.layers.a.init.name=kaimin_normal: no such function of torch.nn.init; did you mean kaiming_normal?"),
    ({"a": {**DENSE, "init": {"name": "orthogonal", "gian": 2}}},
     "network.layers.a.init.gian: orthogonal has no argument gian; did you mean gain?"),
    ({"a": {**DENSE, "init": {"name": "orthogonal", "gain": "big"}}},
     "network.layers.a.init.gain=big: must be a number"),
    ({"a": {**DENSE, "init": "sparse"}},
     "network.layers.a.init.sparsity: has to be given; sparse needs it, as in {name: sparse, sparsity: 0.1}"),
    ({"a": {**DENSE, "init": {"gain": 2}}},
     "network.layers.a.init={gain:2}: must be a name, such as orthogonal, or {name: orthogonal, gain: 1.4}"),
    ({"a": DENSE, "b": {"share": "a", "out_features": 9}},
     "network.layers.b.out_features: is set at network.layers.a, whose weights network.layers.b shares"),
    ({"a": DENSE, "b": {"share": "a", "lr_multiplier": 0}},
     "network.layers.b.lr_multiplier: is set at network.layers.a, whose weights network.layers.b shares"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "fault"), MISTAKES, ids=[fault[:60] for _, fault in MISTAKES])
def test_one_mistake_is_one_sentence(layers: Any, fault: str) -> None:
    _, faults = check_layers(layers)
    assert [str(found) for found in faults] == [fault]


def test_all_mistakes_are_found_at_once_also_those_of_a_layer_of_a_wrong_type() -> None:
    _, faults = check_layers({"a": {"type": "Dense", "num_units": 3}, "b": {"type": "ReLU", "p": 1}, "c": 3})
    assert [fault.keys[0].removeprefix("network.layers.") for fault in faults] == ["a.type", "a.num_units", "b.p", "c"]


def test_values_come_back_in_their_types_and_in_their_order() -> None:
    layers = read_layers({
        "conv": {"kernel_size": [3, 3], "type": "Conv2d", "out_channels": "8", "stride": 1.0, "inputs": "image"},
        "gone": None,
        "norm": {"type": "BatchNorm2d", "momentum": None},
        "output": {"bias": "no", "inputs": ["norm"], "init": "orthogonal_", "regularization": {"l2": "1e-3"}},
    })  # fmt: skip
    assert layers == {
        "conv": {"kernel_size": (3, 3), "type": "Conv2d", "out_channels": 8, "stride": 1, "inputs": ("image",)},
        "norm": {"type": "BatchNorm2d", "momentum": None},
        "output": {
            "type": "Linear", "bias": False, "inputs": ("norm",), "init": "orthogonal", "regularization": {"l2": 1e-3},
        },
    }  # fmt: skip
    assert list(layers["conv"]) == ["kernel_size", "type", "out_channels", "stride", "inputs"]
    assert read_layers(layers) == layers


def test_the_size_of_the_output_may_be_left_out_or_named() -> None:
    assert read_layers({"output": {"type": "Conv2d", "kernel_size": 1}, "a": {"type": "ReLU", "inputs": "image"}})
    assert read_layers({"a": {"type": "Linear", "out_features": "outputs"}})["a"]["out_features"] == "outputs"


def test_what_could_not_be_resolved_is_no_second_fault() -> None:
    assert check_layers({"a": {"type": "Linear", "out_features": Unresolved}})[1] == []
    assert check_layers({"a": {**DENSE, "init": Unresolved}})[1] == []


def test_a_wrong_network_raises_all_faults() -> None:
    with pytest.raises(ConfigError) as refused:
        read_layers({"a": {"type": "Dense"}, "b": 3})
    assert len(refused.value.faults) == 2
