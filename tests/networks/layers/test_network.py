import copy
import math
import pickle
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from tests.networks.layers.stacks import IMAGES, TABLE, network_of, rows_of
from trainyard.config.layers.check import check_layers
from trainyard.config.layers.types import INPUT_SIZES, layer_types
from trainyard.config.schema.model import Layers, Mlp
from trainyard.errors import NetworkError
from trainyard.networks import Inputs, seeded_network
from trainyard.networks.layers import LayersNetwork, trace

DENSE = {"type": "Linear", "out_features": 8}


def test_a_stack_is_that_of_mlp_to_the_bit():
    layers = Layers(layers={"d": {**DENSE, "out_features": 16}, "a": {"type": "ReLU"}})
    stacked, usual = (seeded_network(config, TABLE, 3, 7) for config in (layers, Mlp(hidden=(16,))))
    assert all(torch.equal(a, b) for a, b in zip(stacked.parameters(), usual.parameters(), strict=True))
    x, codes = rows_of()
    assert torch.equal(stacked(x, codes), usual(x, codes))


def test_a_skip_adds_what_went_before():
    network = network_of({
        "a": {**DENSE, "inputs": "numbers"}, "b": DENSE, "sum": {"type": "Merge", "merge": "sum", "inputs": ["a", "b"]},
    })  # fmt: skip
    x, codes = rows_of()
    first = network.layers["a"](x)
    expected = network.layers["output"](first + network.layers["b"](first))
    assert torch.equal(network(x, codes), expected)


def test_shared_weights_are_the_same_weights():
    first = {"type": "Linear", "out_features": 6, "inputs": "numbers"}
    network = network_of({"a": first, "r": {"type": "ReLU"}, "b": {"share": "a"}})
    assert sorted(name for name, _ in network.named_parameters()) == [
        "layers.a.bias", "layers.a.weight", "layers.output.bias", "layers.output.weight",
    ]  # fmt: skip
    x, codes = rows_of()
    a = network.layers["a"]
    assert torch.equal(network.values(x, codes, keep=["b"])["b"], a(torch.relu(a(x))))


def test_a_convolution_takes_the_image():
    network = network_of({
        "conv": {"type": "Conv2d", "out_channels": 4, "kernel_size": 3},
        "pool": {"type": "MaxPool2d", "kernel_size": 2}, "flat": {"type": "Flatten"},
    }, IMAGES)  # fmt: skip
    x, _ = rows_of(IMAGES)
    conv = network.layers["conv"]
    pooled = functional.max_pool2d(functional.conv2d(x, conv.weight, conv.bias), 2)
    assert torch.equal(network(x), network.layers["output"](pooled.flatten(1)))


def test_the_output_may_be_any_layer_of_the_right_size():
    network = network_of({
        "conv": {"type": "Conv2d", "out_channels": "outputs", "kernel_size": 3},
        "pool": {"type": "AdaptiveAvgPool2d", "output_size": 1}, "output": {"type": "Flatten"},
    }, IMAGES, outputs=5)  # fmt: skip
    assert network(rows_of(IMAGES)[0]).shape == (5, 5)
    lstm = network_of({"steps": {"type": "Unflatten", "dim": 1, "unflattened_size": [2, 3], "inputs": "numbers"},
                       "output": {"type": "LSTM"}}, outputs=4)  # fmt: skip
    assert lstm.layers["output"].hidden_size == 4


def test_a_layer_may_have_any_name():
    network = network_of({"train": DENSE, "forward": {"type": "ReLU"}, "type": DENSE, "layers": {"type": "ReLU"}})
    assert network.eval()(*rows_of()).shape == (5, 3)
    assert "layers.train.weight" in network.state_dict()


def test_it_can_be_copied_and_pickled():
    network = network_of({"e": {"type": "Embedding", "embedding_dim": 4}, "t": {"type": "LSTM", "hidden_size": 3},
                          "m": {"type": "Merge", "inputs": ["t", "row"]}})  # fmt: skip
    rows = rows_of()
    expected = network(*rows)
    assert torch.equal(copy.deepcopy(network)(*rows), expected)
    assert torch.equal(pickle.loads(pickle.dumps(network))(*rows), expected)


def test_values_are_let_go_when_nobody_needs_them():
    network = network_of({"a": DENSE, "b": {"type": "ReLU"}, "c": DENSE})
    assert set(network.values(*rows_of())) == {"output"}
    assert set(network.values(*rows_of(), keep=["b"])) == {"b", "output"}


def test_groups_have_the_multipliers_of_their_layers_and_frozen_ones_are_left_out():
    network = network_of({"a": {**DENSE, "lr_multiplier": 0.1}, "b": {**DENSE, "lr_multiplier": 0}})
    groups = network.parameter_groups()
    a, b, output = (list(network.layers[name].parameters()) for name in ("a", "b", "output"))
    embeddings = list(network.sources.parameters())
    assert [multiplier for _, multiplier in groups] == [1.0, 0.1]
    assert [id(parameter) for parameter in groups[0][0]] == list(map(id, [*embeddings, *output]))
    assert [id(parameter) for parameter in groups[1][0]] == list(map(id, a))
    assert not any(parameter.requires_grad for parameter in b)


def test_the_penalty_is_that_of_the_weights_without_biases():
    network = network_of({"a": {**DENSE, "regularization": {"l1": 0.1}}, "b": {**DENSE, "regularization": {"l2": 0.2}}})
    a, b = network.layers["a"], network.layers["b"]
    expected = 0.1 * a.weight.abs().sum() + 0.2 * b.weight.square().sum()
    torch.testing.assert_close(network.penalty(), expected)
    assert network_of({"a": DENSE}).penalty() is None


def test_a_network_that_cannot_learn_is_refused():
    with pytest.raises(NetworkError, match="no layer has weights that are trained, so there is nothing to learn"):
        network_of({"output": {"type": "Linear", "lr_multiplier": 0, "inputs": "numbers"}})


def test_layers_that_do_not_hang_together_are_refused():
    with pytest.raises(NetworkError, match=r"network\.layers\.a: nothing takes its output"):
        LayersNetwork(Layers(layers={"a": DENSE, "b": {**DENSE, "inputs": ("row",)}}), TABLE, 3)


SHAPES = {2: (4,), 3: (4, 6), 4: (4, 6, 6), 5: (2, 4, 4, 4)}
USUAL = {"dims": [0, 2, 1], "dim": 1, "unflattened_size": [2, 2], "output_size": 2, "threshold": 0.1, "value": 0.5,
         "norm_type": 2, "nhead": 2, "num_heads": 2, "num_groups": 2, "size": 3, "scale_factor": 2}  # fmt: skip


def number(kinds):
    """Draw what an argument may be; often right, sometimes too large for the shapes."""
    return st.floats(0.0, 1.0) if float in kinds else st.sampled_from([1, 2, 2, 3, 4])


@st.composite
def any_layers(draw):
    """Up to four layers of any types, each behind what brings its inputs into shape, taking any before it."""
    layers, ends = {}, ["row", "numbers"]
    for place in range(draw(st.integers(1, 4))):
        type_ = layer_types()[draw(st.sampled_from(sorted(layer_types())))]
        values = {"type": type_.name}
        for name, key in type_.arguments.items():
            kinds = {key.type, *getattr(key.type, "__args__", ())}
            if name in USUAL and (key.required or draw(st.booleans())):
                values[name] = USUAL[name]
            elif name not in INPUT_SIZES and kinds & {int, float} and (key.required or draw(st.integers(0, 3)) == 0):
                values[name] = draw(number(kinds))
            elif key.type is bool and draw(st.integers(0, 3)) == 0:
                values[name] = draw(st.booleans())
        if type_.takes_codes:
            values["inputs"] = ["categories"]
        else:
            least, most = type_.dimensions
            shape = SHAPES[draw(st.sampled_from([count for count in SHAPES if least <= count <= most]))]
            taken = draw(st.lists(st.sampled_from(ends), min_size=1, max_size=2, unique=True))
            layers[f"wide{place}"] = {"type": "Linear", "out_features": math.prod(shape), "inputs": taken}
            if len(shape) > 1:
                layers[f"shape{place}"] = {"type": "Unflatten", "dim": 1, "unflattened_size": list(shape)}
            values["inputs"] = [list(layers)[-1]] * type_.side_by_side[0]
        layers[f"any{place}"] = values
        layers[f"flat{place}"] = {"type": "Flatten"}
        ends.append(f"flat{place}")
    used = {name for values in layers.values() for name in values.get("inputs", ())}
    return {**layers, "output": {"type": "Linear", "inputs": [name for name in ends[2:] if name not in used]}}


def shapes_really_computed(network, names):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        values = network.values(*rows_of(), keep=names)
    assert all(len(values[name]) == 5 for name in names)
    return [tuple(values[name].shape[1:]) for name in names]


def test_any_graph_computes_in_the_shapes_that_were_found_or_is_refused_in_a_sentence(monkeypatch):
    built = []

    @settings(max_examples=150, deadline=None)
    @given(any_layers())
    def check(layers):
        checked, faults = check_layers(layers)
        try:
            network = None if faults else LayersNetwork(Layers(layers=checked), TABLE, 3)
        except NetworkError as refused:
            faults = refused.faults
        if faults:
            assert all(str(fault).startswith("network.layers.") and "\n" not in str(fault) for fault in faults)
            return
        built.append(network)
        names = [traced.layer.name for traced in network.traced]
        found = [traced.shape for traced in network.traced]
        for training in (True, False):
            assert shapes_really_computed(network.train(training), names) == found
        with monkeypatch.context() as without_computing:
            without_computing.setattr(trace, "MOST_COMPUTED", 0)
            assert LayersNetwork(Layers(layers=checked), TABLE, 3).traced == network.traced

    check()
    assert len(built) > 30


@pytest.mark.parametrize("name", ["BatchNorm2d", "Conv3d", "LSTM", "MultiheadAttention", "EmbeddingBag"])
def test_layers_are_torchs_own_classes(name):
    shape = {"BatchNorm2d": [2, 2, 2], "Conv3d": [1, 2, 2, 2], "LSTM": [2, 4], "MultiheadAttention": [2, 4]}.get(name)
    arguments = {"Conv3d": {"out_channels": 2, "kernel_size": 1}, "LSTM": {"hidden_size": 2},
                 "MultiheadAttention": {"num_heads": 2}, "EmbeddingBag": {"embedding_dim": 3}}  # fmt: skip
    before = {"wide": DENSE, "shape": {"type": "Unflatten", "dim": 1, "unflattened_size": shape}} if shape else {}
    layers = {**before, "x": {"type": name, **arguments.get(name, {})}, "flat": {"type": "Flatten"}}
    network = network_of(layers, Inputs(8, (4,)))
    assert type(network.layers["x"]) is getattr(nn, name)
