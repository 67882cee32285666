import numpy as np
import pytest

from tests.export.models import mixed_model, source_model
from tests.inference.packages import package_images
from trainyard.config.compose import compose
from trainyard.config.schema.model import Cnn, Layers, ResNet
from trainyard.data.builtin import LOADERS
from trainyard.data.sources import load_source
from trainyard.errors import DataError
from trainyard.export.formats import FORMATS, feed
from trainyard.export.raw_inputs import raw_inputs
from trainyard.export.truth import largest_difference, plain_predictions, raw_pieces
from trainyard.inference import load


def difference(form, model, folder, pieces):
    """Write a model in a format, and return the largest difference from it over pieces of rows."""
    (folder / form).mkdir()
    written = FORMATS[form](model, folder / "model", folder / form, ())
    return max(largest_difference(model, plain_predictions(model, rows), written.predict(rows)) for rows in pieces)


@pytest.mark.parametrize("embedding", [False, True])
@pytest.mark.parametrize("target", [("label",), ("length",), ("length", "width")])
@pytest.mark.parametrize("form", FORMATS)
def test_every_format_predicts_the_same_for_mixed_tables_with_missing_values(tmp_path, form, target, embedding):
    model, source = mixed_model(tmp_path / "model", texts=form != "torch", target=target, embedding=embedding)
    assert difference(form, model, tmp_path, raw_pieces(model, source, np.arange(120))) < 1e-5


@pytest.mark.parametrize(("transform", "precision"), [("robust", "32"), ("quantile", "32"), ("none", "64")])
def test_the_transforms_and_the_precision_of_a_model_are_kept(tmp_path, transform, precision):
    model, source = mixed_model(tmp_path / "model", transform=transform, precision=precision)
    found = difference("onnx", model, tmp_path, raw_pieces(model, source, np.arange(120)))
    assert found < (1e-12 if precision == "64" else 1e-5)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_predicts_the_same_for_images(tmp_path, form):
    images = package_images(tmp_path / "model", (3, 5, 4))
    assert difference(form, load(tmp_path / "model"), tmp_path, [images]) < 1e-6


LINES = {"lines": {"type": "Flatten", "inputs": ("image",), "end_dim": 2}}
NETWORKS = {
    "cnn": Cnn(widths=(4,), hidden=(8,)),
    "resnet": ResNet(widths=(4, 8)),
    "recurrent": Layers(layers={**LINES, "read": {"type": "GRU", "hidden_size": 4, "bidirectional": True}}),
    "every step": Layers(layers={**LINES, "read": {"type": "LSTM", "hidden_size": 4, "num_layers": 2, "steps": "all"},
                                 "flat": {"type": "Flatten"}}),
    "attention": Layers(layers={**LINES, "read": {"type": "MultiheadAttention", "num_heads": 2},
                                "flat": {"type": "Flatten"}}),
    "transformer": Layers(layers={
        **LINES, "read": {"type": "TransformerEncoderLayer", "nhead": 2, "dim_feedforward": 8},
        "flat": {"type": "Flatten"},
    }),
    "branches": Layers(layers={
        **LINES, "read": {"type": "RNN", "hidden_size": 4},
        "conv": {"type": "Conv2d", "out_channels": 3, "kernel_size": 3, "inputs": ("image",)},
        "norm": {"type": "BatchNorm2d"}, "pool": {"type": "AdaptiveAvgPool2d", "output_size": 1},
        "flat": {"type": "Flatten"}, "output": {"type": "Linear", "inputs": ("read", "flat")},
    }),
}  # fmt: skip


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("form", ["onnx", "torch"])
def test_every_network_predicts_the_same_in_every_format(tmp_path, form, name):
    images = package_images(tmp_path / "model", (1, 8, 8), NETWORKS[name])
    assert difference(form, load(tmp_path / "model"), tmp_path, [images, images[:1]]) < 1e-5


def test_images_are_fed_as_the_network_computes(tmp_path):
    images = package_images(tmp_path / "model")
    model = load(tmp_path / "model")
    (given,) = feed(model, raw_inputs(model, texts=False, form="torch"), images).values()
    assert given.dtype == np.float32
    assert np.array_equal(given, images)


@pytest.mark.parametrize("form", ["onnx", "torch"])
def test_sixteen_bits_are_refused_naming_the_format_that_keeps_them(tmp_path, form):
    model, _ = mixed_model(tmp_path / "model")
    model.card["precision"] = "bf16-mixed"
    with pytest.raises(DataError, match=r"accelerator.precision=bf16-mixed.*format=package keeps it"):
        FORMATS[form](model, tmp_path / "model", tmp_path, ())


@pytest.mark.parametrize("name", LOADERS)
def test_every_format_predicts_the_same_for_built_in_datasets(tmp_path, name):
    dataset = compose([f"dataset={name}"]).dataset
    source = load_source(dataset)
    model = source_model(tmp_path / "model", source, dataset)
    rows = min(50, source.table.num_rows)
    for form in FORMATS:
        assert difference(form, model, tmp_path, raw_pieces(model, source, np.arange(rows))) < 1e-5
