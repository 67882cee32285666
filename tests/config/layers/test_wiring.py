"""How layers hang together."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainyard.config.layers.wiring import wire, wired_values

RELU = {"type": "ReLU"}
LINEAR = {"type": "Linear", "out_features": 4}


def inputs_of(layers: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Wire layers that have no fault."""
    wired, faults = wire(layers)
    assert faults == []
    return {layer.name: layer.inputs for layer in wired}


def test_a_layer_takes_the_one_before_it_and_the_output_comes_last() -> None:
    stack = {"a": LINEAR, "b": RELU}
    expected = {"a": ("row",), "b": ("a",), "output": ("b",)}
    assert inputs_of(stack) == inputs_of({"output": {"type": "Linear"}, **stack}) == expected
    assert list(inputs_of({"output": {"type": "Linear"}, **stack})) == ["a", "b", "output"]


def test_without_layers_the_output_takes_the_row() -> None:
    assert inputs_of({}) == {"output": ("row",)}


@pytest.mark.parametrize(
    ("first", "source"),
    [
        (RELU, "row"), ({"type": "Conv2d", "kernel_size": 3, "out_channels": 2}, "image"),
        ({"type": "Embedding", "embedding_dim": 2}, "categories"), ({"type": "Upsample"}, "image"),
    ],
)  # fmt: skip
def test_the_first_layer_takes_what_its_type_is_for(first: dict[str, Any], source: str) -> None:
    assert inputs_of({"a": first})["a"] == (source,)


def test_a_layer_is_put_behind_another() -> None:
    layers = {"a": LINEAR, "b": LINEAR, "x": {**RELU, "after": "a"}, "y": {**RELU, "after": "a"},
              "z": {**RELU, "after": "x"}}  # fmt: skip
    assert list(inputs_of(layers)) == ["a", "x", "z", "y", "b", "output"]
    assert inputs_of(layers)["b"] == ("y",)


def test_layers_may_take_what_is_written_below_them() -> None:
    layers = {"sum": {"type": "Merge", "inputs": ("a", "b")}, "a": {**LINEAR, "inputs": ("row",)},
              "b": {**LINEAR, "inputs": ("a",)}, "output": {"type": "Linear", "inputs": ("sum",)}}  # fmt: skip
    assert list(inputs_of(layers)) == ["a", "b", "sum", "output"]


def test_a_shared_layer_has_the_values_of_its_root() -> None:
    wired, _ = wire({"a": LINEAR, "b": {"share": "a"}})
    assert (wired[1].root, wired[1].type.name, wired[1].arguments) == ("a", "Linear", {"out_features": 4})


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"a": {**RELU, "inputs": ("dnese",)}, "dense": LINEAR},
     "network.layers.a.inputs=[dnese]: there is no layer dnese; did you mean dense?"),
    ({"a": {**RELU, "inputs": ("imgae",)}},
     "network.layers.a.inputs=[imgae]: there is no layer imgae; did you mean image?"),
    ({"a": {**RELU, "inputs": ("pixels",)}},
     "network.layers.a.inputs=[pixels]: there is no layer pixels; did you mean image?"),
    ({"a": {**RELU, "inputs": ("a",)}}, "network.layers.a.inputs=[a]: cannot take its own output"),
    ({"a": {**RELU, "inputs": ("output",)}}, "network.layers.a.inputs=[output]: nothing comes behind the output"),
    ({"a": LINEAR, "b": RELU, "c": {**RELU, "inputs": ("a",)}},
     "network.layers.b: nothing takes its output; name it in the inputs of another layer (output takes c)"),
    ({"a": {**RELU, "inputs": ("c",)}, "b": RELU, "c": RELU},
     "network.layers: go round in a circle: a takes c, c takes b and b takes a"),
    ({"a": {**RELU, "after": "b"}, "b": {**RELU, "after": "a"}}, "network.layers.a.after=b: goes round in a circle"),
    ({"dense": LINEAR, "a": {**RELU, "after": "dens"}},
     "network.layers.a.after=dens: there is no layer dens; did you mean dense?"),
    ({"output": {**LINEAR, "after": "a"}, "a": RELU},
     "network.layers.output.after: the output comes last, whatever its place; name what it takes in its inputs"),
    ({"a": {"share": "a"}}, "network.layers.a.share=a: cannot share its own weights"),
    ({"a": LINEAR, "b": {"share": "aa"}}, "network.layers.b.share=aa: there is no layer aa; did you mean a?"),
    ({"a": LINEAR, "b": {"share": "a"}, "c": {"share": "b"}},
     "network.layers.c.share=b: b shares weights itself; write a"),
    ({"row": LINEAR}, "network.layers.row: row is what the data give; choose another name"),
    ({"a b": LINEAR},
     "network.layers.a b: a layer's name has letters, digits, - and _ only, and begins with a letter"),
    ({"a": {**LINEAR, "inputs": ("categories",)}},
     "network.layers.a.inputs=[categories]: categories has codes, which only Embedding and EmbeddingBag take; row has "
     "them embedded"),
    ({"a": RELU, "e": {"type": "Embedding", "embedding_dim": 2}},
     "network.layers.e.inputs=[a]: Embedding takes categories or categories.<column>, no numbers"),
    ({"e": {"type": "Embedding", "embedding_dim": 2, "inputs": ("categories.a", "categories.b")}},
     "network.layers.e.inputs=[categories.a,categories.b]: Embedding takes one of categories and categories.<column>"),
    ({"a": LINEAR, "b": {"type": "Bilinear", "out_features": 2}},
     "network.layers.b.inputs=[a]: Bilinear takes 2 inputs, such as [a,b]"),
    ({"a": LINEAR, "b": {"type": "MultiheadAttention", "num_heads": 2, "inputs": ("a", "a", "a", "a")}},
     "network.layers.b.inputs=[a,a,a,a]: MultiheadAttention takes 1 to 3 inputs, such as [a,b]"),
    ({"a": LINEAR, "b": {"type": "MultiheadAttention", "num_heads": 2, "merge": "sum"}},
     "network.layers.b.merge: MultiheadAttention takes its inputs side by side; a Merge before it could join some"),
]  # fmt: skip


@pytest.mark.parametrize(("layers", "fault"), FAULTS, ids=[fault[:60] for _, fault in FAULTS])
def test_what_does_not_hang_together_is_told_in_a_sentence(layers: dict[str, Any], fault: str) -> None:
    assert [str(found) for found in wire(layers)[1]] == [fault]


NAMES = [f"layer{number}" for number in range(6)]
ANY_INPUTS = st.lists(st.sampled_from([*NAMES, "row", "numbers"]), max_size=3, unique=True)


@given(st.permutations(NAMES), st.lists(ANY_INPUTS, min_size=6, max_size=6))
def test_any_graph_is_ordered_or_told(names: list[str], inputs: list[list[str]]) -> None:
    layers = {name: {"type": "Merge", "inputs": tuple(taken)} for name, taken in zip(names, inputs, strict=True)}
    wired, faults = wire(layers)
    if faults:
        assert all(str(fault).startswith("network.layers") and "\n" not in str(fault) for fault in faults)
        return
    places = {layer.name: place for place, layer in enumerate(wired)}
    assert wired[-1].name == "output"
    assert all(places[name] < places[layer.name] for layer in wired for name in layer.inputs if name in places)


@given(st.permutations(NAMES))
def test_wired_layers_mean_the_same_in_any_order(names: list[str]) -> None:
    layers = dict.fromkeys(names, LINEAR) | {"x": {**RELU, "after": names[2]}}
    written = wired_values(layers)
    shuffled = dict(sorted(written.items()))
    assert inputs_of(shuffled) == inputs_of(layers)
    assert written["output"] == {"type": "Linear", "inputs": ("layer" + names[-1][-1],)}
    assert "after" not in written["x"]
