import pytest
from torch import nn

from trainyard.config.layers.wiring import wire
from trainyard.networks.layers.sizes import SizeError, complete, make, shape_text


def sizes(values, *shapes, categories=0, name="x"):
    """Return the completed arguments of a layer."""
    inputs = ("row", "numbers", "row")[: len(shapes)]
    wired, _ = wire({name: {**values, "inputs": inputs}})
    return complete(wired[0], shapes, categories, 5)


@pytest.mark.parametrize(
    ("values", "shapes", "expected"),
    [
        ({"type": "Linear", "out_features": 3}, [(4, 7)], {"in_features": 7, "out_features": 3}),
        ({"type": "Linear", "out_features": "outputs"}, [(7,)], {"in_features": 7, "out_features": 5}),
        ({"type": "BatchNorm1d"}, [(4, 7)], {"num_features": 4}),
        ({"type": "LayerNorm"}, [(4, 7)], {"normalized_shape": 7}),
        ({"type": "LayerNorm", "normalized_shape": (4, 7)}, [(4, 7)], {"normalized_shape": (4, 7)}),
        ({"type": "GRU", "hidden_size": 3, "steps": "all"}, [(4, 7)],
         {"input_size": 7, "hidden_size": 3, "batch_first": True}),
        ({"type": "Bilinear", "out_features": 3}, [(6,), (7,)],
         {"in1_features": 6, "in2_features": 7, "out_features": 3}),
        ({"type": "MultiheadAttention", "num_heads": 2}, [(4, 6), (3, 7), (3, 8)],
         {"embed_dim": 6, "kdim": 7, "vdim": 8, "num_heads": 2, "batch_first": True}),
    ],
)  # fmt: skip
def test_sizes_follow_from_the_inputs(values, shapes, expected):
    assert sizes(values, *shapes) == expected


def test_the_output_has_the_size_of_the_task():
    assert sizes({"type": "Linear"}, (7,), name="output") == {"in_features": 7, "out_features": 5}
    assert sizes({"type": "Linear", "out_features": 4}, (7,), name="output")["out_features"] == 4


def test_an_embedding_has_a_row_for_each_category_or_more():
    values = {"type": "Embedding", "embedding_dim": 2}
    wired, _ = wire({"x": {**values, "inputs": ("categories",)}})
    assert complete(wired[0], [(2,)], 13, 5)["num_embeddings"] == 13
    wired, _ = wire({"x": {**values, "num_embeddings": 20, "inputs": ("categories",)}})
    assert complete(wired[0], [(2,)], 13, 5)["num_embeddings"] == 20
    with pytest.raises(SizeError, match="there are 21 categories"):
        complete(wired[0], [(2,)], 21, 5)


@pytest.mark.parametrize(
    ("values", "argument"),
    [
        ({"type": "Linear", "out_features": 3, "in_features": 6}, "in_features"),
        ({"type": "LayerNorm", "normalized_shape": (6,)}, "normalized_shape"),
        ({"type": "LayerNorm", "normalized_shape": (3, 4, 7)}, "normalized_shape"),
    ],
)
def test_a_size_that_is_another_is_refused(values, argument):
    with pytest.raises(SizeError, match=r"its input has \(4, 7\); leave it out") as refused:
        sizes(values, (4, 7))
    assert refused.value.argument == argument


def test_the_module_is_torchs():
    wired, _ = wire({"x": {"type": "Conv1d", "out_channels": 2, "kernel_size": 3}})
    module = make(wired[0], {"in_channels": 4, "out_channels": 2, "kernel_size": 3})
    assert isinstance(module, nn.Conv1d)


def test_shapes_are_written_as_a_person_reads_them():
    assert [shape_text(shape) for shape in ((8, 4, 4), (64,), ())] == ["(8, 4, 4)", "(64)", "one number"]
